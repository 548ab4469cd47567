"""The labels behind a figure about reviewers, as a page lists them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from annotate.access import Access
from annotate.templatetags.annotate_text import known_as
from review.models import Label
from review.queries.reviewer_labels import GOLD, labels_page, labels_shown, skips_of
from review.queries.rules import rules_of
from review.views.people_tabs import people_tabs
from review.views.reviewer_context import Address, labels_address

TITLES = {
    "": "Decisions",
    "sampled": "Decisions on the sample",
    "bad": "Labelled bad",
    "today": "Decisions of today",
    "week": "Decisions of seven days",
    "both": "Labelled by two",
    "apart": "Labelled differently",
    "reason": "One gives the reason, the other does not",
    "shared": "Both give the reason",
    "open": "Two different labels, yet to be settled",
    "settled": "Settled by adjudication",
    "overruled": "Settled otherwise than labelled",
    "looked": "Looked at again, as the classifier doubted it",
    "overturned": "Found otherwise by a second look",
    "gold": "Gold examples answered wrong",
    "answers": "Answers to gold examples",
    "skipped": "Passed on",
}
SKIPS_SHOWN = 200


def labels_context(
    access: Access, asked: Mapping[str, Any], labels: QuerySet[Label], after: int | None
) -> dict[str, Any]:
    """Return what the list of a figure's labels shows."""
    address, kind = labels_address(access), asked.get("kind", "")
    page, next_key = labels_page(labels, after)
    words = {reason.slug: reason.label for reason in rules_of(access.project).reasons}
    return {
        "tabs": people_tabs(access, "reviewers"),
        "here": TITLES[kind],
        "chips": _chips(access, asked, words, address),
        "count": labels.count(),
        "rows": [
            {
                "row": row,
                "said": [(each, _said(each, words)) for each in row.opinions],
                "settled": row.settled and (row.settled, _said(row.settled, words)),
                "gold": row.gold and (row.gold, [words.get(slug, slug) for slug in row.gold.reasons]),
            }
            for row in labels_shown(access, page, gold=kind in GOLD)
        ],
        "first": address(**asked),
        "previous": address(**asked) if after else "",
        "next": address(**asked, after=next_key) if next_key else "",
    }


def skips_context(access: Access, by: int | None) -> dict[str, Any]:
    """Return what the list of what somebody passed on shows. Raises Http404 where nobody is named."""
    person = User.objects.filter(pk=by).first() if by else None
    if person is None:
        raise Http404
    found = skips_of(access, person.pk)
    return {
        "tabs": people_tabs(access, "reviewers"),
        "here": TITLES["skipped"],
        "name": known_as(person, access),
        "count": found.count(),
        "skips": found[:SKIPS_SHOWN],
    }


def _said(label: Label, words: Mapping[str, str]) -> list[str]:
    return [words.get(reason, reason) for reason in label.reasons]


def _chips(
    access: Access, asked: Mapping[str, Any], words: Mapping[str, str], address: Address
) -> list[dict[str, str]]:
    """Return what the list is narrowed to, each with the address of the list without that."""
    people = User.objects.in_bulk([asked[name] for name in ("by", "beside") if name in asked])
    said = {}
    if "by" in asked and access.manages:
        said["by"] = f"by {known_as(people.get(asked['by']), access)}"
    if "beside" in asked:
        said["beside"] = f"beside {known_as(people.get(asked['beside']), access)}"
    if "mine" in asked:
        said["mine"] = f"says {asked['mine']}" if "by" in asked else f"one says {asked['mine']}"
    if "theirs" in asked:
        said["theirs"] = f"the other says {asked['theirs']}"
    if "reason" in asked:
        said["reason"] = f"reason: {words.get(asked['reason'], asked['reason'])}"
    return [{"label": label, "url": address(**{**asked, name: None})} for name, label in said.items()]
