"""Accept, review more, or reject: what the reviewed part of a sample recommends at this moment."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from review.estimates.intervals import Bounds, first_true
from review.estimates.sequential import log_evidence, sequence_bounds
from review.estimates.words import (
    CONFIDENCE,
    percent,
    percent_above,
    percent_below,
    plain_percent,
)

Kind = Literal["accept", "more", "reject"]

# Days of work. Where so many more would not decide, the share is too near the tolerated one for a sample to tell.
MOST_MORE = 5_000
DECIMALS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do, and why in words.

    `low` and `high` are the bounds of the confidence sequence as shares, with what is unsettled counted as good and
    as bad. With kind "more", `more` further reviews are expected to decide, of which `draw` are to be drawn beyond
    the sample; `hardly` says that even those would hardly decide. `settle` says that the unsettled ones may decide.
    """

    kind: Kind
    sentence: str
    low: float
    high: float
    more: int = 0
    draw: int = 0
    hardly: bool = False
    settle: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the review of a sample stands; all are counts of examples but `tolerated` and `confidence`.

    `reviewed` are the decided ones and `bad` those of them that are bad. `unsettled` are those looked at without a
    verdict that holds (disputed, skipped for good, removed); they are not among `reviewed`, and count as bad where
    the question is whether to accept and as good where it is whether to reject. `left` are the sampled ones that
    nobody has decided yet.
    """

    bad: int
    reviewed: int
    population: int
    tolerated: float
    confidence: float = CONFIDENCE
    unsettled: int = 0
    left: int = 0

    @property
    def seen(self) -> int:
        return self.reviewed + self.unsettled

    @property
    def rest(self) -> int:
        """How many of the population nobody has looked at."""
        return self.population - self.seen

    @property
    def most_bad(self) -> int:
        """How many bad ones in the population are tolerated."""
        return math.floor(self.tolerated * self.population + 1e-9)

    @property
    def bounds(self) -> Bounds:
        """The bounds of this moment, whichever way the unsettled ones turn out."""
        best = sequence_bounds(self.bad, self.seen, self.population, self.confidence)
        worst = sequence_bounds(self.bad + self.unsettled, self.seen, self.population, self.confidence)
        return Bounds(best.low, worst.high)

    def verdict(self) -> Kind:
        bounds = self.bounds
        if bounds.high <= self.most_bad:
            return "accept"
        return "reject" if bounds.low > self.most_bad else "more"

    def hangs_on_unsettled(self) -> bool:
        """Whether it would be decided if the unsettled ones had not been looked at yet, or nothing else is left."""
        if not self.unsettled or not self.rest:
            return bool(self.unsettled)
        return replace(self, unsettled=0).verdict() != "more"

    def decided_after(self, more: int) -> bool:
        """Whether `more` further reviews decide if the share of bad ones among them is that of the reviewed ones.

        It is a forecast; the verdict itself is never taken from it.
        """
        seen, share = self.seen + more, self.bad / self.reviewed if self.reviewed else 0.0
        bad, needed = self.bad + more * share, -math.log(1 - self.confidence)
        below = (bad + self.unsettled) * self.population <= self.most_bad * seen
        if below and log_evidence(bad + self.unsettled, seen, self.population, self.most_bad + 1) >= needed:
            return True
        above = bad * self.population > self.most_bad * seen
        return above and log_evidence(bad, seen, self.population, self.most_bad) >= needed


def recommend(
    bad: int,
    reviewed: int,
    population: int,
    *,
    tolerated: float,
    confidence: float = CONFIDENCE,
    unsettled: int = 0,
    left: int = 0,
) -> Recommendation:
    """Recommend what to do with a population of which at most the share `tolerated` may be bad.

    The counts are those of `Standing`. It may be asked after every review: whether the population is better or worse
    than tolerated, the probability that any of the answers ever is the wrong one of accept and reject is at most
    1 - `confidence`, because they rest on a confidence sequence (`sequence_bounds`). That needs the items to be
    reviewed in an order that has nothing to do with how good they are. Once all are reviewed the answer is exact.
    Raises ValueError for counts or shares that cannot be.
    """
    if not 0 <= tolerated < 1:
        raise ValueError(f"the tolerated share must be from 0 to below 1, not {tolerated}")
    if min(unsettled, left) < 0 or reviewed + unsettled > population:
        raise ValueError(f"{reviewed} reviewed and {unsettled} unsettled of only {population}")
    at = Standing(bad, reviewed, population, tolerated, confidence, unsettled, left)
    if not population:
        return Recommendation("more", "There is nothing to review.", 0.0, 0.0)
    kind, bounds = at.verdict(), at.bounds
    ends = bounds.low / population, bounds.high / population
    if kind == "more":
        return _more(at, ends)
    return Recommendation(kind, _verdict_words(at, kind, bounds), *ends)


def _more(at: Standing, ends: tuple[float, float]) -> Recommendation:
    reach = min(at.rest, MOST_MORE)
    needed = _needed(at, reach)
    more = needed or reach
    draw, hardly, settle = max(0, more - at.left), bool(at.rest) and not needed, at.hangs_on_unsettled()
    sentence = _more_words(at, more, draw, hardly) if at.rest else ""
    if settle:
        sentence = f"{_settle_words(at)} {sentence and 'Or: '}{sentence}".strip()
    return Recommendation("more", sentence, *ends, more=more, draw=draw, hardly=hardly, settle=settle)


def _needed(at: Standing, reach: int) -> int:
    """Return how many further reviews are expected to decide; 0 where `reach` of them do not."""
    # The first step that decides is looked for by doubling: at few reviews more is not always surer.
    if not reach:
        return 0
    step = 1
    while step < reach and not at.decided_after(step):
        step *= 2
    step = min(step, reach)
    if step < at.rest and not at.decided_after(step):
        return 0
    return first_true(at.decided_after, step // 2 + 1, step)


def _verdict_words(at: Standing, kind: Kind, bounds: Bounds) -> str:
    tolerated, accepts = plain_percent(at.tolerated), kind == "accept"
    if not at.rest:
        share = percent((bounds.high if accepts else bounds.low) / at.population)
        open_end = ("at most " if accepts else "at least ") if at.unsettled else ""
        return (
            f"{kind.title()}: all are looked at, {open_end}{share} % are bad, and {tolerated} % is tolerated."
        )
    sure = f"with {plain_percent(at.confidence)} % confidence"
    if accepts:
        return f"Accept: {sure} no more than the tolerated {tolerated} % are bad (at most {_above(at, bounds)} %)."
    return f"Reject: {sure} more than the tolerated {tolerated} % are bad (at least {_below(at, bounds)} %)."


def _above(at: Standing, bounds: Bounds) -> str:
    """Return the upper bound with as many decimals as it takes not to look above the tolerated share."""
    texts = [percent_above(bounds.high, at.population, decimals) for decimals in DECIMALS]
    return next((text for text in texts if float(text) <= at.tolerated * 100), texts[-1])


def _below(at: Standing, bounds: Bounds) -> str:
    """Return the lower bound with as many decimals as it takes to look above the tolerated share."""
    texts = [percent_below(bounds.low, at.population, decimals) for decimals in DECIMALS]
    return next((text for text in texts if float(text) > at.tolerated * 100), texts[-1])


def _settle_words(at: Standing) -> str:
    if at.unsettled == 1:
        return "1 has no verdict that holds and counts as bad until it has one: settle it."
    return f"{at.unsettled:,} have no verdict that holds and count as bad until they have one: settle them."


def _more_words(at: Standing, more: int, draw: int, hardly: bool) -> str:
    tolerated = plain_percent(at.tolerated)
    if not at.most_bad and not at.bad:
        return (
            f"None may be bad, and only reviewing nearly all of the {at.rest:,} that are left can show that."
        )
    share = f"{percent(at.bad / at.reviewed)} %" if at.bad else "none"
    if hardly:
        return f"Even {more:,} more reviews will hardly decide: {share} is very near the tolerated {tolerated} %."
    if more == at.rest:
        words = f"Only reviewing all {more:,} that are left decides."
    elif at.bad:
        words = f"Review {more:,} more: if the share of bad ones stays at {share}, that decides."
    else:
        words = f"Review {more:,} more: if none of them is bad, that decides."
    if not draw:
        return words
    those = "They are" if draw == more > 1 else f"{draw:,} of them {'is' if draw == 1 else 'are'}"
    return f"{words} {those} still to be drawn."
