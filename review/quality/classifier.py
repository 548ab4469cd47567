"""The quality classifier: what it is made of, how it is fitted and how it scores."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from review.quality.boosting import Boosted, fit_boosted
from review.quality.calibration import PLAIN, Platt
from review.quality.forest import Forest, fit_forest
from review.quality.labels import Flags, canonical
from review.quality.ladder import Step
from review.quality.linear import Linear, fit_linear
from review.quality.matrices import Texts

__all__ = ["Classifier", "Texts", "Unfit", "fit"]

Floats = npt.NDArray[np.float64]

SEED = 20_240


class Unfit(ValueError):
    """These labels cannot train a model; the message says why."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """A linear model alone, or the mean of its logit and that of trees, then scaled.

    The trees are a forest, or half a forest and half boosted trees. One that goes by a judge, too, has a `neutral`
    score for texts that the judge did not score.
    """

    step: Step
    linear: Linear
    forest: Forest | None = None
    boosted: Boosted | None = None
    platt: Platt = PLAIN
    neutral: float | None = None

    def scores(self, texts: Texts) -> Floats:
        """Return the probability that a reviewer finds each text good (n); one's own does not depend on the others."""
        return self.platt(self.raw_logits(texts))

    def raw_logits(self, texts: Texts) -> Floats:
        """Return the logits before scaling."""
        read = self.read(texts)
        return self.linear_share * self.linear.logits(read) + self.tree_logits(read.features)

    def read(self, texts: Texts) -> Texts:
        """Return the texts with the columns that the models were fitted to."""
        return texts if self.neutral is None else texts.widened(self.neutral)

    @property
    def linear_share(self) -> float:
        """By how much the linear model's logit counts."""
        return 1.0 if self.forest is None else 0.5

    def tree_logits(self, features: Floats) -> Floats:
        """Return what the trees add to the logits, 0 where there are none."""
        if self.forest is None:
            return np.zeros(len(features))
        found = self.forest.logits(features)
        return found / 2 if self.boosted is None else (found + self.boosted.logits(features)) / 4

    def scaled(self, platt: Platt) -> "Classifier":
        return replace(self, platt=platt)


def fit(  # noqa: PLR0917  (what pairs belong together is read in order)
    texts: Texts,
    labels: Flags,
    weights: Floats | None = None,
    step: Step = Step.WORDS,
    seed: int = SEED,
    ids: Sequence[str] | None = None,
) -> Classifier:
    """Fit a classifier to texts and whether each is good; weights are 1 where none are given.

    The same rows give the same coefficients to the last bit, on one thread; with distinct ids in any order of rows.
    Goes by the judge, too, where it has scored any of them. Raises Unfit where the step is none, a class is missing or
    a number is not finite.
    """
    good = np.asarray(labels, np.bool_)
    weights = np.ones(len(good)) if weights is None else np.asarray(weights, np.float64)
    _check(texts, good, weights, step)
    if ids is not None:
        order = canonical(ids)
        texts, good, weights = texts[order], good[order], weights[order]
    neutral = texts.neutral
    texts = texts if neutral is None else texts.widened(neutral)
    with threadpool_limits(limits=1):
        linear = fit_linear(texts, good, weights, words=step.has_words)
        forest = fit_forest(texts.features, good, weights, seed) if step.has_words else None
        boosted = fit_boosted(texts.features, good, weights, seed) if step is Step.AVERAGED else None
    return Classifier(step, linear, forest, boosted, neutral=neutral)


def _check(texts: Texts, good: Flags, weights: Floats, step: Step) -> None:
    if step is Step.NONE:
        raise Unfit("There are too few labels for a model.")
    if not len(texts) == len(good) == len(weights):
        raise Unfit("Texts, labels and weights differ in number.")
    if good.all() or not good.any():
        raise Unfit("All labels are of one kind: a model needs good ones and bad ones.")
    if not (np.isfinite(texts.features).all() and np.isfinite(weights).all() and (weights > 0).all()):
        raise Unfit("A feature or weight is not a finite number, or a weight is not above 0.")
