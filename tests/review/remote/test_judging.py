"""A judge's job: asked once within its budget, labelled examples first, gone on with after a kill."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from annotate.services.examples import example_submit
from jobs.models import Job
from jobs.services import job_cancel, job_pause, job_resume
from jobs.work import job_work, part_claim, part_run
from review.models import Label, Measurement, RemoteScore, ScorerVersion
from review.queries import remote as remote_queries
from review.queries.classifiers import scores_due
from review.queries.funnels import funnel
from review.queries.judging import due_by_dataset, judge_due, judge_scorer, labelled_due
from review.queries.policies import policy_of
from review.queries.scorers import options_of, scorer_ids
from review.remote.client import Clock
from review.remote.judge_text import ask_of
from review.remote.providers import Site
from review.services import judge_chunks, judging
from review.services.judging import NotJudged, judge_start, rubric_save
from tests.cast import Cast, conversation
from tests.review.remote.conftest import Serve
from tests.review.remote.server import Asked, FakeClock, Reply, Server
from tests.review.remote.test_judge import judged
from tests.review.scene import classifier_version, imported, measure

pytestmark = pytest.mark.django_db
RUBRIC = "5 is right and clear, 1 is of no use."
PLENTY = 10_000_000


class Answering:
    """A judge that gives 4, or what `scores` says of words in the example, or fails as told."""

    def __init__(self) -> None:
        self.scores: dict[str, int] = {}
        self.replies: dict[str, Reply] = {}
        self.server: Server | None = None

    def __call__(self, asked: Asked) -> Reply:
        text = asked.body["messages"][1]["content"]
        for words, reply in self.replies.items():
            if words in text:
                return reply
        score = next((score for words, score in self.scores.items() if words in text), 4)
        return judged(json.dumps({"score": score, "reason": f"Worth a {score}."}))

    @property
    def asked(self) -> list[str]:
        assert self.server
        return [asked.body["messages"][1]["content"] for asked in self.server.asked]


@pytest.fixture
def judge(serve: Serve, settings: Any, time: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Answering:
    """A judge that this site's operator has set up; waiting takes no time."""
    judge = Answering()
    judge.server = serve(judge)
    settings.REMOTE_ENDPOINTS = {"judge": {"url": judge.server.url, "model": "judge-1", "key": ""}}
    clock, real = Clock(time.sleep, time.monotonic, lambda: 0.0), remote_queries.site

    def site() -> Site:
        return Site(real().endpoints, clock=clock, attempts=2)

    monkeypatch.setattr(judging, "site", site)
    return judge


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_chunks, "CHUNK", 2)


@pytest.fixture
def ruled(project: Project, cast: Cast) -> Project:
    rubric_save(project=project, text=RUBRIC, by=cast.manager)
    return project


def start(project: Project, cast: Cast, which: str = "all", tokens: int = PLENTY, **more: Any) -> Job:
    return judge_start(project=project, which=which, tokens=tokens, by=cast.manager, **more)


def worked(job: Job) -> Job:
    job_work(job.pk)
    job.refresh_from_db()
    return job


def said(job: Job) -> dict[str, Any]:
    assert job.state == Job.State.DONE, job.error
    result: dict[str, Any] = job.result
    return result


def scores() -> list[float | None]:
    return list(Measurement.objects.order_by("pk").values_list("judge", flat=True))


def labelled(*examples: Example, by: Any) -> None:
    for example in examples:
        Label.objects.create(example=example, revision=example.revision, verdict="good", by=by)


def test_scores_and_reasons_are_stored(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 2)
    imported(dataset, 1, text=conversation("Why?", "Nonsense."))
    measure(Example.objects.all())
    judge.scores = {"Nonsense": 1}
    job = worked(start(ruled, cast))
    assert said(job) | {"seconds": 0} == {
        "rubric": 1, "model": "judge-1", "looked_at": 3, "asked": 3, "known": 0, "scored": 3, "tokens": 660,
        "estimated": 0, "unread": 0, "reasons": {}, "ended": "all", "left": 0, "seconds": 0,
    }  # fmt: skip
    assert scores() == [4.0, 4.0, 1.0]
    last = Measurement.objects.latest("pk")
    assert last.details
    assert last.details["judge"] == {"rubric": 1, "model": "judge-1b", "reason": "Worth a 1."}
    version = ScorerVersion.objects.get(slug="judge")
    assert (version.pk in last.scorers, version.options["model"]) == (True, "judge-1")
    assert last.tokens is not None
    assert funnel(dataset).stale == 0
    (rate,) = judging.judge_rates(job)
    assert (rate.label, rate.done) == ("Tokens", 660)


