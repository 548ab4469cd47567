"""What of a difference stands behind a fold."""

import pytest

from annotate.diff import Segment
from review.folding import AROUND, FOLD_OVER, LONG_CHANGE, folded_segments

LONG = "x" * 1100


def parts(*segments: tuple[str, str]) -> list[tuple[str, int, bool]]:
    found = folded_segments([Segment(kind, text) for kind, text in segments])  # type: ignore[arg-type]
    assert "".join(part.text for part in found) == "".join(text for _, text in segments)
    return [(part.kind, len(part.text), part.folded) for part in found]


def test_a_short_difference_has_no_fold() -> None:
    assert parts(("same", "a" * FOLD_OVER), ("added", "b" * LONG_CHANGE)) == [
        ("same", FOLD_OVER, False),
        ("added", LONG_CHANGE, False),
    ]


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("first", [("same", 1100 - AROUND, True), ("same", AROUND, False), ("added", 1, False)]),
        ("last", [("added", 1, False), ("same", AROUND, False), ("same", 1100 - AROUND, True)]),
    ],
)
def test_what_is_the_same_stays_in_sight_beside_a_change(
    place: str, found: list[tuple[str, int, bool]]
) -> None:
    segments = [("same", LONG), ("added", "x")]
    assert parts(*(segments if place == "first" else segments[::-1])) == found


def test_between_two_changes_both_ends_stay_in_sight() -> None:
    assert parts(("removed", "x"), ("same", LONG), ("added", "y"))[1:-1] == [
        ("same", AROUND, False), ("same", 1100 - 2 * AROUND, True), ("same", AROUND, False),
    ]  # fmt: skip


def test_a_text_that_is_the_same_as_a_whole_shows_its_beginning() -> None:
    assert parts(("same", LONG)) == [("same", AROUND, False), ("same", 1100 - AROUND, True)]


def test_a_very_long_change_is_cut_in_the_middle() -> None:
    assert parts(("added", "b" * (LONG_CHANGE + 1))) == [
        ("added", LONG_CHANGE // 2, False),
        ("added", LONG_CHANGE // 2 + 1, True),
    ]


@pytest.mark.parametrize("segments", [("same", "added"), ("added", "same"), ("removed", "same", "added")])
def test_no_word_is_cut_at_a_fold(segments: tuple[str, ...]) -> None:
    texts = [Segment(kind, "word " * 300 if kind == "same" else "x") for kind in segments]  # type: ignore[arg-type]
    found = folded_segments(texts)
    assert any(part.folded for part in found)
    assert [part.text for part in found if part.kind == "same" and not part.text.endswith("word ")] == []
