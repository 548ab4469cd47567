"""How likely a number of bad ones is among items drawn without replacement, in plain Python.

It takes fewer steps than the general function of scipy.stats, whose import alone takes longer than a page may; the
tests compare the two. Logarithms of factorials leave a relative error below 1e-7 up to some millions of items.
"""

import math

# A term this much smaller than the sum so far changes nothing: from there on they fall at least geometrically.
NEGLIGIBLE = 1e-17


def log_choose(whole: float, part: float) -> float:
    """Return the logarithm of the number of ways to choose `part` of `whole`."""
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)


def log_probability(bad: float, drawn: float, population: int, count: int) -> float:
    """Return the logarithm of the probability of `bad` among `drawn` where `count` of `population` are bad.

    It needs possible numbers; `bad` and `drawn` may be fractions, so that a share can be carried forward.
    """
    good = log_choose(population - count, drawn - bad)
    return log_choose(count, bad) + good - log_choose(population, drawn)


def at_least(bad: int, drawn: int, population: int, count: int) -> float:
    """Return the probability of `bad` or more among `drawn` where `count` of `population` are bad."""
    if bad <= max(0, drawn - (population - count)):
        return 1.0
    if bad > min(drawn, count):
        return 0.0
    if bad * (population + 2) >= (drawn + 1) * (count + 1):
        return _upwards(bad, drawn, population, count)
    # Below the likeliest number the other tail is the shorter sum. Seen from the good ones it goes upwards too.
    return 1 - _upwards(drawn - bad + 1, drawn, population, population - count)


def _upwards(bad: int, drawn: int, population: int, count: int) -> float:
    """Sum the probabilities of `bad` and more, from a number at which they already fall."""
    term = math.exp(log_probability(bad, drawn, population, count))
    rest, total, seen = population - count - drawn, 0.0, bad
    # The last possible number makes the next term 0.
    while term > NEGLIGIBLE * total:
        total += term
        term *= (count - seen) * (drawn - seen) / ((seen + 1) * (rest + seen + 1))
        seen += 1
    return total
