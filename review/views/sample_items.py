"""The examples behind the figures of a sample's report: by outcome, reason, slice and reviewer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from annotate.access import STAFF, Access
from annotate.http import project_view
from annotate.records import Conversation
from annotate.templatetags.annotate_text import known_as
from review.http import sample_of
from review.models import Label, Sample, SampleItem
from review.queries.rules import Rules, rules_of
from review.queries.sample_labels import (
    items_page,
    judged_texts,
    labels_by_item,
    said,
    seen_by_all,
)
from review.queries.sample_rows import items_of
from review.queries.slices import DIMENSIONS, in_slice
from review.sample_forms import SampledForm
from review.views.sample_context import items_address, sample_name, sample_urls, slice_words

OUTCOMES = {
    "": "All",
    "bad": "Bad",
    "good": "Good",
    "disputed": "Disputed",
    "open": "Not reviewed yet",
    "gone": "Gone before review",
    "aside": "Changed since",
    "out": "Dropped by the limits",
}
DECIDED = ("good", "bad", "disputed")
TONES = {"good": "good", "bad": "bad", "disputed": "warn"}
LABELS = {dimension.slug: dimension.label for dimension in DIMENSIONS}

Asked = dict[str, Any]
Address = Callable[..., str]


@dataclass(frozen=True, slots=True)
class SampledRow:
    """One sampled example: the text that was judged, how it stands, and each label with its reasons in words."""

    item: SampleItem
    conversation: Conversation
    outcome: str
    tone: str
    changed: bool
    labels: Sequence[tuple[Label, Sequence[str]]]


@require_safe
@project_view(*STAFF)
def sample_items(request: HttpRequest, access: Access, dataset: str, sample: int) -> HttpResponse:
    """List the sample's examples that a figure counts, a page at a time."""
    context = items_context(access, sample_of(access, dataset, sample), SampledForm(request.GET))
    return render(request, "review/sample_items.html", context)


def items_context(access: Access, sample: Sample, form: SampledForm) -> dict[str, Any]:
    """Return what the list of a sample's examples shows. Raises Http404 for an outcome or slice that there is not."""
    asked, address = form.asked(), items_address(sample)
    items = _found(sample, asked)
    count = items.count()
    shown = items if access.manages else seen_by_all(items)
    hidden = 0 if access.manages else count - shown.count()
    page = items_page(shown, after=form.value("after"), before=form.value("before"))
    return {
        "dataset": sample.dataset, "sample": sample, "urls": sample_urls(sample),
        "name": f"Sample of {sample_name(sample)}", "here": OUTCOMES[asked.get("outcome", "")],
        "tabs": _tabs(asked, address), "chips": _chips(access, sample, asked, address),
        "rows": _rows(page.rows, rules_of(access.project)), "count": count, "hidden": hidden,
        "first": address(**asked),
        "previous": page.previous and address(**asked, before=page.previous),
        "next": page.next and address(**asked, after=page.next),
    }  # fmt: skip


def _found(sample: Sample, asked: Asked) -> QuerySet[SampleItem]:
    outcome = asked.get("outcome", "")
    if outcome not in OUTCOMES:
        raise Http404
    items: QuerySet[Any] = items_of(sample, "" if outcome == "aside" else outcome)
    if outcome == "aside":
        items = items.filter(standing__in=DECIDED, is_kept=False)
    if "slice" in asked:
        slug, _, value = asked["slice"].partition(":")
        if slug not in LABELS:
            raise Http404
        items = in_slice(items, slug, value)
    return said(items, reason=asked.get("reason", ""), reviewer=asked.get("reviewer"))


def _tabs(asked: Asked, address: Address) -> list[dict[str, Any]]:
    current = asked.get("outcome", "")
    return [
        {"label": label, "url": address(**{**asked, "outcome": slug or None}), "current": slug == current}
        for slug, label in OUTCOMES.items()
    ]


def _chips(access: Access, sample: Sample, asked: Asked, address: Address) -> list[dict[str, str]]:
    """Return what else the list is narrowed to, each with the address of the list without that."""
    words = {}
    if "reason" in asked:
        known = {reason.slug: reason.label for reason in rules_of(access.project).reasons}
        words["reason"] = f"reason: {known.get(asked['reason'], asked['reason'])}"
    if "slice" in asked:
        slug, _, value = asked["slice"].partition(":")
        words["slice"] = f"{LABELS[slug].lower()}: {slice_words(access, slug, [value])[value]}"
    if "reviewer" in asked:
        members = User.objects.filter(memberships__project=access.project)
        words["reviewer"] = f"reviewed by {known_as(members.filter(pk=asked['reviewer']).first(), access)}"
    return [{"label": label, "url": address(**{**asked, name: None})} for name, label in words.items()]


def _rows(items: Sequence[SampleItem], rules: Rules) -> list[SampledRow]:
    labels, texts = labels_by_item(items), judged_texts(items)
    words = {reason.slug: reason.label for reason in rules.reasons}
    return [
        SampledRow(
            item=item,
            conversation=texts.get(item.pk) or item.example.conversation,
            outcome=OUTCOMES.get(outcome := str(getattr(item, "standing", "")), ""),
            tone=TONES.get(outcome, ""),
            changed=item.pk in texts,
            labels=[
                (label, [words.get(reason, reason) for reason in label.reasons])
                for label in labels.get(item.pk, [])
            ],
        )
        for item in items
    ]
