"""What a second look said overrules the labels before it on the same text, and nothing else."""

from typing import Any

import pytest

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import DatasetDecision, Label
from review.policies import DEFAULT_POLICY
from review.queries.outcomes import with_outcome
from review.queries.releases import with_standing
from review.services.decisions import decision_record
from tests.cast import Cast
from tests.review.scene import sampled

pytestmark = pytest.mark.django_db


@pytest.fixture
def example(dataset: Dataset) -> Example:
    sampled(dataset, 1)
    return Example.objects.get()


def say(example: Example, verdict: str, by: User, queue: str = "targeted", revision: int = 1) -> None:
    Label.objects.create(example=example, revision=revision, verdict=verdict, by=by, queue=queue)


def outcome() -> str:
    examples: Any = with_outcome(Example.objects.all())
    found: str = examples.get().outcome
    return found


def test_it_overrules_until_it_is_taken_back(example: Example, cast: Cast) -> None:
    say(example, "bad", cast.reviewer)
    say(example, "good", cast.manager, "second-look")
    assert outcome() == "good"
    say(example, "undone", cast.manager, "second-look")
    assert outcome() == "bad"


def test_between_it_and_adjudication_the_newer_holds(example: Example, cast: Cast) -> None:
    say(example, "bad", cast.reviewer)
    for verdict, queue in (("good", "second-look"), ("bad", "adjudication"), ("good", "second-look")):
        say(example, verdict, cast.manager, queue)
        assert outcome() == verdict


def test_what_its_giver_says_later_of_the_same_text_does_not_overrule_it(
    example: Example, cast: Cast
) -> None:
    say(example, "bad", cast.reviewer)
    say(example, "good", cast.manager, "second-look")
    say(example, "bad", cast.manager)
    assert outcome() == "good"


def test_it_speaks_of_its_text_alone(example: Example, cast: Cast) -> None:
    say(example, "bad", cast.reviewer)
    say(example, "good", cast.manager, "second-look")
    Example.objects.update(revision=2)
    assert outcome() == "unreviewed"
    say(example, "bad", cast.reviewer, revision=2)
    assert outcome() == "bad"


def test_a_release_holds_what_it_found_good_and_not_what_it_found_bad(
    example: Example, dataset: Dataset, project: Project, cast: Cast
) -> None:
    decision_record(dataset=dataset, verdict=DatasetDecision.Verdict.ACCEPTED, by=cast.manager)

    def standing() -> str:
        found: str = with_standing([dataset], DEFAULT_POLICY).get().standing
        return found

    say(example, "bad", cast.reviewer)
    assert standing() == "bad"
    say(example, "good", cast.manager, "second-look")
    assert standing() == ""
    say(example, "bad", cast.annotator, "second-look")
    assert standing() == "bad"
