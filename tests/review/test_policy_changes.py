"""A policy is saved on the version that a person saw, and what it makes stale is measured again."""

from dataclasses import replace

import pytest

from annotate.models import Dataset
from jobs.models import Job
from review.models import PolicyVersion
from review.policies import DEFAULT_POLICY, Policy
from review.queries.policies import policy_of
from review.queries.remeasuring import seconds_again, submitted_in
from review.services.policies import policy_version
from review.services.policy_changes import PolicyMoved, policy_change, told_anew
from tests.cast import Cast
from tests.review.scene import imported

SHORTER = Policy(
    tuple(replace(limit, maximum=900) if limit.slug == "length" else limit for limit in DEFAULT_POLICY.limits)
)
WORDS = Policy(DEFAULT_POLICY.limits, {"near": {"shingles": "words"}})
OTHER_COUNTS = Policy(DEFAULT_POLICY.limits, {"length": {"tokenizer": "cl100k_base"}})


def test_a_change_is_the_next_version_with_who_and_why(dataset: Dataset, cast: Cast) -> None:
    saved = policy_change(project=dataset.project, policy=SHORTER, based_on=0, by=cast.manager, note="Short.")
    assert (saved.version, saved.by, saved.note) == (2, cast.manager, "Short.")
    assert policy_of(dataset.project)[1] == SHORTER
    assert PolicyVersion.objects.get(version=1).limits == DEFAULT_POLICY.to_json()


def test_what_was_made_from_an_older_version_is_refused(dataset: Dataset, cast: Cast) -> None:
    first = policy_change(project=dataset.project, policy=SHORTER, based_on=0, by=cast.manager)
    for based_on in (0, 1, 3):
        with pytest.raises(PolicyMoved) as moved:
            policy_change(project=dataset.project, policy=WORDS, based_on=based_on, by=cast.manager)
        assert moved.value.version == first
    assert PolicyVersion.objects.count() == 2


def test_the_default_that_was_stored_meanwhile_is_no_other_version(dataset: Dataset, cast: Cast) -> None:
    assert policy_version(project=dataset.project).version == 1
    assert policy_change(project=dataset.project, policy=SHORTER, based_on=0, by=cast.manager).version == 2


def test_other_limits_measure_nothing_again(dataset: Dataset, cast: Cast) -> None:
    imported(dataset, 1)
    policy_change(project=dataset.project, policy=SHORTER, based_on=0, by=cast.manager)
    assert not Job.objects.exists()


@pytest.mark.parametrize("policy", [WORDS, OTHER_COUNTS])
def test_other_options_screen_every_dataset_that_holds_anything(
    dataset: Dataset, cast: Cast, policy: Policy
) -> None:
    Dataset.objects.create(project=dataset.project, name="Empty", slug="empty")
    imported(dataset, 1)
    policy_change(project=dataset.project, policy=policy, based_on=0, by=cast.manager)
    job = Job.objects.get(kind="screen")
    assert (job.payload["dataset"], job.by) == (dataset.pk, cast.manager)


def test_only_what_is_told_something_else_is_made_stale() -> None:
    assert told_anew(DEFAULT_POLICY, SHORTER) == ()
    assert told_anew(DEFAULT_POLICY, WORDS) == ("near",)
    assert told_anew(OTHER_COUNTS, WORDS) == ("length", "near")
    spelled_out = Policy(DEFAULT_POLICY.limits, {"near": {"shingles": "characters"}})
    assert told_anew(DEFAULT_POLICY, spelled_out) == ()


def screening(dataset: Dataset, state: str = "done", **rates: tuple[int, float]) -> None:
    told = {slug: {"measured": measured, "seconds": seconds} for slug, (measured, seconds) in rates.items()}
    Job.objects.create(
        kind="screen", subject=f"dataset:{dataset.pk}", label="Screening", state=state,
        payload={"project": dataset.project_id, "dataset": dataset.pk}, result={"scorers": told},
    )  # fmt: skip


def test_the_time_is_told_by_the_newest_screening_that_measured(dataset: Dataset) -> None:
    assert seconds_again(dataset.project, ["length"], 100) is None
    screening(dataset, length=(100, 1.0), toxicity=(100, 5.0))
    screening(dataset, length=(1_000, 2.0), toxicity=(0, 0.0))
    screening(dataset, state="failed", length=(1, 60.0))
    assert seconds_again(dataset.project, ["length"], 5_000) == pytest.approx(10)
    assert seconds_again(dataset.project, ["length", "toxicity"], 1_000) == pytest.approx(52)
    assert seconds_again(dataset.project, ["length", "near"], 1_000) is None
    assert seconds_again(dataset.project, [], 1_000) == 0


def test_only_the_projects_own_screenings_and_examples_count(dataset: Dataset, cast: Cast) -> None:
    other = cast.outsider.memberships.get().project
    elsewhere = Dataset.objects.create(project=other, name="Other", slug="other")
    imported(elsewhere, 2)
    imported(dataset, 3)
    screening(elsewhere, length=(100, 1.0))
    assert seconds_again(dataset.project, ["length"], 100) is None
    assert submitted_in(dataset.project) == 3
