"""What is asked of a provider, and what it finds."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Protocol

from review.remote.client import Client
from review.remote.errors import BadAnswer, TextRefused, Unavailable


@dataclass(frozen=True, slots=True)
class Ask:
    """One text to judge: a prompt, or an answer together with the prompt that it answers."""

    prompt: str
    answer: str | None = None

    @property
    def text(self) -> str:
        """What is judged; the prompt of an answer only explains it."""
        return self.prompt if self.answer is None else self.answer

    def digest(self, *, with_prompt: bool) -> bytes:
        """Return 16 bytes of BLAKE2b over what is sent: for an answer its prompt as well, where that is sent."""
        sent = [self.text] if self.answer is None or not with_prompt else [self.prompt, self.answer]
        whole = "".join(f"{len(text)}:{text}" for text in sent)
        return blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a provider says of one text: a score from 0 to 1, or None with the reason; a failure is never a 0.

    `categories` are the provider's own, each with its score; `model` is as the server names it; `also` is what
    else it said. `lasting` is False where the same question may get an answer another time.
    """

    score: float | None
    categories: Mapping[str, float] = field(default_factory=dict)
    model: str = ""
    reason: str = ""
    lasting: bool = True
    also: Mapping[str, Any] = field(default_factory=dict)


class Provider(Protocol):
    """Judges texts by asking a server.

    `version` is raised when the same answer would be read differently. `with_prompt`: an answer is sent together
    with its prompt. `noted` are the categories that are kept but are no toxicity. `tried_out`: two texts whose
    verdicts are known are asked about before it is relied upon.
    """

    @property
    def slug(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def model(self) -> str: ...

    @property
    def client(self) -> Client: ...

    @property
    def noted(self) -> frozenset[str]: ...

    @property
    def with_prompt(self) -> bool: ...

    @property
    def tried_out(self) -> bool: ...

    def judge(self, asks: Sequence[Ask], tick: Callable[[], None]) -> list[Finding]:
        """Return one finding for each ask, in their order.

        Raises EndpointRefused when nothing will be answered, and whatever `tick` raises, which is called every
        few seconds.
        """
        ...


def unknown(error: TextRefused | Unavailable | BadAnswer, model: str) -> Finding:
    """Return the finding that says why a text could not be judged."""
    return Finding(None, model=model, reason=str(error), lasting=isinstance(error, TextRefused))


def probability(value: Any) -> float:
    """Return a number from 0 to 1 as such. Raises BadAnswer for anything else."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value <= 1
        or math.isnan(value)
    ):
        raise BadAnswer("The server's answer has a score that is not between 0 and 1.")
    return float(value)
