"""What the toxicity scorer yields: instruction and answer apart, the highest counts, nothing unknown."""

from typing import Any

import pytest

from annotate.records import Conversation, Turn
from review.limits import LIMITS
from review.remote.providers import MAKERS
from review.scorers.base import DETAILS, Resources
from review.scorers.toxicity import (
    EMBEDDED,
    PROVIDERS,
    REMOTE_PROVIDERS,
    TOLD_FROM,
    Toxicity,
    measured_by,
)
from tests.review.toxicity.standin import model_for

LIMIT = next(limit for limit in LIMITS if limit.slug == "toxicity")
EDGE = LIMIT.maximum or 0
STANDIN = model_for(
    {
        "turnip": 0.9, "parsnip": 0.8, "celery": 0.1,
        "below": EDGE - 0.0001, "on": EDGE, "above": EDGE + 0.0001,
        "untold": TOLD_FROM - 0.0001, "told": TOLD_FROM,
    },
    {"turnip parsnip": 0.9},
)  # fmt: skip


def spoken(*turns: tuple[str, str]) -> Conversation:
    return Conversation(tuple(Turn(role, content) for role, content in turns))


def scores(conversation: Conversation) -> tuple[float, float, float]:
    (found,) = measured_by(STANDIN, [conversation])
    assert set(found) - {DETAILS} == set(Toxicity.fields)
    return found["toxicity"], found["toxicity_prompt"], found["toxicity_answer"]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([("user", "turnip"), ("assistant", "celery")], (0.9, 0.9, 0.1)),
        ([("user", "celery"), ("assistant", "turnip")], (0.9, 0.1, 0.9)),
        ([("system", "turnip"), ("user", "celery"), ("assistant", "celery")], (0.9, 0.9, 0.1)),
        ([("user", "celery"), ("assistant", "celery"), ("tool", "parsnip"), ("assistant", "celery")], (0.8, 0.8, 0.1)),
        ([("user", "celery"), ("assistant", "parsnip"), ("user", "celery"), ("assistant", "turnip")], (0.9, 0.1, 0.9)),
        ([("user", "turnip")], (0.9, 0.9, 0.0)),
        ([("assistant", "parsnip")], (0.8, 0.0, 0.8)),
        ([("critic", "parsnip")], (0.8, 0.8, 0.0)),
        ([("user", ""), ("assistant", " \n")], (0.0, 0.0, 0.0)),
        ([], (0.0, 0.0, 0.0)),
    ],
)  # fmt: skip
def test_instruction_and_answer_are_scored_apart(
    turns: list[tuple[str, str]], expected: tuple[float, float, float]
) -> None:
    assert scores(spoken(*turns)) == expected


def test_the_input_beside_an_instruction_belongs_to_it() -> None:
    assert scores(Conversation((Turn("user", "celery", input="turnip"),)))[1] > 0.2


def test_the_highest_window_of_a_long_turn_counts() -> None:
    text = "celery " * 950 + "turnip " * 50
    assert scores(spoken(("user", "celery"), ("assistant", text)))[2] == pytest.approx(0.2, abs=0.01)
    assert scores(spoken(("user", "celery"), ("assistant", "celery " * 1_000))) == (0.1, 0.1, 0.1)


@pytest.mark.parametrize(("word", "flagged"), [("below", False), ("on", True), ("above", True)])
def test_the_edge_of_the_default_limit(word: str, flagged: bool) -> None:
    score = scores(spoken(("user", "celery"), ("assistant", word)))[0]
    assert all(bound.holds(score) for bound in LIMIT.bounds()) is not flagged
    assert not LIMIT.drops


def details(conversation: Conversation) -> dict[str, Any] | None:
    (found,) = measured_by(STANDIN, [conversation])
    told: dict[str, Any] | None = found.get(DETAILS)
    return told


def test_details_are_told_from_half_the_default_limit_on() -> None:
    assert details(spoken(("user", "untold"))) is None
    assert details(spoken(("user", "told"))) == {
        "turn": 0,
        "passages": [{"turn": 0, "field": "content", "start": 0, "end": 4, "score": TOLD_FROM, "terms": []}],
    }


def test_details_name_the_highest_turn_and_show_where() -> None:
    told = details(spoken(("user", "parsnip"), ("assistant", "— celery, the Turnip!")))
    assert told is not None
    assert told["turn"] == 0
    assert [part["turn"] for part in told["passages"]] == [0, 1]
    answer = told["passages"][1]
    assert (answer["start"], answer["end"], answer["terms"]) == (2, 20, [[14, 20]])


def test_at_most_three_windows_are_told_the_highest_first() -> None:
    words = ("told", "above", "turnip", "parsnip", "on")
    told = details(Conversation(tuple(Turn("user", word) for word in words)))
    assert told is not None
    assert [part["score"] for part in told["passages"]] == [0.9, 0.8, pytest.approx(EDGE + 0.0001)]


def test_a_window_over_content_and_input_is_told_in_two_parts() -> None:
    told = details(Conversation((Turn("user", "celery turnip", input="parsnip celery"),)))
    assert told is not None
    assert [(p["field"], p["start"], p["end"], p["terms"]) for p in told["passages"]] == [
        ("content", 0, 13, [[7, 13]]),
        ("input", 0, 14, [[0, 7]]),
    ]


def test_the_embedded_model_measures_by_default() -> None:
    measure = Toxicity().prepare({}, Resources())
    conversations = [spoken(("user", "Thank you."), ("assistant", "You are welcome.")), spoken(("user", ""))]
    assert measure(conversations) == measure(conversations) == [measure([one])[0] for one in conversations]
    assert all(isinstance(row[field], float) for row in measure(conversations) for field in Toxicity.fields)
    assert measure([]) == []


@pytest.mark.parametrize("provider", [*REMOTE_PROVIDERS, "oracle", None])
def test_any_other_provider_is_refused(provider: object) -> None:
    with pytest.raises(ValueError, match=f"“{provider}”"):
        Toxicity().prepare({"provider": provider}, Resources())


def test_the_providers_are_those_there_are() -> None:
    assert set(REMOTE_PROVIDERS) == set(MAKERS)
    assert {slug for slug, _ in PROVIDERS} == {EMBEDDED, *REMOTE_PROVIDERS}
