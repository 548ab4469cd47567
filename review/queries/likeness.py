"""Examples that mean much the same as one of them, or as words that somebody searches for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from annotate.models import Example, Project
from review.queries.policies import policy_of
from review.queries.remote import embedder, embedding_model, meaning_limit
from review.queries.vectors import Near, nearest, search_widely, similar_to, space_of, written
from review.remote.errors import RemoteError

COUNT = 20
NOTHING_THERE = (
    "No example of this project has a vector yet."
    " They are made once the policy limits what is similar in meaning."
)


class NoMeaning(Exception):
    """Nothing can be searched by meaning; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Similar:
    """An example, and the cosine between its vector and the one asked for: 1 means the same."""

    example: Example
    similarity: float


@transaction.atomic
def like_example(example: Example, *, count: int = COUNT) -> list[Similar]:
    """Return the project's examples closest in meaning to one, closest first; none where it has no vector."""
    return _examples(similar_to(example, count=count))


@transaction.atomic
def like_text(project: Project, text: str, *, count: int = COUNT) -> list[Similar]:
    """Return the project's examples closest in meaning to some words.

    The words go to whoever makes this site's vectors. Raises NoMeaning.
    """
    if meaning_limit(policy_of(project)[1]) is None:
        raise NoMeaning(NOTHING_THERE)
    space = space_of(embedding_model())
    if space is None:
        raise NoMeaning(NOTHING_THERE)
    try:
        with embedder() as made:
            (found,) = made.embed([text])
    except RemoteError as error:
        raise NoMeaning(str(error)) from error
    if found.vector is None:
        raise NoMeaning(found.reason)
    search_widely()
    return _examples(nearest(project, space, written(found.vector), count=count))


def _examples(near: Sequence[Near]) -> list[Similar]:
    found = Example.objects.select_related("dataset__project").in_bulk([one.example_id for one in near])
    return [Similar(found[one.example_id], one.similarity) for one in near if one.example_id in found]
