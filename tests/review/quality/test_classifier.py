from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from review.quality.classifier import Classifier, Unfit, fit
from review.quality.ladder import Step
from review.quality.matrices import Texts
from review.quality.metrics import auc
from tests.review.quality.planted import conversations, first, labels, texts


def numbers(model: Any) -> list[Any]:
    """Every array and number that a model holds."""
    if is_dataclass(model):
        return [each for field in fields(model) for each in numbers(getattr(model, field.name))]
    return [model.tobytes() if isinstance(model, np.ndarray) else model]


def fitted(step: Step, rows: Any = slice(None), **more: Any) -> Classifier:
    ids = np.array(labels().ids)[rows].tolist()
    return fit(texts()[rows], labels().good[rows], labels().weight[rows], step, ids=ids, **more)


@pytest.mark.parametrize("step", [Step.FEATURES, Step.WORDS, Step.AVERAGED])
def test_the_same_labels_in_any_order_give_the_same_numbers_to_the_last_bit(step: Step) -> None:
    shuffled = np.random.default_rng(4).permutation(len(labels()))
    assert numbers(fitted(step)) == numbers(fitted(step)) == numbers(fitted(step, shuffled))
    assert (fitted(step).forest is None) == (step is Step.FEATURES)
    assert (fitted(step).boosted is None) == (step is not Step.AVERAGED)


def test_a_texts_score_does_not_depend_on_the_others() -> None:
    model = fitted(Step.AVERAGED)
    scores = model.scores(texts())
    for part in (slice(0, 1), slice(3, 60), slice(-7, None)):
        assert (model.scores(texts()[part]) == scores[part]).all()
        assert (model.scores(Texts.of(conversations()[part])) == scores[part]).all()
    assert ((scores > 0) & (scores < 1)).all()
    assert model.scores(texts()[slice(0, 0)]).shape == (0,)


def test_planted_defects_are_learnt_from_each_step_on() -> None:
    held = np.arange(150, len(labels()))
    for step, size, least in ((Step.FEATURES, 40, 0.8), (Step.WORDS, 100, 0.9), (Step.AVERAGED, 150, 0.9)):
        known, given = first(size)
        found = auc(fit(known, given.good, given.weight, step).scores(texts()[held]), labels().good[held])
        assert found is not None and found > least


def test_a_label_of_half_the_weight_moves_the_model_less() -> None:
    known, given = first(60)
    place = int(np.flatnonzero(given.good)[0])
    wrong = given.good.copy()
    wrong[place] = False
    scores = []
    for weight in (1.0, 0.5, 1e-9):
        weights = given.weight.copy()
        weights[place] = weight
        scores.append(fit(known, wrong, weights, Step.WORDS).linear.logits(known)[place])
    assert scores[0] < scores[1] < scores[2]


def test_what_cannot_be_fitted_is_refused_in_words() -> None:
    known, given = first(60)
    broken = Texts(np.where(np.arange(len(known.features.T)) == 2, np.nan, known.features), known.terms)
    cases: list[tuple[Texts, Any, Any, Step, str]] = [
        (known, given.good, None, Step.NONE, "too few"),
        (known, given.good | True, None, Step.WORDS, "one kind"),
        (known, given.good & False, None, Step.FEATURES, "one kind"),
        (known, given.good[:-1], None, Step.WORDS, "differ in number"),
        (known, given.good, np.zeros(60), Step.WORDS, "not above 0"),
        (broken, given.good, None, Step.WORDS, "not a finite number"),
        (known[slice(0, 0)], given.good[:0], None, Step.WORDS, "one kind"),
    ]
    for own, good, weights, step, reason in cases:
        with pytest.raises(Unfit, match=reason):
            fit(own, good, weights, step)


def test_texts_are_sliced_and_joined_row_by_row() -> None:
    joined = Texts.joined([texts()[slice(0, 5)], texts()[slice(5, 9)]])
    assert (joined.features == texts().features[:9]).all()
    assert (joined.terms != texts().terms[:9]).nnz == 0
    assert len(Texts.joined([])) == len(Texts.of([])) == 0
    with pytest.raises(ValueError, match="not those of the same texts"):
        Texts(texts().features[:3], texts().terms[:4])
