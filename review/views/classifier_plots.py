"""The plots of a classifier's figures: points for the browser to draw, and the same in words and as a table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.models import ClassifierVersion

Values = Sequence[float | None]
DECIMALS = 4
LOWEST_AREA = 0.4  # chance is 0.5
ROOM = 1.05  # beyond the last training


@dataclass(frozen=True, slots=True)
class Line:
    """One series: `style` is a name that the stylesheet and static/js/plots.js know; `label` is its key."""

    label: str
    style: str
    values: Values


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot of lines over one axis; `words` has a sentence for each point, `rows` the table behind it.

    `spans` are the intervals of the points of the first line. Axes are named and go from the first to the second of
    their two numbers.
    """

    slug: str
    title: str
    text: str
    axes: tuple[str, str]
    ranges: tuple[tuple[float, float], tuple[float, float]]
    x: Sequence[float]
    lines: tuple[Line, ...]
    spans: tuple[Values, Values] | None
    words: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def is_drawn(self) -> bool:
        return len(self.rows) > 1

    @property
    def data(self) -> str:
        """The plot as static/js/plots.js reads it."""
        low, high = self.spans or ([], [])
        return json.dumps(
            {
                "axes": self.axes,
                "ranges": self.ranges,
                "columns": [_rounded(values) for values in (self.x, *(line.values for line in self.lines))],
                "styles": [line.style for line in self.lines],
                "low": _rounded(low),
                "high": _rounded(high),
                "words": list(self.words),
            }
        )


def reliability(found: Mapping[str, Any]) -> Figure | None:
    """Set what was predicted against what held, bin by bin; None where nothing was measured."""
    bins = [each for each in found["bins"] if each["count"]]
    if not bins:
        return None
    x = [0.0, *(each["predicted"] for each in bins), 1.0]
    names = ("good", "good_low", "good_high")
    held, low, high = ([None, *(each[name] for each in bins), None] for name in names)
    rows = [_bin_row(each) for each in bins]
    said = [
        f"Scores {row[0]}, {row[1]} labels: {row[2]} predicted, {row[3]} good ({row[4]})." for row in rows
    ]
    return Figure(
        slug="reliability",
        title="Are its probabilities true?",
        text="On the dotted line, of what scores 0.7, 70 % are good. Bars are 95 % intervals.",
        axes=("Predicted to be good", "Good"),
        ranges=((0, 1), (0, 1)),
        x=x,
        lines=(Line("labels it was not fitted to", "dots", held), Line("as predicted", "guide", x)),
        spans=(low, high),
        words=["", *said, ""],
        head=("Score", "Labels", "Predicted", "Good", "95 % interval"),
        rows=rows,
    )


def _bin_row(each: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        f"{each['low']:.1f} to {each['high']:.1f}",
        f"{each['count']:,}",
        percents(each["predicted"]),
        percents(each["good"]),
        f"{percents(each['good_low'], '')} to {percents(each['good_high'])}",
    )


def precision_recall(found: Mapping[str, Any]) -> Figure | None:
    """Set how many bad ones are caught against how many of the caught are bad; None where nothing was measured."""
    points = sorted(found["curve"], key=lambda each: (each["recall"], each["threshold"]))
    if not points:
        return None
    base, precise = percents(found["base_rate"]), [each["precision"] for each in points]
    rows = [
        (f"{each['threshold']:.2f}", percents(each["recall"]), percents(each["precision"])) for each in points
    ]
    return Figure(
        slug="precision",
        title="How many bad ones does it catch?",
        text=f"When what scores below a limit is dropped. By chance {base} of that would be bad.",
        axes=("Bad ones caught", "Of what is dropped, bad"),
        ranges=((0, 1), (0, 1)),
        x=[each["recall"] for each in points],
        lines=(
            Line("of what is dropped, bad", "line", precise),
            Line("by chance", "limit", [found["base_rate"]] * len(points)),
        ),
        spans=None,
        words=[
            f"Below {row[0]}: {row[1]} of the bad ones are caught; {row[2]} of the dropped are bad."
            for row in rows
        ],
        head=("Limit", "Bad ones caught", "Of what is dropped, bad"),
        rows=rows,
    )


def past_trainings(versions: Sequence[ClassifierVersion]) -> Figure | None:
    """Set the area under the curve of past versions against their labels; None where none was measured."""
    measured = [each for each in versions if each.evaluation["auc_interval"]]
    if not measured:
        return None
    # Of versions of as many labels the newest stands for all.
    newest = {each.good + each.bad: each for each in sorted(measured, key=lambda each: each.number)}
    counts = sorted(newest)
    figures = [newest[count].evaluation for count in counts]
    areas, lengths = ([each[name] for each in figures] for name in ("auc", "length_auc"))
    low, high = ([each["auc_interval"][name] for each in figures] for name in ("low", "high"))
    rows = [_training_row(newest[count]) for count in counts]
    return Figure(
        slug="trainings",
        title="What more labels brought",
        text="Each training with its 95 % interval, beside the length of the answer alone.",
        axes=("Labels", "ROC-AUC"),
        ranges=((0, ROOM * counts[-1]), (min(LOWEST_AREA, *low, *lengths), 1)),
        x=[float(count) for count in counts],
        lines=(Line("classifier", "line dots", areas), Line("length alone", "guide dots", lengths)),
        spans=(low, high),
        words=[
            f"{row[0]} labels, version {row[1]}: {row[2]} ({row[3]}); length alone {row[4]}." for row in rows
        ],
        head=("Labels", "Version", "ROC-AUC", "95 % interval", "Length alone"),
        rows=rows,
    )


def _training_row(version: ClassifierVersion) -> tuple[str, ...]:
    found = version.evaluation
    interval = found["auc_interval"]
    return (
        f"{version.good + version.bad:,}",
        f"{version.number}",
        f"{found['auc']:.2f}",
        f"{interval['low']:.2f} to {interval['high']:.2f}",
        f"{found['length_auc']:.2f}",
    )


def percents(share: float | None, sign: str = " %") -> str:
    """Write a share in whole percent: "70 %"; empty where there is none."""
    return "" if share is None else f"{100 * share:.0f}{sign}"


def _rounded(values: Values) -> list[float | None]:
    return [None if value is None else round(value, DECIMALS) for value in values]
