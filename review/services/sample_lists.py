"""The lists of what samples were drawn from, kept as files so that anybody can draw again."""

import gzip
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from review.queries.proofs import samples_folder
from review.services.release_finishing import folder_sync

SUFFIX = ".txt.gz"


class IdList:
    """A list of ids while it is written; without `keep` it is gone in the end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, ids: Iterable[UUID]) -> Iterator[UUID]:
        """Write ids as they pass, one a line; they must be drained before the list is kept."""
        # No time of writing and no name inside: the same list is the same file.
        with self._path.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, 0) as file:
            for public_id in ids:
                file.write(f"{public_id}\n".encode("ascii"))
                yield public_id
            file.close()
            raw.flush()
            os.fsync(raw.fileno())

    def keep(self, digest: str) -> str:
        """Give the list its name, which its digest is; return that. The same list again takes its own place."""
        name = f"{digest}{SUFFIX}"
        self._path.rename(self._path.parent / name)
        folder_sync(self._path.parent)
        return name


@contextmanager
def id_list() -> Iterator[IdList]:
    """Open a list that nobody sees until it is kept."""
    folder = samples_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(".partial", dir=folder)
    os.close(handle)
    try:
        yield IdList(Path(name))
    finally:
        Path(name).unlink(missing_ok=True)
