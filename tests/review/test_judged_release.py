"""A release that a judge had a say in names the judge."""

from dataclasses import replace

import pytest

from annotate.models import Dataset, Example, Project
from review.models import JudgeRubric, Label, Measurement, Release
from review.policies import DEFAULT_POLICY, Policy
from review.scorers import judge_identity
from review.services.measurements import scorer_version
from review.services.policies import policy_save
from review.services.releases import release_create
from tests.cast import Cast
from tests.review.scene import done, sampled

pytestmark = pytest.mark.django_db


@pytest.fixture
def rubric(project: Project, cast: Cast) -> JudgeRubric:
    return JudgeRubric.objects.create(project=project, number=3, text="5 is right.", by=cast.manager)


@pytest.fixture
def judged(dataset: Dataset, cast: Cast, rubric: JudgeRubric) -> Dataset:
    """Four good examples: one without a score, one with 1, one with 4, one with 5 by a rubric of before."""
    sampled(dataset, 4)
    scores = (None, (rubric.text, 1.0), (rubric.text, 4.0), ("What was before.", 5.0))
    for example, score in zip(Example.objects.order_by("pk"), scores, strict=True):
        Label.objects.create(example=example, revision=1, verdict="good", by=cast.reviewer)
        if score:
            found = Measurement.objects.get(example=example)
            found.judge = score[1]
            found.scorers = [*found.scorers, scorer_version(judge_identity(score[0], "wise-70b"))]
            found.save()
    return dataset


def released(project: Project, cast: Cast, least: float | None) -> Release:
    limits = [
        replace(each, minimum=least) if each.slug == "judge" else each for each in DEFAULT_POLICY.limits
    ]
    policy_save(project=project, policy=Policy(tuple(limits)), by=cast.manager)
    release = release_create(project=project, format="alpaca", by=cast.manager)
    assert release.job
    done(release.job)
    release.refresh_from_db()
    return release


def test_a_limit_on_its_scores_has_the_manifest_and_the_card_name_the_judge(
    judged: Dataset, project: Project, cast: Cast, rubric: JudgeRubric
) -> None:
    release = released(project, cast, 3)
    now, before = (judge_identity(text, "").options["rubric"] for text in (rubric.text, "What was before."))
    assert release.examples == 3
    assert release.manifest["judges"] == [
        {"rubric": 3, "rubric_digest": now, "model": "wise-70b", "examples": 1},
        {"rubric": 0, "rubric_digest": before, "model": "wise-70b", "examples": 1},
    ]


def test_without_a_limit_its_scores_have_no_say(judged: Dataset, project: Project, cast: Cast) -> None:
    release = released(project, cast, None)
    assert (release.examples, release.manifest["judges"]) == (4, [])
