import os
from collections import Counter
from pathlib import Path

import pytest

from bench.planted_defects import DEFECTS, made_up, planted, sampled
from bench.quality import defects
from review.quality.curves import learning_curve

SAMPLES = os.environ.get("WINNOW_SAMPLES")


def test_so_many_defects_of_each_kind_are_planted_and_the_rest_is_left_alone() -> None:
    records, foreign = made_up(400)
    made = planted(records, foreign)
    kinds = Counter(row.defect for row in made)
    assert kinds.pop("") == 248 and set(kinds) == set(DEFECTS)
    assert set(kinds.values()) <= {18, 19, 20}
    for row in made:
        assert row.good == (row.record == records[row.origin])
        assert row.record["instruction"] == records[row.origin]["instruction"]
    assert planted(records, foreign) == made != planted(records, foreign, seed=1)


@pytest.mark.skipif(not SAMPLES, reason="WINNOW_SAMPLES is not set")
def test_planted_defects_of_real_records_are_told_from_a_hundred_labels() -> None:
    texts, labels = defects(planted(*sampled(Path(SAMPLES or ""))))
    assert 900 <= len(texts) <= 1_000
    (point,) = learning_curve(texts, labels, (100,), seeds=2)
    assert point.auc.mean > 0.9 > point.length_auc.mean
