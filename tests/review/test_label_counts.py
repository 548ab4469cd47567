"""How many verdicts there are to learn from: counted once and brought up to date, always what counting anew says."""

from collections.abc import Callable
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotate.models import Dataset, Example, Project
from review.models import Label, LabelTally, Queue
from review.queries.label_counts import counted, labels_counted
from review.queries.outcomes import BAD, GOOD
from review.queries.said import people_said
from review.services import label_tallies
from review.services.label_tallies import label_tallies_catch_up, label_tally_renew
from tests.cast import Cast
from tests.review.scene import sampled

pytestmark = pytest.mark.django_db

Say = Callable[..., Label]


@pytest.fixture
def say(dataset: Dataset, cast: Cast) -> Say:
    """Return what adds a label to one of four examples."""
    sampled(dataset, 4)
    examples = list(Example.objects.order_by("pk"))

    def said(place: int, verdict: str, by: str = "reviewer", queue: str = "targeted", **more: int) -> Label:
        values = {"revision": 1, "verdict": verdict, "by": getattr(cast, by), "queue": queue, **more}
        return Label.objects.create(example=examples[place], **values)

    return said


def test_what_is_said_after_a_count_is_counted_with_what_was_said_before(say: Say, project: Project) -> None:
    say(0, GOOD)
    say(1, BAD)
    say(2, GOOD)
    say(2, BAD, "manager")
    assert label_tally_renew(project=project).good == 1
    say(0, BAD, "manager")  # disputed now
    say(1, "undone")  # no verdict any more
    say(2, GOOD, "annotator", Queue.ADJUDICATION)  # settled now
    say(3, BAD)  # new
    say(3, GOOD, queue="fix", revision=2)  # another text
    say(1, BAD, queue=Queue.GOLD)  # none
    assert labels_counted(project) == counted(people_said(project)) == (2, 1)
    assert label_tally_renew(project=project).last == Label.objects.latest("pk").pk
    say(2, BAD, "annotator", Queue.SECOND_LOOK)
    assert labels_counted(project) == counted(people_said(project)) == (1, 2)


def test_whatever_is_said_in_whatever_order(say: Say, project: Project) -> None:
    dice = Random(5)
    for _ in range(30):
        queue = dice.choice(["targeted", "targeted", Queue.ADJUDICATION, Queue.SECOND_LOOK, Queue.GOLD])
        say(
            dice.randrange(4), dice.choice([GOOD, BAD, "undone"]), dice.choice(["reviewer", "manager"]), queue,
            revision=dice.choice([1, 2]),
        )  # fmt: skip
        assert labels_counted(project) == counted(people_said(project))
        if dice.random() < 0.2:
            label_tally_renew(project=project)


def test_a_label_that_was_being_saved_when_others_were_counted_is_counted(say: Say, project: Project) -> None:
    held, say_later = say(0, GOOD).pk, say(1, BAD)
    label_tally_renew(project=project)
    # As it was then: the first one not yet there.
    LabelTally.objects.update(labels=say_later.pk - held, good=0)
    assert labels_counted(project) == (1, 1)
    assert [tally.good for tally in label_tallies_catch_up()] == [1]


def test_what_another_rule_counted_is_counted_anew(say: Say, project: Project) -> None:
    say(0, GOOD)
    label_tally_renew(project=project)
    LabelTally.objects.update(rule=0, good=7)
    assert labels_counted(project) == (1, 0)


def test_a_count_is_stored_once_there_are_many_labels_and_again_after_many_more(
    say: Say, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_tallies, "BEHIND", 2)
    say(0, GOOD)
    say(1, GOOD)
    assert label_tallies_catch_up() == []
    say(2, GOOD)
    assert [tally.good for tally in label_tallies_catch_up()] == [3]
    say(3, BAD)
    assert label_tallies_catch_up() == []


def test_labels_that_were_counted_are_not_read_again(say: Say, project: Project) -> None:
    for place in range(3):
        say(place, GOOD)
    label_tally_renew(project=project)
    say(3, BAD)
    with CaptureQueriesContext(connection) as captured:
        assert labels_counted(project) == (3, 1)
    read = [query["sql"] for query in captured if '"verdict"' in query["sql"]]
    assert len(read) == 2
    assert all(f'"example_id" IN ({Example.objects.latest("pk").pk})' in sql for sql in read)
