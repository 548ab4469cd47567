"""What stands below a classifier's figures: its errors at the limit, parts of the labels, and what it goes by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from annotate.access import Access
from review.models import ClassifierVersion
from review.plots import share_of
from review.quality.explanations import Part
from review.quality.metrics import Confusion, confusion_at
from review.queries.held_out import held_out_of
from review.queries.slices import value_words
from review.queries.strongest import strongest_of
from review.views.classifier_plots import percents

SLICES = (
    ("source", "Source"),
    ("language", "Language"),
    ("length", "Length"),
    ("reviewer", "Reviewer"),
)
MOST_ROWS = 12
FEW = 20


@dataclass(frozen=True, slots=True)
class SliceRow:
    """A part of the labels: how many, how many bad, and how the classifier ranks there; `person` is a reviewer."""

    label: str
    person: User | None
    count: int
    bad: int
    area: float | None

    @property
    def bad_share(self) -> str:
        return percents(self.bad / self.count)

    @property
    def is_small(self) -> bool:
        return self.count < FEW


@dataclass(frozen=True, slots=True)
class Bar:
    """What a feature or word adds, with its bar in 0..100."""

    part: Part
    width: float

    @property
    def said(self) -> str:
        """The amount with a real sign and two decimals: a single word adds little."""
        return f"{'−' if self.part.amount < 0 else '+'}{abs(self.part.amount):.2f}"  # noqa: RUF001


def details_context(access: Access, version: ClassifierVersion, threshold: float) -> dict[str, Any]:
    """Return what is shown of a version below its plots."""
    return {
        "confusion": confusion_of(version, threshold),
        "slices": slices_of(access, version.evaluation["slices"]),
        "few": FEW,
        "strongest": strongest_context(version),
        "judged": version.evaluation.get("judge"),  # nothing where it was trained before there was a judge
    }


def confusion_of(version: ClassifierVersion, threshold: float) -> Confusion | None:
    """Return what a threshold makes of the labels of the random sample, by out-of-fold scores; None without any."""
    stored = ClassifierVersion.objects.only("held_out").get(pk=version.pk)
    if not stored.held_out:
        return None
    held = held_out_of(stored)
    if not held.random.any():
        return None
    return confusion_at(threshold, held.probability[held.random], held.good[held.random])


def slices_of(access: Access, found: Mapping[str, Any]) -> list[tuple[str, list[SliceRow]]]:
    """Return the parts of the labels in words; of reviewers a reviewer sees the own row alone."""
    people = User.objects.in_bulk([int(each["value"]) for each in found.get("reviewer", ())])
    groups = []
    for slug, title in SLICES:
        parts = found.get(slug, ())[:MOST_ROWS]
        words = value_words(slug, [each["value"] for each in parts])
        rows = [_row(words[each["value"]], each, people.get(_number(slug, each))) for each in parts]
        if slug == "reviewer" and not access.manages:
            rows = [row for row in rows if row.person == access.user]
        if rows:
            groups.append((title, rows))
    return groups


def strongest_context(version: ClassifierVersion) -> dict[str, Any] | None:
    """Return what a version goes by, as bars on one axis for features and one for words."""
    found = strongest_of(version.pk)
    if found is None:
        return None
    features, words = found.largest
    return {
        "sides": [
            ("Speaks for good", "good", _bars(found.good_features, features), _bars(found.good_words, words)),
            ("Speaks for bad", "bad", _bars(found.bad_features, features), _bars(found.bad_words, words)),
        ],
        "has_words": bool(found.good_words or found.bad_words),
    }


def _number(slug: str, each: Mapping[str, Any]) -> int:
    return int(each["value"]) if slug == "reviewer" else 0


def _row(label: str, each: Mapping[str, Any], person: User | None) -> SliceRow:
    return SliceRow(label or "not known", person, each["count"], each["bad"], each["auc"])


def _bars(parts: tuple[Part, ...], largest: float) -> list[Bar]:
    return [Bar(part, share_of(round(1000 * abs(part.amount)), round(1000 * largest))) for part in parts]
