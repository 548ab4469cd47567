"""The funnel: how many examples each limit drops, and how many are left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotate.models import Dataset, Example
from review.limits import Action
from review.policies import Policy
from review.queries.patterns import Pattern, patterns, verdict_of
from review.queries.policies import policy_of
from review.queries.scorers import options_of, scorer_ids
from review.queries.verdicts import UNMEASURED
from review.verdicts import BY_HAND


@dataclass(frozen=True, slots=True)
class Step:
    """One limit of the funnel: what falls here, what is outside it in all, and what is kept after it.

    A limit that flags drops nothing: `outside` is what it flags.
    """

    slug: str
    label: str
    action: Action
    dropped_here: int
    outside: int
    kept_after: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """`total` submitted examples through the limits; those not measured yet are in no step.

    `stale` counts what a screening started now would measure; `rescued` what a ruling keeps although a limit
    would drop it.
    """

    total: int
    unmeasured: int
    stale: int
    steps: tuple[Step, ...]
    kept: int
    rescued: int = 0

    @property
    def measured(self) -> int:
        return self.total - self.unmeasured

    @property
    def dropped(self) -> dict[str, int]:
        return {step.slug: step.dropped_here for step in self.steps if step.action == "drop"}

    @property
    def flagged(self) -> dict[str, int]:
        return {step.slug: step.outside for step in self.steps if step.action == "flag"}


def funnel(dataset: Dataset) -> Funnel:
    """Count a dataset's submitted examples through the project's limits."""
    _, policy = policy_of(dataset.project)
    ids = scorer_ids(options_of(dataset.project, policy))
    found = patterns([dataset], [policy], list(ids.values()))
    return funnel_of(found, policy, Example.objects.submitted().filter(dataset=dataset).count())


def funnel_of(found: Sequence[Pattern], policy: Policy, total: int, number: int = 0) -> Funnel:
    """Add up patterns into the funnel of the policy that is `number` among those they were counted for."""
    counts = dict.fromkeys([UNMEASURED, BY_HAND, "", *(limit.slug for limit in policy.limits)], 0)
    for pattern in found:
        counts[verdict_of(pattern, policy, number)] += pattern.count
    measured = sum(pattern.count for pattern in found)
    unmeasured = total - measured + counts[UNMEASURED]
    return Funnel(
        total=total,
        unmeasured=unmeasured,
        stale=total - sum(pattern.count for pattern in found if pattern.current),
        steps=tuple(_steps(found, policy, counts, total - unmeasured, number)),
        kept=counts[""],
        rescued=sum(pattern.count for pattern in found if _is_rescued(pattern, policy, number)),
    )


def _steps(
    found: Sequence[Pattern], policy: Policy, counts: dict[str, int], left: int, number: int
) -> Iterator[Step]:
    for limit in policy.limits:
        if limit.bounds():
            left -= counts[limit.slug]
            outside = sum(pattern.count for pattern in found if limit.slug in pattern.seen[number].outside)
            yield Step(limit.slug, limit.label, limit.action, counts[limit.slug], outside, left)
    if by_hand := counts[BY_HAND]:
        yield Step(BY_HAND, "By hand", "drop", by_hand, by_hand, left - by_hand)


def _is_rescued(pattern: Pattern, policy: Policy, number: int) -> bool:
    outside = pattern.seen[number].outside
    return pattern.ruling > 0 and any(limit.drops and limit.slug in outside for limit in policy.limits)
