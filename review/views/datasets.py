"""A dataset: what the limits keep of it, what its sample says, and what a manager decides."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import dataset_of, project_view
from review.forms import DecisionForm
from review.http import back_to
from review.services.decisions import decision_record
from review.services.screening import screening_start
from review.views.reports import dataset_context

PAGE = "review/dataset.html"


@require_safe
@project_view(*STAFF)
def dataset(request: HttpRequest, access: Access, dataset: str) -> HttpResponse:
    """Show a dataset's funnel, samples, decision and imports."""
    return render(request, PAGE, dataset_context(access, dataset_of(access, dataset)))


@require_POST
@project_view(*MANAGERS)
def screen(request: HttpRequest, access: Access, dataset: str) -> HttpResponse:
    """Start measuring what has no measurement of its current text."""
    found = dataset_of(access, dataset)
    screening_start(dataset=found, by=access.user)
    return redirect(found)


@require_POST
@project_view(*MANAGERS)
def decide(request: HttpRequest, access: Access, dataset: str) -> HttpResponse:
    """Accept, hold or reject a dataset, on record with the numbers of this moment."""
    found = dataset_of(access, dataset)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, dataset_context(access, found, form), status=422)
    made = decision_record(dataset=found, by=access.user, **form.cleaned_data)
    messages.success(request, f"{found} is {made.get_verdict_display()}.")
    return redirect(back_to(request, found.get_absolute_url()))
