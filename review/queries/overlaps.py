"""Which examples of a release hold what a model will be tested on."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet

from annotate.models import Dataset, Example, Project
from review.models import EvaluationSet, Release
from review.policies import Policy
from review.queries.policies import policy_of
from review.queries.releases import RELEASED, with_standing
from review.queries.scorers import options_of, scorer_ids
from review.stated import ComparedSet, Contamination, Overlap

SLUG = "contamination"
_HOLDS_AN_ITEM = Q(measurement__revision=F("revision"), measurement__contamination__gt=0)


def overlapping(datasets: Sequence[Dataset], policy: Policy) -> QuerySet[Example]:
    """Return the examples that a release made now would hold although an evaluation item is found in them."""
    found: QuerySet[Example] = with_standing(datasets, policy).filter(_HOLDS_AN_ITEM, standing=RELEASED)
    return found.select_related("measurement", "dataset__project").order_by(
        "-measurement__contamination", "pk"
    )


def unchecked(project: Project, datasets: Sequence[Dataset], policy: Policy) -> int:
    """Count the examples that a release made now would hold and that were not compared with today's sets."""
    checked = list(scorer_ids(options_of(project, policy), [SLUG]).values())
    released = with_standing(datasets, policy).filter(standing=RELEASED)
    return int(released.exclude(measurement__scorers__contains=checked).count())


def contamination_of(release: Release) -> Contamination:
    """State what a frozen release was compared with and what was found in it."""
    _, policy = policy_of(release.project)
    checked = list(scorer_ids(options_of(release.project, policy), [SLUG]).values())
    # The items carry no relation back from examples: a release of a million has a million of them.
    held = Example.objects.filter(pk__in=release.items.values("example"))
    sets = EvaluationSet.objects.filter(project=release.project, removed_at=None)
    return Contamination(
        sets=tuple(ComparedSet(one.name, one.sha256, one.count) for one in sets),
        unchecked=held.exclude(measurement__scorers__contains=checked).count() if sets else 0,
        found=tuple(
            overlap
            for example in held.filter(_HOLDS_AN_ITEM).select_related("measurement").order_by("pk")
            for overlap in overlaps_of(example)
        ),
    )


def overlaps_of(example: Example) -> Iterator[Overlap]:
    """Yield what the contamination scorer told of an example: set, item and how much of it."""
    told: list[dict[str, Any]] = (example.measurement.details or {}).get(SLUG, [])
    for hit in told:
        yield Overlap(str(example.public_id), hit["set"], hit["item"], round(hit["overlap"], 3), hit["how"])
