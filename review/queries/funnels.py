"""The funnel: how many examples each limit drops, and how many are left."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from annotate.models import Dataset, Example
from review.limits import Policy
from review.queries.policies import policy_of
from review.queries.verdicts import UNMEASURED, dropped_by, drops
from review.scorers import versions


@dataclass(frozen=True, slots=True)
class Step:
    """One limit of the funnel: what falls here, what it alone would drop, and what is kept after it."""

    slug: str
    label: str
    dropped_here: int
    dropped_in_all: int
    kept_after: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """`total` submitted examples through the limits; those not measured yet are in no step.

    `stale` counts what a screening started now would measure.
    """

    total: int
    unmeasured: int
    stale: int
    steps: tuple[Step, ...]
    kept: int

    @property
    def measured(self) -> int:
        return self.total - self.unmeasured

    @property
    def dropped(self) -> dict[str, int]:
        return {step.slug: step.dropped_here for step in self.steps}


def needs_measuring() -> Q:
    """Say whether an example has no measurement of its current revision by the scorers of today."""
    return ~Q(measurement__revision__gte=F("revision"), measurement__scorers=versions())


def funnel(dataset: Dataset) -> Funnel:
    """Count a dataset's submitted examples through the project's limits, in one query."""
    _, policy = policy_of(dataset.project)
    counts = _counts(dataset, policy)
    left = counts["total"] - counts["unmeasured"]
    steps = tuple(_steps(policy, counts, left))
    return Funnel(counts["total"], counts["unmeasured"], counts["stale"], steps, counts["kept"])


def _counts(dataset: Dataset, policy: Policy) -> dict[str, int]:
    asked: dict[str, Any] = {
        "total": Count("pk"),
        "stale": Count("pk", filter=needs_measuring()),
    }
    asked |= {
        name: Count("pk", filter=Q(verdict=verdict))
        for name, verdict in (("kept", ""), ("unmeasured", UNMEASURED))
    }
    for number, limit in enumerate(policy.limits):
        asked[f"here{number}"] = Count("pk", filter=Q(verdict=limit.slug))
        asked[f"all{number}"] = Count("pk", filter=drops(limit))
    examples = Example.objects.submitted().filter(dataset=dataset).alias(verdict=dropped_by(policy))
    return examples.aggregate(**asked)


def _steps(policy: Policy, counts: dict[str, int], left: int) -> Iterator[Step]:
    for number, limit in enumerate(policy.limits):
        left -= counts[f"here{number}"]
        yield Step(
            limit.slug,
            limit.label,
            counts[f"here{number}"],
            counts[f"all{number}"],
            left,
        )
