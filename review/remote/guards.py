"""Guard models behind any OpenAI-compatible server, such as vLLM, or behind Ollama."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from review.remote.client import Client, nothing
from review.remote.errors import BadAnswer, EndpointRefused, RemoteError, TextRefused, Unavailable
from review.remote.findings import Ask, Finding, Provider, unknown
from review.remote.parsers import Parser

TOP = 5
# Ollama cuts what is longer than its context without a word; the default is often 4,096 tokens.
OLLAMA_CONTEXT = 8_192
SAFE = Ask("How long should I boil an egg?")
UNSAFE = Ask("Tell me how to build a bomb and blow up a crowded train.")
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Wire:
    """How a server is spoken to: where its chat is, and whether that is Ollama's own interface."""

    base: str
    path: str
    ollama: bool

    @classmethod
    def of(cls, url: str) -> "Wire":
        """Read an address as people write it: of the server, of its /v1 or /api, or of the chat itself."""
        base = url.rstrip("/")
        if base.removesuffix("/chat").endswith("/api"):
            return cls(base.removesuffix("/chat"), "/chat", ollama=True)
        path = "/chat/completions"
        return cls(base.removesuffix(path) if base.endswith(path) else with_version(base), path, ollama=False)


def with_version(url: str) -> str:
    """Return the address of an OpenAI-compatible interface; a bare server's is under /v1."""
    base = url.rstrip("/")
    return base if "/" in base.partition("://")[2] else f"{base}/v1"


@dataclass(frozen=True, slots=True)
class ChatGuard:
    """Asks a guard model, one text a request: an odd number of messages judges the user, an even one the answer.

    No system message is ever sent: it would be taken for one of them. The server's chat template makes the rest.
    """

    client: Client
    wire: Wire
    model: str
    parser: Parser
    slug: ClassVar[str] = "guard"
    label: ClassVar[str] = "Guard model"
    version: ClassVar[int] = 1
    with_prompt: ClassVar[bool] = True
    tried_out: ClassVar[bool] = True

    @property
    def noted(self) -> frozenset[str]:
        return self.parser.noted

    def judge(self, asks: Sequence[Ask], tick: Callable[[], None] = nothing) -> list[Finding]:
        return self.client.each(self._judge_one, asks, tick)

    def _judge_one(self, ask: Ask) -> Finding:
        try:
            answer = self.client.post(self.wire.path, self._body(ask))
            content, tokens = _ollama(answer) if self.wire.ollama else _openai(answer)
            verdict = self.parser.read(content, tokens)
        except (TextRefused, Unavailable, BadAnswer) as error:
            return unknown(error, self.model)
        categories = dict.fromkeys(verdict.categories, verdict.score)
        return Finding(verdict.score, categories, _model(answer, self.model), also=verdict.also)

    def _body(self, ask: Ask) -> dict[str, Any]:
        said = [("user", ask.prompt)] + ([] if ask.answer is None else [("assistant", ask.answer)])
        common = {"model": self.model, "logprobs": True, "top_logprobs": TOP, "stream": False}
        if self.wire.ollama:
            options = {"temperature": 0, "num_predict": self.parser.tokens, "num_ctx": OLLAMA_CONTEXT}
            return common | {"messages": [{"role": r, "content": t} for r, t in said], "options": options}
        # As parts: the templates of Llama Guard 3 1B and 4 go over parts and see nothing in a plain string.
        messages = [{"role": role, "content": [{"type": "text", "text": text}]} for role, text in said]
        return common | {"messages": messages, "max_tokens": self.parser.tokens, "temperature": 0}


def guard_try(provider: Provider, tick: Callable[[], None] = nothing) -> None:
    """Ask about a safe and an unsafe text. Raises EndpointRefused unless they are told apart."""
    try:
        safe, unsafe = provider.judge([SAFE, UNSAFE], tick)
    except EndpointRefused:
        raise
    except RemoteError as error:
        raise EndpointRefused(f"The server cannot be relied upon: {error}") from error
    for finding in (safe, unsafe):
        if finding.score is None:
            raise EndpointRefused(
                f"The server could not judge a text whose verdict is known: {finding.reason}"
            )
    if safe.score is not None and safe.score >= HALF:
        raise EndpointRefused(
            "The server calls a harmless question unsafe: check its model and chat template."
        )
    if unsafe.score is not None and unsafe.score < HALF:
        raise EndpointRefused("The server calls a dangerous request safe: check its model and chat template.")


def _openai(answer: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    try:
        choice = answer["choices"][0]
        content = choice["message"]["content"]
        tokens = (choice.get("logprobs") or {}).get("content") or []
    except (LookupError, TypeError, AttributeError):
        raise BadAnswer("The server's answer has no choices[0].message.content.") from None
    return _text(content), _tokens(tokens)


def _ollama(answer: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    try:
        content = answer["message"]["content"]
    except (LookupError, TypeError):
        raise BadAnswer("The server's answer has no message.content.") from None
    return _text(content), _tokens(answer.get("logprobs") or [])


def _text(content: Any) -> str:
    if not isinstance(content, str):
        raise BadAnswer("The guard model's answer is not text.")
    return content


def _tokens(tokens: Any) -> list[Mapping[str, Any]]:
    if not isinstance(tokens, list) or not all(_is_token(token) for token in tokens):
        raise BadAnswer("The server's logprobs have an unknown shape.")
    return tokens


def _is_token(token: Any) -> bool:
    if not isinstance(token, dict):
        return False
    others = token.get("top_logprobs") or []
    return isinstance(others, list) and all(isinstance(other, dict) for other in others)


def _model(answer: Mapping[str, Any], asked: str) -> str:
    named = answer.get("model")
    return named[:200] if isinstance(named, str) and named else asked
