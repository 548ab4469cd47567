"""What is known of a project's readiness for fine-tuning: figures, and what people signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from annotate.models import Dataset, Project
from review.estimates.agreement import Agreement, agreement
from review.models import EvaluationSet, ReadinessSign, Sample, Tally
from review.queries.rules import rules_of
from review.queries.sample_rows import seat_labels
from review.queries.tallies import DatasetCounts, not_stored, stale_since
from review.readiness import Facts


@dataclass(frozen=True, slots=True)
class Readiness:
    """The facts that are measured, the tokens of what is approved, and by point the signs, the newest first.

    `stale_since` says when the oldest count among them was made, if one does not hold any more.
    """

    facts: Facts
    tokens: int
    agreement: Agreement
    signs: dict[str, Sequence[ReadinessSign]]
    stale_since: datetime | None


def readiness(project: Project) -> Readiness:
    """Measure a project; alpha is over everything that two people labelled in it."""
    datasets = list(Dataset.objects.filter(project=project).select_related("project"))
    counts = [DatasetCounts(dataset) for dataset in datasets]
    agreed = agreement_in(counts)
    facts = Facts(
        approved=sum(each.approved for each in counts),
        has_guidelines=bool(project.guidelines.strip()),
        alpha=agreed.alpha,
        alpha_wanted=rules_of(project).stored.alpha_wanted,
        evaluation_sets=EvaluationSet.objects.filter(project=project, removed_at=None).count(),
        contaminated=sum(each.training.value.contaminated for each in counts),
        unchecked=sum(each.training.value.unchecked for each in counts),
    )
    tokens = sum(each.training.value.tokens for each in counts)
    stale = [at for each in counts if (at := stale_since(each.standings, each.training))]
    return Readiness(facts, tokens, agreed, signs_of(project), min(stale, default=None))


def agreement_in(counts: Sequence[DatasetCounts]) -> Agreement:
    """Measure how far reviewers agree where two of them labelled the same example, blind to each other."""
    stored = [each.said.value for each in counts if each.has_stored(Tally.Kind.LABELS)]
    labels = [label for samples in stored for said in samples.values() for label in said.labels]
    labels += seat_labels(*Sample.objects.filter(dataset__in=not_stored(counts, Tally.Kind.LABELS)))
    return agreement((label.item, label.rater, label.verdict) for label in labels)


def signs_of(project: Project) -> dict[str, Sequence[ReadinessSign]]:
    """Return by point what people signed, the newest first."""
    found: dict[str, list[ReadinessSign]] = {}
    for sign in ReadinessSign.objects.filter(project=project).select_related("by"):
        found.setdefault(sign.point, []).append(sign)
    return dict(found)
