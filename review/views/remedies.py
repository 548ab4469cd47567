"""What the pages of a fix and of a rejection share: the item somebody holds, what they chose, what was refused."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from annotate.access import Access
from annotate.http import is_part
from review.forms import LabelForm
from review.http import item_code
from review.models import Label, QueueItem
from review.queries.rules import rules_of
from review.services.claims import ClaimLost, Paused
from review.services.labels import OwnWork
from review.views.words import LOST, OWN, PAUSED

NOT_YOURS = "That example is not before you any more. Go on with what is."
DIGITS = 9


def is_held(item: QueueItem, access: Access) -> bool:
    """Say whether an item is before this person, whatever its lease says while nobody else took it."""
    return item.claimed_by_id == access.user.pk and item.decided_at is None


def not_yours(request: HttpRequest, access: Access) -> HttpResponse:
    """Lead whoever asks for what is not before them back to what is."""
    if not request.accepts("text/html"):
        raise Http404
    messages.warning(request, NOT_YOURS)
    return redirect("review:stream", access.project.slug)


def bad_form(request: HttpRequest, access: Access) -> LabelForm:
    """Read the reasons, the note and the time of what can only be a bad label."""
    data = request.POST.copy()
    data["verdict"] = Label.Verdict.BAD
    return LabelForm(data, reasons=rules_of(access.project).offered)


def said(form: LabelForm) -> dict[str, Any]:
    """Return what a service is to be told of a bad label."""
    return {name: form.cleaned_data[name] for name in ("revision", "reasons", "note", "seconds")}


def lost_words(refusal: ClaimLost | OwnWork) -> str:
    """Say why an item can no longer be decided by this person."""
    if isinstance(refusal, OwnWork):
        return OWN
    return PAUSED if isinstance(refusal, Paused) else LOST


def remedy_context(access: Access, item: QueueItem, form: LabelForm | None) -> dict[str, Any]:
    """Return an item's addresses, the reasons offered, and what was chosen before where that was not saved."""
    arguments = [access.project.slug, item_code(item)]
    errors = form.errors if form else {}
    chosen = form.data.getlist("reasons") if form else []  # type: ignore[attr-defined]
    offered = rules_of(access.project).offered
    return {
        "item": item,
        "stream_url": reverse("review:stream", args=arguments[:1]),
        "urls": {name: reverse(f"review:{name}", args=arguments) for name in ("fix_save", "fix_check", "reject_save")},
        "reasons": [
            {"reason": reason, "digit": place if place <= DIGITS else "", "chosen": reason.slug in chosen}
            for place, reason in enumerate(offered, start=1)
        ],
        "note": form.data.get("note", "") if form else "",
        "reasons_error": "Say why the text is bad: pick at least one reason." if errors.get("reasons") else "",
        "note_error": " ".join(map(str, errors.get("note", ()))),
    }  # fmt: skip


def answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Show a whole page, or the part of it that is named as the template is."""
    part = template.rpartition("/")[2].removesuffix(".html")
    return render(request, f"{template}#{part}" if is_part(request) else template, context, status=status)
