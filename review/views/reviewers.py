"""The reviewers of a project: pace, agreement, gold score, pauses; and the labels behind each figure."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from annotate.models import Membership
from annotate.spreadsheets import csv_lines
from review.people_forms import LabelsForm, PauseForm
from review.queries.gold import pause_of
from review.queries.reviewer_labels import labels_asked
from review.services.pauses import pause_resume, reviewer_pause
from review.views.reviewer_context import reviewers_context
from review.views.reviewer_examples import labels_context, skips_context
from review.views.reviewer_files import reviewer_rows, reviewer_values
from review.views.reviewer_numbers import reviewers_of

PAGE = "review/reviewers.html"


@require_safe
@project_view(*STAFF)
def reviewers(request: HttpRequest, access: Access) -> HttpResponse:
    """Show how everybody reviews; who does not manage the project sees their own row."""
    return render(request, PAGE, reviewers_context(access, reviewers_of(access)))


@require_safe
@project_view(*STAFF)
def reviewers_csv(request: HttpRequest, access: Access) -> StreamingHttpResponse:
    """Give the same numbers as CSV that a spreadsheet shows as text."""
    rows = reviewer_rows(access, reviewers_of(access))
    headers = _headers(f"{access.project.slug}-reviewers.csv")
    return StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@project_view(*STAFF)
def reviewers_json(request: HttpRequest, access: Access) -> JsonResponse:
    """Give the same numbers as JSON, shares as numbers between 0 and 1."""
    values = reviewer_values(access, reviewers_of(access))
    headers = _headers(f"{access.project.slug}-reviewers.json")
    return JsonResponse(values, json_dumps_params={"indent": 2, "ensure_ascii": False}, headers=headers)


@require_safe
@project_view(*STAFF)
def reviewer_labels(request: HttpRequest, access: Access) -> HttpResponse:
    """List the labels that a figure counts, with what others said and how it was settled."""
    form = LabelsForm(request.GET)
    asked = form.asked()
    if asked.get("kind") == "skipped":
        context = skips_context(access, asked.get("by") if access.manages else access.user.pk)
        return render(request, "review/reviewer_skips.html", context)
    labels = labels_asked(access, asked)
    if labels is None:
        raise Http404
    return render(
        request, "review/reviewer_labels.html", labels_context(access, asked, labels, form.value("after"))
    )


@require_POST
@project_view(*MANAGERS)
def reviewer_stop(request: HttpRequest, access: Access, user: int) -> HttpResponse:
    """Pause a reviewer by hand, with a note that they read."""
    person, form = _member(access, user), PauseForm(request.POST)
    if form.is_valid():
        reviewer_pause(project=access.project, user=person, by=access.user, note=form.cleaned_data["note"])
        messages.success(request, f"{person} is paused and reads your note. What they held is free again.")
        return redirect("review:reviewers", access.project.slug)
    context = reviewers_context(access, reviewers_of(access), pausing=person, pause_form=form)
    return render(request, PAGE, context, status=422)


@require_POST
@project_view(*MANAGERS)
def reviewer_go_on(request: HttpRequest, access: Access, user: int) -> HttpResponse:
    """Let a paused reviewer go on."""
    person = _member(access, user)
    state = pause_of(access.project, person)
    if state is None:
        messages.info(request, f"{person} is not paused.")
    else:
        pause_resume(pause=state.pause, by=access.user)
        messages.success(request, f"{person} goes on. Their gold score begins anew.")
    return redirect("review:reviewers", access.project.slug)


def _member(access: Access, pk: int) -> User:
    member = Membership.objects.select_related("user").filter(project=access.project, user=pk).first()
    if member is None:
        raise Http404
    return member.user


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"}
