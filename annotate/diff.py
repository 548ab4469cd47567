"""What changed between two texts or two conversations, word by word."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from annotate.records import Conversation, Turn

Kind = Literal["same", "added", "removed"]
TurnKind = Literal["same", "changed", "added", "removed"]

# Above these a text is compared by lines, and above these again as a whole: under half a second at the worst.
MAX_PAIRS = 60_000
MAX_PIECES = 20_000

# White space, a word, or one sign; scripts that put no space between words go by the character.
_WORDS = re.compile(
    r"\s+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|(?:(?![\u3040-\ufaff])\w)+|.", re.S
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text that is the same in both, or only in the new or only in the old one."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class TurnDiff:
    """One turn of the old, the new or both conversations; the numbers count from 1, None where it is not.

    `role` is the new turn's where there is one, `old_role` the other if they differ, else empty.
    """

    kind: TurnKind
    role: str
    old_role: str
    old_number: int | None
    new_number: int | None
    segments: tuple[Segment, ...]


def diff_texts(old: str, new: str) -> list[Segment]:
    """Return the segments of two texts in order, none empty and no two of a kind in a row.

    Same and removed segments joined are the old text, same and added the new. Removed stands before added.
    """
    return list(_joined(_by_words(old, new)))


def diff_conversations(old: Conversation, new: Conversation) -> list[TurnDiff]:
    """Return the turns of two conversations side by side: equal ones aligned, others paired by role."""
    matcher = SequenceMatcher(None, _keys(old.turns), _keys(new.turns), autojunk=False)
    found: list[TurnDiff] = []
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        olds = list(enumerate(old.turns, start=1))[from_old:to_old]
        news = list(enumerate(new.turns, start=1))[from_new:to_new]
        if tag == "equal":
            found.extend(_same(before, after) for before, after in zip(olds, news, strict=True))
        else:
            found.extend(_pairs(olds, news))
    return found


Numbered = tuple[int, Turn]
Compare = Callable[[Sequence[str], Sequence[str]], Iterator[Segment]]


def _keys(turns: Sequence[Turn]) -> list[tuple[str, str, str]]:
    return [(turn.role, turn.content, turn.input) for turn in turns]


def _same(before: Numbered, after: Numbered) -> TurnDiff:
    segments = (Segment("same", after[1].text),) if after[1].text else ()
    return TurnDiff("same", after[1].role, "", before[0], after[0], segments)


def _pairs(olds: Sequence[Numbered], news: Sequence[Numbered]) -> Iterator[TurnDiff]:
    """Pair what lies between two equal turns by role; what finds no partner was added or removed."""
    roles = SequenceMatcher(
        None, [turn.role for _, turn in olds], [turn.role for _, turn in news], autojunk=False
    )
    for tag, from_old, to_old, from_new, to_new in roles.get_opcodes():
        if tag == "equal" or (len(olds) == len(news) == 1):
            pairs = zip(olds[from_old:to_old], news[from_new:to_new], strict=True)
            yield from (_changed(before, after) for before, after in pairs)
            continue
        for number, turn in olds[from_old:to_old]:
            yield TurnDiff("removed", turn.role, "", number, None, tuple(diff_texts(turn.text, "")))
        for number, turn in news[from_new:to_new]:
            yield TurnDiff("added", turn.role, "", None, number, tuple(diff_texts("", turn.text)))


def _changed(before: Numbered, after: Numbered) -> TurnDiff:
    old_role = before[1].role if before[1].role != after[1].role else ""
    segments = tuple(diff_texts(before[1].text, after[1].text))
    return TurnDiff("changed", after[1].role, old_role, before[0], after[0], segments)


def _by_words(old: str, new: str) -> Iterator[Segment]:
    return _trimmed(_WORDS.findall(old), _WORDS.findall(new), _words_or_lines)


def _words_or_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Segment]:
    if _is_cheap(old, new):
        return _compared(old, new)
    return _trimmed("".join(old).splitlines(keepends=True), "".join(new).splitlines(keepends=True), _by_lines)


def _by_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Segment]:
    """Compare by lines, and by words where lines differ."""
    if not _is_cheap(old, new):
        yield from _replaced(old, new)
        return
    for tag, from_old, to_old, from_new, to_new in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        before, after = "".join(old[from_old:to_old]), "".join(new[from_new:to_new])
        if tag == "equal":
            yield Segment("same", before)
        else:
            yield from _trimmed(_WORDS.findall(before), _WORDS.findall(after), _words_or_whole)


def _words_or_whole(old: Sequence[str], new: Sequence[str]) -> Iterator[Segment]:
    return _compared(old, new) if _is_cheap(old, new) else _replaced(old, new)


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Segment]:
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if tag == "equal":
            yield Segment("same", "".join(old[from_old:to_old]))
        else:
            yield from _replaced(old[from_old:to_old], new[from_new:to_new])


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Segment]:
    yield Segment("removed", "".join(old))
    yield Segment("added", "".join(new))


def _is_cheap(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether few enough pieces of one text occur in the other, which is what a comparison costs."""
    in_old, in_new = Counter(old), Counter(new)
    pairs = sum(count * in_new[piece] for piece, count in in_old.items() if not piece.isspace())
    return pairs <= MAX_PAIRS and len(old) + len(new) <= MAX_PIECES


def _trimmed(old: Sequence[str], new: Sequence[str], compare: Compare) -> Iterator[Segment]:
    """Take off what both begin and end with, and compare what is left between."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    yield Segment("same", "".join(old[:head]))
    yield from compare(old[head : len(old) - tail], new[head : len(new) - tail])
    yield Segment("same", "".join(old[len(old) - tail :]))


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((count for count, (left, right) in pairs if left != right), min(len(old), len(new)))


def _joined(segments: Iterator[Segment]) -> Iterator[Segment]:
    """Join neighbours without the empty ones, and put what was removed before what was added in its place."""
    removed, added, same = "", "", ""
    for segment in segments:
        if segment.kind == "same":
            yield from _both(removed, added)
            removed, added, same = "", "", same + segment.text
            continue
        if same:
            yield Segment("same", same)
            same = ""
        if segment.kind == "removed":
            removed += segment.text
        else:
            added += segment.text
    yield from _both(removed, added)
    if same:
        yield Segment("same", same)


def _both(removed: str, added: str) -> Iterator[Segment]:
    if removed:
        yield Segment("removed", removed)
    if added:
        yield Segment("added", added)