def test_what_a_budget_leaves_is_said_and_the_next_job_goes_on(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 6)
    text = Example.objects.order_by("pk")[0].conversation
    ask = ask_of(RUBRIC, text)
    assert ask
    # Room for two: each takes 220 tokens, and before the third there must be room for its longest answer.
    job = worked(start(ruled, cast, tokens=220 + ask.most_tokens + 30))
    assert (said(job)["ended"], said(job)["looked_at"], said(job)["left"], said(job)["tokens"]) == (
        "tokens", 2, 4, 440
    )  # fmt: skip
    assert said(worked(start(ruled, cast)))["asked"] == 4
    assert len(judge.asked) == len({*judge.asked}) == 6
    with pytest.raises(NotJudged, match="Nothing is left"):
        start(ruled, cast)


def test_a_budget_that_is_too_small_for_one_asks_nothing(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 1)
    assert said(worked(start(ruled, cast, tokens=100)))["ended"] == "tokens"
    assert judge.asked == []


def test_so_many_examples_and_no_more(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast, small: None
) -> None:
    imported(dataset, 5)
    job = start(ruled, cast, count=3)
    assert job.total == 3
    assert (said(worked(job))["ended"], len(judge.asked)) == ("examples", 3)


def test_labelled_texts_come_first_also_those_that_were_edited_since(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 4)
    *_, third, last = Example.objects.order_by("pk")
    labelled(third, last, by=cast.reviewer)
    before = last.conversation
    example_submit(
        example=last, conversation=conversation("New?", "A new text."), based_on=1, by=cast.annotator
    )
    scorer = judge_scorer(RUBRIC, "judge-1")
    assert labelled_due(ruled, (RUBRIC, "judge-1"), scorer).count == 2
    job = worked(start(ruled, cast, "labelled"))
    assert (said(job)["looked_at"], job.total) == (2, 2)
    assert third.conversation.turns[1].content in judge.asked[0]
    assert before.turns[1].content in judge.asked[1]
    assert Measurement.objects.filter(judge__isnull=False).get().example == third
    assert RemoteScore.objects.count() == 2
    scorer = judge_scorer(RUBRIC, "judge-1")
    assert labelled_due(ruled, (RUBRIC, "judge-1"), scorer).count == 0
    assert due_by_dataset(ruled, RUBRIC, scorer)[dataset.pk].count == 3
    assert said(worked(start(ruled, cast, "dataset", dataset=dataset)))["asked"] == 3


def test_a_drawn_set_is_of_so_many(dataset: Dataset, judge: Answering, ruled: Project, cast: Cast) -> None:
    imported(dataset, 9)
    assert said(worked(start(ruled, cast, "random", count=3)))["looked_at"] == 3
    assert said(worked(start(ruled, cast, "try", count=5)))["looked_at"] == 5
    assert len({*judge.asked}) == 8
    assert said(worked(start(ruled, cast, "random", count=3)))["looked_at"] == 1
    with pytest.raises(NotJudged, match="Nothing is left"):
        start(ruled, cast, "random", count=3)


def test_what_it_could_not_answer_is_not_what_it_is_tried_out_on(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 1, text=conversation("Well?", "An answer in prose."))
    judge.replies = {"prose": judged("I would rather not.")}
    worked(start(ruled, cast))
    imported(dataset, 1)
    new = Example.objects.latest("pk")
    assert start(ruled, cast, "try").parts.get().payload["ids"] == [new.pk]


