"""How far a grouping is: its steps, what each did in which time, and the lease that is kept meanwhile."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any

from django.db import transaction

from jobs.kinds import Rate, Run
from jobs.models import Job
from review.services.locks import unhindered

PATIENCE = 60.0  # seconds that a grouping waits for a row, renewing its lease
EXACT, TEXTS, NEAR, STORE = "exact", "texts", "near", "store"
LABELS = {EXACT: "Exact duplicates", TEXTS: "Texts read", NEAR: "Near duplicates", STORE: "Stored"}


class Steps:
    """A run's steps, in their order; `found` is what the job will report, and `grouped` what is done for good.

    Each step can be done again from what the database holds. So a checkpoint is written only where a step is first
    reached and where examples are done for good: else a step that can never succeed would be tried for ever.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        told = run.checkpoint
        self.steps: dict[str, dict[str, float]] = {
            slug: dict(step) for slug, step in told.get("steps", {}).items()
        }
        self.found: dict[str, Any] = dict(told.get("found", {}))
        self.grouped = int(told.get("grouped", 0))
        self._step = ""

    @contextmanager
    def step(self, slug: str, total: int) -> Iterator[None]:
        """Do one step: it is shown as done so far of `total`, and its time is added up."""
        first, began = slug not in self.steps, monotonic()
        told = self.steps.setdefault(slug, {"done": 0, "seconds": 0.0})
        self._step = slug
        with transaction.atomic():
            self._run.save(checkpoint=self._told() if first else None, done=0, total=total)
        yield
        told["seconds"] = round(told["seconds"] + monotonic() - began, 3)
        told["done"] += self._run.done
        if first:
            with transaction.atomic():
                self._run.save(checkpoint=self._told())

    def advance(self, count: int) -> None:
        """Add to what the step has done, and keep the lease. Raises as `Run.save` does."""
        with transaction.atomic():
            self._run.save(done=self._run.done + count)

    def renew(self) -> None:
        """Keep the lease. Raises as `Run.save` does."""
        with transaction.atomic():
            self._run.renew()

    def write[R](self, work: Callable[[], R]) -> R:
        """Do `work`, whose locks are all NOWAIT, in one transaction, and keep the lease however long that takes.

        A cluster is written whole, and may have any number of members. Raises as `unhindered` and `Run.save` do.
        """
        with self._run.kept():
            return unhindered(work, patience=PATIENCE, waiting=self.renew)

    def done_for_good(self, count: int) -> None:
        """Record examples as grouped, in the transaction that makes them so."""
        told = {**self._told(), "grouped": self.grouped + count}
        self._run.save(checkpoint=told, done=self._run.done + count)

    def committed(self, count: int) -> None:
        """Take note that the transaction of `done_for_good` was committed."""
        self.grouped += count

    def _told(self) -> dict[str, Any]:
        return {"step": self._step, "steps": self.steps, "found": self.found, "grouped": self.grouped}


def told_of(job: Job) -> Mapping[str, Any]:
    """Return what a grouping's steps have told so far."""
    told: Mapping[str, Any] = job.parts.values_list("checkpoint", flat=True).first() or {}
    return told


def grouping_rates(job: Job) -> list[Rate]:
    """Return what each step of a grouping did so far, in how many seconds."""
    steps = told_of(job).get("steps", {})
    return [
        Rate(label, int(steps[slug]["done"]), steps[slug]["seconds"])
        for slug, label in LABELS.items()
        if slug in steps
    ]
