"""The funnel of a dataset as its page draws it, each number with the address of its examples."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from annotate.models import Dataset
from review.limits import bounds_words
from review.plots import FlagBar, FunnelBar, funnel_bars, share_of
from review.policies import Policy
from review.queries.funnels import Funnel, Step
from review.queries.reasons import FLAGGED, KEPT, OUTSIDE, RESCUED
from review.queries.verdicts import UNMEASURED


def funnel_context(dataset: Dataset, found: Funnel, policy: Policy) -> dict[str, Any]:
    """Return the bars, what is flagged, and what rulings keep, as the component takes them."""
    words = {limit.slug: bounds_words(limit) for limit in policy.limits}
    return {
        "bars": list(_bars(dataset, found, words)),
        "flags": [
            _flag(dataset, step, words[step.slug], found.measured)
            for step in found.steps
            if step.action == "flag"
        ],
        "rescued_url": reasons_url(dataset, RESCUED),
        "kept_url": reasons_url(dataset, KEPT),
    }


def reasons_url(dataset: Dataset, by: str, **place: object) -> str:
    """Return the address of the examples that one reason concerns."""
    page = reverse("review:dropped", args=[dataset.project.slug, dataset.slug])
    return f"{page}?{urlencode({'by': by} | place)}"


def _bars(dataset: Dataset, found: Funnel, words: dict[str, str]) -> Iterator[FunnelBar]:
    slugs = ["", UNMEASURED] if found.unmeasured else [""]
    rows = [("All examples", 0, 0, ""), ("Not measured yet", found.unmeasured, 0, "")][: len(slugs)]
    for step in found.steps:
        if step.action == "drop":
            slugs.append(step.slug)
            rows.append((step.label, step.dropped_here, step.outside, words.get(step.slug, "")))
    for slug, bar in zip(slugs, funnel_bars(found.total, rows), strict=True):
        outside = reasons_url(dataset, f"{OUTSIDE}{slug}")
        yield replace(bar, url=reasons_url(dataset, slug), outside_url=outside) if slug else bar


def _flag(dataset: Dataset, step: Step, words: str, measured: int) -> FlagBar:
    url = reasons_url(dataset, f"{FLAGGED}{step.slug}")
    return FlagBar(step.label, step.outside, share_of(step.outside, measured), words, url)
