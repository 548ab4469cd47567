"""Which examples of a project say the same as a text that is not stored yet; one round trip for each question."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q, QuerySet

from annotate.models import Dataset, Example, Project
from annotate.records import Conversation
from review.compared import compared_text
from review.neardup.live import text_bands, text_similarities
from review.neardup.rule import SIMILARITY
from review.neardup.shingles import CHARACTERS, WORDS, Shingles
from review.scorers import GROUPING, identities

SHINGLES: Mapping[str, Shingles] = {"characters": CHARACTERS, "words": WORDS}
BUCKET = 200  # examples of one band that are looked at
CLOSEST = 100  # candidates that are compared
MOST = 20

# Those that share the most bands are the likeliest: only they are compared.
SHARED = """
SELECT found.example_id, count(*) AS shared
FROM unnest(%(bands)s::bigint[]) AS asked (h)
CROSS JOIN LATERAL (
    SELECT band.example_id FROM review_band band WHERE band.h = asked.h ORDER BY band.example_id LIMIT %(bucket)s
) found
WHERE found.example_id <> %(without)s
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(closest)s
"""
_CLOSE = """
SELECT example.id, example.public_id, example.dataset_id, example.revision, example.state, example.turns,
       example.metadata
FROM ({shared}) near
JOIN annotate_example example ON example.id = near.example_id
JOIN review_measurement measurement ON measurement.example_id = example.id
WHERE example.state = {submitted} AND measurement.exact_copy IS DISTINCT FROM 1
"""
CLOSE = _CLOSE.format(shared=SHARED, submitted=int(Example.State.SUBMITTED))


class Match(NamedTuple):
    """An example, and how much of its shingles and a text's are the same, from 0 to 1."""

    example: Example
    similarity: float


def shingles_of(options: Mapping[str, Mapping[str, object]]) -> str:
    """Return what a project's options have compared: "characters" or "words"."""
    return str(identities(options)[GROUPING[0]].options["shingles"])


def salt_of(project: Project) -> str:
    """Return what keeps a project's bands apart from those of every other in the same table."""
    return str(project.pk)


def exact_matches(
    project: Project, exact_hash: UUID, *, without: int | None = None, most: int = MOST
) -> list[Example]:
    """Return examples of the project that say exactly the same, the oldest first; never the one with id `without`."""
    return list(_measured(project, without).filter(measurement__exact_hash=exact_hash)[:most])


def prompt_matches(
    project: Project, exact_hash: UUID, prompt_hash: UUID, *, without: int | None = None, most: int = MOST
) -> list[Example]:
    """Return examples of the project that answer the same instruction differently, the oldest first."""
    asked = _measured(project, without).filter(measurement__prompt_hash=prompt_hash)
    return list(asked.exclude(measurement__exact_hash=exact_hash)[:most])


def near_matches(
    project: Project,
    conversation: Conversation,
    *,
    shingles: str = "characters",
    similarity: float = SIMILARITY,
    without: int | None = None,
    most: int = MOST,
) -> list[Match]:
    """Return examples of the project that overlap with a text by `similarity` or more, the closest first.

    Compared is what has been grouped, but for exact copies; of a band that more than 200 share, the oldest 200; and
    the 100 that share the most bands. The examples come without their imported record and who wrote them.
    """
    text, compared = compared_text(conversation.as_json()), SHINGLES[shingles]
    bands = text_bands(text, compared, salt_of(project))
    if not bands:
        return []
    asked = {"bands": bands, "bucket": BUCKET, "closest": CLOSEST, "without": without or 0}
    found = list(Example.objects.raw(CLOSE, asked))
    shares = text_similarities(text, [compared_text(example.turns) for example in found], compared)
    close = [Match(*pair) for pair in zip(found, shares, strict=True) if pair[1] >= similarity]
    return sorted(close, key=lambda match: (-match.similarity, match.example.pk))[:most]


def _measured(project: Project, without: int | None) -> QuerySet[Example]:
    current = Q(measurement__revision=F("revision"))
    datasets = Dataset.objects.filter(project=project).values("pk")
    found = Example.objects.submitted().filter(current, dataset__in=datasets).defer("raw")
    return (found.exclude(pk=without) if without else found).order_by("pk")
