"""How shares and confidences are written for people."""

CONFIDENCE = 0.95
PER_MILLE = 1_000


def percent(share: float) -> str:
    """Return a share in percent with one decimal, rounded to the nearest: 0.0404 is "4.0"."""
    return f"{share * 100:.1f}"


def percent_above(count: int, population: int) -> str:
    """Return `count` of `population` in percent with one decimal, rounded up: a bound from above must not shrink."""
    return f"{-(-count * PER_MILLE // population) / 10:.1f}"


def percent_below(count: int, population: int) -> str:
    """Return `count` of `population` in percent with one decimal, rounded down: a bound from below must not grow."""
    return f"{count * PER_MILLE // population / 10:.1f}"


def plain_percent(share: float) -> str:
    """Return a share that a person has set in percent, with no more digits than it has: 0.95 is "95"."""
    return f"{round(share * 100, 6):g}"
