"""What the reviewed part of a sample says about its import, and about the dataset."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Q

from annotate.models import Dataset, Example
from review.estimates import Estimate, Recommendation, estimate, recommend
from review.models import DatasetDecision, PolicyVersion, ReviewRules, Sample
from review.policies import Policy
from review.queries.outcomes import BAD, DISPUTED, GOOD, decision_of
from review.queries.policies import policy_of
from review.queries.rules import rules_of
from review.queries.sampled import GONE, OPEN, with_standing
from review.queries.verdicts import kept


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """How a sample stands, in items: `good` and `bad` count for the estimate, `disputed` ones are unsettled.

    `left` are still to be decided; `gone` were withdrawn, returned or dropped by hand before anybody labelled them.
    `aside` of the good, bad and disputed ones are no longer among what is kept, because they were changed, withdrawn
    or dropped by hand after the label. What the limits drop now is in none of them.
    """

    good: int = 0
    bad: int = 0
    disputed: int = 0
    left: int = 0
    gone: int = 0
    aside: int = 0

    @property
    def reviewed(self) -> int:
        return self.good + self.bad

    @property
    def items(self) -> int:
        """How many of the sample count now, decided or not."""
        return self.reviewed + self.disputed + self.left


@dataclass(frozen=True, slots=True)
class SampleReport:
    """A sample's review: `found` is what the decided items say of all that is kept now, `recommended` what follows.

    `kept` is how many the limits and rulings keep now. The estimate's population is these, the `aside` ones, and the
    `gone` ones unless everything belongs to the sample anyway.
    """

    sample: Sample
    counts: SampleCounts
    kept: int
    found: Estimate
    recommended: Recommendation
    rules: ReviewRules

    @property
    def items(self) -> int:
        return self.counts.items

    @property
    def unsettled(self) -> int:
        """How many count as bad in the worst case: disputed, or gone before review."""
        return self.counts.disputed + worst_gone(self.sample, self.counts)

    @property
    def sentence(self) -> str:
        return self.found.sentence

    def evidence(self) -> dict[str, Any]:
        """Return the numbers as plain values, to be stored with a decision."""
        found = asdict(self.found)
        return {
            "sample": self.sample.pk,
            "import": str(self.sample.source_import or ""),
            "seed_digest": self.sample.seed_digest,
            "bound": bytes(self.sample.bound).hex(),
            "draws": [[stage.size, stage.population_digest] for stage in self.sample.stages.all()],
            "items": self.items,
            **{name: getattr(self.counts, name) for name in ("disputed", "left", "gone", "aside")},
            "kept": self.kept,
            **found,
            "tolerated": self.rules.tolerated,
            "wanted": self.rules.confidence,
            "recommended": self.recommended.kind,
        }


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """A dataset's samples in the order of their imports, the decision that counts, and the policy that holds.

    The samples are not added up: their imports differ in size, and the shares drawn of them too.
    """

    dataset: Dataset
    samples: tuple[SampleReport, ...]
    decision: DatasetDecision | None
    policy: PolicyVersion | None

    def evidence(self) -> dict[str, Any]:
        """Return what a manager knew as plain values."""
        version = self.policy.version if self.policy else None
        return {
            "policy": version,
            "samples": [report.evidence() for report in self.samples],
        }


def sample_report(
    sample: Sample, kept: int | None = None, counts: SampleCounts | None = None
) -> SampleReport:
    """Estimate the bad share among what the limits keep now of the sample's import.

    `kept` is how many these are, and `counts` how the sample stands, where somebody has counted them
    (`queries.tallies`); otherwise they are counted here.
    """
    _, policy = policy_of(sample.dataset.project)
    rules = rules_of(sample.dataset.project_id).stored
    return _report(sample, policy, rules, kept, counts)


def dataset_report(
    dataset: Dataset,
    kept: Mapping[int, int] | None = None,
    counts: Mapping[int, SampleCounts] | None = None,
) -> DatasetReport:
    """Report on every sample of a dataset.

    `kept` counts by the import's id, 0 for what was written here, and `counts` by the sample's, where somebody has.
    """
    samples = Sample.objects.filter(dataset=dataset).select_related(
        "dataset__project", "source_import", "policy"
    )
    version, policy = policy_of(dataset.project)
    rules = rules_of(dataset.project_id).stored
    reports = tuple(
        _report(
            sample,
            policy,
            rules,
            None if kept is None else kept.get(sample.source_import_id or 0, 0),
            None if counts is None else counts.get(sample.pk),
        )
        for sample in samples.prefetch_related("stages").order_by("pk")
    )
    return DatasetReport(dataset, reports, decision_of(dataset), version)


def worst_gone(sample: Sample, counts: SampleCounts) -> int:
    """Return how many that are gone may hide bad ones: none where everything belongs to the sample.

    There, what was withdrawn was not picked for being sampled, and leaves nothing unseen.
    """
    return 0 if sample.takes_everything else counts.gone


def _report(
    sample: Sample, policy: Policy, rules: ReviewRules, kept: int | None, counts: SampleCounts | None
) -> SampleReport:
    counts = counts or sample_counts(sample, policy)
    if kept is None:
        kept = _kept(sample, policy)
    gone = worst_gone(sample, counts)
    # What is kept was counted at another moment than the items.
    population = max(kept, counts.items - counts.aside) + counts.aside + gone
    found = estimate(counts.bad, counts.reviewed, population)
    recommended = recommend(
        counts.bad,
        counts.reviewed,
        population,
        tolerated=min(rules.tolerated, math.nextafter(1.0, 0.0)),
        confidence=rules.confidence,
        unsettled=counts.disputed + gone,
        left=counts.left,
    )
    return SampleReport(sample, counts, kept, found, recommended, rules)


def sample_counts(sample: Sample, policy: Policy) -> SampleCounts:
    """Count how a sample stands now."""
    standing = {name: Count("pk", filter=Q(standing=name)) for name in (GOOD, BAD, DISPUTED, OPEN, GONE)}
    decided = Q(standing__in=(GOOD, BAD, DISPUTED))
    found = with_standing(sample, policy).aggregate(
        aside=Count("pk", filter=decided & Q(is_kept=False)),
        **{str(name): count for name, count in standing.items()},
    )
    return SampleCounts(left=found.pop(OPEN), **found)


def _kept(sample: Sample, policy: Policy) -> int:
    examples = Example.objects.submitted().filter(kept(policy), dataset=sample.dataset)
    return examples.filter(source_import=sample.source_import).count()
