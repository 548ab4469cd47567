"""What a selection has worked out so far, in files beside each other, until it is done.

They are read again by whoever goes on after a worker was killed; numbers only, and nothing in them is executed.
"""

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from jobs.kinds import JobFailed
from review.models import Selection
from review.quality.topics import Space, Topics
from review.quality.weighting import Weighting
from review.queries.selection_pools import ChoicePool

Words = list[tuple[str, ...]]

POOL, TOPICS, FOUND = "pool.npz", "topics.npz", "found.npy"
GONE = "What was worked out so far is gone. Make the selection again."


def selection_folder(selection: Selection) -> Path:
    """Return where a selection that is being made keeps what it has worked out."""
    return Path(settings.MEDIA_ROOT) / "selections" / str(selection.public_id)


def folder_gone(selection: Selection) -> None:
    """Remove what a selection worked out."""
    shutil.rmtree(selection_folder(selection), ignore_errors=True)


def pool_write(selection: Selection, pool: ChoicePool) -> None:
    """Keep the pool, and room for the topic of each of its examples."""
    folder = selection_folder(selection)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write(
        folder / POOL, examples=pool.examples, revisions=pool.revisions, scores=pool.scores, public=pool.public,
        duplicates=pool.duplicates, unscored=np.array(pool.unscored),
    )  # fmt: skip
    np.save(folder / FOUND, np.zeros(len(pool), np.int32))


def pool_read(selection: Selection) -> ChoicePool:
    """Return the pool that was kept. Raises JobFailed where it is gone."""
    held = _read(selection_folder(selection) / POOL)
    columns = ("examples", "revisions", "scores", "public", "duplicates")
    return ChoicePool(**{name: held[name] for name in columns}, unscored=int(held["unscored"]))


def topics_write(selection: Selection, topics: Topics, words: Words) -> None:
    """Keep the topics and their names."""
    space = topics.space
    _write(
        selection_folder(selection) / TOPICS, columns=space.weighting.columns, occurs=space.weighting.occurs,
        rows=np.array(space.weighting.rows), axes=space.axes, centres=topics.centres,
        words=np.array(["\t".join(each) for each in words], np.str_),
    )  # fmt: skip


def topics_read(selection: Selection) -> tuple[Topics, Words]:
    """Return the topics and their names that were kept. Raises JobFailed where they are gone."""
    held = _read(selection_folder(selection) / TOPICS)
    weighting = Weighting(held["columns"], held["occurs"], int(held["rows"]))
    words = [tuple(each.split("\t")) if each else () for each in held["words"].tolist()]
    return Topics(Space(weighting, held["axes"]), held["centres"]), words


def found_opened(selection: Selection) -> np.memmap[Any, np.dtype[np.int32]]:
    """Return the topics (n,) found so far, which can be written to. Raises JobFailed where they are gone."""
    try:
        return np.lib.format.open_memmap(selection_folder(selection) / FOUND, mode="r+")
    except (OSError, ValueError):
        raise JobFailed(GONE) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        with np.load(path, allow_pickle=False) as held:
            return {name: held[name] for name in held.files}
    except (OSError, ValueError, EOFError):
        raise JobFailed(GONE) from None


def _write(path: Path, **arrays: Any) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, **arrays)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
