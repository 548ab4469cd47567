"""How the plots of a sample's report are laid out: rows with positions on one axis, and the same in words."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from review.estimates import Correction, Estimate
from review.estimates.growth import GrowthPoint
from review.estimates.ppi import PoweredEstimate
from review.estimates.slices import SMALL, Slice
from review.estimates.words import percent, plain_percent
from review.plots import Axis, Mark, axis_end, axis_of, share_of
from review.queries.reports import SampleReport
from review.queries.slices import OTHERS

# So few rows a person compares at a glance; the rest is in the CSV.
MOST_ROWS = 12
DECIMALS = 5
TONES = {"accept": "good", "reject": "bad"}


Address = Callable[..., str]


@dataclass(frozen=True, slots=True)
class SliceGroup:
    """One dimension with its slices, and what their values are called."""

    slug: str
    label: str
    parts: Sequence[Slice]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Span:
    """One interval of the estimate, and what it is good for."""

    label: str
    note: str
    share: float
    low: float
    high: float
    tone: str = ""


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One interval of the estimate against the tolerated share."""

    span: Span
    mark: Mark

    @property
    def text(self) -> str:
        return interval_text(self.span.low, self.span.high)

    @property
    def said(self) -> str:
        return f"{self.span.label}: {self.text}"


@dataclass(frozen=True, slots=True)
class SliceRow:
    """One slice: its interval, and in a word whether it differs from the rest."""

    label: str
    part: Slice
    mark: Mark | None
    url: str
    bad_url: str

    @property
    def bad(self) -> int:
        return self.part.found.bad

    @property
    def reviewed(self) -> int:
        return self.part.found.reviewed

    @property
    def share(self) -> str:
        return "" if self.part.found.share is None else percent(self.part.found.share)

    @property
    def text(self) -> str:
        found = self.part.found
        return "" if found.low is None or found.high is None else interval_text(found.low, found.high)

    @property
    def tone(self) -> str:
        return "bad" if self.part.worse else "good" if self.part.better else ""

    @property
    def word(self) -> str:
        return "worse" if self.part.worse else "better" if self.part.better else ""

    @property
    def small(self) -> bool:
        return self.part.small

    @property
    def said(self) -> str:
        return (
            f"{self.label}: {self.share} % bad, {self.text}"
            if self.share
            else f"{self.label}: nothing reviewed"
        )


def interval_text(low: float, high: float) -> str:
    """Write an interval of shares: "2.6 to 6.1 %", or "4.0 %" where it is exact."""
    return f"{percent(low)} to {percent(high)} %" if low < high else f"{percent(low)} %"


def intervals_plot(
    report: SampleReport, correction: Correction | None, powered: PoweredEstimate | None = None
) -> dict[str, Any] | None:
    """Lay out the intervals of the estimate against the tolerated share; None while nothing is reviewed."""
    found, tolerated = report.found, report.rules.tolerated
    if found.share is None:
        return None
    spans = [*_spans(report), *_powered(powered), *_corrected(correction, found)]
    axis = axis_of([*(span.high for span in spans), tolerated])
    return {
        "axis": axis,
        "limit": axis.at(tolerated),
        "limit_text": plain_percent(tolerated),
        "rows": [IntervalRow(span, axis.mark(span.low, span.high, span.share)) for span in spans],
    }


