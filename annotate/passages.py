"""A turn's text cut for reading: code apart from prose, and what is too long for one look behind a fold."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

FOLD_OVER = 3_000  # characters: about one screen and a half
FOLD_TO = 2_200

# CommonMark 0.31, section 4.5: up to three spaces, then at least three backticks or tildes.
_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a text: prose, or what stands between two code fences with the language they name."""

    text: str
    is_code: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text's passages: those to show at once, and the rest with how many characters it holds."""

    shown: tuple[Passage, ...]
    rest: tuple[Passage, ...] = ()
    rest_length: int = 0


def passages(text: str) -> tuple[Passage, ...]:
    """Cut a text at its code fences; an unclosed fence reaches to the end, as Markdown has it."""
    found = [passage for passage in _cut(text.split("\n")) if passage.text.strip()]
    return tuple(
        _beside_code(passage, number > 0, number < len(found) - 1) for number, passage in enumerate(found)
    )


def folded(text: str, fold_over: int = FOLD_OVER, fold_to: int = FOLD_TO) -> Folded:
    """Cut a text for reading and put what lies beyond `fold_to` characters behind a fold if it is that long."""
    whole = passages(text)
    if sum(len(passage.text) for passage in whole) <= fold_over:
        return Folded(whole)
    shown, rest = _split(whole, fold_to)
    return Folded(shown, rest, sum(len(passage.text) for passage in rest))


def _cut(lines: Sequence[str]) -> Iterator[Passage]:
    held: list[str] = []
    fence, language = "", ""
    for line in lines:
        found = _FENCE.match(line.rstrip("\r"))
        if fence and found and found["mark"].startswith(fence) and not found["info"].strip():
            yield Passage("\n".join(held), True, language)
            held, fence = [], ""
        elif not fence and found and not ("`" in found["mark"] and "`" in found["info"]):
            yield Passage("\n".join(held))
            held, fence = [], found["mark"]
            language = (found["info"].split() or [""])[0]
        else:
            held.append(line)
    yield Passage("\n".join(held), bool(fence), language if fence else "")


def _beside_code(passage: Passage, follows: bool, is_followed: bool) -> Passage:
    """Leave out the blank lines between prose and code, which stand apart anyway."""
    if passage.is_code:
        return passage
    text = passage.text.lstrip("\n") if follows else passage.text
    return replace(passage, text=text.rstrip("\n") if is_followed else text)


def _split(whole: Sequence[Passage], at: int) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    left = at
    for number, passage in enumerate(whole):
        if len(passage.text) >= left:
            cut = _break_before(passage.text, left)
            head, tail = (
                replace(passage, text=passage.text[:cut]),
                replace(passage, text=passage.text[cut:]),
            )
            shown = (*whole[:number], head) if head.text.strip() else tuple(whole[:number])
            return shown, ((tail, *whole[number + 1 :]) if tail.text.strip() else tuple(whole[number + 1 :]))
        left -= len(passage.text)
    return tuple(whole), ()


def _break_before(text: str, at: int) -> int:
    """Return the last place to break a text before `at`: after a line, else after a word, else there."""
    earliest = at // 2
    for mark in ("\n", " "):
        found = text.rfind(mark, earliest, at)
        if found >= 0:
            return found + 1
    return at
