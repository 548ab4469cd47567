"""The limit on the score, laid out: a histogram with a slider, and what each limit would keep and lose."""

import json
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from annotate.access import Access
from review.estimates.words import percent
from review.limits import Limit, number
from review.models import ClassifierVersion
from review.quality.limits import Preview, limits_of, preview
from review.queries.classifiers import QUALITY
from review.queries.held_out import held_out_of
from review.queries.policies import policy_of
from review.queries.scores import Scores, scores_of
from review.rulers import Plot, Ruler, plot_of
from review.services.score_limits import with_minimum
from review.views.classifier_plots import percents

EVERY = 5  # hundredths from one row of the table to the next
START = 0.5  # where the slider stands while there is no limit
AXIS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One place where the limit can be, in words: what is kept, how bad that is, what is caught and lost by it."""

    limit: str
    kept: str
    share: str
    interval: str
    caught: str
    lost: str


def limit_of(access: Access) -> float | None:
    """Return the least score that the project's policy keeps; None where there is no such limit."""
    held = policy_of(access.project)[1].limit(QUALITY)
    return held.minimum if held else None


def limits_context(access: Access, active: ClassifierVersion) -> dict[str, Any]:
    """Return what the section of the limit shows of the active version's scores."""
    policy = with_minimum(policy_of(access.project)[1], limit_of(access))
    limit, scores = policy.limit(QUALITY), scores_of(access.project, policy)
    assert limit is not None  # noqa: S101  (with_minimum put it there)
    rows = limit_rows(found := _preview(active, scores))
    plot = _plot(scores, limit)
    at = START if limit.minimum is None else limit.minimum
    place = min(round(100 * at), 100)
    return {
        "scores": scores,
        "plot": plot,
        "saved": None if limit.minimum is None else plot.span(limit)[0],
        "minimum": limit.minimum,
        "minimum_words": "" if limit.minimum is None else f"at least {number(limit.minimum)}",
        "flags": not limit.drops,
        "at": at,
        "now": rows[place],
        "place": place,
        "rows": rows[::EVERY],
        "words": json.dumps([[row.kept, row.share, row.interval, row.caught, row.lost] for row in rows]),
        "labels": found.labels,
        "bad": found.bad,
        "keepable": int(scores.keepable.sum()),
    }


def limit_rows(found: Preview) -> list[LimitRow]:
    """Say in words what each limit would do."""
    rows = []
    for at, limit in enumerate(found.limits.tolist()):
        share, low, high = (float(values[at]) for values in (found.bad_share, found.low, found.high))
        rows.append(
            LimitRow(
                f"{limit:.2f}",
                f"{int(found.kept[at]):,}",
                f"{percent(share)} %" if isfinite(share) else "not known",
                f"{percent(low)} to {percent(high)} %" if isfinite(low) else "no label there",
                _known(float(found.bad_caught[at])),
                _known(float(found.good_lost[at])),
            )
        )
    return rows


def _known(share: float) -> str:
    return percents(share) if isfinite(share) else "not known"


def _preview(active: ClassifierVersion, scores: Scores) -> Preview:
    """Preview by the random sample's labels, scored by models that they had no part in."""
    stored = ClassifierVersion.objects.only("held_out").get(pk=active.pk)
    good, probability = np.zeros(0, np.bool_), np.zeros(0)
    if stored.held_out:
        held = held_out_of(stored)
        good, probability = held.good[held.random], held.probability[held.random]
    return preview(good, probability, scores.keepable, limits_of())


def _plot(scores: Scores, limit: Limit) -> Plot:
    """Lay out the histogram; what scores 1 stands in the last bar."""
    counts = scores.every[1:-1].copy()
    counts[-1] += scores.every[-1]
    ruler = Ruler(tuple(limits_of().tolist()), named=AXIS, closed=True)
    return plot_of(ruler, counts.tolist(), [limit])
