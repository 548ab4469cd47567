"""Which model so many labels allow, and what the next one needs.

The steps are where, on human labels, the next model began to do better than the one before: handcrafted features
carry the first fifty labels; words, and randomised trees on the features, add from there; boosted trees do worse than
nothing until there are some two hundred.
"""

from enum import Enum

LEAST, LEAST_OF_A_CLASS = 20, 5
FROM_WORDS, FROM_AVERAGED = 50, 200


class Step(Enum):
    """A step of the ladder; its value is stored and never renamed."""

    NONE = "none"
    FEATURES = "features"
    WORDS = "words"
    AVERAGED = "averaged"

    @property
    def label(self) -> str:
        """What the model of this step rests on, in words."""
        return _LABELS[self]

    @property
    def is_preview(self) -> bool:
        """Whether its scores are shown as a preview only."""
        return self is Step.FEATURES

    @property
    def has_words(self) -> bool:
        return self in {Step.WORDS, Step.AVERAGED}


_LABELS = {
    Step.NONE: "no model yet",
    Step.FEATURES: "features (preview)",
    Step.WORDS: "features and words",
    Step.AVERAGED: "features, words and boosted trees",
}
_FROM = ((Step.AVERAGED, FROM_AVERAGED), (Step.WORDS, FROM_WORDS), (Step.FEATURES, LEAST))


def step_of(good: int, bad: int) -> Step:
    """Return the step that so many labels of each kind reach."""
    if min(good, bad) < LEAST_OF_A_CLASS:
        return Step.NONE
    return next((step for step, least in _FROM if good + bad >= least), Step.NONE)


def next_step(good: int, bad: int) -> Step | None:
    """Return the step above the one that is reached; None on the last."""
    steps = list(Step)
    place = steps.index(step_of(good, bad)) + 1
    return steps[place] if place < len(steps) else None


def next_needs(good: int, bad: int) -> str:
    """Say what the next step needs, as "Label 12 more, at least 3 of them bad"; empty on the last."""
    step = next_step(good, bad)
    if step is None:
        return ""
    lacking = [(max(0, LEAST_OF_A_CLASS - count), name) for count, name in ((good, "good"), (bad, "bad"))]
    more = max(dict(_FROM)[step] - good - bad, sum(count for count, _ in lacking))
    parts = [f"at least {count} of them {name}" for count, name in lacking if count]
    return f"Label {more} more" + (f", {' and '.join(parts)}" if parts else "")
