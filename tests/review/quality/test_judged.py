"""A judge's score as one more feature: neutral where it is missing, left out where it mostly is."""

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from review.quality.artefacts import Artefact, ArtefactError, card_of, loaded, saved
from review.quality.classifier import Classifier, fit
from review.quality.explanations import explained, strongest
from review.quality.features import FEATURES
from review.quality.ladder import Step
from review.quality.matrices import Texts
from review.quality.training import train
from tests.review.quality.planted import conversations, first

COUNT = 80


def given(missing: int = 0, seed: int = 3) -> npt.NDArray[np.float64]:
    """What a judge says that mostly agrees with the labels, nothing of the first `missing`."""
    _, labels = first(COUNT)
    dice = np.random.default_rng(seed)
    said = np.where(labels.good, dice.integers(3, 6, COUNT), dice.integers(1, 4, COUNT)).astype(np.float64)
    said[:missing] = np.nan
    return said


def asked(missing: int = 0) -> Texts:
    texts, _ = first(COUNT)
    return Texts(texts.features, texts.terms, given(missing))


def fitted(texts: Texts, step: Step = Step.AVERAGED) -> Classifier:
    _, labels = first(COUNT)
    return fit(texts, labels.good, labels.weight, step, ids=labels.ids)


def judged(texts: Texts, score: float | None) -> Texts:
    return Texts(texts.features, texts.terms, np.full(len(texts), np.nan if score is None else score))


@pytest.mark.parametrize("step", [Step.FEATURES, Step.WORDS, Step.AVERAGED])
def test_a_better_score_by_the_judge_makes_a_better_one(step: Step) -> None:
    model = fitted(asked(), step)
    texts, _ = first(COUNT)
    low, high = (model.scores(judged(texts, score)) for score in (1, 5))
    assert (high > low).mean() > 0.9
    assert (high >= low).all()


def test_where_the_judge_says_nothing_its_score_speaks_neither_way() -> None:
    model = fitted(asked(), Step.FEATURES)  # all were judged: that one is not says nothing
    assert model.neutral == pytest.approx(given().mean())
    texts, _ = first(COUNT)
    assert (model.scores(texts) == model.scores(judged(texts, model.neutral))).all()
    assert (model.scores(texts) == model.scores(judged(texts, None))).all()


def test_without_a_judge_nothing_changes() -> None:
    texts, _ = first(COUNT)
    plain = fitted(texts)
    assert plain.neutral is None
    assert (plain.scores(asked()) == plain.scores(texts)).all()
    assert saved(plain) == saved(fitted(judged(texts, None)))


@pytest.mark.parametrize(("missing", "used"), [(COUNT // 2, True), (COUNT // 2 + 1, False)])
def test_it_is_used_where_half_of_the_texts_have_a_score(missing: int, used: bool) -> None:
    _, labels = first(COUNT)
    trained = train(asked(missing), labels)
    assert (trained.classifier.neutral is not None) is used


def test_it_makes_the_figures_better_where_it_knows_more() -> None:
    texts, labels = first(COUNT)
    plain, better = (train(each, labels).evaluation.auc for each in (texts, asked()))
    assert plain and better and better > plain


@pytest.mark.parametrize("step", [Step.FEATURES, Step.AVERAGED])
def test_the_same_scores_in_any_order_make_the_same_model_and_files(step: Step) -> None:
    _, labels = first(COUNT)
    order = np.random.default_rng(1).permutation(COUNT)
    one = saved(fitted(asked(10), step))
    other = labels.take(order)
    assert one == saved(fit(asked(10)[order], other.good, other.weight, step, ids=other.ids))
    model = loaded(one)
    assert (model.scores(asked(10)) == fitted(asked(10), step).scores(asked(10))).all()
    assert saved(model) == one
    assert card_of(one.card)["judge"] == {"neutral": model.neutral}


@pytest.mark.parametrize("said", [{}, {"neutral": 0.5}, {"neutral": 3}, {"neutral": "3"}, [3.0], None])
def test_a_card_with_another_judge_is_refused(said: object) -> None:
    artefact = saved(fitted(asked(), Step.FEATURES))
    card = json.loads(artefact.card) | {"judge": said}
    with pytest.raises(ArtefactError):
        loaded(Artefact(artefact.arrays, json.dumps(card).encode()))


def test_files_of_before_there_was_a_judge_are_read() -> None:
    texts, _ = first(COUNT)
    artefact = saved(fitted(texts, Step.FEATURES))
    card = json.loads(artefact.card)
    del card["judge"]
    assert loaded(Artefact(artefact.arrays, json.dumps(card).encode())).neutral is None


def parts_of(model: Classifier, judge: float | None) -> Sequence[str]:
    found = explained(model, conversations()[0], most=len(FEATURES) + 1, judge=judge)
    assert found.logit == pytest.approx(float(np.log(found.score / (1 - found.score))))
    return [part.words for part in found.parts if part.kind == "judge"]


def test_what_the_judge_adds_is_said_in_words() -> None:
    model = fitted(asked(COUNT // 4), Step.FEATURES)
    (low,), (high,) = parts_of(model, 2), parts_of(model, 5)
    assert low.startswith("the judge gave 2 of 5: \N{MINUS SIGN}")
    assert high.startswith("the judge gave 5 of 5: +")
    assert parts_of(fitted(first(COUNT)[0], Step.FEATURES), 2) == []
    assert "score by the judge" in [part.label for part in strongest(model, {})[0]]


def test_scores_are_sliced_and_joined_row_by_row() -> None:
    texts, _ = first(COUNT)
    whole = Texts.joined([asked()[:10], texts[10:20], asked()[20:]])
    assert (np.isnan(whole.said) == (np.arange(COUNT) // 10 == 1)).all()
    assert (whole.judged, Texts.joined([texts]).judge) == (COUNT - 10, None)
    made = Texts.of(conversations()[:2], [4.0, None])
    assert (made.judged, made.neutral, made.said[0]) == (1, 4.0, 4.0)
    with pytest.raises(ValueError, match="judge's scores are not those"):
        Texts(texts.features, texts.terms, given()[1:])
