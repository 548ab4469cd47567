"""How shares and confidences are written for people."""

CONFIDENCE = 0.95


def percent(share: float) -> str:
    """Return a share in percent with one decimal, rounded to the nearest: 0.0404 is "4.0"."""
    return f"{share * 100:.1f}"


def percent_above(count: int, population: int, decimals: int = 1) -> str:
    """Return `count` of `population` in percent, rounded up: a bound from above must not shrink."""
    scale = 10**decimals
    return f"{-(-count * 100 * scale // population) / scale:.{decimals}f}"


def percent_below(count: int, population: int, decimals: int = 1) -> str:
    """Return `count` of `population` in percent, rounded down: a bound from below must not grow."""
    scale = 10**decimals
    return f"{count * 100 * scale // population / scale:.{decimals}f}"


def plain_percent(share: float) -> str:
    """Return a share that a person has set in percent, with no more digits than it has: 0.95 is "95"."""
    return f"{round(share * 100, 6):g}"
