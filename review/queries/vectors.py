"""Vectors of examples, and which examples lie close to one: by pgvector, where PostgreSQL has it.

The table is made when it is first needed, because a server without the extension must serve everything else.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.db import connection

from annotate.models import Example, Project
from review.remote.embeddings import Vector

TABLE = "review_embedding"
# Indexed as half floats: half the size, up to 4,000 dimensions. The similarity told is of the whole vectors.
MOST_DIMENSIONS = 4_000
ITERATES_FROM = (0, 8)
MISSING = (
    "This PostgreSQL has no pgvector, which similarity in meaning needs: install the package of your PostgreSQL's"
    " version (such as postgresql-18-pgvector), then start it again."
)

# Whoever it is must still be what was embedded. The model is part of the index's condition, so it is no parameter.
NEAREST = """
SELECT near.example_id, near.revision, 1 - (near.vector <=> %(vector)s::vector) AS similarity
FROM (
    SELECT example_id, revision, vector FROM review_embedding
    WHERE model = {model} AND project_id = %(project)s AND vector IS NOT NULL AND example_id <> %(but)s
    ORDER BY vector::halfvec({dimensions}) <=> %(vector)s::halfvec({dimensions}) LIMIT %(count)s
) near JOIN annotate_example example ON example.id = near.example_id
WHERE example.revision = near.revision AND example.state = %(submitted)s
ORDER BY similarity DESC, near.example_id
"""


@dataclass(frozen=True, slots=True)
class Space:
    """The vectors of one model: only those of one space can be compared."""

    model: str
    dimensions: int

    @property
    def index(self) -> str:
        """The name of the index over them."""
        return f"{TABLE}_{blake2b(self.model.encode(), digest_size=6).hexdigest()}_{self.dimensions}"


@dataclass(frozen=True, slots=True)
class Near:
    """An example close to another: the revision that was embedded, and the cosine, 1 for the same direction."""

    example_id: int
    revision: int
    similarity: float


def vectors_missing() -> str:
    """Return what to install where PostgreSQL has no pgvector, else nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'")
        return "" if cursor.fetchone()[0] else MISSING


def vectors_exist() -> bool:
    """Say whether any vector was ever stored."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE])
        return bool(cursor.fetchone()[0])


def space_of(model: str) -> Space | None:
    """Return the space of a model's vectors, or None before the first was stored."""
    if not vectors_exist():
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vector_dims(vector) FROM review_embedding WHERE model = %s AND vector IS NOT NULL LIMIT 1",
            [model],
        )
        row = cursor.fetchone()
    return Space(model, row[0]) if row else None


def search_widely() -> None:
    """For this transaction: let a search go on until it has enough of one project, not only of its first look."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        version = tuple(int(part) for part in cursor.fetchone()[0].split(".")[:2])
        if version >= ITERATES_FROM:
            cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")


def nearest(project: Project, space: Space, vector: str, *, count: int, but: int = 0) -> list[Near]:
    """Return the project's examples closest to a vector, closest first, without one of them.

    `vector` is written as PostgreSQL writes it, as in "[0.6,0.8]". Found by an approximate index: one may be missed.
    """
    params: dict[str, Any] = {
        "vector": vector, "project": project.pk, "but": but, "count": count, "submitted": Example.State.SUBMITTED,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(NEAREST.format(model=literal(space.model), dimensions=space.dimensions), params)
        return [Near(*row) for row in cursor.fetchall()]


def similar_to(example: Example, *, count: int = 10) -> list[Near]:
    """Return the examples of the same project that are closest in meaning; none where it has no vector."""
    if not vectors_exist():
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT model, vector_dims(vector), vector::text FROM review_embedding"
            " WHERE example_id = %s AND revision = %s AND vector IS NOT NULL",
            [example.pk, example.revision],
        )
        row = cursor.fetchone()
    if row is None:
        return []
    search_widely()
    return nearest(example.dataset.project, Space(row[0], row[1]), row[2], count=count, but=example.pk)


def written(vector: Vector) -> str:
    """Return a vector as PostgreSQL reads it."""
    return f"[{','.join(map(str, vector.tolist()))}]"


def literal(text: str) -> str:
    """Return a text as SQL writes it, its percent signs doubled for the parameters beside it."""
    quoted = text.replace("'", "''").replace("%", "%%")
    return f"'{quoted}'" if "\\" not in text else "E'" + quoted.replace("\\", "\\\\") + "'"
