"""The Perspective API, which is switched off at the end of 2026: for projects that have relied on it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from review.remote.client import Client, nothing
from review.remote.errors import BadAnswer, EndpointRefused, TextRefused, Unavailable
from review.remote.findings import Ask, Finding, probability, unknown

DEFAULT_URL = "https://commentanalyzer.googleapis.com"
LAST_DAY = date(2026, 12, 31)
LARGEST = 20_480
INTERVAL = 1.0
ATTRIBUTES = ("TOXICITY", "SEVERE_TOXICITY", "IDENTITY_ATTACK", "INSULT", "PROFANITY", "THREAT")
OVER = "Perspective was switched off at the end of 2026. Choose another provider in the project's policy."


@dataclass(frozen=True, slots=True)
class Perspective:
    """Judges a text a second, as the service allows, and forbids it to keep any.

    The language is left for the service to find: naming one would have texts in another judged wrongly.
    """

    client: Client
    model: str
    slug: ClassVar[str] = "perspective"
    label: ClassVar[str] = "Perspective (until the end of 2026)"
    version: ClassVar[int] = 1
    noted: ClassVar[frozenset[str]] = frozenset()
    with_prompt: ClassVar[bool] = False
    tried_out: ClassVar[bool] = False

    def judge(self, asks: Sequence[Ask], tick: Callable[[], None] = nothing) -> list[Finding]:
        return self.client.each(self._judge_one, asks, tick)

    def _judge_one(self, ask: Ask) -> Finding:
        try:
            if len(ask.text.encode("utf-8", "surrogatepass")) > LARGEST:
                raise TextRefused(f"The text is larger than the {LARGEST // 1024} KB that Perspective takes.")
            answer = self.client.post("/v1alpha1/comments:analyze", _body(ask.text))
            scores = _scores(answer)
        except (TextRefused, Unavailable, BadAnswer) as error:
            return unknown(error, self.model)
        return Finding(scores["TOXICITY"], scores, self.model)


def perspective_serves(today: date) -> None:
    """Raise EndpointRefused, in words for a person, when the service is no more on that day."""
    if today > LAST_DAY:
        raise EndpointRefused(OVER)


def _body(text: str) -> dict[str, Any]:
    return {
        "comment": {"text": text, "type": "PLAIN_TEXT"},
        "requestedAttributes": {name: {} for name in ATTRIBUTES},
        "doNotStore": True,
        "spanAnnotations": False,
    }


def _scores(answer: Mapping[str, Any]) -> dict[str, float]:
    told = answer.get("attributeScores")
    if not isinstance(told, dict) or "TOXICITY" not in told:
        raise BadAnswer("The server's answer has no score of TOXICITY.")
    try:
        return {name: probability(told[name]["summaryScore"]["value"]) for name in ATTRIBUTES if name in told}
    except (LookupError, TypeError):
        raise BadAnswer("The server's answer has an attribute without a score.") from None
