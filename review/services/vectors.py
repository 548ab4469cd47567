"""Vectors of examples as they are stored, in a table that is made when it is first needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import ProgrammingError, connection, transaction

from review.queries.vectors import (
    MOST_DIMENSIONS,
    Space,
    literal,
    space_of,
    vectors_exist,
    vectors_missing,
    written,
)
from review.remote.embeddings import Vector
from review.remote.errors import EndpointRefused

NOT_ALLOWED = (
    "pgvector is installed but not switched on in this database: have an administrator run"
    " CREATE EXTENSION vector; in it."
)
MAKING = 7_204_118_302  # the lock of whoever makes the table or an index

# No foreign key, as for bands: a row of an example that is gone joins with nothing. `compared` is the limit by which
# it was last compared with the others.
MAKE = """
CREATE TABLE IF NOT EXISTS review_embedding (
    example_id bigint PRIMARY KEY, project_id bigint NOT NULL, revision integer NOT NULL, model text NOT NULL,
    vector vector, reason text NOT NULL, compared double precision
);
CREATE INDEX IF NOT EXISTS review_embedding_project ON review_embedding (project_id, example_id);
"""
INDEX = """
CREATE INDEX IF NOT EXISTS {name} ON review_embedding USING hnsw ((vector::halfvec({dimensions})) halfvec_cosine_ops)
WHERE model = {model} AND vector IS NOT NULL
"""
WRITE = """
INSERT INTO review_embedding AS old (example_id, project_id, revision, model, vector, reason, compared)
SELECT id, %(project)s, revision, %(model)s, vector::vector, reason, NULL
FROM unnest(%(ids)s::bigint[], %(revisions)s::int[], %(vectors)s::text[], %(reasons)s::text[])
    AS new (id, revision, vector, reason)
ON CONFLICT (example_id) DO UPDATE SET
    project_id = excluded.project_id, revision = excluded.revision, model = excluded.model, vector = excluded.vector,
    reason = excluded.reason, compared = NULL
WHERE excluded.revision >= old.revision
"""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vector of an example's revision, or None with the reason why it will never have one."""

    example_id: int
    revision: int
    vector: Vector | None
    reason: str = ""


@transaction.atomic
def vectors_prepare() -> None:
    """Make what vectors are stored in. Raises EndpointRefused, in words for a person, where it cannot be made."""
    if vectors_exist():
        return
    if missing := vectors_missing():
        raise EndpointRefused(missing)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        try:
            with transaction.atomic():
                cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except ProgrammingError as error:
            raise EndpointRefused(NOT_ALLOWED) from error
        cursor.execute(MAKE)


@transaction.atomic
def vectors_write(*, project_id: int, model: str, rows: Sequence[Embedded]) -> None:
    """Store vectors of one model; nothing is written over that of a newer revision.

    Raises EndpointRefused where they have other dimensions than the model's vectors so far.
    """
    sizes = {len(row.vector) for row in rows if row.vector is not None}
    if sizes:
        _index(Space(model, sizes.pop()))
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "project": project_id,
                "model": model,
                "ids": [row.example_id for row in rows],
                "revisions": [row.revision for row in rows],
                "vectors": [None if row.vector is None else written(row.vector) for row in rows],
                "reasons": [row.reason for row in rows],
            },
        )


def _index(space: Space) -> None:
    before = space_of(space.model)
    if before == space:
        return
    if before:
        raise EndpointRefused(
            f"The model {space.model} made vectors of {before.dimensions} dimensions before, now of"
            f" {space.dimensions}. Give the other model another name."
        )
    if space.dimensions > MOST_DIMENSIONS:
        raise EndpointRefused(
            f"Vectors of {space.dimensions} dimensions are too long: at most {MOST_DIMENSIONS}."
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        statement = INDEX.format(name=space.index, dimensions=space.dimensions, model=literal(space.model))
        cursor.execute(statement.replace("%%", "%"))
