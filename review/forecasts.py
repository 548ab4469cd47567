"""When a project will have as many approved examples as it wants, from the pace of its last days."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WINDOW_DAYS = 14
CONFIDENCE = 0.95
HORIZON_DAYS = 3_650  # beyond ten years a date says nothing


@dataclass(frozen=True, slots=True)
class Forecast:
    """Approved examples a day over the last `days`, and when `left` more are there.

    `on` is the day at that pace, `earliest` and `latest` those at the ends of its interval; a day is None where
    the pace leads nowhere within ten years.
    """

    left: int
    days: int
    pace: float
    slowest: float
    fastest: float
    on: date | None
    earliest: date | None
    latest: date | None


def forecast(approved: int, target: int, daily: Sequence[int], today: date) -> Forecast:
    """Forecast from how many examples were approved on each of the last days, today's so far left out.

    The counts are taken as Poisson with one rate, whose interval is exact: F. Garwood, "Fiducial limits for the
    Poisson distribution", Biometrika 28 (1936), 437-442. Raises ValueError without a day or for a count below 0.
    """
    if not daily or min(daily) < 0:
        raise ValueError("a pace needs the counts of at least one day")
    from scipy.special import gammaincinv  # type: ignore[import-untyped]  # noqa: PLC0415  (half a second to load)

    total, days, left = sum(daily), len(daily), max(0, target - approved)
    tail = (1 - CONFIDENCE) / 2
    slowest = float(gammaincinv(total, tail)) / days if total else 0.0
    fastest = float(gammaincinv(total + 1, 1 - tail)) / days
    pace = total / days
    return Forecast(
        left, days, pace, slowest, fastest,
        on=_reached(left, pace, today), earliest=_reached(left, fastest, today), latest=_reached(left, slowest, today),
    )  # fmt: skip


def _reached(left: int, pace: float, today: date) -> date | None:
    if left == 0:
        return today
    if pace <= 0 or left / pace > HORIZON_DAYS:
        return None
    return today + timedelta(days=math.ceil(left / pace))
