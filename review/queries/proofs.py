"""Whether a sample is what its seed and the lists of its draws say it is, item by item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from review.models import Sample, SampleStage
from review.proofs import ListBroken, Stated, draw_problems, ids_read, redrawn, stages_problems
from review.queries.disclosure import evidence_on
from review.queries.proof_items import items_problems, labels_problems
from review.sampling import RULE


@dataclass(slots=True)
class Proof:
    """What was recomputed of a sample; `problems` says in words what does not fit, and is empty where all does."""

    sample: Sample
    stages: list[SampleStage]
    items: int
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the proof as plain values, the seed among them."""
        found = {"items": self.items, "holds": not self.problems, "problems": self.problems}
        return facts_of(self.sample, self.stages) | found


def facts_of(sample: Sample, stages: Sequence[SampleStage]) -> dict[str, Any]:
    """Return as plain values all that it takes to draw a sample again beside its lists: with the seed."""
    return {
        "sample": sample.pk,
        "dataset": sample.dataset.slug,
        "import": str(sample.source_import or ""),
        "rule": RULE,
        "seed": bytes(sample.seed).hex(),
        "seed_digest": sample.seed_digest,
        "bound": bytes(sample.bound).hex(),
        "draws": [stage_facts(stage) for stage in stages],
    }


def stage_facts(stage: SampleStage) -> dict[str, Any]:
    """Return what is on record of one draw, as plain values."""
    return {
        "number": stage.number,
        "size": stage.size,
        "population": stage.population,
        "population_digest": stage.population_digest,
        "bound": bytes(stage.bound).hex(),
        "drawn_at": stage.created_at.isoformat(),
    }


def samples_folder() -> Path:
    """Return where the lists of all samples lie."""
    return Path(settings.MEDIA_ROOT) / "samples"


def proof_of(sample: Sample) -> Proof:
    """Recompute a sample: its draws from the lists of ids, its items from the draws, its outcomes from the labels."""
    proof = Proof(sample, list(sample.stages.order_by("number")), sample.items.count())
    drawn: dict[UUID, bytes] = {}
    proof.problems += [*_record(sample, proof.stages)]
    for stage in proof.stages:
        proof.problems += [*_draw(sample, stage, drawn)]
    proof.problems += [*items_problems(sample, drawn), *labels_problems(sample)]
    return proof


def _record(sample: Sample, stages: Sequence[SampleStage]) -> Iterator[str]:
    """Say what is wrong with what is on record, before any list is read."""
    yield from stages_problems(bytes(sample.seed), [_stated(stage) for stage in stages])
    if not stages:
        return
    first, last = stages[0], stages[-1]
    for name in ("size", "population", "population_digest"):
        if getattr(sample, name) != getattr(first, name):
            yield f"The sample's {name.replace('_', ' ')} is not that of its first draw."
    if bytes(sample.bound) != bytes(last.bound):
        yield "The sample's bound is not that of its newest draw."
    for decision, known in evidence_on(sample):
        if known.get("seed_digest", sample.seed_digest) != sample.seed_digest:
            yield f"The seed is not the one that the sample had when the dataset was {decision.verdict}."


def _draw(sample: Sample, stage: SampleStage, drawn: dict[UUID, bytes]) -> Iterator[str]:
    """Draw again from one list, add what is drawn to `drawn`, and say what does not fit."""
    if not stage.ids:
        yield f"Draw {stage.number}: no list of ids was kept, so it cannot be drawn again."
        return
    try:
        found = redrawn(ids_read(samples_folder() / stage.ids), bytes(sample.seed), bytes(stage.bound))
    except ListBroken as error:
        yield f"Draw {stage.number}: its list of ids is broken: {error}."
        return
    drawn.update(found.keys)
    by_share = stage.number == 1 and sample.source_import_id is None
    yield from draw_problems(_stated(stage), found, by_share=by_share)


def _stated(stage: SampleStage) -> Stated:
    return Stated(stage.number, stage.size, stage.population, stage.population_digest, bytes(stage.bound))
