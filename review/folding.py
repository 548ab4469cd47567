"""A difference cut for reading: long stretches that are the same, and very long changes, behind a fold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotate.diff import Kind, Segment

FOLD_OVER = 600  # characters of what is the same
AROUND = 160  # characters of it that stay beside a change
LONG_CHANGE = 3_000


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
    same = segment.kind == "same"
    if len(segment.text) <= (FOLD_OVER if same else LONG_CHANGE):
        yield Stretch(segment.kind, segment.text)
        return
    head = (0 if first and not last else AROUND) if same else LONG_CHANGE // 2
    tail = len(segment.text) - (AROUND if same and not last else 0)
    yield Stretch(segment.kind, segment.text[:head])
    yield Stretch(segment.kind, segment.text[head:tail], folded=True)
    yield Stretch(segment.kind, segment.text[tail:])
