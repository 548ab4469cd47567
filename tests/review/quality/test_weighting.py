import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

from review.quality.terms import WORD_BUCKETS
from review.quality.weighting import COLUMNS, Weighting
from tests.review.quality.planted import texts


def test_words_and_parts_are_tf_idf_each_of_length_one() -> None:
    terms = texts().terms[:60]
    weighting = Weighting.of(terms)
    found = weighting(terms).toarray()
    idf = TfidfTransformer(norm=None).fit_transform((terms > 0).astype(float)).multiply(terms).tocsr()
    kept = idf[:, weighting.columns].toarray()
    words = weighting.columns < WORD_BUCKETS
    assert found[:, words] == pytest.approx(normalize(kept[:, words]))
    assert found[:, ~words] == pytest.approx(normalize(kept[:, ~words]))


def test_only_terms_of_several_training_rows_are_read() -> None:
    rows = [[0, 5, WORD_BUCKETS], [5, 9], [5, WORD_BUCKETS, 7], []]
    indices = np.concatenate([np.array(row, np.int32) for row in rows])
    ends = np.cumsum([0, *(len(row) for row in rows)])
    terms = csr_matrix((np.ones(len(indices), np.float32), indices, ends), (4, COLUMNS))
    weighting = Weighting.of(terms)
    assert (weighting.columns.tolist(), weighting.occurs.tolist()) == ([5, WORD_BUCKETS], [3, 2])
    assert weighting(terms).toarray().tolist() == [[1, 1], [1, 0], [1, 1], [0, 0]]
    assert Weighting.none()(terms).shape == (4, 0)
