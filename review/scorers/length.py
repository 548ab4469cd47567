"""How long an example is, in tokens of the project's tokenizer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

from annotate.records import ROLES, Conversation
from review.scorers.base import Measure, Measured, Option, Resources
from review.tokenizers import BUILT_IN, Count, built_in, uploaded

DEFAULT = "o200k_base"
_ROLES = frozenset(ROLES)


@dataclass(frozen=True, slots=True)
class Length:
    """Counts the tokens of an example, exactly.

    What is counted is the whole example as it reads: for every turn the name of its role, a colon, a space and
    its text (an Alpaca record's `input` after its instruction and a blank line), with a blank line between turns.
    System and tool turns count. Metadata, calls that stand in a key beside an empty text, and the control tokens
    that a chat template adds do not. Nothing in a text is taken for a control token: `<|endoftext|>` counts as
    the letters it is made of. A lone surrogate counts as U+FFFD.

    `turn_tokens` counts each turn's own piece of that text: role, colon, text, and the blank line after it but
    for the last. With `o200k_base` and `cl100k_base` the pieces add up to `tokens`, since no token of theirs
    reaches over a line break into a letter. With an uploaded tokenizer they may differ by a few tokens at the
    joins; `tokens` is then the count of the whole text, and is what the limit reads.

    An uploaded `tokenizer.json` counts without the special tokens it would add, without its truncation and
    padding, and takes special tokens in a text for ordinary text.
    """

    slug: ClassVar[str] = "length"
    label: ClassVar[str] = "Length"
    version: ClassVar[int] = 2
    fields: ClassVar[tuple[str, ...]] = ("tokens", "turn_tokens")
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "tokenizer",
            "Tokenizer",
            DEFAULT,
            f"{' or '.join(f'`{slug}`' for slug in BUILT_IN)} (OpenAI's vocabularies, inside toktok-rs), or the"
            " SHA-256 of a tokenizer.json uploaded to the project. Choose that of the model you train.",
        ),
    )

    def prepare(self, options: Mapping[str, Any], resources: Resources) -> Measure:
        asked = options.get("tokenizer", DEFAULT)
        if asked in BUILT_IN:
            count = built_in(asked)
            return lambda conversations: _joined(conversations, count)
        content = resources.tokenizers.get(asked)
        if content is None:
            known = ", ".join(BUILT_IN)
            raise ValueError(
                f"There is no tokenizer “{asked}”: use {known}, or upload its tokenizer.json first."
            )
        count = uploaded(asked, content)
        return lambda conversations: _apart(conversations, count)


def _joined(conversations: Sequence[Conversation], count: Count) -> list[Measured]:
    """Count the pieces alone and add them up: exact where every piece but the first begins with a letter."""
    measured = _turn_counts(conversations, count)
    odd = [
        number for number, conversation in enumerate(conversations) if not _begin_with_letters(conversation)
    ]
    whole = count([conversations[number].text() for number in odd]) if odd else []
    for number, tokens in zip(odd, whole, strict=True):
        measured[number]["tokens"] = tokens
    return measured


def _apart(conversations: Sequence[Conversation], count: Count) -> list[Measured]:
    measured = _turn_counts(conversations, count)
    whole = count([conversation.text() for conversation in conversations])
    for values, tokens in zip(measured, whole, strict=True):
        values["tokens"] = tokens
    return measured


def _turn_counts(conversations: Sequence[Conversation], count: Count) -> list[Measured]:
    counted = iter(count([piece for conversation in conversations for piece in _pieces(conversation)]))
    turns = (list(islice(counted, len(conversation.turns))) for conversation in conversations)
    return [{"tokens": sum(tokens), "turn_tokens": tokens} for tokens in turns]


def _pieces(conversation: Conversation) -> Iterator[str]:
    """Cut `conversation.text()` into its turns; joined again they are that text."""
    last = len(conversation.turns) - 1
    for number, turn in enumerate(conversation.turns):
        yield f"{turn.role}: {turn.text}" if number == last else f"{turn.role}: {turn.text}\n\n"


def _begin_with_letters(conversation: Conversation) -> bool:
    return all(turn.role in _ROLES for turn in conversation.turns)
