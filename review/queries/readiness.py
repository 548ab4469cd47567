"""What is known of a project's readiness for fine-tuning: figures, and what people signed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from annotate.models import Dataset, Project
from review.estimates.agreement import Agreement, agreement
from review.models import EvaluationSet, ReadinessSign, Sample
from review.policies import Policy
from review.queries.overlaps import overlapping, unchecked
from review.queries.policies import policy_of
from review.queries.releases import RELEASED, with_standing
from review.queries.rules import rules_of
from review.queries.sample_rows import seat_labels
from review.queries.tallies import approved_in, standings_of
from review.readiness import Facts


@dataclass(frozen=True, slots=True)
class Readiness:
    """The facts that are measured, the tokens of what is approved, and by point the signs, the newest first."""

    facts: Facts
    tokens: int
    agreement: Agreement
    signs: dict[str, Sequence[ReadinessSign]]


def readiness(project: Project) -> Readiness:
    """Measure a project; alpha is over everything that two people labelled in it."""
    datasets = list(Dataset.objects.filter(project=project).select_related("project"))
    approved = approved_in([standings_of(dataset) for dataset in datasets])
    _, policy = policy_of(project)
    agreed = agreement_in(project)
    facts = Facts(
        approved=approved,
        has_guidelines=bool(project.guidelines.strip()),
        alpha=agreed.alpha,
        alpha_wanted=rules_of(project).stored.alpha_wanted,
        evaluation_sets=EvaluationSet.objects.filter(project=project, removed_at=None).count(),
        contaminated=overlapping(datasets, policy).count(),
        unchecked=unchecked(project, datasets, policy),
    )
    return Readiness(facts, approved_tokens(datasets, policy), agreed, signs_of(project))


def agreement_in(project: Project) -> Agreement:
    """Measure how far a project's reviewers agree where two of them labelled the same example, blind to each other."""
    labels = seat_labels(*Sample.objects.filter(dataset__project=project))
    return agreement((label.item, label.rater, label.verdict) for label in labels)


def signs_of(project: Project) -> dict[str, Sequence[ReadinessSign]]:
    """Return by point what people signed, the newest first."""
    found: dict[str, list[ReadinessSign]] = {}
    for sign in ReadinessSign.objects.filter(project=project).select_related("by"):
        found.setdefault(sign.point, []).append(sign)
    return dict(found)


def approved_tokens(datasets: Sequence[Dataset], policy: Policy) -> int:
    """Count the tokens of what a release made now would hold."""
    approved = with_standing(datasets, policy).filter(standing=RELEASED)
    tokens: int | None = approved.aggregate(tokens=Sum("measurement__tokens"))["tokens"]
    return tokens or 0
