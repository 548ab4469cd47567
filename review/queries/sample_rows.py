"""What a sample's report is drawn from, row by row."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotate.models import Dataset
from review.estimates.ppi import PoweredEstimate
from review.models import Label, Queue, QueueItem, Sample
from review.models.queue import BLIND
from review.queries.outcomes import BAD, GOOD, untaken
from review.queries.policies import policy_of
from review.queries.powered import powered_of
from review.queries.sample_labels import outcomes_of_both
from review.queries.sampled import of_standing, with_standing
from review.queries.slices import part_counts


@dataclass(frozen=True, slots=True)
class SeatLabel:
    """What one reviewer said at one seat of a sampled example, before any adjudication."""

    item: int
    rater: int
    verdict: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What the labels on a sample say beside its counts: of the items that count, and for the agreement of all.

    `verdicts` say of each decided item whether it is bad, in the order of the decisions; `reasons` count by slug the
    bad items to which somebody gave it, most frequent first; `parts` count bad and reviewed ones by dimension and
    value; `labels` are those on examples that two people labelled, and `judged` is how many of these called bad what
    turned out bad, of how many; and called good what turned out good, of how many. Disputed examples are in neither.
    `powered` is the estimate with the active classifier's scores counted in. `overturned` is how many of the bad ones a
    second look found good, and of the good ones bad; they count as they were first judged.
    """

    verdicts: tuple[bool, ...]
    reasons: tuple[tuple[str, int], ...]
    parts: Mapping[str, Mapping[str, tuple[int, int]]]
    labels: tuple[SeatLabel, ...]
    judged: tuple[int, int, int, int]
    powered: PoweredEstimate | None
    overturned: tuple[int, int] = (0, 0)

    def as_json(self) -> dict[str, Any]:
        return {
            "verdicts": "".join("01"[bad] for bad in self.verdicts),
            "reasons": self.reasons,
            "parts": self.parts,
            "labels": [(label.item, label.rater, label.verdict, label.reasons) for label in self.labels],
            "judged": self.judged,
            "powered": asdict(self.powered) if self.powered else None,
            "overturned": self.overturned,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Reviewed":
        return cls(
            tuple(verdict == "1" for verdict in values["verdicts"]),
            tuple((slug, count) for slug, count in values["reasons"]),
            {
                dimension: {value: (bad, reviewed) for value, (bad, reviewed) in parts.items()}
                for dimension, parts in values["parts"].items()
            },
            tuple(
                SeatLabel(item, rater, verdict, tuple(given))
                for item, rater, verdict, given in values["labels"]
            ),
            tuple(values["judged"]),
            PoweredEstimate(**values["powered"]) if values["powered"] else None,
            tuple(values.get("overturned", (0, 0))),
        )


def reviewed_of(sample: Sample) -> Reviewed:
    """Read what the labels on a sample say now; pages ask `queries.tallies`."""
    verdicts, labels = tuple(bad for _, bad in growth_rows(sample)), tuple(seat_labels(sample))
    judged = _judged(labels, outcomes_of_both(sample) if labels else {})
    reasons, parts = tuple(reason_counts(sample)), part_counts(sample)
    return Reviewed(verdicts, reasons, parts, labels, judged, powered_of(sample), overturned(sample))


def _judged(labels: Iterable[SeatLabel], outcomes: Mapping[int, str]) -> tuple[int, int, int, int]:
    settled = [(outcomes[label.item], label.verdict) for label in labels if label.item in outcomes]
    caught = [said == BAD for outcome, said in settled if outcome == BAD]
    passed = [said == GOOD for outcome, said in settled if outcome == GOOD]
    return sum(caught), len(caught), sum(passed), len(passed)


def items_of(sample: Sample, standing: str = "") -> QuerySet[Any]:
    """Return a sample's items in the order of the draw, each with its `standing`; only those of one, where given.

    A standing is good, bad, disputed, open, gone or out (`queries.sampled`): so each figure leads to its examples.
    """
    _, policy = policy_of(sample.dataset.project)
    found = of_standing(sample, policy, standing) if standing else with_standing(sample, policy)
    return found.order_by("key")


def growth_rows(sample: Sample) -> list[tuple[datetime, bool]]:
    """Return when each item that counts was decided and whether it is bad, in the order of the decisions."""
    _, policy = policy_of(sample.dataset.project)
    decided = of_standing(sample, policy, GOOD, BAD).order_by("outcome_at", "pk")
    rows = decided.values_list("outcome_at", "outcome")
    return [(at, outcome == BAD) for at, outcome in rows if at]


def reason_counts(sample: Sample) -> list[tuple[str, int]]:
    """Count by reason's slug the bad items of the estimate to which somebody gave it, most frequent first."""
    bad = items_of(sample, BAD).order_by().values("pk")
    said = untaken(Label.objects.filter(item__sample_item__in=bad, verdict=BAD))
    pairs = {
        (item, reason)
        for item, reasons in said.values_list("item__sample_item", "reasons")
        for reason in reasons
    }
    return Counter(reason for _, reason in pairs).most_common()


def overturned(sample: Sample) -> tuple[int, int]:
    """Count the bad items of the estimate that a second look found good, and the good ones that it found bad."""
    looks = untaken(Label.objects.filter(queue=Queue.SECOND_LOOK))
    looked = looks.filter(example=OuterRef("example"), revision=OuterRef("revision"))
    _, policy = policy_of(sample.dataset.project)
    found = of_standing(sample, policy, GOOD, BAD).aggregate(
        bad=Count("pk", filter=Q(Exists(looked.filter(verdict=GOOD)), outcome=BAD)),
        good=Count("pk", filter=Q(Exists(looked.filter(verdict=BAD)), outcome=GOOD)),
    )
    return found["bad"], found["good"]


def seat_labels(*samples: Sample) -> list[SeatLabel]:
    """Return what two people said of the same examples of samples, blind to each other, in the order of the labels."""
    second = QueueItem.objects.filter(
        queue=Queue.OVERLAP, decided_at__isnull=False, sample_item__sample__in=samples
    )
    both = Label.objects.filter(item__sample_item__in=second.values("sample_item"), item__queue__in=BLIND)
    rows = untaken(both.filter(item__decided_at__isnull=False)).order_by("pk")
    values = rows.values_list("item__sample_item", "by", "verdict", "reasons")
    return [SeatLabel(item or 0, by, verdict, tuple(reasons)) for item, by, verdict, reasons in values]


def samples_of(dataset: Dataset) -> QuerySet[Sample]:
    """Return a dataset's samples in the order of their imports, with what their names need."""
    return (
        Sample.objects.filter(dataset=dataset)
        .select_related("dataset__project", "source_import")
        .order_by("pk")
    )
