"""JSON that is announced and cannot be read."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from annotate.records import Turn
from annotate.roles import is_call
from review.wellformed.issues import Finding

_BLOCK = re.compile(r"^[ \t>]*```json[ \t]*\n(.*?)^[ \t>]*```", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_WHOLE = re.compile(r"\s*```json[ \t]*\n((?:(?!```).)*)```\s*", re.DOTALL | re.IGNORECASE)
_BEGINS = re.compile(r"\s*(?:\{\s*[\"'}]|\[\s*[\[{\"\]\d-])")
_ASKED = re.compile(r"\bjson\b", re.IGNORECASE)
# Signs of an example for the eye: what was left out, a comment, a place to fill in.
_ILLUSTRATES = re.compile(r"\.\.\.|…|^[ \t]*(?://|#)|[,{\[\s]//\s|/\*|<[\w -]+>|\{\{|\$\{", re.MULTILINE)
_CODE_ASKED = re.compile(
    r"\b(?:python|javascript|js|typescript|ruby|code|function|script|program|dictionar\w+)\b", re.I
)


class _NotJSON(ValueError):
    pass


def json_faults(turns: Sequence[Turn]) -> Iterator[Finding]:
    """Yield answers and calls that are to be JSON and are not.

    "broken-json": the whole answer is one ```json block, or it begins as JSON where the last question or the
    system turn asks for JSON; or a call's text or arguments begin as JSON. What follows a whole JSON value is no
    fault. "broken-json-block": a ```json block among other text. Single values, one value a line, and lines of an
    object without its braces are read; blocks with "...", comments or places to fill in only illustrate.
    """
    asked = ""
    for number, turn in enumerate(turns):
        if turn.role in {"system", "user"}:
            asked = f"{asked}\n{turn.text}" if turns[number - 1].role == "system" and number else turn.text
        elif turn.role == "assistant" and (slug := _fault(turn, asked)):
            yield Finding(slug, number)


def _fault(turn: Turn, asked: str) -> str:
    text = turn.content
    if is_call(turn):
        return "broken-json" if _is_broken_call(turn) else ""
    if "```" in text:
        if whole := _WHOLE.fullmatch(text):
            return "" if _reads_alone(whole[1].strip()) else "broken-json"
        blocks = _BLOCK.findall(text) if _ASKED.search(text) else ()
        return "broken-json-block" if any(not _reads(block) for block in blocks) else ""
    if (
        text[:1] in "{[ \n"
        and _BEGINS.match(text)
        and _is_wanted(text, asked)
        and not _begins_with_json(text)
    ):
        return "broken-json"
    return ""


def _is_wanted(text: str, asked: str) -> bool:
    if not _ASKED.search(asked) or _ILLUSTRATES.search(text):
        return False
    return '"' in text or not _CODE_ASKED.search(asked)


def _is_broken_call(turn: Turn) -> bool:
    said = turn.content.strip()
    if said[:1] in {"{", "["} and not _begins_with_json(said):
        return True
    return any(
        isinstance(given, str) and given.strip() and not _reads_whole(given) for given in _arguments(turn)
    )


def _arguments(turn: Turn) -> Iterator[Any]:
    calls = turn.extra.get("tool_calls")
    functions = (
        [call.get("function") for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []
    )
    for function in (*functions, turn.extra.get("function_call")):
        if isinstance(function, dict):
            yield function.get("arguments")


def _reads(block: str) -> bool:
    text = block.strip()
    return _reads_alone(text) or _reads_one_by_one(text)


def _reads_alone(text: str) -> bool:
    """Whether a text is a value, one value a line, lines of an object, or only illustrates."""
    if not text or _reads_whole(text) or _ILLUSTRATES.search(text):
        return True
    lines = [line for line in text.splitlines() if line.strip()]
    return all(map(_reads_whole, lines)) or _reads_whole("{" + text.rstrip(",") + "}")


def _reads_whole(text: str) -> bool:
    try:
        _DECODER.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _begins_with_json(text: str) -> bool:
    try:
        _DECODER.raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return False
    return True


def _reads_one_by_one(text: str) -> bool:
    while text:
        try:
            _, end = _DECODER.raw_decode(text)
        except (ValueError, RecursionError):
            return False
        text = text[end:].lstrip(", \t\r\n")
    return True


def _refused(name: str) -> Any:
    raise _NotJSON(name)


# Numbers stay text: Python refuses very long ones, which JSON allows.
_DECODER = json.JSONDecoder(parse_constant=_refused, parse_int=str, parse_float=str)
