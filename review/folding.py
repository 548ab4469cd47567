"""A difference cut for reading: long stretches that are the same, and very long changes, behind a fold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotate.diff import Kind, Segment

FOLD_OVER = 600  # characters of what is the same
AROUND = 160  # characters of it that stay beside a change
LONG_CHANGE = 3_000
LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a difference; one that is `folded` is shown when asked for."""

    kind: Kind
    text: str
    folded: bool = False


def folded_segments(segments: Sequence[Segment]) -> list[Stretch]:
    """Cut a difference for reading; all stretches joined are what the segments joined are."""
    last = len(segments) - 1
    return [
        stretch
        for place, segment in enumerate(segments)
        for stretch in _cut(segment, first=place == 0, last=place == last)
        if stretch.text
    ]


def _cut(segment: Segment, *, first: bool, last: bool) -> Iterator[Stretch]:
    """Cut one segment; of what is the same only what stands beside a change is shown."""
    text, same = segment.text, segment.kind == "same"
    if len(text) <= (FOLD_OVER if same else LONG_CHANGE):
        yield Stretch(segment.kind, text)
        return
    head = (0 if first and not last else AROUND) if same else LONG_CHANGE // 2
    tail = len(text) - (AROUND if same and not last else 0)
    head, tail = _after_word(text, head), _after_word(text, tail)
    yield Stretch(segment.kind, text[:head])
    yield Stretch(segment.kind, text[head:tail], folded=True)
    yield Stretch(segment.kind, text[tail:])


def _after_word(text: str, place: int) -> int:
    """Return where the word before a place ends, or the place itself where that is far."""
    if not 0 < place < len(text):
        return place
    return text.rfind(" ", max(0, place - LONGEST_WORD), place) + 1 or place
