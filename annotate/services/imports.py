"""Imports: a file is stored, then a job reads it into a dataset."""

import hashlib
from functools import partial
from typing import IO

from django.core.files import File
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Import
from annotate.reading import Preview, Refusal, preview
from jobs.models import Job
from jobs.services import job_start

HASH_BLOCK = 1 << 20

# One pass over the project's hashes, whatever the planner knows of the rows that have just come: of the examples that
# share a hash, all but the first are duplicates, and of those the import's own are counted.
DUPLICATES = """
    SELECT coalesce(sum(mine - CASE WHEN first_of_mine = first THEN 1 ELSE 0 END), 0)
    FROM (
        SELECT
            count(*) FILTER (WHERE source_import_id = %(import)s) AS mine,
            min(id) FILTER (WHERE source_import_id = %(import)s) AS first_of_mine,
            min(id) AS first
        FROM annotate_example
        WHERE dataset_id IN (SELECT id FROM annotate_dataset WHERE project_id = %(project)s)
        GROUP BY content_hash
    ) AS texts
    WHERE mine > 0
"""


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := file.read(HASH_BLOCK):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def _shown_name(name: str) -> str:
    """Return the last part of a file's name, without what no name should hold."""
    shown = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    return shown.encode(errors="ignore").decode()[:255] or "file"


def import_create(
    *, dataset: Dataset, file: IO[bytes], name: str, by: User | None, format: str = ""
) -> Import:
    """Store a file for a dataset without reading it in yet; `file` is read from its start."""
    sha256 = _sha256(file)
    size = file.seek(0, 2)
    file.seek(0)
    source_import = Import(
        dataset=dataset,
        name=_shown_name(name),
        sha256=sha256,
        size=size,
        format=format,
        by=by,
    )
    source_import.file.save("upload", File(file), save=False)
    source_import.save()
    return source_import


def import_preview(*, source_import: Import) -> Preview:
    """Look at the first records of a stored file. Raises Refusal when it cannot be read at all."""
    try:
        return preview(source_import.file.path, source_import.name)
    except FileNotFoundError:
        raise Refusal(
            f"{source_import.name} is no longer stored. Throw it away and upload it again."
        ) from None


def import_receive(*, dataset: Dataset, file: IO[bytes], name: str, by: User) -> Import:
    """Store a file and look at it. Raises Refusal when it cannot be read at all; then nothing of it is kept."""
    source_import = import_create(dataset=dataset, file=file, name=name, by=by)
    try:
        import_preview(source_import=source_import)
    except Refusal:
        import_discard(source_import=source_import)
        raise
    return source_import


@transaction.atomic
def import_start(*, source_import: Import, by: User | None, format: str = "") -> Job:
    """Start reading a stored file in; a second call returns the job that is there."""
    locked = (
        Import.objects.select_for_update(of=("self",))
        .select_related("job", "dataset")
        .get(pk=source_import.pk)
    )
    if locked.job:
        return locked.job
    locked.format = format or locked.format
    locked.job = job_start(
        kind="import",
        subject=f"dataset:{locked.dataset_id}",
        label=f"Import of {locked.name} into {locked.dataset}",
        by=by,
        payload={"import": locked.pk},
    )
    locked.save(update_fields=["job", "format"])
    return locked.job


@transaction.atomic
def import_discard(*, source_import: Import) -> bool:
    """Throw away a stored file that was never read in; say whether it was."""
    waiting = Import.objects.select_for_update(of=("self",)).filter(pk=source_import.pk, job=None).first()
    if waiting is None:
        return False
    waiting.delete()
    transaction.on_commit(partial(waiting.file.storage.delete, str(waiting.file.name)))
    return True


def import_finish(job: Job) -> dict[str, int]:
    """Make everything an import wrote visible at once, and count it."""
    source_import = Import.objects.select_related("dataset").get(job=job)
    source_import.examples = Example.objects.filter(source_import=source_import).count()
    source_import.errors = source_import.line_errors.count()
    with connection.cursor() as cursor:
        cursor.execute(
            DUPLICATES,
            {"import": source_import.pk, "project": source_import.dataset.project_id},
        )
        source_import.duplicates = int(cursor.fetchone()[0])
    source_import.done_at = timezone.now()
    source_import.save(update_fields=["examples", "errors", "duplicates", "done_at"])
    counts = {"examples": source_import.examples, "errors": source_import.errors}
    return counts | {"duplicates": source_import.duplicates}


def import_abandon(job: Job) -> None:
    """Remove every example of an import that failed or was cancelled; its line errors stay to be read."""
    Example.objects.filter(source_import__job=job).delete()
