"""How good models get with more labels: trained on some groups, tried on others, again and again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from review.estimates import Interval
from review.quality.calibration import brier
from review.quality.classifier import SEED, Classifier, fit
from review.quality.crossing import LENGTH, out_of_fold, scaled
from review.quality.folds import components
from review.quality.labels import Labels
from review.quality.ladder import Step, step_of
from review.quality.linear import length_logits
from review.quality.matrices import Texts
from review.quality.metrics import auc, bins_of, expected_calibration_error
from review.quality.resampling import auc_draws, interval_of

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

HOLDOUT, SEEDS = 0.35, 5
SIZES = (50, 100, 200, 500)
ROUNDS = 400  # draws of the bootstrap for each seed


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of a figure over runs, and its standard deviation; 0 for one run."""

    mean: float
    sd: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Mean":
        return cls(float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What `labels` labels yield on texts held out, over `runs` seeds; `step` is the ladder's of most runs.

    `interval` holds 95 % of the areas that come of drawing held-out groups anew, all seeds together.
    """

    labels: int
    step: Step
    runs: int
    auc: Mean
    interval: Interval | None
    length_auc: Mean
    brier: Mean
    ece: Mean


@dataclass(frozen=True, slots=True)
class _Run:
    step: Step
    auc: float
    draws: Floats
    length_auc: float
    brier: float
    ece: float


def learning_curve(
    texts: Texts,
    labels: Labels,
    sizes: Sequence[int] = SIZES,
    *,
    seeds: int = SEEDS,
    holdout: float = HOLDOUT,
    tick: Callable[[], None] = lambda: None,
) -> list[CurvePoint]:
    """Return a point for each size that some run could train; `tick` is called after each run.

    For each seed whole groups are held out until they hold `holdout` of the rows; the labels of a size are the first
    of those left in an order of that seed, so that a smaller set lies in a larger one. Sizes that are not there are
    left out. Raises ValueError for a share that leaves nothing on one side.
    """
    if not 0 < holdout < 1:
        raise ValueError("the share held out lies between 0 and 1")
    runs: dict[int, list[_Run]] = {size: [] for size in sorted({*sizes})}
    group = components(labels.groups)
    for seed in range(seeds):
        pool, held = split(group, holdout, seed)
        for size, made in runs.items():
            if len(pool) >= size and (run := _run(texts, labels, pool[:size], held, SEED + seed)):
                made.append(run)
            tick()
    return [_point(size, made) for size, made in runs.items() if made]


def split(group: npt.NDArray[np.int64], holdout: float, seed: int) -> tuple[Rows, Rows]:
    """Return rows to train on and rows held out, both in random order; a group lies on one side."""
    draw = np.random.default_rng(seed)
    rows = draw.permutation(len(group))
    order = draw.permutation(int(group.max()) + 1 if len(group) else 0)
    size = np.bincount(group, minlength=1)
    before = np.cumsum(size[order]) - size[order]
    out = np.zeros(len(order), np.bool_)
    out[order] = before < holdout * len(group)
    return rows[~out[group[rows]]], rows[out[group[rows]]]


def _run(texts: Texts, labels: Labels, rows: Rows, held: Rows, seed: int) -> _Run | None:
    """Train as a project would, scaling by cross-validation among these labels, and try it; None where none can."""
    known, asked, good = labels.take(rows), texts[held], labels.good[held]
    step = step_of(known.good_count, known.bad_count)
    if step is Step.NONE or good.all() or not good.any():
        return None
    model = _fitted(texts[rows], known, step, seed)
    probability, logit = model.scores(asked), model.raw_logits(asked)
    column = texts.features[:, [LENGTH]]
    length = length_logits(column[rows], known.good, known.weight, column[held])
    group = components(labels.take(held).groups)
    own, base = auc(logit, good), auc(length, good)
    assert own is not None and base is not None  # noqa: S101  (both classes are there)
    draws = auc_draws([logit], good, group, ROUNDS, seed)[0]
    ece = expected_calibration_error(bins_of(probability, good))
    return _Run(step, own, draws, base, brier(probability, good), ece)


def _fitted(texts: Texts, labels: Labels, step: Step, seed: int) -> Classifier:
    texts = texts.to_learn_from()
    made = scaled(out_of_fold(texts, labels, step, seed), labels)
    return fit(texts, labels.good, labels.weight, step, seed, labels.ids).scaled(made.platt)


def _point(size: int, runs: Sequence[_Run]) -> CurvePoint:
    steps = [run.step for run in runs]
    return CurvePoint(
        size,
        max(steps, key=steps.count),
        len(runs),
        Mean.of([run.auc for run in runs]),
        interval_of(np.concatenate([run.draws for run in runs])),
        Mean.of([run.length_auc for run in runs]),
        Mean.of([run.brier for run in runs]),
        Mean.of([run.ece for run in runs]),
    )
