"""The second step of a release: its lines, written a chunk and its checkpoint at a time."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import Case, F, JSONField, OuterRef, QuerySet, Subquery, When
from django.utils.text import slugify

from annotate.formats import Format, RecordError, by_slug
from annotate.models import Revision
from annotate.records import Conversation
from jobs.failpoints import failpoint
from jobs.kinds import JobFailed, Run
from review.models import Release, ReleaseItem
from review.queries.releases import releases_folder
from review.services.release_freezing import release_freeze

CHUNK = 1_000
BATCH = 100  # texts in memory at once
SENTENCES = 50
OTHERS = "Other losses."


def release_run(run: Run) -> None:
    """Freeze a release, then write its file from the last checkpoint on."""
    release = Release.objects.select_related("project").get(pk=run.job.payload["release"])
    if not run.checkpoint:
        release_freeze(run, release)
        failpoint("release.after_freeze")
    partial = partial_folder(release)
    partial.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _opened(partial / data_name(release), run.checkpoint["offset"]) as file:
        while _chunk(run, release, file):
            failpoint("release.after_checkpoint")


def partial_folder(release: Release) -> Path:
    """Return where a release is written before it is finished."""
    return releases_folder() / f"{release.public_id}.partial"


def data_name(release: Release) -> str:
    """Return the name of the file with the examples."""
    return f"{slugify(release.name) or 'release'}.jsonl"


def frozen_texts(release: Release, after: int) -> QuerySet[ReleaseItem, tuple[int, Any, Any]]:
    """Return position, turns and metadata of what a release holds, as they were when it was frozen."""
    return (
        ReleaseItem.objects.filter(release=release, position__gt=after)
        .order_by("position")
        .values_list("position", _then("turns"), _then("metadata"))
    )


@contextmanager
def _opened(path: Path, offset: int) -> Iterator[BinaryIO]:
    """Open a file for writing behind what the checkpoint knows of; whatever lies beyond was never committed.

    A worker that lost its part may still write here: the same bytes at the same places.
    """
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        if file.seek(0, os.SEEK_END) < offset:
            raise JobFailed("The half-written file is gone or was cut short. Make the release again.")
        file.truncate(offset)
        file.seek(offset)
        yield file


@transaction.atomic
def _chunk(run: Run, release: Release, file: BinaryIO) -> bool:
    """Write the next lines and say whether there were any."""
    state = {
        **run.checkpoint,
        "lossy": {**run.checkpoint["lossy"]},
        "left_out": {**run.checkpoint["left_out"]},
    }
    known, left_out = by_slug(release.format), []
    texts = frozen_texts(release, state["position"])[:CHUNK]
    for position, turns, metadata in texts.iterator(chunk_size=BATCH):
        state["position"] = position
        if line := _line(known, Conversation.from_json(turns, metadata), state):
            file.write(line)
            state["offset"] += len(line)
            state["examples"] += 1
        else:
            left_out.append(position)
    if state["position"] == run.checkpoint["position"]:
        return False
    file.flush()
    os.fsync(file.fileno())
    failpoint("release.before_checkpoint")
    ReleaseItem.objects.filter(release=release, position__in=left_out).delete()
    run.save(checkpoint=state, done=state["position"])
    return True


def _line(known: Format, conversation: Conversation, state: Mapping[str, Any]) -> bytes:
    """Return an example's line, b"" where the format has no place for it; counts what is lost either way."""
    try:
        record = known.write(conversation)
    except RecordError as error:
        _count(state["left_out"], error.reason)
        return b""
    for sentence in known.loses(conversation):
        _count(state["lossy"], sentence)
    return f"{json.dumps(record, ensure_ascii=False)}\n".encode()


def _count(counts: dict[str, int], sentence: str) -> None:
    # Sentences quote keys of the data, of which there may be any number.
    key = sentence if sentence in counts or len(counts) < SENTENCES else OTHERS
    counts[key] = counts.get(key, 0) + 1


def _then(field: str) -> Case:
    """Return a text's field at the frozen revision: the example's own, or the one that an edit has replaced."""
    old = Revision.objects.filter(example=OuterRef("example"), number=OuterRef("revision"))
    now = When(revision=F("example__revision"), then=F(f"example__{field}"))
    return Case(now, default=Subquery(old.values(field)[:1]), output_field=JSONField())
