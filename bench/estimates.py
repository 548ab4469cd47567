"""How often the numbers of review are right: intervals, the recommendation, and the correction, by simulation.

    .venv/bin/python -m bench.estimates [--datasets 2000] [--seed 20251123]

For every setting of a grid 2,000 datasets are made whose bad share is known, and a sample is drawn from each without
replacement. Counted is how often an interval holds the truth (also calculated, from the probability of every outcome,
so that the lowest figure is no accident of drawing), and how often the recommendation ever is the wrong one when
somebody looks after every single review, from the first to the last.

A share of 0 is always held, since nothing about it is left to chance: it counts for the exact interval and not for
Wilson's mean.

Bars: the exact interval and bound hold the truth in at least 95 % everywhere (calculated); Wilson's in 95 % give or
take 1 on average; the recommendation is wrong in at most 5 %. Less than a minute.
"""

import argparse
import math
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.stats import hypergeom  # type: ignore[import-untyped]

from review.estimates import Gold, corrected, estimate, recommend
from review.estimates.hypergeometric import at_least
from review.estimates.sequential import log_evidence

SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
POPULATIONS = (1_000, 10_000, 100_000, 1_000_000)
SAMPLES = (60, 200, 500, 1_000, 2_500)
PLANS = ((1_000, 0.05), (10_000, 0.02), (10_000, 0.05), (10_000, 0.1))
TIMES = (0, 0.25, 0.5, 0.8, 1, 1.25, 1.5, 2, 4)  # the tolerated share
GOLD = ((0.9, 0.98, 20), (0.9, 0.98, 100), (0.75, 0.95, 20), (0.75, 0.95, 100))
CONFIDENCE, ALPHA = 0.95, 0.05
CHUNK = 250
Counts = npt.NDArray[np.int64]
Boundary = Callable[[int, int], bool]


@dataclass
class Bar:
    """A figure and what it has to be."""

    name: str
    found: float
    least: float = 0.0
    most: float = 1.0

    @property
    def met(self) -> bool:
        return self.least <= self.found <= self.most

    def __str__(self) -> str:
        asked = f"at least {pct(self.least)}" if self.most == 1 else f"{pct(self.least)} to {pct(self.most)}"
        return f"{self.name}: {pct(self.found, 2)} ({asked}): {'met' if self.met else 'MISSED'}"


def pct(share: float, decimals: int = 1) -> str:
    return f"{share * 100:.{decimals}f} %"


