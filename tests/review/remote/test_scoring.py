"""A dataset's toxicity by another server: asked once, unknown where it failed, gone on with after a kill."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from annotate.models import Dataset, Example
from annotate.services.examples import example_submit
from jobs.models import Job
from jobs.services import job_cancel
from jobs.work import job_work, part_claim, part_run
from review.models import Measurement, RemoteScore, Sample, ScorerVersion
from review.policies import DEFAULT_POLICY, Policy
from review.queries import remote as remote_queries
from review.queries.remote import remote_is_pending
from review.remote.client import Clock
from review.remote.guards import SAFE, UNSAFE
from review.remote.providers import MAKERS, Site
from review.scorers.toxicity import REMOTE_PROVIDERS
from review.services import remote
from review.services.grouping import grouping_start
from review.services.policies import policy_save
from review.services.remote import remote_start
from tests.cast import Cast, conversation
from tests.review.remote.conftest import Serve
from tests.review.remote.server import Asked, FakeClock, Reply, Server
from tests.review.remote.test_guards import chat
from tests.review.scene import done, imported, measure, screened

pytestmark = pytest.mark.django_db
TRIED = 2  # texts that each part asks about first


class Judge:
    """A guard that calls unsafe what has a word of `bad` in its last message, and fails as told."""

    def __init__(self) -> None:
        self.bad: set[str] = {UNSAFE.prompt}
        self.fails: dict[str, Reply] = {}
        self.server: Server | None = None

    def __call__(self, asked: Asked) -> Reply:
        text = asked.body["messages"][-1]["content"][0]["text"]
        for words, reply in self.fails.items():
            if words in text:
                return reply
        return chat("unsafe\nS10" if any(words in text for words in self.bad) else "safe", model="guard-1")

    @property
    def asked(self) -> list[str]:
        """The texts that were judged, without those of the try-out."""
        assert self.server
        texts = [asked.body["messages"][-1]["content"][0]["text"] for asked in self.server.asked]
        return [text for text in texts if text not in (SAFE.prompt, UNSAFE.prompt)]


@pytest.fixture
def judge(serve: Serve, settings: Any, time: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Judge:
    """A guard that this site's operator has set up; waiting takes no time."""
    judge = Judge()
    judge.server = serve(judge)
    settings.REMOTE_ENDPOINTS = {"guard": {"url": judge.server.url, "model": "guard-1", "key": ""}}
    clock, real = Clock(time.sleep, time.monotonic, lambda: 0.0), remote_queries.site

    def site() -> Site:
        made = real()
        return Site(made.endpoints, made.guard_format, clock=clock, attempts=2)

    monkeypatch.setattr(remote, "site", site)
    return judge


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PART", 4)
    monkeypatch.setattr(remote, "CHUNK", 2)


def choose(dataset: Dataset, provider: str = "guard") -> None:
    policy = Policy(DEFAULT_POLICY.limits, {"toxicity": {"provider": provider}})
    policy_save(project=dataset.project, policy=policy, by=None)


def scored(dataset: Dataset) -> Job:
    job = remote_start(dataset=dataset, by=None)
    assert job
    job_work(job.pk)
    job.refresh_from_db()
    return job


def values() -> list[tuple[float | None, float | None, float | None]]:
    rows = Measurement.objects.order_by("pk")
    return list(rows.values_list("toxicity", "toxicity_prompt", "toxicity_answer"))


def test_every_remote_provider_that_a_policy_may_name_can_be_made():
    assert set(REMOTE_PROVIDERS) == set(MAKERS)


def test_without_a_remote_provider_nobody_is_asked(dataset: Dataset, judge: Judge):
    imported(dataset, 2)
    assert remote_start(dataset=dataset, by=None) is None
    choose(dataset, "embedded")
    assert remote_start(dataset=dataset, by=None) is None


def test_prompt_and_answer_are_judged_and_stored(dataset: Dataset, judge: Judge, small: None, cast: Cast):
    choose(dataset)
    imported(dataset, 2, text=conversation("Fine?", "A foul word."))
    imported(dataset, 4)
    judge.bad.add("foul")
    screened(dataset)
    job = scored(dataset)
    assert (job.state, job.error, job.total, job.parts.count()) == ("done", "", 6, 2)
    assert job.result | {"seconds": 0} == {
        "provider": "guard", "model": "guard-1", "measured": 6, "asked": 10, "known": 0, "unknown": 0, "reasons": {},
        "seconds": 0,
    }  # fmt: skip
    assert values() == [(1.0, 0.0, 1.0)] * 2 + [(0.0, 0.0, 0.0)] * 4
    first = Measurement.objects.order_by("pk").first()
    assert first
    assert first.details
    assert first.details["toxicity"] == {
        "provider": "guard", "model": "guard-1", "turn": 1, "categories": {"S10": 1.0}
    }  # fmt: skip
    version = ScorerVersion.objects.get(slug="toxicity", options={"provider": "guard"})
    assert version.pk in first.scorers
    assert first.tokens is not None
    assert remote_start(dataset=dataset, by=None) is None