def growth_plot(points: Sequence[GrowthPoint], tolerated: float) -> dict[str, Any]:
    """Return the growth of the estimate as the values a script draws, and as rows of a table."""
    last = points[-1]
    late = points[len(points) // 3 :]
    return {
        "points": json.dumps([_values(point) for point in points]),
        "end": axis_end(max([tolerated, last.sequence_high, *(point.high for point in late)])),
        "label": f"After {last.reviewed:,} reviewed: {percent(last.share)} % bad "
        f"({interval_text(last.low, last.high)}); "
        f"at every moment {interval_text(last.sequence_low, last.sequence_high)}.",
        "rows": [
            {
                "reviewed": point.reviewed,
                "bad": point.bad,
                "share": percent(point.share),
                "interval": interval_text(point.low, point.high),
                "sequence": interval_text(point.sequence_low, point.sequence_high),
            }
            for point in points
        ],
    }


def _values(point: GrowthPoint) -> list[float]:
    shares = (point.share, point.low, point.high, point.sequence_low, point.sequence_high)
    return [point.reviewed, *(round(share, DECIMALS) for share in shares)]


def reasons_plot(
    counted: Iterable[tuple[str, int]], bad: int, words: dict[str, str], url: Address
) -> dict[str, Any]:
    """Return the reasons as bars of the bad ones that have them, each leading to its examples."""
    rows = [
        {
            "label": words.get(slug, slug),
            "count": count,
            "share": percent(count / bad) if bad else "",
            "width": share_of(count, bad),
            "url": url(outcome="bad", reason=slug),
        }
        for slug, count in counted
    ]
    if not bad:
        return {"rows": [], "text": "None of the reviewed ones is bad."}
    text = f"Of {bad:,} bad ones; one can have several reasons." if bad > 1 else "Of the one bad example."
    return {"rows": rows, "text": text}


def slices_plot(groups: Iterable[SliceGroup], report: SampleReport, url: Address) -> dict[str, Any]:
    """Lay out each dimension's slices on one axis, what stands out most first; a row leads to its examples."""
    found, tolerated = report.found, report.rules.tolerated
    known = sorted(groups, key=lambda group: _matters(group.parts))
    ends = [part.found.high or 0.0 for group in known for part in group.parts if not part.small]
    axis = axis_of([*ends, found.high or 0.0, tolerated])
    return {
        "axis": axis,
        "limit": axis.at(tolerated),
        "whole": axis.at(found.share or 0.0),
        "small": SMALL,
        "groups": [
            {
                "label": group.label,
                "rows": [_slice_row(group, part, axis, url) for part in group.parts[:MOST_ROWS]],
                "more": max(len(group.parts) - MOST_ROWS, 0),
            }
            for group in known
        ],
    }


def _matters(parts: Sequence[Slice]) -> tuple[bool, bool, float]:
    """Order dimensions: those where a slice is worse, then where one is better, then by the largest sure difference."""
    largest = max((part.difference.low for part in parts if part.difference), default=-1.0)
    return not any(part.worse for part in parts), not any(part.better for part in parts), -largest


def _slice_row(group: SliceGroup, part: Slice, axis: Axis, url: Address) -> SliceRow:
    found = part.found
    mark = None if found.low is None or found.high is None else axis.mark(found.low, found.high, found.share)
    words = group.words.get(part.value, part.value)
    if part.value == OTHERS:
        return SliceRow(words, part, mark, "", "")
    asked = f"{group.slug}:{part.value}"
    return SliceRow(words, part, mark, url(slice=asked), url(outcome="bad", slice=asked))


def _spans(report: SampleReport) -> list[Span]:
    found, said = report.found, report.recommended
    share = found.share or 0.0
    if found.is_census:
        return [Span("Exact", "all are reviewed, so nothing is left to chance", share, share, share)]
    sure, wanted = plain_percent(found.confidence), plain_percent(report.rules.confidence)
    of_all = f"of the {found.population:,}"
    always = "holds however often you look; the recommendation rests on it"
    if report.unsettled:
        always += f", with the {report.unsettled:,} unsettled counted both ways"
    return [
        Span(f"Wilson, {sure} %", "the usual one", share, found.low or 0.0, found.high or 0.0),
        Span(f"Exact, {sure} %", of_all, share, found.exact_low or 0.0, found.exact_high or 0.0),
        Span(f"At every moment, {wanted} %", always, share, said.low, said.high, TONES.get(said.kind, "")),
    ]


def _powered(powered: PoweredEstimate | None) -> list[Span]:
    if powered is None or not powered.usable or powered.share is None:
        return []
    label = f"With the classifier's scores, {plain_percent(powered.confidence)} %"
    note = "labels and the scores of all together (PPI++)"
    return [Span(label, note, powered.share, powered.low or 0.0, powered.high or 0.0)]


def _corrected(correction: Correction | None, found: Estimate) -> list[Span]:
    if correction is None or correction.share is None:
        return []
    label, note = f"Corrected, {plain_percent(found.confidence)} %", "for the reviewers' own errors"
    return [Span(label, note, correction.share, correction.low or 0.0, correction.high or 0.0)]
