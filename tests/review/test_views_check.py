"""The checks beside the editor: every limit on the text as it is typed, and nothing stored."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotate.models import Dataset, Example
from annotate.records import Conversation
from annotate.services.examples import draft_start
from review.models import EvaluationSet, EvaluationText, Measurement
from review.policies import DEFAULT_POLICY, Policy
from review.queries.checks import text_check
from review.services.policies import policy_save
from tests.cast import Cast, ClientOf, conversation, make_example
from tests.review.scene import screened, unlike, words

pytestmark = pytest.mark.django_db
type Check = Callable[..., str]


@pytest.fixture
def draft(dataset: Dataset, cast: Cast) -> Example:
    return draft_start(dataset=dataset, by=cast.annotator)


@pytest.fixture
def check(client_of: ClientOf, draft: Example) -> Check:
    """Type a text into the editor and return the words of the checks."""
    client: Client = client_of("annotator")

    def typed(*turns: tuple[str, str], example: Example = draft) -> str:
        sent: dict[str, Any] = {
            "version": 0, "based_on": 1, "text_of": 1, "shape": "turns", "do": "",
            "turn_role": [role for role, _ in turns], "turn_content": [text for _, text in turns],
            "turn_input": [""] * len(turns), "turn_was": [""] * len(turns),
        }  # fmt: skip
        answer = client.post(reverse("review:check", args=["kitchen", example.public_id]), sent)
        assert answer.status_code == 200
        # What an icon says to those who do not see it is part of the words.
        answer.content = re.sub(rb'<svg[^>]*aria-label="([^"]*)"', rb"\1 <svg", answer.content)
        return words(answer)

    return typed


def turns_of(text: Conversation) -> tuple[tuple[str, str], ...]:
    return tuple((turn.role, turn.content) for turn in text.turns)


def test_an_empty_text_is_not_judged(check: Check) -> None:
    assert check(("user", ""), ("assistant", " ")) == "Checks appear as you write."


def test_a_draft_that_is_gone_has_no_checks(client_of: ClientOf, draft: Example) -> None:
    address = reverse("review:check", args=["kitchen", draft.public_id])
    assert client_of("outsider").post(address).status_code == 404
    draft.delete()
    assert client_of("annotator").post(address).status_code == 204


def test_a_good_text_is_fine_and_nothing_is_stored(check: Check) -> None:
    said = check(*turns_of(unlike(1)))
    assert "Fine Format" in said and "Fine Near duplicate" in said and "Fine Toxicity" in said
    assert "Would be dropped" not in said and "Look at it" not in said
    assert not Measurement.objects.exists()


def test_what_would_drop_it_comes_first_with_the_reason(check: Check) -> None:
    said = check(("user", "Write to cook@bakery.org about {{name}}."), ("assistant", "Done"))
    assert said.startswith("As it stands, the limits would drop this text.")
    assert "Would be dropped Format A placeholder was never filled in" in said
    assert "The limit is 50 to 4,096 tokens." in said
    assert "Look at it Personal data E-mail address" in said
    assert said.index("Would be dropped Length") < said.index("Look at it Personal data") < said.index("Fine")


def test_what_the_project_already_has_is_named(check: Check, dataset: Dataset, cast: Cast) -> None:
    text = unlike(7)
    stored = make_example(dataset, author=cast.annotator, text=text)
    screened(dataset)
    (ask, answer) = turns_of(text)
    assert f"Would be dropped Exact duplicate of {stored}" in check(ask, answer)
    said = check(ask, (answer[0], f"{answer[1]} And butter."))
    assert re.search(rf"Would be dropped Near duplicate 9\d % alike of {re.escape(str(stored))}", said)
    assert "Look at it Same instruction" in check(ask, turns_of(unlike(8))[1])
    # The text is not compared with what it replaces.
    assert "Fine Exact duplicate" in check(ask, answer, example=stored)


def test_an_item_of_an_evaluation_set_is_seen_while_it_is_typed(
    check: Check, dataset: Dataset, cast: Cast
) -> None:
    (ask, answer) = turns_of(unlike(9))
    assert "Fine Contamination" in check(ask, answer)
    held_out = EvaluationSet.objects.create(project=dataset.project, name="Exam", sha256="a" * 64, count=1)
    EvaluationText.objects.create(evaluation_set=held_out, number=1, text=" ".join(answer[1].split()[5:40]))
    assert "Would be dropped Contamination" in check(ask, answer)


def test_the_projects_own_limits_are_asked(dataset: Dataset, check: Check) -> None:
    longer = Policy(tuple(
        replace(limit, minimum=500) if limit.slug == "length" else limit for limit in DEFAULT_POLICY.limits
    ))  # fmt: skip
    policy_save(project=dataset.project, policy=longer, by=None)
    assert "The limit is 500 to 4,096 tokens." in check(*turns_of(unlike(1)))


def test_an_unstored_text_gets_the_verdict_of_a_stored_one(dataset: Dataset) -> None:
    found = text_check(project=dataset.project, conversation=conversation("Why?", "Because."))
    assert (found.verdict.state, found.verdict.dropped_by) == ("dropped", "length")
