"""What a worker needs at hand to measure a dataset's examples, and the seconds that each scorer took."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from annotate.models import Dataset
from annotate.records import Conversation
from jobs.failpoints import failpoint
from review.queries.policies import policy_of
from review.queries.scorers import measuring, options_of, resources_of
from review.scorers import SCORERS, Battery
from review.scorers.base import Resources
from review.services.measurements import measurements_write, scorer_versions

# id, revision, turns, metadata, and the revision and scorers of the measurement there is
Row = tuple[int, int, list[Any], dict[str, Any], int | None, list[int] | None]


class Tally:
    """How many examples each scorer measured in a part so far, and in how many seconds."""

    def __init__(self, checkpoint: dict[str, Any]) -> None:
        self.counts: Counter[str] = Counter(checkpoint.get("counts", {}))
        self.seconds: defaultdict[str, float] = defaultdict(float, checkpoint.get("seconds", {}))

    def add(self, seconds: dict[str, float], count: int) -> None:
        for slug, took in seconds.items():
            self.counts[slug] += count
            self.seconds[slug] += took

    def as_dict(self) -> dict[str, dict[str, float]]:
        return {"counts": dict(self.counts), "seconds": dict(self.seconds)}


class Bench:
    """A project's scorers with their options, made ready when first needed."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        _, policy = policy_of(dataset.project)
        self.options = options_of(dataset.project, policy)
        versions = scorer_versions(self.options)
        self.versions = {slug: versions[slug] for slug in measuring(self.options)}
        self._batteries: dict[tuple[str, ...], Battery] = {}

    def measure(self, rows: Sequence[Row], tally: Tally) -> None:
        """Measure rows by the scorers that each lacks, and store what was found."""
        alike: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in rows:
            alike[self._missing(row)].append(row)
        for slugs, group in alike.items():
            battery = self._battery(slugs)
            texts = [Conversation.from_json(row[2], row[3]) for row in group]
            found = battery.measure(texts, before=lambda slug: failpoint(f"screen.in.{slug}"))
            measurements_write(
                dataset_id=self.dataset.pk,
                found={row[0]: (row[1], values) for row, values in zip(group, found, strict=True)},
                by={slug: self.versions[slug] for slug in slugs},
            )
            tally.add(battery.take_seconds(), len(group))

    def _missing(self, row: Row) -> tuple[str, ...]:
        _, revision, _, _, measured_revision, by = row
        if by is None or measured_revision != revision:
            return tuple(self.versions)
        return tuple(slug for slug, pk in self.versions.items() if pk not in by)

    @cached_property
    def _resources(self) -> Resources:
        return resources_of(self.dataset.project, self.options)

    def _battery(self, slugs: tuple[str, ...]) -> Battery:
        if slugs not in self._batteries:
            scorers = [scorer for scorer in SCORERS if scorer.slug in slugs]
            self._batteries[slugs] = Battery(self.options, self._resources, scorers)
        return self._batteries[slugs]
