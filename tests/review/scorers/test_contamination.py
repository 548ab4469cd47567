from typing import Any

import pytest

from annotate.records import Conversation, Turn
from review.scorers import contamination
from review.scorers.base import EvaluationItem, Resources
from review.scorers.contamination import Contamination

QUESTION = "How many loaves can a baker make from ten kilos of flour and six litres of water"  # 17 words
CLEAN = Conversation((Turn("user", "Why does bread rise?"), Turn("assistant", "Yeast gives off gas.")))
LEAKED = Conversation((Turn("user", f"Hello. {QUESTION}?"), Turn("assistant", "Twelve.")))
INPUT = Conversation((Turn("user", "Solve this:", QUESTION), Turn("assistant", "Twelve.")))
A, B = "a" * 64, "b" * 64


def resources(name: str = "Bakery test") -> Resources:
    return Resources(
        evaluation_sets={
            A: [
                EvaluationItem(
                    name, 1, "Something else that nobody would ever say in any example at all, ever."
                )
            ],
            B: [EvaluationItem("Other", 1, "who knows"), EvaluationItem("Other", 2, QUESTION)],
        }
    )


def measured(conversation: Conversation, sets: list[str], name: str = "Bakery test") -> dict[str, Any]:
    (found,) = Contamination().prepare({"sets": sets}, resources(name))([conversation])
    return found


def test_the_set_and_item_are_named() -> None:
    expected = {
        "contamination": 1.0,
        "details": [{"set": "Other", "item": 2, "overlap": 1.0, "how": "13-gram"}],
    }
    assert measured(LEAKED, [A, B]) == measured(INPUT, [B]) == expected


def test_a_part_of_an_item_is_a_share() -> None:
    part = Conversation((Turn("user", " ".join(QUESTION.split()[:13])),))
    found = measured(part, [B])
    assert found["contamination"] == found["details"][0]["overlap"] == round(11 / 15, 4)
    assert found["details"][0]["how"] == "near-duplicate"


def test_nothing_found_and_nothing_to_look_for_are_nought_without_details() -> None:
    assert measured(CLEAN, [A, B]) == {"contamination": 0.0}
    assert measured(LEAKED, [A]) == measured(LEAKED, []) == {"contamination": 0.0}
    assert Contamination().prepare({}, Resources())([LEAKED]) == [{"contamination": 0.0}]


def test_a_set_that_is_gone_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="There is no evaluation set cccccccccccc"):
        Contamination().prepare({"sets": [A, "c" * 64]}, resources())


def test_the_index_is_kept_but_never_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    measured(LEAKED, [A, B])
    monkeypatch.setattr(contamination, "Index", None)
    assert measured(LEAKED, [A, B])["contamination"] == 1.0
    said = Conversation(
        (Turn("user", "something else that nobody would ever say in any example at all, ever"),)
    )
    assert measured(said, [A, B], "Named here")["details"][0]["set"] == "Named here"


def test_only_a_few_indexes_are_kept() -> None:
    for number in range(contamination.INDEXES_KEPT + 2):
        digest = f"{number:064}"
        items = Resources(
            evaluation_sets={digest: [EvaluationItem("n", 1, f"item number {number} of this test")]}
        )
        Contamination().prepare({"sets": [digest]}, items)
    assert len(contamination._kept) == contamination.INDEXES_KEPT
