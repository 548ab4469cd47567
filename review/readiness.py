"""The checklist before fine-tuning: what is measured, what a person signs."""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_EXAMPLES = 500


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the checklist; a measured one follows from figures, the others hold by somebody's word."""

    slug: str
    label: str
    why: str
    measured: bool


POINTS = (
    Point(
        "prompting",
        "Prompting has plateaued",
        "A better prompt costs nothing to serve and is tried in a day. Fine-tune when it no longer gets better.",
        measured=False,
    ),
    Point(
        "examples",
        f"At least {LEAST_EXAMPLES} good examples",
        "Fewer rarely change how a model behaves; 1,000 curated ones have outperformed 52,000 raw ones.",
        measured=True,
    ),
    Point(
        "task",
        "The task is well defined",
        "People who read the same guidelines should agree on what is good. Where they do not, a model cannot learn it.",
        measured=True,
    ),
    Point(
        "evaluation",
        "Evaluation is ready",
        "What you test on must not be among what you train on, or the result says nothing.",
        measured=True,
    ),
    Point(
        "budget",
        "The budget is there",
        "Memory and tokens decide which model can be trained, and how often.",
        measured=False,
    ),
    Point(
        "knowledge",
        "The knowledge is stable",
        "What changes every week belongs into retrieval: a trained model keeps what it was taught.",
        measured=False,
    ),
)
BY_SLUG: Mapping[str, Point] = {point.slug: point for point in POINTS}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a project; `alpha` is None while too few examples were labelled twice.

    `contaminated` counts approved examples that hold an item of an evaluation set, `unchecked` those that were
    not compared with every set.
    """

    approved: int
    has_guidelines: bool
    alpha: float | None
    alpha_wanted: float
    evaluation_sets: int
    contaminated: int
    unchecked: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a measured point holds, and the figures in words."""

    holds: bool
    words: str


def findings(facts: Facts) -> dict[str, Finding]:
    """Judge every measured point from the facts, by its slug."""
    return {"examples": _examples(facts), "task": _task(facts), "evaluation": _evaluation(facts)}


def _examples(facts: Facts) -> Finding:
    missing = LEAST_EXAMPLES - facts.approved
    more = f" {missing:,} more are needed." if missing > 0 else ""
    return Finding(missing <= 0, f"{facts.approved:,} approved.{more}")


def _task(facts: Facts) -> Finding:
    if not facts.has_guidelines:
        return Finding(False, "No guidelines are written.")
    if facts.alpha is None:
        return Finding(
            False, "Guidelines are written. Too few examples were labelled twice to measure agreement."
        )
    agreed = f"Reviewers agree with alpha {facts.alpha:.2f}; {facts.alpha_wanted:.2f} is asked for."
    return Finding(facts.alpha >= facts.alpha_wanted, f"Guidelines are written. {agreed}")


def _evaluation(facts: Facts) -> Finding:
    if not facts.evaluation_sets:
        return Finding(False, "No evaluation set is uploaded.")
    sets = f"{facts.evaluation_sets} evaluation {'set is' if facts.evaluation_sets == 1 else 'sets are'} uploaded."
    if facts.contaminated:
        return Finding(False, f"{sets} {facts.contaminated:,} approved examples hold items of it.")
    if facts.unchecked:
        return Finding(False, f"{sets} {facts.unchecked:,} approved examples were not compared with it yet.")
    return Finding(True, f"{sets} No approved example holds an item of it.")
