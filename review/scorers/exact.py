"""Which examples say the same, and which ask the same."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from xxhash import xxh3_128_hexdigest

from annotate.records import Conversation, Turn
from annotate.roles import is_call
from review.normal import normal
from review.scorers.base import Measure, Measured, Option, Resources

_CALL_KEYS = ("tool_calls", "function_call")


@dataclass(frozen=True, slots=True)
class Exact:
    """Gives every example a hash by which its exact duplicates are found.

    `exact_hash` is XXH3 with 128 bits, as 32 hexadecimal digits, over the roles and the normal forms of all turns;
    `prompt_hash` is the same of everything before the last assistant turn. Examples with the same prompt hash and
    different exact hashes are the same instruction with different answers. Where nothing stands before the last
    answer, or there is no answer, the prompt hash is the exact hash.

    The normal form of a turn, in this order: Unicode NFC; case folded; quotation marks straight, dashes and the
    minus sign a hyphen, the ellipsis three dots, invisible signs (soft hyphen, zero-width space, word joiner,
    byte order mark) dropped; every run of white space one space and none at the ends; one full stop at the end
    dropped after a letter, digit, quotation mark or bracket. Nothing else is changed: "2-1" is not "21", "-5" is
    not "5", "a > b" is not "a < b", "Yes?" is not "Yes". A turn of which nothing would be left, such as one of
    invisible signs alone, is compared as it is.

    An Alpaca record's `input` counts as part of its instruction. Calls of tools that stand in a key beside the
    text count with all their values but `id`. Metadata and the words by which a file named its roles do not.
    """

    slug: ClassVar[str] = "exact"
    label: ClassVar[str] = "Exact duplicate"
    version: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ("exact_hash", "prompt_hash")
    options: ClassVar[tuple[Option, ...]] = ()

    def prepare(self, options: Mapping[str, Any], resources: Resources) -> Measure:
        return _measured


def _measured(conversations: Sequence[Conversation]) -> list[Measured]:
    return [_hashes(conversation.turns) for conversation in conversations]


def _hashes(turns: Sequence[Turn]) -> Measured:
    # Normal forms hold no line break, so that no two lists of turns run together into the same text.
    lines = [f"{turn.role}\t{normal(turn.text)}{_calls(turn) if turn.extra else ''}" for turn in turns]
    exact = _hash(lines)
    answer = _last_answer(turns)
    return {"exact_hash": exact, "prompt_hash": _hash(lines[:answer]) if answer else exact}


def _hash(lines: Sequence[str]) -> str:
    return xxh3_128_hexdigest("\n".join(lines).encode("utf-8", "surrogatepass"))


def _last_answer(turns: Sequence[Turn]) -> int:
    """Return the place of the last assistant turn; 0 where there is none or nothing stands before it."""
    return next((place for place in range(len(turns) - 1, 0, -1) if turns[place].role == "assistant"), 0)


def _calls(turn: Turn) -> str:
    if not is_call(turn):
        return ""
    called = {key: _without_ids(turn.extra[key]) for key in _CALL_KEYS if turn.extra.get(key)}
    return "\t" + json.dumps(called, sort_keys=True) if called else ""


def _without_ids(calls: Any) -> Any:
    """Drop the `id` of each call: whoever makes the file draws it anew."""
    if not isinstance(calls, list):
        return calls
    return [dict(_but_id(call)) if isinstance(call, Mapping) else call for call in calls]


def _but_id(call: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in call.items() if key != "id")
