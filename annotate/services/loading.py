"""The import job: read records, map them, write them by COPY, a chunk and its checkpoint at a time."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain

from django.db import connection, transaction

from annotate.formats import Format, RecordError, by_slug, read_record
from annotate.ids import new_public_ids
from annotate.models import Import, LineError
from annotate.reading import Checkpoint, Line, Refusal, Source, open_source
from annotate.reading import LineError as BadLine
from annotate.records import Conversation
from jobs.failpoints import failpoint
from jobs.kinds import JobFailed, Run

# A chunk is one transaction: large enough that its commit costs little, small enough to be lost without regret.
CHUNK_RECORDS = 5_000
CHUNK_CHARACTERS = 16_000_000
COLUMNS = "public_id, dataset_id, source_import_id, line_number, turns, metadata, raw, content_hash"
COPY = f"COPY annotate_example ({COLUMNS}) FROM STDIN"

# Made once: `json.dumps` makes an encoder for every call that asks for plain Unicode.
as_text = json.JSONEncoder(ensure_ascii=False).encode

type Item = Line | BadLine


@dataclass(slots=True)
class Chunk:
    """What one transaction writes: examples as they are read, line errors together at its end."""

    source_import: Import
    known: Format | None
    written: int = 0
    characters: int = 0
    end: Checkpoint = field(default_factory=Checkpoint)
    errors: list[BadLine] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return self.written + len(self.errors) >= CHUNK_RECORDS or self.characters >= CHUNK_CHARACTERS

    def write(self, items: Iterator[Item]) -> None:
        """Write items until the chunk is full or they end."""
        ids = iter(new_public_ids(CHUNK_RECORDS))
        owner = (self.source_import.dataset_id, self.source_import.pk)
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            for item in items:
                self.end = item.end
                if (read := self._read(item)) is not None:
                    line, conversation = read
                    copy.write_row((str(next(ids)), *owner, line.number, *_columns(line, conversation)))
                if self.is_full:
                    break
        LineError.objects.bulk_create(
            LineError(
                source_import=self.source_import,
                line_number=bad.number,
                reason=bad.reason,
                excerpt=bad.excerpt,
            )
            for bad in self.errors
        )

    def _read(self, item: Item) -> tuple[Line, Conversation] | None:
        if isinstance(item, BadLine):
            self.errors.append(item)
            return None
        self.characters += len(item.raw)
        try:
            conversation = read_record(item.record, self.known)
        except RecordError as error:
            self.errors.append(item.failed(error.reason))
            return None
        self.written += 1
        return item, conversation


def _columns(line: Line, conversation: Conversation) -> tuple[str, str, str, bytes]:
    metadata = as_text(conversation.metadata) if conversation.metadata else "{}"
    turns = as_text(conversation.as_json())
    return turns, metadata, line.raw, conversation.content_hash()


def import_run(run: Run) -> None:
    """Read a stored file into its dataset, from the last checkpoint on."""
    source_import = Import.objects.select_related("dataset").get(pk=run.job.payload["import"])
    known = by_slug(source_import.format) if source_import.format else None
    try:
        source = open_source(source_import.file.path, source_import.name)
        items = source.read(Checkpoint(**run.checkpoint))
        # Whether there is a next item is asked outside a transaction, so that an empty one is never opened.
        while (first := next(items, None)) is not None:
            _write_chunk(run, source, Chunk(source_import, known), chain([first], items))
    except Refusal as refusal:
        raise JobFailed(str(refusal)) from None
    failpoint("import.before_end")


def _write_chunk(run: Run, source: Source, chunk: Chunk, items: Iterator[Item]) -> None:
    with transaction.atomic():
        chunk.write(items)
        failpoint("import.before_checkpoint")
        done = run.done + chunk.written + len(chunk.errors)
        run.save(checkpoint=asdict(chunk.end), done=done, total=_estimate(done, source))
        failpoint("import.before_commit")
    failpoint("import.after_commit")


def _estimate(done: int, source: Source) -> int:
    """Guess how many records a file holds from how many the bytes taken so far held."""
    return max(done, round(done * source.size / source.taken)) if source.taken else done