def test_labelled_ones_are_tried_out_where_there_are_any(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 9)
    chosen = Example.objects.order_by("pk")[7]
    labelled(chosen, by=cast.reviewer)
    ids = start(ruled, cast, "try").parts.get().payload["ids"]
    assert (chosen.pk in ids, len({*ids})) == (True, 5)


def test_the_same_text_is_asked_about_once(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 3, text=conversation("Same?", "Same."))
    assert said(worked(start(ruled, cast)))["asked"] == 1
    Measurement.objects.all().delete()
    again = said(worked(start(ruled, cast)))
    assert (again["asked"], again["known"], again["tokens"], len(judge.asked)) == (0, 3, 0, 1)
    assert scores() == [4.0] * 3
    reasons = {row.details["judge"]["reason"] for row in Measurement.objects.all() if row.details}
    assert reasons == {"Worth a 4."}


def test_another_rubric_or_model_makes_scores_stale(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast, settings: Any
) -> None:
    imported(dataset, 1)
    worked(start(ruled, cast))
    assert rubric_save(project=ruled, text=RUBRIC, by=cast.manager).number == 1
    assert rubric_save(project=ruled, text="5 is short.", by=cast.manager).number == 2
    judge.scores = {"Question": 2}
    assert said(worked(start(ruled, cast)))["rubric"] == 2
    assert scores() == [2.0]
    settings.REMOTE_ENDPOINTS = {"judge": {**settings.REMOTE_ENDPOINTS["judge"], "model": "judge-2"}}
    assert said(worked(start(ruled, cast)))["model"] == "judge-2"
    assert (len(judge.asked), len(Measurement.objects.get().scorers)) == (3, 1)


def test_an_edited_text_has_no_score_and_is_due(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 2)
    worked(start(ruled, cast))
    first = Example.objects.order_by("pk")[0]
    example_submit(example=first, conversation=conversation("New?", "New."), based_on=1, by=cast.annotator)
    assert list(judge_due(ruled, judge_scorer(RUBRIC, "judge-1"))) == [first]


@pytest.mark.parametrize(("used", "due"), [(True, 2), (False, 0)])
def test_what_is_judged_since_is_scored_anew_by_a_classifier_that_goes_by_the_judge(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast, used: bool, due: int
) -> None:
    said_of = {"judge": {"used": used, "scorer": 1}}
    classifier_version(ruled, evaluation=said_of, activated_at=timezone.now())
    imported(dataset, 3)
    measure(Example.objects.all(), quality=0.5)
    scorer = scorer_ids(options_of(ruled, policy_of(ruled)[1]), ["quality"])["quality"]
    assert scores_due(ruled, scorer).count() == 0
    worked(start(ruled, cast, "random", count=2))
    assert scores_due(ruled, scorer).count() == due
    assert Measurement.objects.filter(quality=0.5).count() == 3


