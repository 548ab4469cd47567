"""What the reviewed part of a sample says about its import, and about the dataset."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from annotate.models import Dataset, Example
from review.estimates import Estimate, estimate
from review.models import DatasetDecision, PolicyVersion, Sample, SampleItem
from review.queries.outcomes import BAD, DISPUTED, decision_of
from review.queries.policies import policy_of
from review.queries.verdicts import kept


@dataclass(frozen=True, slots=True)
class SampleReport:
    """A sample's review: `items` are those kept now, and `found` what the decided ones say of all that is kept now.

    A label counts for the estimate whatever became of the text: mending what was sampled mends nothing else.
    """

    sample: Sample
    items: int
    found: Estimate

    @property
    def sentence(self) -> str:
        return self.found.sentence

    def evidence(self) -> dict[str, Any]:
        """Return the numbers as plain values, to be stored with a decision."""
        return {
            "sample": self.sample.pk,
            "import": str(self.sample.source_import or ""),
            "items": self.items,
            "reviewed": self.found.reviewed,
            "bad": self.found.bad,
            "population": self.found.population,
            "share": self.found.share,
            "low": self.found.low,
            "high": self.found.high,
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


def sample_report(sample: Sample) -> SampleReport:
    """Estimate the bad share among what the limits keep now of the sample's import."""
    _, policy = policy_of(sample.dataset.project)
    changed = ~Q(example__state=Example.State.SUBMITTED) | Q(example__revision__gt=F("revision"))
    items = SampleItem.objects.filter(sample=sample)
    known = items.filter(kept(policy, "example__") | changed, outcome__isnull=False)
    open_ = items.filter(kept(policy, "example__"), outcome=None, example__state=Example.State.SUBMITTED)
    counts = known.aggregate(
        reviewed=Count("pk", filter=~Q(outcome=DISPUTED)),
        bad=Count("pk", filter=Q(outcome=BAD)),
        items=Count("pk"),
    )
    counts["items"] += open_.count()
    examples = Example.objects.submitted().filter(kept(policy), dataset=sample.dataset)
    population = examples.filter(source_import=sample.source_import).count()
    # Counted a moment later, so somebody may have withdrawn an example in between.
    found = estimate(counts["bad"], counts["reviewed"], max(population, counts["reviewed"]))
    return SampleReport(sample, counts["items"], found)


def dataset_report(dataset: Dataset) -> DatasetReport:
    """Report on every sample of a dataset."""
    samples = Sample.objects.filter(dataset=dataset).select_related(
        "dataset__project", "source_import", "policy"
    )
    version, _ = policy_of(dataset.project)
    reports = tuple(sample_report(sample) for sample in samples.order_by("pk"))
    return DatasetReport(dataset, reports, decision_of(dataset), version)
