"""Asking another server about conversations, each text once: what it said before is kept."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from annotate.records import Conversation
from review.models import RemoteScore
from review.remote.conversations import TurnAsk, asks_of, combined
from review.remote.findings import Ask, Finding, Provider
from review.scorers.base import Measured


@dataclass
class Answers:
    """What is known of texts, by the hash of what is sent; `fresh` are the hashes that were asked about now."""

    provider: Provider
    findings: dict[bytes, Finding] = field(default_factory=dict)
    fresh: set[bytes] = field(default_factory=set)

    def of(self, asks: Sequence[TurnAsk]) -> Measured:
        """Return what they make of a conversation whose asks are known, as the toxicity scorer's fields."""
        found = [self.findings[digest(self.provider, turn_ask.ask)] for turn_ask in asks]
        return combined(asks, found, self.provider)

    @property
    def known(self) -> int:
        """How many texts had been asked about before."""
        return len(self.findings) - len(self.fresh)


def answers_get(
    *, provider: Provider, conversations: Iterable[Conversation], tick: Callable[[], None]
) -> tuple[Answers, list[list[TurnAsk]]]:
    """Return what the provider says of conversations, and the asks of each; what is not kept yet is asked.

    Takes as long as the server does, so it is called outside a transaction; `tick` is called every few seconds.
    """
    asks = [asks_of(conversation) for conversation in conversations]
    wanted = {digest(provider, one.ask): one.ask for group in asks for one in group}
    answers = Answers(provider, _kept(provider, wanted))
    missing = {key: ask for key, ask in wanted.items() if key not in answers.findings}
    found = provider.judge(list(missing.values()), tick) if missing else []
    answers.findings |= dict(zip(missing, found, strict=True))
    answers.fresh |= set(missing)
    return answers, asks


def answers_keep(*, answers: Answers) -> None:
    """Keep the scores among what was asked now."""
    provider = answers.provider
    fresh = ((key, answers.findings[key]) for key in sorted(answers.fresh))
    RemoteScore.objects.bulk_create(
        [
            RemoteScore(
                provider=provider.slug,
                version=provider.version,
                model=provider.model,
                content_hash=key,
                score=found.score,
                categories=found.categories,
                also=found.also,
                answered_by=found.model,
            )
            for key, found in fresh
            if found.score is not None
        ],
        ignore_conflicts=True,
    )


def digest(provider: Provider, ask: Ask) -> bytes:
    return ask.digest(with_prompt=provider.with_prompt)


def _kept(provider: Provider, wanted: Mapping[bytes, Ask]) -> dict[bytes, Finding]:
    rows = RemoteScore.objects.filter(
        content_hash__in=list(wanted),
        provider=provider.slug,
        version=provider.version,
        model=provider.model,
    )
    return {
        bytes(row.content_hash): Finding(row.score, row.categories, row.answered_by, also=row.also)
        for row in rows
    }
