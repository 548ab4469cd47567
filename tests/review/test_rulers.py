"""Rulers: which bar a value is in, where it stands, and what a plot cuts away."""

from itertools import pairwise

import pytest

from review.limits import LIMITS, Limit
from review.rulers import PLOT, Ruler, plot_of, ruler_of

FOUR = Ruler((0, 10, 20, 40, 80))
TOKENS = Limit("length", "Length", "tokens", 50, 4096)
COUNT = Limit("personal-data", "Personal data", "personal_data", maximum=0)


@pytest.mark.parametrize(
    ("value", "place"), [(-1, 0), (0, 0), (5, 12.5), (10, 25), (30, 62.5), (80, 100), (81, 100)]
)
def test_a_value_stands_in_proportion_between_edges(value: float, place: float) -> None:
    assert FOUR.position(value) == place


@pytest.mark.parametrize("field", [limit.field for limit in LIMITS])
def test_every_ruler_ascends_and_names_every_bar_apart(field: str) -> None:
    ruler = ruler_of(field)
    assert all(low < high for low, high in pairwise(ruler.edges))
    words = [ruler.words(at) for at in range(ruler.last)]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    ("field", "at", "words"),
    [
        ("personal_data", 0, "0"),
        ("personal_data", 12, "12 to under 15"),
        ("personal_data", -1, "500 or more"),
        ("toxicity", 0, "0"),
        ("toxicity", 1, "0.001 to under 0.01"),
        ("toxicity", -1, "0.99 to 1"),
        ("tokens", 10, "10 to under 11"),
        ("tokens", -1, "90,000 or more"),
        ("judge", 0, "1"),
        ("judge", -1, "5"),
    ],
)
def test_bars_are_named_by_what_they_count(field: str, at: int, words: str) -> None:
    ruler = ruler_of(field)
    assert ruler.words(at % ruler.last) == words


def test_empty_ends_are_cut_away_but_not_the_bounds() -> None:
    ruler = ruler_of("tokens")
    counts = [0] * ruler.last
    counts[ruler.edges.index(100)] = 7
    plot = plot_of(ruler, counts, [TOKENS])
    assert (plot.ruler.edges[0], plot.ruler.edges[-1]) == (50, 4500)
    assert sum(bar.count for bar in plot.bars) == 7
    assert plot.span(TOKENS)[0] == 0


def test_grades_are_five_bars_each_with_its_name() -> None:
    plot = plot_of(ruler_of("judge"), [0, 0, 0, 2, 1], [])
    assert [(bar.words, bar.count) for bar in plot.bars] == [("1", 0), ("2", 0), ("3", 0), ("4", 2), ("5", 1)]
    assert [words for _, words, _ in plot.ticks] == ["1", "2", "3", "4", "5"]
    assert plot.span(Limit("judge", "Judge", "judge", minimum=3, maximum=4)) == (40, 80)


def test_what_has_one_scale_for_all_data_stays_whole() -> None:
    ruler = ruler_of("toxicity")
    plot = plot_of(ruler, [5, *[0] * (ruler.last - 1)], [])
    assert len(plot.bars) == ruler.last
    assert [words for _, words, _ in plot.ticks] == ["0", "0.25", "0.5", "0.75", "1"]


def test_a_bound_that_is_kept_itself_ends_after_its_bar() -> None:
    ruler = ruler_of("personal_data")
    plot = plot_of(ruler, [9, 3, 1, 0, *[0] * (ruler.last - 4)], [COUNT])
    assert plot.span(COUNT) == (None, 25)
    below = Limit("near", "Near", "personal_data", maximum=1, below=True)
    assert plot.span(below) == (None, 25)


def test_heights_are_in_proportion_unless_one_bar_holds_most() -> None:
    even = plot_of(FOUR, [50, 25, 25, 0], [])
    assert [bar.height for bar in even.bars] == [PLOT, PLOT / 2, PLOT / 2, 0]
    assert not even.rooted
    steep = plot_of(FOUR, [10_000, 1, 0, 0], [])
    assert steep.rooted
    assert steep.bars[1].height == pytest.approx(PLOT / 10)


def test_the_least_bar_is_still_seen() -> None:
    assert plot_of(FOUR, [500, 1, 500, 0], []).bars[1].height == 2