def test_a_text_is_asked_about_once(dataset: Dataset, judge: Judge):
    choose(dataset)
    imported(dataset, 3, text=conversation("Same?", "Same."))
    scored(dataset)
    assert sorted(judge.asked) == ["Same.", "Same?"]
    Measurement.objects.all().delete()
    job = scored(dataset)
    assert (job.result["asked"], job.result["known"], len(judge.asked)) == (0, 2, 2)
    assert values() == [(0.0, 0.0, 0.0)] * 3
    row = RemoteScore.objects.order_by("pk").first()
    assert row
    assert (RemoteScore.objects.count(), row.provider, row.model, row.answered_by) == (
        2,
        "guard",
        "guard-1",
        "guard-1",
    )


def test_another_model_is_asked_anew(dataset: Dataset, judge: Judge, settings: Any):
    choose(dataset)
    imported(dataset, 1)
    scored(dataset)
    settings.REMOTE_ENDPOINTS = {"guard": {**settings.REMOTE_ENDPOINTS["guard"], "model": "guard-2"}}
    job = scored(dataset)
    assert (job.result["model"], job.result["asked"], len(judge.asked)) == ("guard-2", 2, 4)
    assert remote_start(dataset=dataset, by=None) is None


def test_only_an_edited_text_is_asked_about_again(dataset: Dataset, judge: Judge, cast: Cast):
    choose(dataset)
    imported(dataset, 3)
    scored(dataset)
    before = len(judge.asked)
    example = Example.objects.first()
    assert example
    example_submit(example=example, conversation=conversation("New?", "New."), based_on=1, by=cast.annotator)
    assert scored(dataset).result["measured"] == 1
    assert sorted(judge.asked[before:]) == ["New.", "New?"]


def test_a_failure_is_unknown_with_its_reason_and_asked_about_again(dataset: Dataset, judge: Judge):
    choose(dataset)
    imported(dataset, 1, text=conversation("Long?", "A refused answer."))
    imported(dataset, 1, text=conversation("Down?", "A lost answer."))
    imported(dataset, 1)
    judge.fails = {"refused": Reply(status=400), "lost": Reply(status=500)}
    job = scored(dataset)
    refused = "The server refused the text (HTTP 400)."
    lost = "The server gave no answer in 2 attempts: HTTP 500."
    assert (job.state, job.result["unknown"]) == ("done", 2)
    assert job.result["reasons"] == {refused: 1, lost: 1}
    assert not Job.objects.active().exists()
    assert values() == [(None, 0.0, None), (None, 0.0, None), (0.0, 0.0, 0.0)]
    details = [row.details["toxicity"] for row in Measurement.objects.order_by("pk") if row.details]
    assert [(told.get("unknown"), told.get("again")) for told in details] == [
        (refused, None),
        (lost, True),
        (None, None),
    ]
    judge.fails = {}
    assert scored(dataset).result["measured"] == 1
    assert values() == [(None, 0.0, None), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)]
    assert remote_start(dataset=dataset, by=None) is None


@pytest.mark.parametrize(
    ("endpoints", "words"),
    [
        ({}, "This site has no guard model: its operator sets GUARD_URL and GUARD_MODEL."),
        (
            {"guard": {"url": "http://127.0.0.1:1", "model": "m", "key": ""}},
            "could not judge a text whose verdict",
        ),
    ],
)
def test_a_provider_that_cannot_be_used_fails_the_job_in_words(
    dataset: Dataset, judge: Judge, settings: Any, endpoints: Any, words: str
):
    choose(dataset)
    imported(dataset, 1)
    settings.REMOTE_ENDPOINTS = endpoints
    job = scored(dataset)
    assert (job.state, words in job.error, Measurement.objects.count()) == ("failed", True, 0)


def test_a_guard_that_cannot_tell_judges_nothing(dataset: Dataset, judge: Judge):
    choose(dataset)
    imported(dataset, 1)
    judge.bad = set()
    job = scored(dataset)
    assert (job.state, judge.asked) == ("failed", [])
    assert (
        job.error
        == "guard model: The server calls a dangerous request safe: check its model and chat template."
    )


def test_perspective_ends_with_its_year(dataset: Dataset, judge: Judge, settings: Any, monkeypatch: Any):
    choose(dataset, "perspective")
    imported(dataset, 1)
    settings.REMOTE_ENDPOINTS = {"perspective": {"url": "http://127.0.0.1:1", "model": "", "key": "k"}}
    monkeypatch.setattr(timezone, "localdate", lambda: date(2027, 1, 1))
    job = scored(dataset)
    assert job.state == "failed"
    assert "switched off at the end of 2026" in job.error


def test_perspective_is_asked_by_one_process(dataset: Dataset, judge: Judge, small: None, settings: Any):
    choose(dataset, "perspective")
    imported(dataset, 6)
    job = remote_start(dataset=dataset, by=None)
    assert job
    assert job.parts.count() == 1


