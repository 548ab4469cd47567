"""Why a text has its score: what each feature and word adds to the logit, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotate.records import Conversation
from review.quality.classifier import Classifier
from review.quality.features import FEATURES
from review.quality.linear import Linear
from review.quality.matrices import JUDGED, Texts
from review.quality.terms import terms_of

Floats = npt.NDArray[np.float64]

MOST = 12
LEAST = 0.05  # less would be shown as nothing
TREES = "how its features go together"
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Part:
    """What one thing adds to the logit of being good: `kind` is "feature", "judge", "word" or "trees"."""

    kind: str
    label: str
    amount: float

    @property
    def words(self) -> str:
        """Say it, as "ends without a full stop" with a colon and its signed amount."""
        return f"{self.label}: {signed(self.amount)}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score and what it is made of: logit = start + amounts of the parts + rest, exactly.

    `parts` are the largest either way, the largest first; `rest` is what all others add. The linear model's parts are
    its own terms of the sum; what trees add is one part, since features do not act one by one there.
    """

    score: float
    start: float
    parts: tuple[Part, ...]
    rest: float

    @property
    def logit(self) -> float:
        return self.start + sum(part.amount for part in self.parts) + self.rest


def explained(
    classifier: Classifier, conversation: Conversation, most: int = MOST, judge: float | None = None
) -> Explanation:
    """Return the score of one conversation with its `most` strongest parts; `judge` is what a judge says of it."""
    texts = classifier.read(Texts.of([conversation], [judge]))
    scale = classifier.platt.slope * classifier.linear_share
    start = scale * classifier.linear.intercept + classifier.platt.shift
    found = [
        *_features(classifier.linear, texts, scale, judge),
        *_words(classifier.linear, texts, conversation, scale),
    ]
    trees = classifier.platt.slope * float(classifier.tree_logits(texts.features)[0])
    found.append(Part("trees", TREES, trees))
    found.sort(key=lambda part: (-abs(part.amount), part.label))
    parts = tuple(part for part in found[:most] if abs(part.amount) >= LEAST)
    rest = sum(part.amount for part in found[len(parts) :])
    score = float(classifier.scores(Texts.of([conversation], [judge]))[0])
    return Explanation(score, start, parts, rest)


def strongest(
    classifier: Classifier, names: Mapping[int, str], most: int = MOST
) -> tuple[list[Part], list[Part]]:
    """Return what speaks most for good and most for bad anywhere, strongest first.

    A feature's amount is for one standard deviation more, a word's for a text of that word alone; `names` says how
    people read columns of terms, as `terms_of` returns them, and a column without a name is passed over.
    """
    linear, scale = classifier.linear, classifier.platt.slope * classifier.linear_share
    labels = [*(feature.label for feature in FEATURES), *JUDGED]
    amounts = (scale * linear.coefficients).tolist()
    parts = [Part("feature", label, amount) for label, amount in zip(labels, amounts, strict=False)]
    named = zip(linear.weighting.columns.tolist(), (scale * linear.word_coefficients).tolist(), strict=True)
    parts += [Part("word", f"“{names[column]}”", amount) for column, amount in named if column in names]
    parts.sort(key=lambda part: (-part.amount, part.label))
    best = [part for part in parts[:most] if part.amount > 0]
    return best, [part for part in reversed(parts[-most:]) if part.amount < 0]


def signed(amount: float) -> str:
    """Return an amount with a real sign and one decimal; "0.0" has none."""
    text = f"{abs(amount):.1f}"
    if text == "0.0":
        return text
    return f"{'−' if amount < 0 else '+'}{text}"  # noqa: RUF001


def _features(linear: Linear, texts: Texts, scale: float, judge: float | None) -> list[Part]:
    amounts = (scale * linear.feature_parts(texts.features)[0]).tolist()
    size = len(FEATURES)
    parts = [
        Part("feature", _said(linear, place, float(texts.features[0, place])), amount)
        for place, amount in enumerate(amounts[:size])
    ]
    if amounts[size:]:
        label = "no score by the judge" if judge is None else f"the judge gave {judge:g} of 5"
        parts.append(Part("judge", label, sum(amounts[size:])))
    return parts


def _said(linear: Linear, place: int, value: float) -> str:
    """Say how a feature stands in this text, compared with the training texts."""
    label, mean, scale = FEATURES[place].label, float(linear.mean[place]), float(linear.scale[place])
    if value in {0.0, 1.0} and abs(mean * (1 - mean) - scale * scale) < _SAME:  # yes or no in all of them
        return label if value else f"not so: {label}"
    if abs(value - mean) < scale / 10:
        return f"{label} (as usual)"
    return f"{label} ({'more' if value > mean else 'less'} than usual)"


def _words(linear: Linear, texts: Texts, conversation: Conversation, scale: float) -> list[Part]:
    if not linear.weighting.columns.size:
        return []
    row = linear.weighting(texts.terms)
    names = terms_of(conversation)
    columns = linear.weighting.columns[row.indices].tolist()
    amounts = (scale * row.data * linear.word_coefficients[row.indices]).tolist()
    return [
        Part("word", f"“{names.get(column, '…')}”", amount)
        for column, amount in zip(columns, amounts, strict=True)
    ]
