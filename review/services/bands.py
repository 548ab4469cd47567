"""The band table, by which a text finds the examples it may resemble."""

from collections.abc import Iterator, Sequence

import numpy as np
from django.db import IntegrityError, connection, transaction

from review.neardup.arrays import Numbers
from review.neardup.signatures import NONE

ROWS = 200_000  # rows of one transaction

# A row as PostgreSQL reads it in binary: the count of fields, and each with its length before it.
ROW = np.dtype([("fields", ">i2"), ("of_h", ">i4"), ("h", ">i8"), ("of_id", ">i4"), ("id", ">i8")])
HEAD, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"

INSERT = """
INSERT INTO review_band (h, example_id)
SELECT h, example_id FROM unnest(%s::bigint[], %s::bigint[]) AS new (h, example_id) WHERE h <> 0 ORDER BY h
ON CONFLICT DO NOTHING
"""
STAGED = """
INSERT INTO review_band (h, example_id) SELECT h, example_id FROM winnow_band ORDER BY h ON CONFLICT DO NOTHING
"""


def bands_add(ids: Sequence[int], hashes: Sequence[int]) -> None:
    """Store some bands; those that are there already stay."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(hashes), list(ids)])


class BandCopy:
    """Stores many bands by COPY, in order of the hash, one transaction for every 200,000.

    Bands that are there already stay: from the first one met on, rows are staged and then inserted, which takes about
    twice as long.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._fresh = True

    def write(self, ids: Numbers, hashes: Numbers) -> Iterator[int]:
        """Store the band hashes of examples; yield after each transaction how many rows it had."""
        kept = np.flatnonzero(hashes != NONE)
        kept = kept[np.argsort(hashes[kept])]
        for at in range(0, kept.size, ROWS):
            part = kept[at : at + ROWS]
            with transaction.atomic():
                self._store(_packed(ids[part], hashes[part]))
            self.rows += part.size
            yield part.size

    def _store(self, data: bytes) -> None:
        if self._fresh:
            try:
                with transaction.atomic():
                    _copy("review_band", data)
                return
            except IntegrityError:
                self._fresh = False
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS winnow_band (h bigint, example_id bigint)")
            cursor.execute("TRUNCATE winnow_band")
            _copy("winnow_band", data)
            cursor.execute(STAGED)
            cursor.execute("DROP TABLE winnow_band")


def _packed(ids: Numbers, hashes: Numbers) -> bytes:
    rows = np.empty(ids.size, ROW)
    rows["fields"], rows["of_h"], rows["of_id"] = 2, 8, 8
    rows["h"], rows["id"] = hashes, ids
    return HEAD + rows.tobytes() + END


def _copy(table: str, data: bytes) -> None:
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} (h, example_id) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(data)
