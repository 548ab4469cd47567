"""What explains a measured value, in sentences."""

from typing import Any

import pytest

from annotate.records import Turn
from review.explanations import explained
from review.personal import KINDS
from review.wellformed.issues import ISSUES

TURNS = (
    Turn("user", "Which bread keeps?", input="Rye or wheat."),
    Turn("assistant", "x" * 100 + " sour " + "y" * 300),
)


@pytest.mark.parametrize("issue", ISSUES, ids=lambda issue: issue.slug)
def test_every_format_issue_is_its_sentence(issue: Any) -> None:
    assert explained("format", {"format_issues": [issue.slug]}, TURNS) == [issue.sentence]


def test_format_issues_name_their_turns_once_in_order() -> None:
    details = {"format": [{"issue": "echo", "turn": turn} for turn in (3, 1, 3)]}
    values = {"format_issues": ["echo", "not-known-any-more"], "details": details}
    assert explained("format", values, TURNS) == [
        "Turns 2, 4: An assistant turn only repeats the turn before it.",
        "not-known-any-more",
    ]


def test_toxicity_quotes_the_window_from_before_what_raised_it() -> None:
    passage = {"turn": 1, "field": "content", "start": 0, "end": 406, "score": 0.91, "terms": [[101, 105]]}
    (said,) = explained("toxicity", {"details": {"toxicity": {"turn": 1, "passages": [passage]}}}, TURNS)
    assert said == f"Turn 2, 0.91: “…{'x' * 59} sour {'y' * 135}…”"


def test_toxicity_of_an_input_is_quoted_from_the_input() -> None:
    passage = {"turn": 0, "field": "input", "start": 0, "end": 13, "score": 0.3, "terms": []}
    details = {"toxicity": {"turn": 0, "passages": [passage, passage | {"turn": 7}]}}
    assert explained("toxicity", {"details": details}, TURNS) == ["Turn 1, 0.3: “Rye or wheat.”"]


def test_a_guard_models_categories_are_named_the_highest_first() -> None:
    details = {"toxicity": {"categories": {"S1": 0.25, "S10": 1.0}}}
    assert explained("toxicity", {"details": details}, TURNS) == ["hate (S10) 1, violent crimes (S1) 0.25"]


@pytest.mark.parametrize("slug", ["toxicity", "contamination", "near"])
def test_what_could_not_be_measured_says_why(slug: str) -> None:
    details = {slug: {"unknown": "The server did not answer."}}
    assert explained(slug, {"details": details}, TURNS) == ["The server did not answer."]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
def test_personal_data_is_named_by_its_kind_and_count(kind: Any) -> None:
    details = {"personal-data": [{"kind": kind.slug}, {"kind": kind.slug}, {"kind": "other"}]}
    assert explained("personal-data", {"details": details}, TURNS) == [f"{kind.label}, 2 times", "other"]


@pytest.mark.parametrize(
    ("how", "words"),
    [("13-gram", "in runs of 13 words"), ("near-duplicate", "edited"), ("whole", "as a whole")],
)
def test_contamination_names_set_and_item(how: str, words: str) -> None:
    found = [{"set": "Quiz", "item": 12, "overlap": 0.913, "how": how}]
    values = {"details": {"contamination": found}}
    assert explained("contamination", values, TURNS) == [f"Quiz, item 12: 91 %, {words}"]


@pytest.mark.parametrize("slug", ["format", "length", "exact", "toxicity", "personal-data", "contamination"])
@pytest.mark.parametrize("values", [{}, {"details": None}, {"details": {}}])
def test_without_details_there_is_nothing_to_say(slug: str, values: dict[str, Any]) -> None:
    assert explained(slug, values, TURNS) == []
