"""A judge: any model behind an OpenAI-compatible server that scores examples by a rubric, from 1 to 5 with a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from annotate.records import Conversation, Turn
from review.remote.client import Client, nothing
from review.remote.errors import BadAnswer, EndpointRefused, RemoteError, TextRefused, Unavailable
from review.remote.guards import with_version
from review.remote.judge_answers import answer_text, judgement_read, tokens_said
from review.remote.judge_text import ANSWER_TOKENS, JudgeAsk, ask_of, tokens_in
from review.remote.providers import Site, bearer

SLUG = "judge"
PATH = "/chat/completions"
NO_TEXT = "There is no text to judge."
CUT_OFF = f"The answer was cut off at {ANSWER_TOKENS} tokens, before its score."
NEEDED = "This site has no judge: its operator sets JUDGE_URL and JUDGE_MODEL."

_RUBRIC = "5 is an answer that is right, complete and clear; 1 is one that is wrong or of no use."
_QUESTION = Turn("user", "What is the capital of France, and on which river does it lie?")
_RIGHT = Turn("assistant", "The capital of France is Paris. It lies on the Seine.")
_WRONG = Turn("assistant", "banana banana the the, I will not say, capital is 7")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge says of one example: a score from 1 to 5 with its reason, or None with why there is none.

    `tokens` are those of question and answer, `counted` says that the server counted them; `model` is as the server
    names it. `lasting` is False where the same question may get an answer another time.
    """

    score: float | None
    reason: str = ""
    model: str = ""
    tokens: int = 0
    counted: bool = True
    unread: str = ""
    lasting: bool = True


@dataclass(slots=True)
class Judge:
    """Asks a model about one example a request, at temperature 0.

    `version` is raised when the same answer would be read differently. `plain` is set once the server has refused to
    be asked for JSON and answered without.
    """

    client: Client
    model: str
    plain: bool = False
    version: ClassVar[int] = 1

    def judge(self, asks: Sequence[JudgeAsk], tick: Callable[[], None] = nothing) -> list[Judgement]:
        """Return one judgement for each ask, in their order.

        Raises EndpointRefused when nothing will be answered, and whatever `tick` raises, which is called every few
        seconds.
        """
        return self.client.each(self._judge_one, asks, tick)

    def _judge_one(self, ask: JudgeAsk) -> Judgement:
        try:
            answer = self._answer(ask)
        except (TextRefused, Unavailable, BadAnswer) as error:
            return Judgement(None, unread=str(error), lasting=isinstance(error, TextRefused))
        return _read(answer, ask, self.model)

    def _answer(self, ask: JudgeAsk) -> dict[str, Any]:
        body = {
            "model": self.model,
            "messages": [{"role": "system", "content": ask.system}, {"role": "user", "content": ask.user}],
            "temperature": 0,
            "max_tokens": ANSWER_TOKENS,
            "stream": False,
        }
        if self.plain:
            return self.client.post(PATH, body)
        try:
            return self.client.post(PATH, body | {"response_format": {"type": "json_object"}})
        except TextRefused:
            # The text or what was asked for: only the answer to the plain question tells.
            answer = self.client.post(PATH, body)
            self.plain = True
            return answer


def judge_make(site: Site) -> Judge:
    """Return the judge that the site's operator has set up, whose client is to be closed. Raises EndpointRefused."""
    endpoint = site.endpoints.get(SLUG)
    if endpoint is None:
        raise EndpointRefused(NEEDED)
    return Judge(
        site.client(with_version(endpoint.url.rstrip("/").removesuffix(PATH)), bearer(endpoint)),
        endpoint.model,
    )


def judge_try(judge: Judge, tick: Callable[[], None] = nothing) -> None:
    """Ask about a right answer and a nonsensical one. Raises EndpointRefused unless the right one scores higher."""
    asks = [ask_of(_RUBRIC, Conversation((_QUESTION, answer))) for answer in (_RIGHT, _WRONG)]
    try:
        right, wrong = judge.judge([ask for ask in asks if ask], tick)
    except EndpointRefused:
        raise
    except RemoteError as error:
        raise EndpointRefused(f"The server cannot be relied upon: {error}") from error
    for found in (right, wrong):
        if found.score is None:
            raise EndpointRefused(f"The judge gave no score to a simple text: {found.unread}")
    if (right.score or 0) <= (wrong.score or 0):
        raise EndpointRefused("The judge finds nonsense as good as a right answer: choose another model.")


def _read(answer: dict[str, Any], ask: JudgeAsk, asked: str) -> Judgement:
    said, content = tokens_said(answer), ""
    named = answer.get("model")
    model = named[:200] if isinstance(named, str) and named else asked
    score, reason, why = None, "", ""
    try:
        content, was_cut = answer_text(answer)
        try:
            score, reason = judgement_read(content)
        except BadAnswer:
            if not was_cut:
                raise
            why = CUT_OFF
    except BadAnswer as error:
        why = str(error)
    tokens = ask.tokens + tokens_in(content) if said is None else said
    return Judgement(score, reason, model, tokens, said is not None, why, lasting=score is not None)
