"""What the dataset page shows, laid out from the reports that the queries give."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from annotate.access import Access
from annotate.models import Dataset, Example
from annotate.queries import imports_of
from jobs.models import Job
from review.estimates.words import plain_percent
from review.forms import DecisionForm
from review.limits import bounds_words
from review.models import DatasetDecision, Sample
from review.plots import IntervalPlot, axis_end, interval_plot
from review.queries.disclosure import sees_seed
from review.queries.outlook import decisions_of, imported_since
from review.queries.policies import policy_of
from review.queries.reports import DatasetReport, SampleReport, dataset_report
from review.queries.tallies import DatasetCounts, stale_since
from review.services import grouping
from review.services.screening import KIND, subject_of
from review.views.funnels import funnel_context

FIRST = 5
TONES = {"accepted": "good", "held": "warn", "rejected": "bad"}


@dataclass(frozen=True, slots=True)
class SampleCard:
    """One sample as the page shows it."""

    report: SampleReport
    plot: IntervalPlot | None
    sees_seed: bool

    @property
    def name(self) -> str:
        return str(self.report.sample.source_import or "Written here")

    @property
    def interval(self) -> str:
        found = self.report.found
        return f"{percent(found.low)} to {percent(found.high)} %" if found.low is not None else ""

    @property
    def share(self) -> str:
        return percent(self.report.found.share)

    @property
    def url(self) -> str:
        return sample_url(self.report.sample)

    @property
    def limit(self) -> float | None:
        """Where the tolerated share stands on the plot; None where that does not reach so far."""
        tolerated = self.report.rules.tolerated
        return self.plot.at(tolerated) if self.plot and tolerated <= self.plot.end else None

    @property
    def limit_label(self) -> str:
        return f"tolerated {plain_percent(self.report.rules.tolerated)} %"


def sample_url(sample: Sample) -> str:
    """Return the address of a sample's report."""
    return reverse("review:sample_report", args=[sample.dataset.project.slug, sample.dataset.slug, sample.pk])


def percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f}"


def dataset_context(access: Access, dataset: Dataset, form: DecisionForm | None = None) -> dict[str, Any]:
    """Return everything the dataset page shows."""
    version, policy = policy_of(access.project)
    counts, job = DatasetCounts(dataset), _job(dataset)
    found = counts.kept.value.funnel
    report = dataset_report(dataset, counts.kept.value.by_import, counts.samples.value)
    return {
        "dataset": dataset,
        "imports": imports_of(dataset),
        "job": job,
        "job_runs": bool(job and not job.is_over),
        "found": found,
        **funnel_context(dataset, found, policy),
        "limits": [(limit.label, bounds_words(limit)) for limit in policy.limits],
        "policy_version": version,
        "examples": Example.objects.submitted().filter(dataset=dataset).order_by("pk")[:FIRST],
        "stream_url": reverse("review:stream", args=[access.project.slug]),
        "accept": _accept_words(dataset, found.kept, report),
        "stale_since": stale_since(counts.kept, counts.samples),
        **_samples(access, report),
        **decision_context(access, dataset, form),
    }


def _accept_words(dataset: Dataset, kept: int, report: DatasetReport) -> dict[str, str]:
    those = "The example that the limits keep" if kept == 1 else f"The {kept:,} examples that the limits keep"
    said = " ".join(sample.sentence for sample in report.samples if sample.found.reviewed)
    text = f"{those} can then go into a release, except what is labelled bad. {said}"
    return {"title": f"Accept {dataset}?", "text": text}


def _job(dataset: Dataset) -> Job | None:
    """Return the screening that is under way, else the search for duplicates that follows it; or the last one of
    either if it failed or was cancelled.
    """
    asked = (KIND, subject_of(dataset)), (grouping.KIND, grouping.subject_of(dataset.project))
    newest = (Job.objects.about(kind, subject).first() for kind, subject in asked)
    return next((job for job in newest if job and job.state != Job.State.DONE), None)


def _samples(access: Access, report: DatasetReport) -> dict[str, Any]:
    shares = [(sample.found.high or 0.0, sample.rules.tolerated) for sample in report.samples]
    highest = max((max(pair) for pair in shares if pair[0]), default=0.0)
    cards = [
        SampleCard(each, interval_plot(each.found, axis_end(highest)), sees_seed(access, each.sample))
        for each in report.samples
    ]
    return {
        "cards": cards,
        "reviewed": sum(sample.found.reviewed for sample in report.samples),
        "sampled": sum(sample.items for sample in report.samples),
        "axis": f"0 to {axis_end(highest) * 100:.0f} %" if highest else "",
    }


def decision_context(access: Access, dataset: Dataset, form: DecisionForm | None = None) -> dict[str, Any]:
    """Return what the card of a dataset's decision shows, and what depends on there being one."""
    history = [_decided(each) for each in decisions_of(dataset)]
    newest = history[0]["row"] if history else None
    return {
        "decided": history[0] if history else None,
        "history": history[1:],
        "since": imported_since(dataset, newest.at) if newest else [],
        "form": form or DecisionForm(),
        "decide_url": reverse("review:decide", args=[access.project.slug, dataset.slug]),
    }


def _decided(decision: DatasetDecision) -> dict[str, Any]:
    samples: Iterable[dict[str, Any]] = decision.evidence.get("samples", [])
    return {
        "row": decision,
        "tone": TONES[decision.verdict],
        "evidence": [_evidence_words(sample) for sample in samples],
    }


def _evidence_words(sample: dict[str, Any]) -> str:
    name = sample["import"] or "Written here"
    if sample["share"] is None:
        return f"{name}: nothing was reviewed."
    interval = f"{percent(sample['low'])} to {percent(sample['high'])} %"
    return f"{name}: {sample['bad']:,} of {sample['reviewed']:,} were bad, {percent(sample['share'])} % ({interval})."
