"""The import job: read records, map them, write them by COPY, a chunk and its checkpoint at a time."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection, transaction

from annotate.formats import by_slug, detect
from annotate.formats.base import RecordError
from annotate.ids import new_public_ids
from annotate.models import Import, LineError
from annotate.reading import Line, Refusal, open_source
from annotate.reading import LineError as BadLine
from jobs.failpoints import failpoint
from jobs.kinds import JobFailed, Run

CHUNK = 5_000
COLUMNS = (
    "public_id", "dataset_id", "source_import_id", "line_number", "turns", "metadata", "raw", "content_hash"
)  # fmt: skip
COPY = f"COPY annotate_example ({', '.join(COLUMNS)}) FROM STDIN"
