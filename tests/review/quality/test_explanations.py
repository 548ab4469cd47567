from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit

from annotate.records import Conversation, Turn
from review.quality.calibration import Platt
from review.quality.classifier import Classifier, Texts, fit
from review.quality.explanations import Part, explained, signed, strongest
from review.quality.features import FEATURES
from review.quality.ladder import Step
from review.quality.terms import terms_of
from tests.review.quality.planted import conversations, first


def model(step: Step) -> Classifier:
    known, given = first(100)
    return fit(known, given.good, given.weight, step).scaled(Platt(0.7, 0.2))


@pytest.mark.parametrize("step", [Step.FEATURES, Step.WORDS, Step.AVERAGED])
def test_the_parts_add_up_to_the_score(step: Step) -> None:
    made = model(step)
    for conversation in conversations()[:12]:
        found = explained(made, conversation)
        assert found.logit == pytest.approx(logit(found.score), abs=1e-9)
        assert found.score == made.scores(Texts.of([conversation]))[0]
        amounts = [abs(part.amount) for part in found.parts]
        assert (
            amounts == sorted(amounts, reverse=True)
            and len(amounts) <= 12
            and min(amounts, default=1) >= 0.05
        )


def test_a_features_amount_is_its_own_term_of_the_sum() -> None:
    made = model(Step.FEATURES)
    conversation = conversations()[3]
    place = int(np.argmax(np.abs(made.linear.feature_parts(Texts.of([conversation]).features)[0])))
    own = made.linear.feature_parts(Texts.of([conversation]).features)[0, place] * 0.7
    assert explained(made, conversation).parts[0].amount == pytest.approx(own)
    assert FEATURES[place].label in explained(made, conversation).parts[0].label
    # Without it the logit is lower by just so much.
    without = made.linear.coefficients.copy()
    without[place] = 0
    bare = replace(made, linear=replace(made.linear, coefficients=without))
    assert explained(bare, conversation).logit == pytest.approx(explained(made, conversation).logit - own)


def test_it_is_said_in_words() -> None:
    found = explained(
        model(Step.AVERAGED), Conversation((Turn("user", "Name it."), Turn("assistant", "I cannot"))), 40
    )
    kinds = {part.kind for part in found.parts}
    assert {"feature", "trees"} <= kinds
    assert all(": " in part.words and part.label for part in found.parts)
    assert (
        Part("feature", "ends without a full stop", -0.81).words
        == "ends without a full stop: \N{MINUS SIGN}0.8"
    )
    assert [signed(value) for value in (0.04, -0.04, 1.25, -2.0)] == [
        "0.0",
        "0.0",
        "+1.2",
        "\N{MINUS SIGN}2.0",
    ]


def test_how_a_feature_stands_is_said_beside_its_name() -> None:
    labels = {
        part.label for text in conversations()[:60] for part in explained(model(Step.FEATURES), text).parts
    }
    assert any(label.endswith("(less than usual)") for label in labels)
    assert any(label.endswith("(more than usual)") for label in labels)
    # Yes or no has no more or less.
    assert any(label in {feature.label for feature in FEATURES} for label in labels)


def test_the_strongest_of_the_whole_model_are_named() -> None:
    made = model(Step.WORDS)
    names = {column: name for text in conversations()[:100] for column, name in terms_of(text).items()}
    best, worst = strongest(made, names, 8)
    assert [part.amount for part in best] == sorted((part.amount for part in best), reverse=True)
    assert [part.amount for part in worst] == sorted(part.amount for part in worst)
    assert best[0].amount > 0 > worst[0].amount and len(best) == len(worst) == 8
    features = strongest(made, {}, 1_000)
    assert {part.kind for part in features[0] + features[1]} == {"feature"}
