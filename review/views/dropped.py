"""The examples that a reason concerns, ruling on them, and what was ruled."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import dataset_of, example_of, page_or_partial, project_view
from annotate.models import Dataset, Example
from review.forms import PlaceForm, RulingForm
from review.http import back_to, ruling_of
from review.queries.policies import policy_of
from review.queries.reasons import NoSuchReason, examples_by
from review.services.rulings import NothingToRule, RulingGone, ruling_make, ruling_undo
from review.views.panels import panel_context
from review.views.reasons import dropped_context, rulings_context

NOTHING = "Nothing was changed: these examples are ruled so already, or their text has changed since."
GONE = "Nothing was changed: this decision was taken back before."


@require_safe
@project_view(*STAFF)
def dropped(request: HttpRequest, access: Access, dataset: str) -> HttpResponse:
    """List the examples of a dataset that one reason concerns, a page at a time."""
    try:
        context = dropped_context(access, dataset_of(access, dataset), PlaceForm(request.GET))
    except NoSuchReason:
        raise Http404 from None
    return render(request, "review/dropped.html", context)


@require_POST
@project_view(*MANAGERS)
def rule(request: HttpRequest, access: Access, dataset: str) -> HttpResponse:
    """Keep or drop the picked examples by hand, or all that the reason concerns."""
    found, form = dataset_of(access, dataset), RulingForm(request.POST)
    back = back_to(request, found.get_absolute_url())
    if not form.is_valid():
        messages.error(request, " ".join(str(words) for errors in form.errors.values() for words in errors))
        return redirect(back)
    try:
        made = ruling_make(
            project=access.project, by=access.user, queryset=_chosen(found, form),
            verdict=form.cleaned_data["verdict"], note=form.cleaned_data["note"],
        )  # fmt: skip
    except NothingToRule:
        messages.warning(request, NOTHING)
        return redirect(back)
    return redirect(f"{back}{'&' if '?' in back else '?'}ruled={made.pk}")


@require_safe
@project_view(*STAFF)
def rulings(request: HttpRequest, access: Access) -> HttpResponse:
    """List what was kept and dropped by hand in the project, newest first."""
    return render(request, "review/rulings.html", rulings_context(access, PlaceForm(request.GET)))


@require_POST
@project_view(*MANAGERS)
def undo(request: HttpRequest, access: Access, ruling: int) -> HttpResponse:
    """Take a ruling back."""
    try:
        undone = ruling_undo(ruling=ruling_of(access, ruling), by=access.user)
    except RulingGone:
        messages.warning(request, GONE)
    else:
        words = "1 example is" if undone.count == 1 else f"{undone.count:,} examples are"
        messages.success(request, f"Taken back: {words} as before.")
    return redirect(back_to(request, reverse("review:rulings", args=[access.project.slug])))


@require_safe
@project_view(*STAFF)
def example_screening(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Show what the scorers found in one example and what the limits say of it."""
    context = panel_context(access, example_of(access, public_id)) | {"why": "why" in request.GET}
    return render(request, page_or_partial(request, "review/example.html", "panel"), context)


def _chosen(dataset: Dataset, form: RulingForm) -> QuerySet[Example]:
    if not form.cleaned_data["whole"]:
        return Example.objects.filter(dataset=dataset, public_id__in=form.cleaned_data["example"])
    try:
        return examples_by(dataset, policy_of(dataset.project)[1], form.cleaned_data["by"])
    except NoSuchReason:
        raise Http404 from None
