"""The estimate of a sample with the classifier's scores counted in: which score goes with which label."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db.models import Count, Exists, OuterRef, Sum

from annotate.models import Example
from review.estimates.ppi import PoweredEstimate, prediction_powered
from review.models import Sample, SampleItem
from review.policies import Policy
from review.queries.classifiers import active_version
from review.queries.held_out import held_out_scores
from review.queries.outcomes import BAD, GOOD
from review.queries.policies import policy_of
from review.queries.sampled import of_standing
from review.queries.verdicts import kept

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Folds = Mapping[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class _Others:
    """What is kept and has no label: how many, how many of them are scored, and the sum of their scores of good."""

    count: int
    scored: int
    good: float


def powered_of(sample: Sample) -> PoweredEstimate | None:
    """Estimate the bad share by the labels and the active classifier's scores; None where none is active.

    A text that the classifier learnt from goes with the score of a fold that did not hold it, as is stored where it is
    the newest, and whether or not its label is of the sample; every other with its own. Where a score is missing, the
    estimate says so and is not usable.
    """
    version = active_version(sample.dataset.project)
    if version is None:
        return None
    _, policy = policy_of(sample.dataset.project)
    scores, bad = _scores(sample, policy, held_out_scores(version.pk))
    others = _others(sample, policy)
    population = len(scores) + others.count
    missing = int(np.isnan(scores).sum()) + others.count - others.scored
    if missing:
        are = "example has no score yet" if missing == 1 else "examples have no score yet"
        return PoweredEstimate(int(bad.sum()), len(bad), population, f"{missing:,} {are}")
    return prediction_powered(
        bad,
        1 - scores,
        others=1 - others.good / others.count if others.count else 0.0,
        population=population,
    )


def _scores(sample: Sample, policy: Policy, folds: Folds) -> tuple[Floats, Flags]:
    """Return by decided item the score of good, which may be no number, and whether it is bad."""
    rows = of_standing(sample, policy, GOOD, BAD).values_list(
        "example", "revision", "outcome", "example__measurement__revision", "example__measurement__quality"
    )
    scores, bad = [], []
    for example, revision, outcome, measured, quality in rows:
        own = np.nan if quality is None or measured != revision else quality
        scores.append(folds.get((example, revision), own))
        bad.append(outcome == BAD)
    return np.array(scores, np.float64), np.array(bad, np.bool_)


def _others(sample: Sample, policy: Policy) -> _Others:
    decided = SampleItem.objects.filter(sample=sample, outcome__in=(GOOD, BAD), example=OuterRef("pk"))
    examples = Example.objects.submitted().filter(
        ~Exists(decided), kept(policy), dataset=sample.dataset, source_import=sample.source_import_id
    )
    found = examples.aggregate(
        count=Count("pk"), scored=Count("measurement__quality"), good=Sum("measurement__quality")
    )
    return _Others(found["count"], found["scored"], found["good"] or 0.0)
