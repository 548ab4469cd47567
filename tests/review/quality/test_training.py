from dataclasses import replace

import numpy as np
import pytest

from review.quality.calibration import PLAIN, probabilities
from review.quality.classifier import Texts, Unfit, fit
from review.quality.crossing import LENGTH, OutOfFold, Scaled, out_of_fold, scaled
from review.quality.evaluation import evaluate, length_band
from review.quality.labels import Labels
from review.quality.ladder import Step
from review.quality.linear import length_logits
from review.quality.metrics import auc
from review.quality.training import train
from tests.review.quality.planted import first, labels, texts


def found_of(logit: np.ndarray, words: np.ndarray | None = None) -> tuple[OutOfFold, Scaled]:
    """Scores as if they came out of fold, every row in a group of its own."""
    size = len(logit)
    lengths = np.full(size, 30.0) if words is None else words
    rows = np.arange(size)
    return OutOfFold(rows % 5, rows, logit, lengths, lengths), Scaled(PLAIN, probabilities(logit))


def test_everything_is_the_same_in_any_order_of_rows() -> None:
    known, given = first(80)
    order = np.random.default_rng(2).permutation(80)
    one, other = train(known, given), train(known[order], given.take(order))
    assert one.evaluation == other.evaluation and one.digest == other.digest
    assert (one.out_of_fold.logit[order] == other.out_of_fold.logit).all()
    assert (one.scaled.probability[order] == other.scaled.probability).all()
    assert (one.classifier.scores(known)[order] == other.classifier.scores(known[order])).all()


def test_training_ticks_for_each_fit_and_says_what_the_figures_allow() -> None:
    ticks: list[int] = []
    made = train(texts(), labels(), tick=lambda: ticks.append(1))
    assert len(ticks) == 6 and made.step is Step.AVERAGED
    figures = made.evaluation
    assert figures.beats_length and figures.auc is not None and figures.auc > 0.9
    assert figures.standing.startswith("Better than length: its area under the curve is 0.9")
    assert (figures.count, figures.labels, figures.left_out) == (240, 240, 0)
    assert figures.base_rate == labels().bad_count / 240
    assert sum(each.count for each in figures.bins) == 240
    assert sum(part.count for part in figures.slices["length"]) == 240


@pytest.mark.parametrize(
    ("good", "bad", "reason"),
    [(0, 0, "Label 20 more"), (60, 0, "at least 5 of them bad"), (12, 7, "Label 1 more for a first model")],
)
def test_too_few_labels_train_nothing(good: int, bad: int, reason: str) -> None:
    given = Labels.of([True] * good + [False] * bad)
    with pytest.raises(Unfit, match=reason):
        train(texts()[np.arange(good + bad)], given)


def test_the_models_of_the_folds_are_those_that_scored_the_rows() -> None:
    known, given = first(40)
    found = train(known, given).out_of_fold
    for row in range(0, 40, 9):
        model = found.models[found.fold[row]]
        assert model
        assert model.raw_logits(known[np.array([row])])[0] == found.logit[row]


def test_each_row_is_scored_by_a_model_without_its_whole_group() -> None:
    known, given = first(60)
    tied = replace(given, groups=tuple((f"pair {row // 2}",) for row in range(60)))
    found = out_of_fold(known, tied, Step.FEATURES)
    assert (found.fold[::2] == found.fold[1::2]).all()
    for fold in range(5):
        others, inside = np.flatnonzero(found.fold != fold), np.flatnonzero(found.fold == fold)
        model = fit(known[others], tied.good[others], None, Step.FEATURES)
        assert model.raw_logits(known[inside]) == pytest.approx(found.logit[inside], abs=1e-4)


def test_what_is_to_be_beaten_is_fitted_to_people_s_labels_alone() -> None:
    known, given = first(100)
    brought = np.arange(100) >= 40
    mixed = replace(given, good=given.good ^ brought, imported=brought)
    found = out_of_fold(known, mixed, Step.FEATURES)
    for fold in range(5):
        people = np.flatnonzero((found.fold != fold) & ~brought)
        inside = np.flatnonzero((found.fold == fold) & ~brought)
        lengths = known.features[:, [LENGTH]]
        expected = length_logits(lengths[people], given.good[people], np.ones(len(people)), lengths[inside])
        assert found.length[inside] == pytest.approx(expected, abs=1e-4)


def test_before_and_after_of_one_example_do_not_flatter_the_grouped_figure() -> None:
    """Copies of one text, all with the same label, are learnt by heart unless they are held out together."""
    draw = np.random.default_rng(6)
    rows = np.repeat(np.flatnonzero(labels().good)[:40], 3)
    good = np.repeat(draw.random(40) < 0.5, 3)  # nothing in the text tells
    known = texts()[rows]
    lineage = [str(each) for each in rows]
    areas = []
    for groups in ([], lineage):
        given = Labels.of(good, groups=groups)
        areas.append(auc(out_of_fold(known, given, Step.WORDS).logit, good))
    assert areas[0] is not None and areas[1] is not None
    assert areas[0] > 0.9 > 0.7 > areas[1]


