from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import pytest

from annotate.records import Conversation, Turn
from review import scorers as registry
from review.limits import LIMITS
from review.scorers import (
    FIELDS,
    GROUPING,
    JUDGED,
    JUDGED_FIELDS,
    LEARNT,
    LEARNT_FIELDS,
    SCORERS,
    Battery,
    identities,
    judge_identity,
    measure,
)
from review.scorers.base import DETAILS, Measure, Measured, Option, Resources

EXAMPLES = [
    Conversation((Turn("user", "Why is the sky blue?"), Turn("assistant", "Air scatters blue light most."))),
    Conversation((Turn("user", "Why?"),)),
]
SET_LEVEL = {"exact_copy", "prompt_twins", "near_similarity", "semantic_similarity"}


class Letters:
    slug = "letters"
    label = "Letters"
    version = 3
    fields = ("letters",)
    options = (Option("letter", "Which letter", "e", "The commonest in English."),)

    def prepare(self, options: Any, resources: Resources) -> Measure:
        return lambda examples: [_letters(example, options["letter"]) for example in examples]


class Forgetful(Letters):
    def prepare(self, options: Any, resources: Resources) -> Measure:
        return lambda examples: []


def _letters(example: Conversation, letter: str) -> Measured:
    found = example.text().count(letter)
    return {"letters": found} | ({DETAILS: {"letter": letter}} if found > 2 else {})


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Battery]:
    """Makes a battery of one scorer, registered alone, whose clock ticks once at each look."""

    def made(scorer: Letters, **options: Any) -> Battery:
        monkeypatch.setattr(registry, "SCORERS", (scorer,))
        ticks = count()
        return Battery({"letters": options}, Resources(), [scorer], clock=lambda: float(next(ticks)))

    return made


def test_slugs_and_fields_are_unique() -> None:
    slugs = [scorer.slug for scorer in SCORERS] + [GROUPING[0], LEARNT[0], JUDGED[0]]
    assert slugs[:3] == ["format", "length", "exact"]
    assert len(set(slugs)) == len(slugs)
    assert len(set(FIELDS)) == len(FIELDS)
    assert not SET_LEVEL.intersection(FIELDS)


def test_a_classifier_is_among_them_once_one_is_active() -> None:
    assert LEARNT[0] not in identities({})
    assert LEARNT[0] not in identities({"quality": {"classifier": ""}})
    one, other = (
        identities({"quality": {"classifier": digest}})["quality"] for digest in ("a" * 64, "b" * 64)
    )
    assert one.digest != other.digest


def test_a_judge_is_never_missing_and_is_another_by_another_rubric_or_model() -> None:
    assert JUDGED[0] not in identities({"judge": {"rubric": "a", "model": "m"}})
    said = [judge_identity(*how) for how in (("a", "m"), ("b", "m"), ("a", "n"))]
    assert len({each.digest for each in said}) == 3
    assert {*said[0].options} == {option.slug for option in JUDGED[2]}


def test_every_limit_reads_a_field_that_is_measured() -> None:
    assert {limit.field for limit in LIMITS} <= {*FIELDS, *SET_LEVEL, *LEARNT_FIELDS, *JUDGED_FIELDS}


def test_every_scorer_yields_its_fields_and_no_other() -> None:
    for scorer in SCORERS:
        found = scorer.prepare({}, Resources())(EXAMPLES)
        assert [set(row) - {DETAILS} for row in found] == [set(scorer.fields)] * len(EXAMPLES)
        assert scorer.prepare({}, Resources())([]) == []


def test_a_default_is_one_of_its_choices() -> None:
    for option in (option for scorer in SCORERS for option in scorer.options if option.choices):
        values = {value for value, _ in option.choices}
        assert values.issuperset(option.default if isinstance(option.default, list) else [option.default])


def test_measuring_joins_what_all_scorers_find() -> None:
    measured = measure(EXAMPLES)
    assert [set(row) - {DETAILS} for row in measured] == [set(FIELDS), set(FIELDS)]
    assert [row["format_blocks"] for row in measured] == [0, 2]
    assert measure([]) == []


def test_what_scorers_tell_stands_under_their_slug(only: Callable[..., Battery]) -> None:
    (first, second) = only(Letters()).measure(EXAMPLES)
    assert first == {"letters": 5, DETAILS: {"letters": {"letter": "e"}}}
    assert second == {"letters": 1}


def test_a_scorer_gets_its_options_and_its_seconds(only: Callable[..., Battery]) -> None:
    scorers = only(Letters(), letter="W", unknown=1)
    assert scorers.measure(EXAMPLES) == [{"letters": 1}, {"letters": 1}]
    assert scorers.seconds == {"letters": 1.0}


def test_a_scorer_that_loses_a_result_is_an_error(only: Callable[..., Battery]) -> None:
    with pytest.raises(ValueError, match="zip"):
        only(Forgetful()).measure(EXAMPLES)


def test_an_identity_changes_with_version_and_options() -> None:
    def digests(options: dict[str, Any]) -> Sequence[str]:
        return [identities(options)[slug].digest for slug in ("length", "near")]

    plain = digests({})
    assert digests({"length": {"tokenizer": "o200k_base", "unknown": 1}}) == plain
    other_length, other_near = {"length": {"tokenizer": "cl100k_base"}}, {"near": {"shingles": "words"}}
    assert [one == other for one, other in zip(digests(other_length), plain, strict=True)] == [False, True]
    assert [one == other for one, other in zip(digests(other_near), plain, strict=True)] == [True, False]
