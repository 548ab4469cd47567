"""The share of bad examples, estimated from the labels on a random sample."""

from dataclasses import dataclass

from review.estimates.intervals import finite_bounds, finite_upper, wilson
from review.estimates.words import CONFIDENCE, percent, percent_above, plain_percent


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the reviewed part of a sample says about its population.

    `reviewed` counts the sampled examples with a decision and `bad` those among them that are bad. `low` and `high`
    are Wilson's interval, `exact_low` and `exact_high` the exact one for this finite population, `upper` the exact
    one-sided bound: with `confidence` at most this share is bad. All shares, and None while nothing is reviewed.
    """

    bad: int
    reviewed: int
    population: int
    share: float | None = None
    low: float | None = None
    high: float | None = None
    exact_low: float | None = None
    exact_high: float | None = None
    upper: float | None = None
    confidence: float = CONFIDENCE

    @property
    def is_census(self) -> bool:
        """Whether every one of the population is reviewed, so that nothing is left to chance."""
        return self.reviewed == self.population > 0

    @property
    def at_most(self) -> int:
        """With `confidence` at most so many of the population are bad; all of it while nothing is reviewed."""
        return self.population if self.upper is None else round(self.upper * self.population)

    @property
    def sentence(self) -> str:
        """The estimate in words: Wilson's interval to the nearest tenth, the exact bound from above rounded up."""
        if self.share is None or self.low is None or self.high is None:
            return "Nothing is reviewed yet."
        verb = "is" if self.bad == 1 else "are"
        said = f"{self.bad:,} of {self.reviewed:,} reviewed {verb} bad: {percent(self.share)} %"
        if self.is_census:
            return f"{said}. That is all there are, so it is exact."
        said = f"{said} ({percent(self.low)} to {percent(self.high)} %)."
        if self.at_most == self.population:
            return said
        bound = percent_above(self.at_most, self.population)
        sure = plain_percent(self.confidence)
        return f"{said} With {sure} % confidence at most {bound} % of the {self.population:,} are."


def estimate(bad: int, reviewed: int, population: int, confidence: float = CONFIDENCE) -> Estimate:
    """The bad share among `population` examples, with its intervals; raises ValueError for impossible counts."""
    interval = wilson(bad, reviewed, confidence, population)
    if interval is None:
        return Estimate(bad, reviewed, population, confidence=confidence)
    exact = finite_bounds(bad, reviewed, population, confidence)
    upper = finite_upper(bad, reviewed, population, confidence)
    return Estimate(
        bad,
        reviewed,
        population,
        share=bad / reviewed,
        low=interval.low,
        high=interval.high,
        exact_low=exact.low / population,
        exact_high=exact.high / population,
        upper=upper / population,
        confidence=confidence,
    )