def test_only_the_random_sample_is_published() -> None:
    draw = np.random.default_rng(8)
    good = draw.random(200) < 0.6
    logit = np.where(good, 1.0, -1.0) + draw.normal(0, 1, 200)
    found, made = found_of(logit, draw.uniform(5, 300, 200))
    given = Labels.of(good)
    half = replace(given, sampled=np.arange(200) < 100, slices={"source": ("a", "b") * 100})
    figures = evaluate(found, made, half)
    # What the others say has no part in any figure.
    spoilt = OutOfFold(
        found.fold, found.group, np.where(half.sampled, logit, -logit), found.length, found.words
    )
    assert evaluate(spoilt, made, half) == figures
    assert (figures.count, figures.labels, figures.bad) == (100, 200, int((~good[:100]).sum()))
    assert figures.auc == auc(logit[:100], good[:100])
    parts = figures.slices["source"]
    assert [(part.value, part.count) for part in parts] == [("a", 50), ("b", 50)]
    assert parts[1].auc == auc(logit[1:100:2], good[1:100:2])


def test_figures_and_scaling_know_nothing_of_second_looks() -> None:
    draw = np.random.default_rng(12)
    good = draw.random(300) < 0.5
    found, _ = found_of(np.where(good, 1.0, -1.0) + draw.normal(0, 1.5, 300))
    given = Labels.of(good)
    # Whatever the classifier doubts is looked at again, and each time it is right.
    flattered = replace(given, good=np.where(abs(found.logit) > 1, found.logit > 0, good), first=good)
    made = scaled(found, given)
    assert (scaled(found, flattered).probability == made.probability).all()
    assert evaluate(found, made, flattered) == evaluate(found, made, given)
    areas = [evaluate(found, made, each).auc for each in (replace(flattered, first=None), given)]
    assert areas[0] and areas[1] and areas[0] > areas[1] + 0.1
    assert flattered.digest() != replace(flattered, first=None).digest()
    assert flattered.take(np.arange(9)).measured.tolist() == good[:9].tolist()


def test_without_labels_of_the_sample_nothing_is_measured() -> None:
    found, made = found_of(np.linspace(-1, 1, 60))
    given = replace(Labels.of(np.arange(60) % 2 == 0), sampled=np.zeros(60, np.bool_))
    figures = evaluate(found, made, given)
    assert (figures.count, figures.auc, figures.brier, figures.ece, figures.curve) == (
        0,
        None,
        None,
        None,
        (),
    )
    assert not figures.beats_length and figures.standing.startswith("Not measured")
    one_kind = replace(given, sampled=given.good)
    assert evaluate(found, made, one_kind).auc is None


def test_a_model_of_length_is_not_better_than_length() -> None:
    draw = np.random.default_rng(9)
    good = draw.random(300) < 0.5
    length = np.where(good, 1.0, 0.0) + draw.normal(0, 1, 300)
    logit = length + draw.normal(0, 0.3, 300)
    rows = np.arange(300)
    found = OutOfFold(rows % 5, rows, logit, length, np.full(300, 30.0))
    figures = evaluate(found, Scaled(PLAIN, probabilities(logit)), Labels.of(good))
    assert figures.auc is not None and figures.auc > 0.7
    assert not figures.beats_length and figures.standing.startswith("Not better than length")
    better = OutOfFold(rows % 5, rows, logit + 2 * good, length, found.words)
    assert evaluate(better, Scaled(PLAIN, probabilities(logit)), Labels.of(good)).beats_length


def test_a_fold_that_leaves_one_class_scores_nothing_and_says_how_many() -> None:
    known, given = first(60)
    tied = replace(given, groups=tuple(() if good else ("one",) for good in given.good.tolist()))
    made = train(known, tied)
    bad_fold = made.out_of_fold.fold[~given.good][0]
    assert made.evaluation.left_out == int((made.out_of_fold.fold == bad_fold).sum())
    assert made.evaluation.count == 60 - made.evaluation.left_out
    assert made.evaluation.auc is None and not made.evaluation.beats_length


def test_scaling_is_decided_by_the_random_sample() -> None:
    draw = np.random.default_rng(10)
    true = draw.normal(0, 1.5, 600)
    good = draw.random(600) < probabilities(true)
    sampled = np.arange(600) < 300
    # Overconfident on the sample, right elsewhere.
    found, _ = found_of(np.where(sampled, 4 * true, true))
    given = replace(Labels.of(good), sampled=sampled)
    assert scaled(found, given).platt.slope == pytest.approx(0.25, abs=0.08)
    assert scaled(found, replace(given, sampled=~sampled)).platt.slope > 0.7
    few = replace(given, sampled=np.arange(600) < 49)
    assert scaled(found, few).platt.is_plain


@pytest.mark.parametrize(
    ("words", "band"),
    [
        (0, "0 to 19 words"),
        (19, "0 to 19 words"),
        (20, "20 to 49 words"),
        (199.2, "100 to 199 words"),
        (200, "200 words or more"),
    ],
)
def test_lengths_fall_into_bands(words: float, band: str) -> None:
    assert length_band(words) == band


def test_texts_of_other_features_are_refused() -> None:
    with pytest.raises(ValueError, match="not those of the same texts"):
        Texts(texts().features[:, 1:], texts().terms)
