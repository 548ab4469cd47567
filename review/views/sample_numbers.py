"""The numbers of one sample's report: what the queries counted, put through the pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from review.estimates import Correction, Gold, corrected
from review.estimates.agreement import Agreement, agreement
from review.estimates.growth import GrowthPoint, growth
from review.estimates.slices import Slice, slices
from review.models import Sample
from review.queries.reports import SampleReport, sample_report
from review.queries.sample_labels import gold_counts
from review.queries.sample_rows import Reviewed, SeatLabel, reviewed_of
from review.queries.slices import Populations, slice_rows
from review.queries.tallies import WRITTEN, DatasetCounts, stale_since

TWICE = "examples labelled twice"


@dataclass(frozen=True)
class Numbers:
    """A sample's report and what is drawn from its labels; each part is worked out when it is first asked for.

    `populations` are what is kept of each part; `stale_since` says when it was counted, if that is not so any more.
    """

    report: SampleReport
    said: Reviewed
    populations: Populations
    stale_since: datetime | None = None

    @property
    def sample(self) -> Sample:
        return self.report.sample

    @cached_property
    def growth(self) -> Sequence[GrowthPoint]:
        verdicts = self.said.verdicts
        population = max(self.report.found.population, len(verdicts))
        return growth(verdicts, population, self.report.found.confidence)

    @property
    def reasons(self) -> Sequence[tuple[str, int]]:
        return self.said.reasons

    @cached_property
    def slices(self) -> dict[str, tuple[Slice, ...]]:
        confidence = self.report.found.confidence
        rows_of = slice_rows(self.sample, self.populations, self.said.parts)
        return {slug: slices(rows, confidence) for slug, rows in rows_of.items()}

    @property
    def labels(self) -> Sequence[SeatLabel]:
        return self.said.labels

    @cached_property
    def agreement(self) -> Agreement:
        return agreement((label.item, label.rater, label.verdict) for label in self.labels)

    @cached_property
    def correction(self) -> Correction:
        """The correction by gold examples; where these do not suffice, by what two reviewers labelled.

        Those among it that are disputed would be left out, and so make reviewers look infallible.
        """
        found = self.report.found
        by_gold = corrected(
            found.bad, found.reviewed, gold_counts(self.sample.dataset.project), found.confidence
        )
        if by_gold.usable or not self.agreement.items or self.report.counts.disputed:
            return by_gold
        twice = Gold(*self.said.judged, TWICE)
        by_overlap = corrected(found.bad, found.reviewed, twice, found.confidence)
        return by_overlap if by_overlap.usable else by_gold

    @property
    def flatters(self) -> bool:
        """Whether the correction rests on reviewers' own agreement, which misses what two got wrong alike."""
        return self.correction.usable and self.correction.gold.basis == TWICE


def numbers_of(sample: Sample) -> Numbers:
    """Return the numbers of a sample as its report shows them, by what was counted before where a dataset is large."""
    counts, of = DatasetCounts(sample.dataset), sample.source_import_id or WRITTEN
    report = sample_report(
        sample, counts.kept.value.by_import.get(of, 0), counts.samples.value.get(sample.pk)
    )
    said = counts.said.value.get(sample.pk) or reviewed_of(sample)
    stale = stale_since(counts.kept, counts.samples, counts.said, counts.parts)
    return Numbers(report, said, counts.parts.value.get(of, {}), stale)
