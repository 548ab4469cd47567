"""My projects, one project, its settings and guidelines, its datasets."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from annotate.access import MANAGERS, STAFF, Access, may_create_projects
from annotate.forms import DatasetForm, ProjectForm, SettingsForm
from annotate.http import dataset_of, project_view
from annotate.queries import datasets_of, imports_of, projects_of
from annotate.services.projects import NameTaken, dataset_create, dataset_edit, project_create, project_edit


def _form_page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """List the projects that the person is in."""
    context = {"projects": projects_of(request.user), "may_create": may_create_projects(request.user)}
    return render(request, "annotate/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def project_new(request: HttpRequest) -> HttpResponse:
    """Create a project, whose manager the person becomes."""
    user: Any = request.user
    if not may_create_projects(user):
        raise PermissionDenied("Only people who manage a project already can create another.")
    form = ProjectForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return redirect(project_create(by=user, **form.cleaned_data))
        except NameTaken as taken:
            form.add_error("name", str(taken))
    return _form_page(request, "annotate/project_new.html", form)


@require_safe
@project_view()
def project(request: HttpRequest, access: Access) -> HttpResponse:
    """Show a project: its datasets, its guidelines, and what to do next while it is empty."""
    context = {
        "datasets": datasets_of(access.project),
        "people": access.project.memberships.count(),
    }
    return render(request, "annotate/project.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(*MANAGERS)
def settings(request: HttpRequest, access: Access) -> HttpResponse:
    """Change a project's name, objective, description and guidelines."""
    fields = ("name", "objective", "description", "guidelines")
    initial = {name: getattr(access.project, name) for name in fields}
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        project_edit(project=access.project, by=access.user, **form.cleaned_data)
        messages.success(request, "The settings are saved.")
        return redirect("annotate:settings", access.project.slug)
    return _form_page(request, "annotate/settings.html", form)


@require_safe
@project_view()
def guidelines(request: HttpRequest, access: Access) -> HttpResponse:
    """Show a project's guidelines in full."""
    return render(request, "annotate/guidelines.html")


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(*MANAGERS)
def dataset_new(request: HttpRequest, access: Access) -> HttpResponse:
    """Create an empty dataset and go on to write or import its first examples."""
    source = request.GET.get("source", "")
    form = DatasetForm(
        request.POST if request.method == "POST" else None, initial={"source": source} if source else None
    )
    if form.is_valid():
        try:
            made = dataset_create(project=access.project, by=access.user, **form.cleaned_data)
            if made.is_written:
                return redirect("annotate:desk", access.project.slug)
            return redirect("annotate:import_new", access.project.slug, made.slug)
        except NameTaken as taken:
            form.add_error("name", str(taken))
    return _form_page(request, "annotate/dataset_new.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(*MANAGERS)
def dataset_settings(request: HttpRequest, access: Access, dataset: str) -> HttpResponse:
    """Change what is said of a dataset, such as its licence."""
    found = dataset_of(access, dataset)
    initial = {name: getattr(found, name) for name in DatasetForm.base_fields}
    form = DatasetForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            dataset_edit(dataset=found, by=access.user, **form.cleaned_data)
            messages.success(request, "The dataset is saved.")
            return redirect(found)
        except NameTaken as taken:
            form.add_error("name", str(taken))
    return _form_page(request, "annotate/dataset_settings.html", form, dataset=dataset_of(access, dataset))


@require_safe
@project_view(*STAFF)
def dataset(request: HttpRequest, access: Access, dataset: str) -> HttpResponse:
    """Show where a dataset comes from and every import into it."""
    found = dataset_of(access, dataset)
    return render(request, "annotate/dataset.html", {"dataset": found, "imports": imports_of(found)})
