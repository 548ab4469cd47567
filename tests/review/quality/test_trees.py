import numpy as np
import pytest
from scipy.special import expit
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

from review.quality import boosting, forest
from tests.review.quality.planted import labels, texts


def test_boosted_trees_as_arrays_say_what_the_fitted_model_says() -> None:
    features, good = texts().features.astype(np.float32), labels().good
    weights = np.random.default_rng(1).uniform(0.2, 1, len(good))
    for model in (
        HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(
            features, good, sample_weight=weights
        ),
        HistGradientBoostingClassifier(max_iter=1, max_leaf_nodes=2, random_state=0).fit(features, good),
    ):
        own = boosting.exported(model)
        assert expit(own.logits(features)) == pytest.approx(model.predict_proba(features)[:, 1], abs=1e-6)


def test_a_forest_as_arrays_says_what_the_fitted_model_says() -> None:
    features, good = texts().features.astype(np.float32), labels().good
    model = ExtraTreesClassifier(20, max_leaf_nodes=12, random_state=0).fit(features, good)
    told = np.clip(model.predict_proba(features)[:, 1], forest.SUREST, 1 - forest.SUREST)
    own = forest.exported(model)
    assert expit(own.logits(features)) == pytest.approx(told, abs=1e-6)
    assert own.logits(features[:0]).shape == (0,)


def test_every_way_leads_on_to_later_nodes_or_ends() -> None:
    features, good = texts().features, labels().good
    weights = np.ones(len(good))
    for trees in (
        boosting.fit_boosted(features, good, weights, 1).trees,
        forest.fit_forest(features, good, weights, 1).trees,
    ):
        own = np.arange(len(trees.left))
        leaf = trees.left == own
        assert ((trees.left > own) & (trees.right > own) | leaf & (trees.right == own)).all()
        assert leaf.sum() > len(trees.roots)


def test_weights_that_are_all_one_are_no_weights() -> None:
    features, good = texts().features, labels().good
    one = boosting.fit_boosted(features, good, np.ones(len(good)), 1)
    half = boosting.fit_boosted(features, good, np.full(len(good), 0.5), 1)
    assert (one.logits(features) != half.logits(features)).any()
