"""OpenAI's moderation service, and servers that speak its interface."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, chain
from typing import Any, ClassVar

from review.remote.client import Client, nothing
from review.remote.errors import BadAnswer, TextRefused, Unavailable
from review.remote.findings import Ask, Finding, probability, unknown

BATCH = 32
DEFAULT_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "omni-moderation-latest"


@dataclass(frozen=True, slots=True)
class OpenAIModeration:
    """Judges texts by the list; the score is the highest of the categories'. A null category says nothing."""

    client: Client
    model: str
    slug: ClassVar[str] = "openai-moderation"
    label: ClassVar[str] = "OpenAI moderation"
    version: ClassVar[int] = 1
    noted: ClassVar[frozenset[str]] = frozenset()
    with_prompt: ClassVar[bool] = False
    tried_out: ClassVar[bool] = True

    def judge(self, asks: Sequence[Ask], tick: Callable[[], None] = nothing) -> list[Finding]:
        batches = list(batched([ask.text for ask in asks], BATCH))
        return list(chain.from_iterable(self.client.each(self._judge_batch, batches, tick)))

    def _judge_batch(self, texts: Sequence[str]) -> list[Finding]:
        try:
            answer = self.client.post("/moderations", {"model": self.model, "input": list(texts)})
            return self._findings(answer, len(texts))
        except TextRefused as refusal:
            if len(texts) == 1:
                return [unknown(refusal, self.model)]
            # One text spoils the batch: halves find it.
            middle = len(texts) // 2
            return self._judge_batch(texts[:middle]) + self._judge_batch(texts[middle:])
        except (Unavailable, BadAnswer) as error:
            return [unknown(error, self.model)] * len(texts)

    def _findings(self, answer: Mapping[str, Any], count: int) -> list[Finding]:
        results = answer.get("results")
        if not isinstance(results, list) or len(results) != count:
            raise BadAnswer(f"The server's answer does not have the {count} results that were asked for.")
        named = answer.get("model")
        model = named if isinstance(named, str) and named else self.model
        return [self._finding(result, model) for result in results]

    def _finding(self, result: Any, model: str) -> Finding:
        try:
            told = result["category_scores"].items()
            scores = {str(name): probability(score) for name, score in told if score is not None}
            if not scores:
                raise BadAnswer("The server's answer has no category with a score.")
        except (LookupError, TypeError, AttributeError):
            return unknown(BadAnswer("The server's answer has no category_scores."), model)
        except BadAnswer as error:
            return unknown(error, model)
        return Finding(max(scores.values()), scores, model, also={"flagged": result.get("flagged") is True})
