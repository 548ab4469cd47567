"""One chunk of a judge's work: the next texts of the set, as many as the budget has room for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from annotate.models import Dataset, Project
from annotate.records import Conversation
from jobs.failpoints import failpoint
from jobs.kinds import Run
from review.models import JudgeRubric
from review.queries.classifiers import QUALITY
from review.queries.judging import earlier_due, judge_due, uses_judge, with_labels, without_labels
from review.queries.training_set import texts_of
from review.remote.judge import SLUG, Judge
from review.remote.judge_text import ask_of
from review.services.judge_scores import (
    Answered,
    judgements_keep,
    judgements_known,
    measured_of,
    without_text,
)
from review.services.measurements import measurements_write

CHUNK = 16
# What is asked about first: labels are what a judge is measured by.
CURRENT, EARLIER, REST = "labelled", "earlier", "rest"
PHASES = {
    "labelled": (CURRENT, EARLIER),
    "dataset": (CURRENT, EARLIER, REST),
    "all": (CURRENT, EARLIER, REST),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text to ask about; `key` is where the chunk goes on after it. One that was edited since has no dataset."""

    key: int
    example: int
    dataset: int | None
    revision: int
    conversation: Conversation


def judge_chunk(*, run: Run, judge: Judge, rubric: JudgeRubric) -> bool:
    """Ask about the next texts; False at the end of the set or of the budget. One transaction stores all of it."""
    place = {"phase": 0, "after": 0, **run.checkpoint}
    if "ended" in place:
        return False
    run.renew()  # whoever paused or cancelled shall not pay for another chunk
    most = run.job.payload["most"]
    if most and run.done >= most:
        return _end(run, "examples")
    texts = _next(run, rubric, place, min(CHUNK, most - run.done) if most else CHUNK)
    if not texts:
        return _end(run, "all")
    answered = _answered(run, judge, rubric, texts)
    if not answered:
        return _end(run, "tokens")
    _store(run, judge, texts[: len(answered)], answered, place)
    return True


def _next(run: Run, rubric: JudgeRubric, place: dict[str, Any], size: int) -> list[Text]:
    """Return the next texts, and move the place on to their phase."""
    phases = PHASES.get(run.job.payload["which"], (REST,))
    while place["phase"] < len(phases):
        phase = phases[place["phase"]]
        found = (_earlier if phase == EARLIER else _current)(run, rubric, phase, place["after"], size)
        if found:
            return found
        place["phase"], place["after"] = place["phase"] + 1, 0
    return []


def _current(run: Run, rubric: JudgeRubric, phase: str, after: int, size: int) -> list[Text]:
    payload, ids = run.job.payload, run.part.payload["ids"]
    due = judge_due(Project(pk=payload["project"]), payload["scorer"]).filter(pk__gt=after)
    if payload["dataset"]:
        due = due.filter(dataset=payload["dataset"])
    if ids:
        due = due.filter(pk__in=ids)
    elif phase == CURRENT:
        due = with_labels(due)
    else:
        due = without_labels(due)
    rows = due.order_by("pk").values_list("pk", "dataset", "revision", "turns", "metadata")[:size]
    return [
        Text(pk, pk, dataset, revision, Conversation.from_json(turns, metadata))
        for pk, dataset, revision, turns, metadata in rows
    ]


def _earlier(run: Run, rubric: JudgeRubric, phase: str, after: int, size: int) -> list[Text]:
    payload = run.job.payload
    dataset = Dataset.objects.filter(pk=payload["dataset"]).first() if payload["dataset"] else None
    due = earlier_due(Project(pk=payload["project"]), (rubric.text, payload["model"]), dataset)
    rows = [row for row in due if row.label > after][:size]
    texts = [text for part in texts_of(rows) for text in part]
    return [
        Text(row.label, row.example, None, row.revision, text) for row, text in zip(rows, texts, strict=True)
    ]


def _answered(run: Run, judge: Judge, rubric: JudgeRubric, texts: Sequence[Text]) -> list[Answered]:
    """Return what the judge says of the first of these texts, as many as the budget has room for."""
    asks = [ask_of(rubric.text, text.conversation) for text in texts]
    known = judgements_known(judge=judge, asks=asks)
    left = run.job.payload["tokens"] - run.checkpoint.get("tokens", 0)
    wanted = {}
    for place, ask in enumerate(asks):
        digest = ask.digest() if ask else b""
        if ask is None or digest in known or digest in wanted:
            continue
        if ask.most_tokens > left:
            asks = asks[:place]
            break
        left -= ask.most_tokens
        wanted[digest] = ask
    found = dict(zip(wanted, judge.judge(list(wanted.values()), run.renew), strict=True)) if wanted else {}
    answered = []
    for ask in asks:
        digest = ask.digest() if ask else b""
        # The same text twice in a chunk was asked about, and is paid for, once.
        fresh = found.pop(digest, None)
        if fresh:
            known[digest] = fresh
        answered.append(Answered(ask, known[digest], fresh is not None) if ask else without_text())
    return answered


@transaction.atomic
def _store(
    run: Run, judge: Judge, texts: Sequence[Text], answered: Sequence[Answered], place: dict[str, Any]
) -> None:
    payload = run.job.payload
    judgements_keep(judge=judge, answered=answered)
    about = {"rubric": payload["number"], "model": judge.model}
    by_dataset: dict[int, dict[int, tuple[int, dict[str, Any]]]] = {}
    for text, each in zip(texts, answered, strict=True):
        if text.dataset:
            by_dataset.setdefault(text.dataset, {})[text.example] = (text.revision, measured_of(each, about))
    # A classifier that goes by the judge has to look again at what was judged since.
    renewed = [QUALITY] if uses_judge(payload["project"]) else []
    for dataset, found in by_dataset.items():
        measurements_write(dataset_id=dataset, found=found, by={SLUG: payload["scorer"]}, renewed=renewed)
    tally = _tally(run.checkpoint, answered)
    run.save(
        checkpoint={**tally, "phase": place["phase"], "after": texts[-1].key}, done=run.done + len(answered)
    )
    failpoint("judge.before_commit")


def _tally(before: dict[str, Any], answered: Sequence[Answered]) -> dict[str, Any]:
    """Add to the counts: texts asked about and known before, scores, tokens, and why there is no score."""
    fresh = [each.judgement for each in answered if each.fresh]
    reasons = Counter(before.get("reasons", {}))
    reasons.update(each.judgement.unread for each in answered if each.judgement.score is None)
    more = {
        "asked": len(fresh),
        "known": sum(each.ask is not None and not each.fresh for each in answered),
        "scored": sum(each.judgement.score is not None for each in answered),
        "tokens": sum(each.tokens for each in fresh),
        "estimated": sum(each.tokens for each in fresh if not each.counted),
    }
    return {name: before.get(name, 0) + count for name, count in more.items()} | {"reasons": dict(reasons)}


@transaction.atomic
def _end(run: Run, why: str) -> bool:
    run.save(checkpoint={**run.checkpoint, "ended": why})
    return False
