"""Out-of-fold scores: each row is scored by a model that saw nothing of it nor of what belongs to it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from review.quality.calibration import PLAIN, Platt, crossed, platt_of, probabilities, scaling_helps
from review.quality.classifier import SEED, Classifier, fit
from review.quality.features import FEATURES
from review.quality.folds import FOLDS, components, grouped_folds
from review.quality.labels import Flags, Labels, canonical
from review.quality.ladder import Step
from review.quality.linear import length_logits
from review.quality.matrices import Texts

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LENGTH = next(place for place, feature in enumerate(FEATURES) if feature.slug == "answer_words")


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """For each label, in the labels' order: the fold it was in, its group, and its logits.

    `logit` is by the model, `length` by the length of the answer alone; both are not numbers where the other folds
    held labels of one kind only. `words` is the length of the answer in words. `models` are those of the folds, each
    fitted without its own fold; None where none could be.
    """

    fold: Ints
    group: Ints
    logit: Floats
    length: Floats
    words: Floats
    models: tuple[Classifier | None, ...] = ()

    def __getitem__(self, rows: npt.NDArray[np.intp]) -> "OutOfFold":
        return OutOfFold(
            self.fold[rows],
            self.group[rows],
            self.logit[rows],
            self.length[rows],
            self.words[rows],
            self.models,
        )

    @property
    def scored(self) -> Flags:
        return np.isfinite(self.logit)


def out_of_fold(
    texts: Texts,
    labels: Labels,
    step: Step,
    seed: int = SEED,
    tick: Callable[[], None] = lambda: None,
) -> OutOfFold:
    """Score every label by cross-validation in grouped folds; `tick` is called after each fold.

    The order of rows does not matter. Raises Unfit.
    """
    order = canonical(labels.ids)
    return _crossed(texts[order], labels.take(order), step, seed, tick)[np.argsort(order)]


def _crossed(texts: Texts, labels: Labels, step: Step, seed: int, tick: Callable[[], None]) -> OutOfFold:
    group = components(labels.groups)
    fold = grouped_folds(group, labels.good, FOLDS, seed)
    logit, length = np.full((2, len(labels)), np.nan)
    models: list[Classifier | None] = [None] * FOLDS
    for number in range(FOLDS):
        inside, outside = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        good, weights = labels.good[outside], labels.weight[outside]
        if len(inside) and good.any() and not good.all():
            models[number] = model = fit(texts[outside], good, weights, step, seed)
            logit[inside] = model.raw_logits(texts[inside])
            known, base = texts.features[:, [LENGTH]], _to_beat(labels, outside)
            length[inside] = length_logits(known[base], labels.good[base], labels.weight[base], known[inside])
        tick()
    return OutOfFold(fold, group, logit, length, np.expm1(texts.features[:, LENGTH]), tuple(models))


def _to_beat(labels: Labels, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return the rows that the model of length is fitted to: imported labels that are wrong would only spoil it."""
    people = rows[~labels.brought[rows]]
    good = labels.good[people]
    return people if good.any() and not good.all() else rows


@dataclass(frozen=True, slots=True)
class Scaled:
    """The scaling to use from now on, and each label's probability of good by one that its fold had no part in."""

    platt: Platt
    probability: Floats

    def __getitem__(self, rows: npt.NDArray[np.intp]) -> "Scaled":
        return Scaled(self.platt, self.probability[rows])


def scaled(found: OutOfFold, labels: Labels) -> Scaled:
    """Decide on Platt scaling by the rows of a random draw, whose mix of good and bad is that of all examples."""
    rows, verdicts = found.scored & labels.sampled, labels.measured
    logit, good, fold = found.logit[rows], verdicts[rows], found.fold[rows]
    if not scaling_helps(logit, good, fold):
        return Scaled(PLAIN, probabilities(found.logit))
    return Scaled(platt_of(logit, good), crossed(found.logit, verdicts, found.fold, rows))
