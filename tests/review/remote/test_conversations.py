"""What is asked about a conversation, and what the answers make of it."""

from typing import Any

import pytest

from annotate.records import Conversation, Turn
from review.remote.conversations import OVERLAP, PROMPT, WINDOW, asks_of, combined, windows
from review.remote.findings import Ask, Finding
from review.remote.parsers import LlamaGuard

WORDS = {"s": "system", "u": "user", "a": "assistant", "t": "tool"}


class Guard:
    """A provider as far as `combined` reads it."""

    slug, model, noted = "guard", "asked-model", LlamaGuard.noted


def talk(roles: str) -> Conversation:
    return Conversation(tuple(Turn(WORDS[role], f"{role}{number}") for number, role in enumerate(roles)))


@pytest.mark.parametrize(
    ("roles", "asks"),
    [
        ("ua", [Ask("u0"), Ask("u0", "a1")]),
        ("sua", [Ask("s0"), Ask("u1"), Ask("u1", "a2")]),
        ("uaua", [Ask("u0"), Ask("u0", "a1"), Ask("u2"), Ask("u2", "a3")]),
        ("a", [Ask("a0")]),
        ("uata", [Ask("u0"), Ask("u0", "a1"), Ask("t2"), Ask("u0", "a3")]),
        ("", []),
    ],
)
def test_prompts_alone_and_answers_with_their_prompt(roles: str, asks: list[Ask]):
    found = asks_of(talk(roles))
    assert [turn_ask.ask for turn_ask in found] == asks
    assert [turn_ask.turn for turn_ask in found] == list(range(len(roles)))
    assert [turn_ask.answer for turn_ask in found] == [role == "a" for role in roles]


def test_alpacas_input_is_judged_too_and_blank_turns_are_not():
    turns = (Turn("system", " \n"), Turn("user", "Sum up.", input="The text."), Turn("assistant", "Done."))
    asks = asks_of(Conversation(turns))
    assert [a.ask for a in asks] == [Ask("Sum up.\n\nThe text."), Ask("Sum up.\n\nThe text.", "Done.")]
    assert [a.turn for a in asks] == [1, 2]


def test_only_the_beginning_of_a_prompt_goes_along():
    asks = asks_of(Conversation((Turn("user", "p" * (PROMPT + 1)), Turn("assistant", "Yes."))))
    assert asks[1].ask == Ask("p" * PROMPT, "Yes.")


@pytest.mark.parametrize(
    ("length", "count"),
    [(0, 0), (1, 1), (WINDOW, 1), (WINDOW + 1, 2), (2 * WINDOW - OVERLAP, 2), (20_000, 4)],
)
def test_windows_overlap_and_lose_nothing(length: int, count: int):
    text = "".join(chr(0x4E00 + number % 20_000) for number in range(length))
    pieces = list(windows(text))
    assert len(pieces) == count
    assert all(len(piece) <= WINDOW for piece in pieces)
    assert "".join(piece if number == 0 else piece[OVERLAP:] for number, piece in enumerate(pieces)) == text


def measured(roles: str, *found: Finding) -> dict[str, Any]:
    return combined(asks_of(talk(roles)), found, Guard())  # type: ignore[arg-type]


def test_the_highest_counts_and_the_categories_are_kept():
    found = measured(
        "uaua",
        Finding(0.1, model="m"),
        Finding(0.7, {"S1": 0.7, "S6": 0.7}, "m", also={"refusal": True}),
        Finding(0.4, {"S1": 0.4}, "m"),
        Finding(0.2, model="m"),
    )
    assert found == {
        "toxicity": 0.7,
        "toxicity_prompt": 0.4,
        "toxicity_answer": 0.7,
        "details": {
            "provider": "guard", "model": "asked-model", "answered_by": "m", "turn": 1,
            "categories": {"S1": 0.7, "S6": 0.7}, "noted": ["S6"], "refusal": True,
        },
    }  # fmt: skip


def test_a_category_that_is_only_noted_is_no_toxicity():
    found = measured("ua", Finding(0.2), Finding(0.9, {"S6": 0.9, "S5": 0.9}))
    assert (found["toxicity"], found["toxicity_answer"]) == (0.2, 0.0)
    assert found["details"]["categories"] == {"S5": 0.9, "S6": 0.9}
    assert measured("u", Finding(0.9, {"S99": 0.9}))["toxicity"] == 0.9
    assert measured("u", Finding(0.9))["toxicity"] == 0.9


def test_one_unknown_makes_the_whole_unknown_with_its_reason():
    found = measured("ua", Finding(0.9, {"S1": 0.9}), Finding(None, reason="Too long."))
    assert (found["toxicity"], found["toxicity_prompt"], found["toxicity_answer"]) == (None, 0.9, None)
    assert found["details"] == {
        "provider": "guard", "model": "asked-model", "turn": 1, "unknown": "Too long.", "categories": {"S1": 0.9}
    }  # fmt: skip


def test_what_may_be_known_another_time_is_marked():
    unknown, later = Finding(None, reason="Too long."), Finding(None, reason="No answer.", lasting=False)
    assert "again" not in measured("ua", unknown, unknown)["details"]
    found = measured("ua", unknown, later)["details"]
    assert (found["again"], found["unknown"]) == (True, "Too long.")


def test_nothing_to_judge_is_unknown():
    found = measured("")
    assert (found["toxicity"], found["toxicity_prompt"], found["toxicity_answer"]) == (None, None, None)
    assert found["details"]["unknown"] == "There is no text to judge."


def test_a_side_without_turns_has_no_score():
    found = measured("u", Finding(0.0))
    assert (found["toxicity"], found["toxicity_prompt"], found["toxicity_answer"]) == (0.0, 0.0, None)


def test_what_is_sent_is_what_an_answer_is_kept_under():
    assert Ask("a").digest(with_prompt=True) == Ask("a").digest(with_prompt=False)
    assert Ask("p", "a").digest(with_prompt=False) == Ask("q", "a").digest(with_prompt=False)
    assert Ask("p", "a").digest(with_prompt=True) != Ask("q", "a").digest(with_prompt=True)
    assert Ask("p", "a").digest(with_prompt=True) != Ask("a").digest(with_prompt=True)
    assert Ask("12:3", "a").digest(with_prompt=True) != Ask("1", "2:3a").digest(with_prompt=True)
    assert len(Ask("\ud800").digest(with_prompt=True)) == 16