def test_what_cannot_be_read_is_unknown_with_its_reason_and_asked_again_next_time(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    for word in ("prose", "two", "long", "down", "fine"):
        imported(dataset, 1, text=conversation("Well?", f"An answer of {word}."))
    imported(dataset, 1, text=conversation(" ", " "))
    judge.replies = {
        "prose": judged("I would rather not."), "two": judged('{"score": 1} {"score": 5}'),
        "long": Reply({}, 413), "down": Reply({}, 500),
    }  # fmt: skip
    job = worked(start(ruled, cast))
    assert (said(job)["scored"], said(job)["unread"], said(job)["tokens"]) == (1, 5, 660)
    assert said(job)["reasons"] == {
        "The answer has no score.": 1,
        "The answer gives more than one score.": 1,
        "The server refused the text (HTTP 413).": 1,
        "The server gave no answer in 2 attempts: HTTP 500.": 1,
        "There is no text to judge.": 1,
    }
    assert scores() == [None, None, None, None, 4.0, None]
    judge.replies = {}
    again = worked(start(ruled, cast))
    assert (said(again)["looked_at"], said(again)["scored"]) == (3, 3)
    assert scores() == [4.0, 4.0, None, 4.0, 4.0, None]


def test_a_busy_server_is_asked_again(dataset: Dataset, judge: Answering, ruled: Project, cast: Cast) -> None:
    imported(dataset, 1)
    assert judge.server
    judge.server.answers = [Reply({}, 429), judged('{"score": 3}')]
    assert (said(worked(start(ruled, cast)))["asked"], scores()) == (1, [3.0])


def test_tokens_that_no_server_counts_are_estimated_and_said_so(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 1)
    assert judge.server
    judge.server.answers = [judged('{"score": 3}', usage=None)]
    found = said(worked(start(ruled, cast)))
    assert found["estimated"] == found["tokens"] > 300


def test_a_refusal_ends_the_job_in_words(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 1)
    assert judge.server
    judge.server.answers = [Reply({}, 401)]
    job = worked(start(ruled, cast))
    assert (job.state, job.error) == (
        "failed", "The judge: The server refused the request (HTTP 401): check its key."
    )  # fmt: skip


def test_a_job_for_another_model_than_the_sites_is_not_done(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast, settings: Any
) -> None:
    imported(dataset, 1)
    job = start(ruled, cast)
    settings.REMOTE_ENDPOINTS = {"judge": {**settings.REMOTE_ENDPOINTS["judge"], "model": "judge-2"}}
    assert worked(job).error == "The site's judge is judge-2 now: start again to ask that one."
    assert judge.asked == []


def test_without_a_judge_or_a_rubric_nothing_starts(
    dataset: Dataset, judge: Answering, project: Project, cast: Cast, settings: Any
) -> None:
    imported(dataset, 1)
    with pytest.raises(NotJudged, match="Write a rubric first"):
        start(project, cast)
    rubric_save(project=project, text=RUBRIC, by=cast.manager)
    settings.REMOTE_ENDPOINTS = {}
    with pytest.raises(NotJudged, match="its operator sets JUDGE_URL"):
        start(project, cast)
    assert not Job.objects.exists()


def test_a_second_start_returns_the_job_under_way(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast
) -> None:
    imported(dataset, 1)
    first = start(ruled, cast)
    assert start(ruled, cast, "labelled") == first


def stop_at(monkeypatch: pytest.MonkeyPatch, place: str, what: Callable[[], Any]) -> None:
    """Do something when a place is passed for the first time."""
    passed: list[str] = []

    def at(name: str) -> None:
        if name == place:
            passed.append(name)
            if len(passed) == 1:
                what()

    monkeypatch.setattr(judging, "failpoint", at)
    monkeypatch.setattr(judge_chunks, "failpoint", at)


@pytest.mark.parametrize(
    ("place", "kept", "asked"), [("judge.after_commit", 2, 4), ("judge.before_commit", 0, 6)]
)
def test_after_a_kill_only_the_chunk_in_flight_is_asked_about_again(
    dataset: Dataset, judge: Answering, ruled: Project, cast: Cast, small: None,
    monkeypatch: pytest.MonkeyPatch, place: str, kept: int, asked: int,
) -> None:  # fmt: skip
    imported(dataset, 4)
    job = start(ruled, cast)
    stop_at(monkeypatch, place, lambda: 1 / 0)
    part = part_claim(job.pk)
    assert part
    part_run(part)
    assert (Measurement.objects.count(), RemoteScore.objects.count(), job.parts.get().done) == (
        kept,
        kept,
        kept,
    )
    found = said(worked(job))
    assert (found["looked_at"], found["tokens"], len(judge.asked)) == (4, 880, asked)
    assert scores() == [4.0] * 4


def test_a_paused_job_waits_and_a_cancelled_one_asks_no_more(
    dataset: Dataset,
    judge: Answering,
    ruled: Project,
    cast: Cast,
    small: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    imported(dataset, 6)
    job = start(ruled, cast)
    stop_at(monkeypatch, "judge.after_commit", lambda: job_pause(job=job))
    assert (worked(job).state, len(scores()), len(judge.asked)) == ("running", 2, 2)
    job_resume(job=job)
    stop_at(monkeypatch, "judge.after_commit", lambda: job_cancel(job=job, by="Ada"))
    assert (worked(job).state, len(scores()), len(judge.asked)) == ("cancelled", 4, 4)
