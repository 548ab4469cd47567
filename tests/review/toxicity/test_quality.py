"""What the committed model finds on public sets is what its card and its page say, and within the bars."""

import os
from pathlib import Path

import pytest

from bench.toxicity import auc, figures, limit_chosen, pairs_scored
from bench.toxicity_samples import CLEAN, Samples
from review.toxicity import DEFAULT_LIMIT, STATEMENT, card_read, embedded_model
from review.toxicity.weights import HERE

PAGE = (HERE.parents[1] / "docs" / "reference" / "toxicity.md").read_text("utf-8")
FOLDER = os.environ.get("WINNOW_SAMPLES", "")


def test_the_page_says_what_the_card_says() -> None:
    card = card_read()
    assert STATEMENT in " ".join(PAGE.split())
    assert f"default limit is {DEFAULT_LIMIT}" in PAGE
    assert all(path.partition("/")[2] in PAGE for path in card["learnt from"])
    for name, figure in card["figures"].items():
        shown = f"{figure:.3f}" if "AUC" in name else f"{figure:.1%}"
        assert f"| {name} | {shown} |" in PAGE


def test_area_under_the_curve() -> None:
    import numpy as np

    assert auc(np.array([0.1, 0.4, 0.35, 0.8]), [False, False, True, True]) == 0.75
    assert auc(np.array([0.5, 0.5]), [False, True]) == 0.5


@pytest.mark.skipif(not FOLDER, reason="WINNOW_SAMPLES names no folder of public data")
def test_the_figures_on_public_data_are_those_of_the_card_and_within_the_bars() -> None:
    samples = Samples(Path(FOLDER))
    found = figures(embedded_model(), samples, DEFAULT_LIMIT)
    assert found == pytest.approx(card_read()["figures"], abs=0.0002)
    assert found["clean, all sets together, flagged"] <= 0.01
    assert found["clean, mean of the sets, flagged"] <= 0.01
    assert found["XSTest negative flagged"] <= 0.12
    assert found["Davidson held out AUC, own model"] >= 0.975
    assert 0.4 <= found["HateCheck AUC"] <= 0.6  # no better than chance, as the page says
    clean = [pairs_scored(embedded_model(), samples.clean(name, held=True)) for name in CLEAN]
    assert limit_chosen(clean) == DEFAULT_LIMIT