def line(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |")


@dataclass
class Coverage:
    """How often the truth was held by the exact interval, the exact bound from above, and Wilson's interval."""

    drawn: npt.NDArray[np.float64]
    calculated: npt.NDArray[np.float64]


@cache
def ends(bad: int, reviewed: int, population: int) -> tuple[float, ...]:
    found = estimate(bad, reviewed, population)
    return tuple(
        end or 0.0 for end in (found.exact_low, found.exact_high, found.upper, found.low, found.high)
    )


def coverage(
    population: int, reviewed: int, truth: int, datasets: int, random: np.random.Generator
) -> Coverage:
    """Return the share of outcomes whose intervals hold `truth`, of those drawn and of all by their probability."""
    seen = random.hypergeometric(truth, population - truth, reviewed, size=datasets)
    middle, spread = reviewed * truth / population, 6 * math.sqrt(reviewed * truth / population) + 1
    outcomes = np.arange(max(0, int(middle - spread)), min(reviewed, truth, int(middle + spread)) + 1)
    chance = hypergeom.pmf(outcomes, population, truth, reviewed)
    likely = chance > 1e-7
    needed = np.union1d(outcomes[likely], seen)
    found = np.array([ends(int(bad), reviewed, population) for bad in needed])
    share = truth / population
    held = np.stack(
        [
            (found[:, 0] <= share) & (share <= found[:, 1]),
            share <= found[:, 2],
            (found[:, 3] <= share) & (share <= found[:, 4]),
        ],
        axis=1,
    )
    at = np.searchsorted(needed, outcomes[likely])
    return Coverage(held[np.searchsorted(needed, seen)].mean(axis=0), chance[likely] @ held[at])


def intervals(datasets: int, random: np.random.Generator) -> Iterator[Bar]:
    """Print the coverage of the intervals, a line for each population and sample; yield their bars."""
    print(
        "| population | reviewed | exact, lowest drawn | exact, lowest calculated | bound, lowest calculated "
        "| Wilson, mean drawn | Wilson, mean calculated | Wilson, lowest calculated |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    everything = []
    for population in POPULATIONS:
        for reviewed in (size for size in SAMPLES if size < population):
            found = [
                coverage(population, reviewed, round(share * population), datasets, random)
                for share in SHARES
            ]
            drawn, calculated = np.stack([f.drawn for f in found]), np.stack([f.calculated for f in found])
            everything.append(calculated)
            cells = (
                drawn[:, 0].min(), calculated[:, 0].min(), calculated[:, 1].min(),
                drawn[1:, 2].mean(), calculated[1:, 2].mean(), calculated[:, 2].min(),
            )  # fmt: skip
            line(f"{population:,}", f"{reviewed:,}", *map(pct, cells))
    whole, chancy = np.concatenate(everything), np.concatenate([found[1:] for found in everything])
    yield Bar("exact interval, lowest of all settings, calculated", whole[:, 0].min(), 0.95)
    yield Bar("exact bound from above, lowest of all settings, calculated", whole[:, 1].min(), 0.95)
    yield Bar("Wilson, mean of all settings, calculated", chancy[:, 2].mean(), 0.94, 0.96)


def boundary(population: int, holds: Boundary, start: int, step: int) -> Counts:
    """Return for every number of reviews the last number of bad ones for which `holds`, going away from `start`.

    It moves by at most one a review, so two questions a review are enough. One beyond the end where none holds.
    """
    found, at = np.zeros(population + 1, np.int64), start
    for reviewed in range(1, population + 1):
        while holds(at + step, reviewed):
            at += step
        while at != start and not holds(at, reviewed):
            at -= step
        found[reviewed] = at
    return found


@dataclass
class Rule:
    """For every number of reviews: accept at so few bad ones or fewer, reject at so many or more."""

    accept: Counts
    reject: Counts


def sequential(population: int, most: int) -> Rule:
    """Return where the recommendation changes, checked against `recommend` itself at many places."""
    needed = -math.log(ALPHA)

    def accepts(bad: int, reviewed: int) -> bool:
        possible = bad <= reviewed and bad * population <= most * reviewed
        return possible and log_evidence(bad, reviewed, population, most + 1) >= needed

    def rejects(good: int, reviewed: int) -> bool:
        bad = reviewed - good
        possible = good <= reviewed and bad * population > most * reviewed
        return possible and log_evidence(bad, reviewed, population, most) >= needed

    reviews = np.arange(population + 1)
    rule = Rule(boundary(population, accepts, -1, 1), reviews - boundary(population, rejects, -1, 1))
    for reviewed in np.random.default_rng(1).integers(1, population + 1, 100).tolist():
        for bad in {int(rule.accept[reviewed]), int(rule.reject[reviewed])}:
            for near in range(max(bad - 1, 0), min(bad + 1, reviewed) + 1):
                kind = recommend(near, reviewed, population, tolerated=most / population).kind
                expected = (
                    "accept"
                    if near <= rule.accept[reviewed]
                    else "reject"
                    if near >= rule.reject[reviewed]
                    else "more"
                )
                if kind != expected:
                    raise AssertionError(f"{near} of {reviewed} of {population}: {kind}, not {expected}")
    return rule


def single(population: int, most: int) -> Rule:
    """Return the rule that asks the exact one-sided bounds, which are meant for one look."""

    def accepts(bad: int, reviewed: int) -> bool:
        return (
            bad <= reviewed and at_least(reviewed - bad, reviewed, population, population - most - 1) < ALPHA
        )

    def rejects(good: int, reviewed: int) -> bool:
        return good <= reviewed and at_least(reviewed - good, reviewed, population, most) < ALPHA

    reviews = np.arange(population + 1)
    return Rule(boundary(population, accepts, -1, 1), reviews - boundary(population, rejects, -1, 1))


def looked_at(
    population: int, truth: int, rules: list[Rule], datasets: int, random: np.random.Generator
) -> list[tuple[Counts, npt.NDArray[np.bool_]]]:
    """Return for each rule after how many reviews each dataset is decided, and which of them are accepted."""
    found: list[list[tuple[Counts, npt.NDArray[np.bool_]]]] = [[] for _ in rules]
    items = np.zeros((min(CHUNK, datasets), population), np.int8)
    items[:, :truth] = 1
    for _ in range(0, datasets, len(items)):
        bad = np.cumsum(random.permuted(items, axis=1), axis=1, dtype=np.int32)
        for rule, results in zip(rules, found, strict=True):
            accepted, rejected = bad <= rule.accept[1:], bad >= rule.reject[1:]
            first = np.argmax(accepted | rejected, axis=1)
            results.append((first + 1, accepted[np.arange(len(first)), first]))
    return [
        (np.concatenate([one for one, _ in results]), np.concatenate([two for _, two in results]))
        for results in found
    ]


def fixed_plan(population: int, truth: int, most: int, rule: Rule) -> int:
    """Return how many reviews, settled in advance and looked at once, decide rightly in nine cases of ten."""
    reviews = np.unique(np.geomspace(1, population, 400).astype(np.int64))
    if truth <= most:
        chance = hypergeom.cdf(rule.accept[reviews], population, truth, reviews)
    else:
        chance = hypergeom.sf(rule.reject[reviews] - 1, population, truth, reviews)
    return int(reviews[np.argmax(chance >= 0.9)])


def recommendations(datasets: int, random: np.random.Generator) -> Iterator[Bar]:
    """Print how the recommendation fares when it is looked at after every review; yield its bars."""
    print(
        "| population | tolerated | bad | wrong | reviews, mean | median | 90 % need at most "
        "| fixed in advance, for 90 % | wrong, if the bounds for one look were asked every time |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    worst = 0.0
    for population, tolerated in PLANS:
        most = round(tolerated * population)
        rules = [sequential(population, most), single(population, most)]
        for truth in sorted({*(round(part * most) for part in TIMES), most + 1}):
            (reviews, accepted), (_, naive) = looked_at(population, truth, rules, datasets, random)
            good = truth <= most
            wrong = float(np.mean(accepted != good))
            worst = max(worst, wrong)
            line(
                f"{population:,}",
                pct(tolerated, 0),
                pct(truth / population, 2),
                pct(wrong),
                *(
                    f"{count:,.0f}"
                    for count in (reviews.mean(), np.median(reviews), np.quantile(reviews, 0.9))
                ),
                f"{fixed_plan(population, truth, most, rules[1]):,}",
                pct(float(np.mean(naive != good))),
            )
    yield Bar("recommendation, wrong at most", worst, 0.0, 0.05)


def corrections(datasets: int, random: np.random.Generator) -> None:
    """Print how often the corrected interval holds the truth, and the plain one beside it."""
    print(
        "| found of the bad | passed of the good | gold of each | bad | corrected | width | not corrected |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for sensitivity, specificity, gold in GOLD:
        for share in (0.01, 0.05, 0.2):
            judged = random.binomial(500, share * sensitivity + (1 - share) * (1 - specificity), datasets)
            caught, passed = (
                random.binomial(gold, sensitivity, datasets),
                random.binomial(gold, specificity, datasets),
            )
            held, plain, width = [], [], []
            for bad, catch, let in zip(judged.tolist(), caught.tolist(), passed.tolist(), strict=True):
                low, high = ends(bad, 500, 1_000_000)[3:]
                plain.append(low <= share <= high)
                correction = corrected(bad, 500, Gold(catch, gold, let, gold))
                if correction.low is not None and correction.high is not None:
                    held.append(correction.low <= share <= correction.high)
                    width.append(correction.high - correction.low)
            line(
                *(pct(known, 0) for known in (sensitivity, specificity)),
                str(gold),
                pct(share, 0),
                *(pct(float(np.mean(found))) for found in (held, width, plain)),
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--datasets", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=20_251_123)
    options = parser.parse_args()
    random, started = np.random.default_rng(options.seed), time.perf_counter()
    bars: list[Bar] = []
    print(f"### Intervals: {len(SHARES)} bad shares from 0 to 50 % in every line\n")
    bars += intervals(options.datasets, random)
    print(
        f"\n### Recommendation at 95 %, looked at after every review ({time.perf_counter() - started:.0f} s)\n"
    )
    bars += recommendations(options.datasets, random)
    print(f"\n### Correction, 500 reviewed ({time.perf_counter() - started:.0f} s)\n")
    corrections(options.datasets, random)
    print(f"\n### Bars ({time.perf_counter() - started:.0f} s)\n")
    for bar in bars:
        print(f"- {bar}")
    sys.exit(not all(bar.met for bar in bars))


if __name__ == "__main__":
    main()
