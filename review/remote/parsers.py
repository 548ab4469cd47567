"""How the verdicts of guard models read: one parser for each family of them."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from review.remote.errors import BadAnswer

# What stands before a word inside a token, as some servers print it.
MARKS = " \t\r\nĠĊ▁"

LEAST = -10_000.0  # as good as never, and what servers write for it


@dataclass(frozen=True, slots=True)
class Verdict:
    """A guard's verdict: `score` 0 is safe, 1 unsafe; its own categories; what else it said."""

    score: float
    categories: tuple[str, ...] = ()
    also: Mapping[str, Any] = field(default_factory=dict)


class Parser(Protocol):
    """Reads what one family of guard models writes, of at most `tokens` tokens.

    `noted` are the categories that concern something else than toxicity.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    tokens: ClassVar[int]
    categories: ClassVar[Mapping[str, str]]
    noted: ClassVar[frozenset[str]]

    def read(self, content: str, tokens: Sequence[Mapping[str, Any]]) -> Verdict:
        """Return the verdict; `tokens` are its tokens with their logprobs, or none. Raises BadAnswer."""
        ...


@dataclass(frozen=True, slots=True)
class LlamaGuard:
    """Llama Guard 3 and 4: `safe`, or `unsafe` and on a second line the categories' codes.

    The score is the probability of `unsafe` as the first token, which is how its model card measures it.
    """

    slug: ClassVar[str] = "llama-guard"
    label: ClassVar[str] = "Llama Guard 3 or 4"
    tokens: ClassVar[int] = 20
    categories: ClassVar[Mapping[str, str]] = {
        "S1": "violent crimes",
        "S2": "non-violent crimes",
        "S3": "sex-related crimes",
        "S4": "child sexual exploitation",
        "S5": "defamation",
        "S6": "specialised advice",
        "S7": "privacy",
        "S8": "intellectual property",
        "S9": "indiscriminate weapons",
        "S10": "hate",
        "S11": "suicide and self-harm",
        "S12": "sexual content",
        "S13": "elections",
        "S14": "code interpreter abuse",
    }
    noted: ClassVar[frozenset[str]] = frozenset({"S5", "S6", "S7", "S8", "S13", "S14"})

    def read(self, content: str, tokens: Sequence[Mapping[str, Any]]) -> Verdict:
        word, *codes = re.split(r"[\s,]+", content.strip())
        if word.lower() not in ("safe", "unsafe"):
            raise BadAnswer("The guard model said neither 'safe' nor 'unsafe'.")
        unsafe = word.lower() == "unsafe"
        share = _share_of_unsafe(tokens)
        score = float(unsafe) if share is None else share
        fit = [code for code in codes if re.fullmatch(r"\w{1,20}", code)] if unsafe else []
        return Verdict(score, tuple(dict.fromkeys(fit)))


@dataclass(frozen=True, slots=True)
class Qwen3Guard:
    """Qwen3Guard-Gen: lines of `Safety:`, `Categories:` and, for answers, `Refusal:`; controversial counts half."""

    slug: ClassVar[str] = "qwen3guard"
    label: ClassVar[str] = "Qwen3Guard-Gen"
    tokens: ClassVar[int] = 128
    categories: ClassVar[Mapping[str, str]] = {
        name: name[0].lower() + name[1:]
        for name in (
            "Violent", "Non-violent Illegal Acts", "Sexual Content or Sexual Acts", "Suicide & Self-Harm",
            "Unethical Acts", "Politically Sensitive Topics", "Copyright Violation", "Jailbreak",
        )
    } | {"PII": "personal data"}  # fmt: skip
    noted: ClassVar[frozenset[str]] = frozenset(
        {"PII", "Politically Sensitive Topics", "Copyright Violation", "Jailbreak"}
    )
    scores: ClassVar[Mapping[str, float]] = {"safe": 0.0, "controversial": 0.5, "unsafe": 1.0}

    def read(self, content: str, tokens: Sequence[Mapping[str, Any]]) -> Verdict:
        lines = dict(
            re.findall(r"^[ \t]*(Safety|Categories|Refusal):[ \t]*(.+?)[ \t]*$", content, re.MULTILINE)
        )
        word = lines.get("Safety", "").lower()
        if word not in self.scores:
            raise BadAnswer("The guard model said none of Safe, Unsafe and Controversial.")
        named = (name.strip() for name in lines.get("Categories", "").split(","))
        fit = [name for name in named if re.fullmatch(r"[\w &/()-]{1,60}", name) and name != "None"]
        refusal = {"Yes": True, "No": False}.get(lines.get("Refusal", ""))
        also = {"safety": word} | ({} if refusal is None else {"refusal": refusal})
        return Verdict(self.scores[word], tuple(dict.fromkeys(fit)), also)


PARSERS: tuple[Parser, ...] = (LlamaGuard(), Qwen3Guard())


def parser_for(model: str, slug: str = "") -> Parser:
    """Return the parser of that slug, or without one the parser that a model's name suggests."""
    name = re.sub(r"[^a-z0-9]", "", model.lower())
    guess = Qwen3Guard.slug if "qwen3guard" in name else LlamaGuard.slug
    return next(parser for parser in PARSERS if parser.slug == (slug or guess))


def category_words(name: str) -> str:
    """Return a provider's category as people read it: Llama Guard's codes with their meaning, others as they are."""
    return f"{LlamaGuard.categories[name]} ({name})" if name in LlamaGuard.categories else name


def _share_of_unsafe(tokens: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the probability that the first token which is not blank is `unsafe`, or None where it is not told."""
    for token in tokens:
        if str(token.get("token", "")).strip(MARKS):
            told = [token, *(token.get("top_logprobs") or ())]
            shares = [
                _share(other) for other in told if str(other.get("token")).strip(MARKS).lower() == "unsafe"
            ]
            return max(shares, default=None)
    return None


def _share(token: Mapping[str, Any]) -> float:
    logprob = token.get("logprob")
    if isinstance(logprob, bool) or not isinstance(logprob, int | float) or not logprob <= 1e-6:
        raise BadAnswer("The server's answer has a logprob that is none.")
    return math.exp(max(min(logprob, 0.0), LEAST))
