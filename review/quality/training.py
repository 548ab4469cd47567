"""From labels to a model with its figures: the ladder, cross-validation, scaling and the fit to all labels."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from review.quality.classifier import SEED, Classifier, Unfit, fit
from review.quality.crossing import OutOfFold, Scaled, out_of_fold, scaled
from review.quality.evaluation import Evaluation, evaluate
from review.quality.labels import Labels, canonical
from review.quality.ladder import Step, next_needs, step_of
from review.quality.matrices import Texts


@dataclass(frozen=True, slots=True)
class Training:
    """A model, what it was trained on, and how far it can be trusted; out-of-fold scores in the labels' order."""

    classifier: Classifier
    digest: str
    seed: int
    out_of_fold: OutOfFold
    scaled: Scaled
    evaluation: Evaluation

    @property
    def step(self) -> Step:
        return self.classifier.step


def train(
    texts: Texts, labels: Labels, seed: int = SEED, tick: Callable[[], None] = lambda: None
) -> Training:
    """Train on labels by the step of the ladder that they reach; `tick` is called after each of FOLDS + 1 fits.

    Goes by a judge, too, where it has scored half of the texts. The order of rows does not matter. For more than
    labels.MOST rows take `chosen_rows` first. Raises Unfit below the first step, in words that say what is lacking.
    """
    order = canonical(labels.ids)
    texts, labels, back = texts.to_learn_from()[order], labels.take(order), np.argsort(order)
    step = step_of(*labels.reached)
    if step is Step.NONE:
        raise Unfit(f"{next_needs(*labels.reached)} for a first model.")
    found = out_of_fold(texts, labels, step, seed, tick)
    made = scaled(found, labels)
    whole = fit(texts, labels.good, labels.weight, step, seed).scaled(made.platt)
    tick()
    figures = evaluate(found, made, labels, seed=seed)
    return Training(whole, labels.digest(), seed, found[back], made[back], figures)
