"""Making a selection: what there is to choose from is frozen, parted into topics, and chosen from.

What was worked out lies in files until the end, so that whoever goes on after a worker was killed ends with the same.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.utils import timezone

from jobs.failpoints import failpoint
from jobs.kinds import JobFailed, Run
from jobs.models import Job
from review.models import Selection, SelectionItem
from review.quality.spread import Spread, best_spread, digest_of
from review.quality.terms import term_matrix
from review.quality.topic_words import topic_words
from review.quality.topics import Topics, fitting_rows, topics_of
from review.queries.policies import policy_of
from review.queries.selection_pools import ChoicePool, pool_now, texts_at
from review.services.moments import one_moment
from review.services.selection_files import (
    Words,
    folder_gone,
    found_opened,
    pool_read,
    pool_write,
    topics_read,
    topics_write,
)

CHUNK = 1_000  # texts in memory at once
BARS = 20

Numbers = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]
Found = np.memmap[Any, np.dtype[np.int32]]


def selection_run(run: Run) -> None:
    """Freeze the pool, part it into topics a chunk at a time, and choose; each step is done once."""
    selection = Selection.objects.select_related("project", "classifier").get(pk=run.job.payload["selection"])
    if not run.checkpoint:
        _freeze(run, selection)
        failpoint("selection.after_freeze")
    pool = pool_read(selection)
    if "at" not in run.checkpoint:
        with run.kept():
            topics_write(selection, *topics_found(pool, selection.topics, selection.seed))
        _save(run, {"at": 0})
        failpoint("selection.after_topics")
    topics, words = topics_read(selection)
    found = found_opened(selection)
    while run.checkpoint["at"] < len(pool):
        _chunk(run, pool, topics, found)
        failpoint("selection.after_checkpoint")
    if "chosen" not in run.checkpoint:
        with run.kept():
            _choose(run, selection, pool, found.astype(np.int64), words)


def selection_finish(job: Job) -> dict[str, Any]:
    """Declare a selection done."""
    selection = Selection.objects.get(pk=job.payload["selection"])
    selection.done_at = timezone.now()
    selection.save(update_fields=["done_at"])
    folder_gone(selection)
    return {"selection": selection.name, "chosen": selection.examples, "pool": selection.pool}


def selection_abandon(job: Job) -> None:
    """Remove what a selection that failed or was cancelled has worked out; it stays as a record of that."""
    selection = Selection.objects.get(pk=job.payload["selection"])
    selection.items.all().delete()
    folder_gone(selection)


def topics_found(pool: ChoicePool, count: int, seed: int) -> tuple[Topics, Words]:
    """Find the topics of a pool and their names from the texts that are enough for it."""
    ids = pool.ids
    rows = fitting_rows(ids)
    from scipy.sparse import vstack  # type: ignore[import-untyped]  # noqa: PLC0415  (slow to load)

    terms = vstack([term_matrix(texts) for _, texts in _texts(pool, rows)], format="csr")
    found = topics_of(terms, [ids[row] for row in rows], count, seed)

    def read(near: Rows) -> list[Any]:
        return texts_at(pool.examples[rows[near]], pool.revisions[rows[near]])

    return found, topic_words(found, terms, read)


def topics_belonged(pool: ChoicePool, topics: Topics) -> Numbers:
    """Return the topic of each of a pool, a chunk of texts at a time."""
    parts = [topics(term_matrix(texts)) for _, texts in _texts(pool, np.arange(len(pool)))]
    return np.concatenate([np.zeros(0, np.int64), *parts])


def chosen_of(selection: Selection, pool: ChoicePool, topics: Numbers) -> Spread:
    """Choose from a pool as the selection asks."""
    return best_spread(
        pool.ids, pool.scores, pool.duplicates, topics, selection.size,
        spread=selection.spread, seed=selection.seed,
    )  # fmt: skip


def _texts(pool: ChoicePool, rows: Rows) -> Iterator[tuple[Rows, list[Any]]]:
    for at in range(0, len(rows), CHUNK):
        part = rows[at : at + CHUNK]
        yield part, texts_at(pool.examples[part], pool.revisions[part])


def _freeze(run: Run, selection: Selection) -> None:
    if not selection.classifier.is_active:
        raise JobFailed(f"Version {selection.classifier.number} of the classifier is not active any more.")
    with run.kept(), one_moment():
        pool = pool_now(selection)
        held, _ = policy_of(selection.project)
        # Another policy may have been saved since it was asked for.
        Selection.objects.filter(pk=selection.pk).update(policy_version=held.version if held else 1)
    if not len(pool):
        raise JobFailed("Nothing that would be released has a score any more.")
    pool_write(selection, pool)
    _save(run, {"pool": len(pool)}, total=len(pool))


def _chunk(run: Run, pool: ChoicePool, topics: Topics, found: Found) -> None:
    at = run.checkpoint["at"]
    rows = np.arange(at, min(at + CHUNK, len(pool)))
    found[rows] = topics(term_matrix(texts_at(pool.examples[rows], pool.revisions[rows])))
    found.flush()
    failpoint("selection.before_checkpoint")
    _save(run, {"at": at + len(rows)}, done=at + len(rows))


@transaction.atomic
def _save(run: Run, more: dict[str, Any], **progress: int) -> None:
    run.save(checkpoint={**run.checkpoint, **more}, **progress)


@transaction.atomic
def _choose(run: Run, selection: Selection, pool: ChoicePool, topics: Numbers, words: Words) -> None:
    chosen = chosen_of(selection, pool, topics)
    SelectionItem.objects.bulk_create(_items(selection, pool, chosen), batch_size=2_000)
    ids = pool.ids
    selection.pool, selection.unscored, selection.alike = len(pool), pool.unscored, chosen.alike
    selection.examples = len(chosen)
    selection.digest = digest_of(ids[row] for row in chosen.rows)
    selection.profile = _profile(pool, topics, chosen, words)
    selection.save(update_fields=["pool", "unscored", "alike", "examples", "digest", "profile"])
    failpoint("selection.before_commit")
    run.save(checkpoint={**run.checkpoint, "chosen": len(chosen)})


def _items(selection: Selection, pool: ChoicePool, chosen: Spread) -> Iterator[SelectionItem]:
    rows = chosen.rows
    columns = (pool.examples[rows], pool.revisions[rows], chosen.topic, pool.scores[rows], chosen.value)
    each = zip(*(column.tolist() for column in columns), strict=True)
    for place, (example, revision, topic, score, value) in enumerate(each, start=1):
        yield SelectionItem(
            selection=selection, position=place, example_id=example, revision=revision, topic=topic, score=score,
            value=value,
        )  # fmt: skip


def _profile(pool: ChoicePool, topics: Numbers, chosen: Spread, words: Words) -> dict[str, Any]:
    """Count topics and scores of the pool and of what was chosen from it; scores in BARS equal parts of 0 to 1."""
    counts = [np.bincount(each, minlength=len(words)).tolist() for each in (topics, chosen.topic)]
    scores = [
        np.histogram(each, BARS, (0, 1))[0].tolist() for each in (pool.scores, pool.scores[chosen.rows])
    ]
    return {
        "topics": [
            {"words": list(told), "pool": of_pool, "chosen": taken}
            for told, of_pool, taken in zip(words, *counts, strict=True)
        ],
        "scores": {"pool": scores[0], "chosen": scores[1]},
    }
