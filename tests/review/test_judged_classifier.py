"""A classifier that goes by the judge, too: what it learns from, what it scores by, and what its pages say."""

from typing import Any

import pytest

from annotate.models import Dataset, Example, Project
from review.models import ClassifierVersion, JudgeRubric, Measurement, RemoteScore
from review.queries.classifiers import explanation_of, scores_are_due
from review.queries.judging import judge_scorer
from review.remote.judge import SLUG, Judge
from review.remote.judge_text import ask_of
from review.scorers import judge_identity
from review.services.classifiers import classifier_activate
from review.services.judging import rubric_save
from review.services.measurements import measurements_write, scorer_version
from tests.cast import Cast, ClientOf
from tests.review.scene import words
from tests.review.test_classifiers import finished, many, trained

__all__ = ["many"]

pytestmark = pytest.mark.django_db
RUBRIC, MODEL = "5 is good.", "judge-1"


@pytest.fixture
def rubric(project: Project, cast: Cast, settings: Any) -> JudgeRubric:
    settings.REMOTE_ENDPOINTS = {"judge": {"url": "http://127.0.0.1:1/v1", "model": MODEL, "key": ""}}
    return rubric_save(project=project, text=RUBRIC, by=cast.manager)


def judge(*examples: Example, score: float) -> None:
    """Store what the judge says of examples, as its job does."""
    scorer = scorer_version(judge_identity(RUBRIC, MODEL))
    for example in examples:
        ask = ask_of(RUBRIC, example.conversation)
        assert ask
        RemoteScore.objects.create(
            provider=SLUG, version=Judge.version, model=MODEL, content_hash=ask.digest(), score=score
        )
        measurements_write(
            dataset_id=example.dataset_id, found={example.pk: (example.revision, {"judge": score})},
            by={"judge": scorer}, renewed=["quality"],
        )  # fmt: skip


def test_it_learns_from_scores_and_scores_by_them(
    many: Dataset, project: Project, cast: Cast, rubric: JudgeRubric, client_of: ClientOf
) -> None:
    examples = list(Example.objects.order_by("pk"))
    last = next(example for example in examples if not example.labels.exists())
    judge(*(example for example in examples[::3] if example != last), score=2)
    judge(*(example for example in examples[1::3] if example != last), score=5)
    version = trained(project, cast.manager)
    said = version.evaluation["judge"]
    assert said == {
        "used": True, "scored": said["scored"], "of": 60, "rubric": 1, "model": MODEL,
        "scorer": judge_scorer(RUBRIC, MODEL),
    }  # fmt: skip
    assert 30 <= said["scored"] < 60
    finished(classifier_activate(version=version, by=cast.manager))
    before = Measurement.objects.get(example=last).quality
    judge(last, score=1)
    assert scores_are_due(project)
    assert Measurement.objects.get(example=last).quality == before
    finished(classifier_activate(version=version, by=cast.manager))
    after = Measurement.objects.get(example=last).quality
    assert before and after and after < before
    found = explanation_of(project, last)
    assert found
    assert found.score == pytest.approx(after)
    page = words(client_of("reviewer").get("/p/kitchen/classifier/"))
    assert f"goes by the judge, too: rubric 1, judge-1, {said['scored']} of 60" in page


def test_with_too_few_scores_or_another_rubric_it_goes_without(
    many: Dataset, project: Project, cast: Cast, rubric: JudgeRubric, client_of: ClientOf
) -> None:
    judge(*Example.objects.order_by("pk")[:20], score=2)
    version = trained(project, cast.manager)
    assert (version.evaluation["judge"]["used"], 0 < version.evaluation["judge"]["scored"] <= 20) == (
        False,
        True,
    )
    page = words(client_of("reviewer").get("/p/kitchen/classifier/"))
    assert "The judge has scored" in page
    assert "It would be one more feature from half of them on" in page
    rubric_save(project=project, text="5 is short.", by=cast.manager)
    other = trained(project, cast.manager)
    assert other.evaluation["judge"] | {"rubric": 0} == {
        "used": False, "scored": 0, "of": 60, "rubric": 0, "model": MODEL, "scorer": 0
    }  # fmt: skip
    assert ClassifierVersion.objects.count() == 2
