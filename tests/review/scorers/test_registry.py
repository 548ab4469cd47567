from collections.abc import Sequence

import pytest

from annotate.records import Conversation, Turn
from review.limits import LIMITS
from review.scorers import FIELDS, SCORERS, measure, versions
from review.scorers.base import Measured

EXAMPLES = [
    Conversation((Turn("user", "Why is the sky blue?"), Turn("assistant", "Air scatters blue light most."))),
    Conversation((Turn("user", "Why?"),)),
]


class Forgetful:
    slug = "forgetful"
    version = 3
    fields = ("nothing",)

    def __call__(self, conversations: Sequence[Conversation]) -> list[Measured]:
        return []


def test_slugs_and_fields_are_unique() -> None:
    slugs = [scorer.slug for scorer in SCORERS]
    assert slugs == ["format", "length"]
    assert len(set(FIELDS)) == len(FIELDS)


def test_every_limit_reads_a_field_that_a_scorer_yields() -> None:
    assert {limit.field for limit in LIMITS} <= set(FIELDS)


def test_every_scorer_yields_its_fields_and_no_other() -> None:
    for scorer in SCORERS:
        assert [tuple(row) for row in scorer(EXAMPLES)] == [scorer.fields] * len(EXAMPLES)


def test_measuring_joins_what_all_scorers_find() -> None:
    measured = measure(EXAMPLES)
    assert [tuple(row) for row in measured] == [FIELDS, FIELDS]
    assert [row["format_blocks"] for row in measured] == [0, 2]
    assert measure([]) == []


def test_a_scorer_that_loses_a_result_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        measure(EXAMPLES, [Forgetful()])


def test_versions_change_with_any_scorer() -> None:
    assert versions() == "format 1, length 1"
    assert versions([*SCORERS, Forgetful()]) == "format 1, length 1, forgetful 3"
