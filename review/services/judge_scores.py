"""What a judge said, kept so that the same question is asked once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.models import RemoteScore
from review.queries.judging import kept_judgements
from review.remote.judge import NO_TEXT, SLUG, Judge, Judgement
from review.remote.judge_text import JudgeAsk
from review.scorers.base import DETAILS, Measured


@dataclass(frozen=True, slots=True)
class Answered:
    """One ask with what the judge says of it; `fresh` where it was asked now. Without text there is no ask."""

    ask: JudgeAsk | None
    judgement: Judgement
    fresh: bool = False


def judgements_known(*, judge: Judge, asks: Sequence[JudgeAsk | None]) -> dict[bytes, Judgement]:
    """Return what is kept of these asks, by their digests; it takes no tokens any more."""
    digests = [ask.digest() for ask in asks if ask]
    return {
        bytes(row.content_hash): Judgement(row.score, row.also.get("reason", ""), row.answered_by)
        for row in kept_judgements(judge.model, digests)
    }


def judgements_keep(*, judge: Judge, answered: Sequence[Answered]) -> None:
    """Keep the scores among what was asked now; that an answer could not be read is asked anew."""
    rows = [(each.ask.digest(), each.judgement) for each in answered if each.ask and each.fresh]
    RemoteScore.objects.bulk_create(
        [
            RemoteScore(
                provider=SLUG, version=judge.version, model=judge.model, content_hash=digest, score=found.score,
                also={"reason": found.reason, "tokens": found.tokens, "counted": found.counted},
                answered_by=found.model,
            )
            for digest, found in sorted(rows, key=lambda row: row[0])
            if found.score is not None
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def measured_of(answered: Answered, about: Mapping[str, Any]) -> Measured:
    """Return what is stored of an example: the score, and under details its reason, by which rubric and model."""
    ask, found = answered.ask, answered.judgement
    details: dict[str, Any] = {**about, "model": found.model or about["model"]}
    if found.score is None:
        details["unknown"] = found.unread
        if not found.lasting:
            details["again"] = True
    elif found.reason:
        details["reason"] = found.reason
    if ask and ask.cut:
        details["cut"] = ask.cut
    return {SLUG: found.score, DETAILS: {SLUG: details}}


def without_text() -> Answered:
    """Return what is known of an example that has no text."""
    return Answered(None, Judgement(None, unread=NO_TEXT))
