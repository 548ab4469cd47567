"""What a policy says, in words: what each limit measures, and what is different between two policies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from review.limits import LIMITS, Limit, bounds_words
from review.policies import Policy
from review.policy_forms import settable_options
from review.scorers import SCORERS
from review.scorers.base import Option

MEASURES = {
    "format": "How many faults of form block it: roles out of order, an empty turn, a placeholder left in.",
    "length": "How many tokens it has in all, every turn with its role.",
    "exact": "Whether another example says exactly the same but for case, punctuation and white space. One is kept.",
    "same-prompt": "How many others give a different answer to the very same instruction.",
    "near": "How alike it is to a preferred example of its cluster: 0 is alone or preferred, 1 is the same words.",
    "semantic": "How close in meaning it is to a preferred example of its cluster, by embeddings.",
    "toxicity": "How toxic its worst passage of about 200 words reads, from 0 to 1.",
    "personal-data": "How many addresses, telephone, account and card numbers and secrets it gives away.",
    "contamination": "How much of an item of an evaluation set is found in it; 1 is all of it.",
    "quality": "How probably your reviewers would call it good, as the active classifier learnt from their labels.",
    "judge": "What a model says of it by your rubric, from 1 to 5. Only what it was asked about has a value.",
}
ACTIONS = {"drop": "drops", "flag": "flags"}
UNKNOWN = {"hold": "held back", "keep": "inside", "drop": "outside"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two policies say differently."""

    what: str
    was: str
    will: str


def differences(old: Policy, new: Policy) -> list[Difference]:
    """Say what is different, limits first, in the order of the funnel; a limit that a policy lacks is off."""
    return [*_limits(old, new), *_options(old, new)]


def _limits(old: Policy, new: Policy) -> Iterator[Difference]:
    for known in LIMITS:
        was, will = old.limit(known.slug), new.limit(known.slug)
        bounds = _bounds(was), _bounds(will)
        if bounds[0] != bounds[1]:
            yield Difference(known.label, *bounds)
        if not was or not will:
            continue
        if was.action != will.action:
            yield Difference(f"{known.label}, what is outside", ACTIONS[was.action], ACTIONS[will.action])
        if was.unknown != will.unknown:
            yield Difference(f"{known.label}, unknown", UNKNOWN[was.unknown], UNKNOWN[will.unknown])


def _bounds(limit: Limit | None) -> str:
    return bounds_words(limit) if limit else "off"


def _options(old: Policy, new: Policy) -> Iterator[Difference]:
    labels = {scorer.slug: scorer.label for scorer in SCORERS}
    labels |= {limit.slug: limit.label for limit in LIMITS if limit.slug not in labels}
    for slug, options in settable_options().items():
        for option in options:
            was, will = (_value(option, policy.options.get(slug, {})) for policy in (old, new))
            if was != will:
                yield Difference(
                    f"{labels.get(slug, slug)}, {option.label[:1].lower()}{option.label[1:]}", was, will
                )


def _value(option: Option, given: Mapping[str, Any]) -> str:
    labels = dict(option.choices)
    value = given.get(option.slug, option.default)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(labels.get(one, str(one)) for one in value) or "nothing"
    text = labels.get(value, str(value))
    return (
        f"{text[:12]}…" if len(text) == 64 and text.isalnum() else text or "none"
    )  # an uploaded file's SHA-256


def duration_words(seconds: float) -> str:
    """Say roughly how long something takes."""
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {minutes} minute{'s' * (minutes != 1)}"
    return f"about {round(minutes / 60)} hours"