def test_a_second_start_returns_the_job_under_way(dataset: Dataset, judge: Judge):
    choose(dataset)
    imported(dataset, 1)
    first = remote_start(dataset=dataset, by=None)
    assert remote_start(dataset=dataset, by=None) == first
    Job.objects.update(cancel_requested=True)
    assert remote_start(dataset=dataset, by=None) != first


def test_what_was_added_meanwhile_is_asked_about_next(dataset: Dataset, judge: Judge):
    choose(dataset)
    imported(dataset, 1)
    job = remote_start(dataset=dataset, by=None)
    assert job
    imported(dataset, 2)
    job_work(job.pk)
    following = Job.objects.active().get(kind="score-remotely")
    assert following.total == 2


def test_a_screening_starts_it_by_itself(dataset: Dataset, judge: Judge):
    choose(dataset)
    imported(dataset, 3)
    assert remote_is_pending(dataset)
    screened(dataset)
    job = Job.objects.active().get(kind="score-remotely")
    assert job.total == 3
    job_work(job.pk)
    assert not remote_is_pending(dataset)
    assert not Job.objects.active().exists()


def strict(dataset: Dataset) -> None:
    """Have the guard's judgement decide, and hold back what it has not judged."""
    limits = [
        replace(limit, action="drop", unknown="hold") if limit.slug == "toxicity" else limit
        for limit in DEFAULT_POLICY.limits
    ]
    policy = Policy(tuple(limits), {"toxicity": {"provider": "guard"}})
    policy_save(project=dataset.project, policy=policy, by=None)


def test_no_sample_is_drawn_of_what_is_judged_so_far(dataset: Dataset, judge: Judge):
    strict(dataset)
    imported(dataset, 3)
    first, *others = Example.objects.select_related("dataset__project").order_by("pk")
    measure([first])
    measure(others, toxicity=None)
    done(grouping_start(project=dataset.project, by=None))
    assert not Sample.objects.exists()
    scored(dataset)
    assert Sample.objects.get().size == 3


def test_the_sample_waits_for_judgements_that_a_policy_asks_for(dataset: Dataset, judge: Judge):
    strict(dataset)
    imported(dataset, 3)
    imported(dataset, 1, text=conversation("Fine?", f"A foul word. {'Bread is good. ' * 20}"))
    judge.bad.add("foul")
    screened(dataset)
    assert not Sample.objects.exists()
    job_work(Job.objects.active().get(kind="score-remotely").pk)
    assert [(sample.size, sample.population) for sample in Sample.objects.all()] == [(3, 3)]


def test_no_sample_is_drawn_of_what_is_not_measured(dataset: Dataset, judge: Judge):
    choose(dataset)
    imported(dataset, 3)
    scored(dataset)
    assert not Sample.objects.exists()


def stop_at(monkeypatch: pytest.MonkeyPatch, place: str, what: Callable[[], Any]) -> list[str]:
    """Do something when a place is passed for the first time."""
    passed: list[str] = []

    def at(name: str) -> None:
        if name == place:
            passed.append(name)
            if len(passed) == 1:
                what()

    monkeypatch.setattr(remote, "failpoint", at)
    return passed


def test_a_part_goes_on_after_its_checkpoint(
    dataset: Dataset, judge: Judge, small: None, monkeypatch: pytest.MonkeyPatch
):
    choose(dataset)
    imported(dataset, 1, text=conversation("Down?", "A lost answer."))
    imported(dataset, 3)
    judge.fails = {"lost": Reply(status=500)}  # asked about twice, but not again after the restart
    job = remote_start(dataset=dataset, by=None)
    assert job
    stop_at(monkeypatch, "score-remotely.after_commit", lambda: 1 / 0)
    part = part_claim(job.pk)
    assert part
    part_run(part)
    assert (len(values()), len(judge.asked), job.parts.get().done) == (2, 5, 2)
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["asked"], len(judge.asked)) == ("done", 8, 9)
    assert values() == [(None, 0.0, None)] + [(0.0, 0.0, 0.0)] * 3


def test_a_chunk_that_is_not_committed_leaves_nothing(
    dataset: Dataset, judge: Judge, small: None, monkeypatch: pytest.MonkeyPatch
):
    choose(dataset)
    imported(dataset, 2)
    job = remote_start(dataset=dataset, by=None)
    assert job
    stop_at(monkeypatch, "score-remotely.before_commit", lambda: 1 / 0)
    part = part_claim(job.pk)
    assert part
    part_run(part)
    assert (Measurement.objects.count(), RemoteScore.objects.count(), job.parts.get().done) == (0, 0, 0)
    job_work(job.pk)
    assert values() == [(0.0, 0.0, 0.0)] * 2


def test_a_cancelled_job_asks_no_more(
    dataset: Dataset, judge: Judge, small: None, monkeypatch: pytest.MonkeyPatch
):
    choose(dataset)
    imported(dataset, 4)
    job = remote_start(dataset=dataset, by=None)
    assert job
    stop_at(monkeypatch, "score-remotely.after_commit", lambda: job_cancel(job=job, by="Ada"))
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, len(values()), len(judge.asked)) == ("cancelled", 2, 8)
