from collections.abc import Iterator

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa  # type: ignore[import-untyped]

from review.estimates.agreement import Agreement, Confusion, agreement
from review.estimates.reasons import reason_agreement
from review.estimates.reliability import kappa_of

Triple = tuple[int, str, str]


def coded(**raters: str) -> list[Triple]:
    """Return (item, rater, verdict) from one letter an item for each rater; a dot is no verdict."""
    return [
        (item, rater, verdict)
        for rater, verdicts in raters.items()
        for item, verdict in enumerate(verdicts)
        if verdict != "."
    ]


@pytest.mark.parametrize(
    ("triples", "verdicts", "alpha"),
    [
        # The examples of sections A, B and C, nominal, in Krippendorff's "Computing Krippendorff's
        # alpha-reliability" (2011): two observers, five values, and four observers with missing values.
        (coded(meg="0100000010", owen="1110010000"), "01", 0.095),
        (coded(ben="aabbdcccedda", gerry="babbbccceddd"), "abcde", 0.692),
        (coded(a="123321412...", b="1233224125.3", c=".3332342251.", d="12332441251."), "12345", 0.743),
    ],
)
def test_alpha_is_that_of_the_published_examples(triples: list[Triple], verdicts: str, alpha: float) -> None:
    found = agreement(triples, verdicts=tuple(verdicts))
    assert found.alpha == pytest.approx(alpha, abs=0.0005)


def test_kappa_is_that_of_the_textbook() -> None:
    # 20 and 15 agreed, 5 and 10 not: seen 0.7, by chance 0.5.
    assert kappa_of([[20, 5], [10, 15]]) == pytest.approx(0.4)


def test_kappa_is_what_statsmodels_says() -> None:
    random = np.random.default_rng(7)
    for _ in range(20):
        table = random.integers(1, 60, (3, 3))
        assert kappa_of(table) == pytest.approx(cohens_kappa(table).kappa)


def pairs(both_good: int, first_bad: int, second_bad: int, both_bad: int) -> Iterator[Triple]:
    kinds = [("good", "good")] * both_good + [("bad", "good")] * first_bad
    kinds += [("good", "bad")] * second_bad + [("bad", "bad")] * both_bad
    for item, (ada, ben) in enumerate(kinds):
        yield item, "ada", ada
        yield item, "ben", ben


def test_two_raters_have_one_pair_with_its_table() -> None:
    found = agreement(pairs(70, 12, 3, 15))
    (pair,) = found.pairs
    assert (pair.first, pair.second, pair.items, pair.share) == ("ada", "ben", 100, 0.85)
    assert pair.confusion == Confusion(("good", "bad"), ((70, 3), (12, 15)))
    assert pair.confusion.count("bad", "good") == 12
    assert pair.kappa == pytest.approx(cohens_kappa([[70, 3], [12, 15]]).kappa)
    assert (found.items, found.share) == (100, 0.85)
    assert found.confusion == Confusion(("good", "bad"), ((70, 15), (15, 15)))


def test_each_rater_is_compared_with_all_others() -> None:
    triples = [*pairs(6, 0, 0, 2), (100, "ben", "good"), (100, "cyd", "bad"), (101, "ada", "good")]
    found = agreement(triples)
    assert [(one.rater, one.items, one.pairs, one.share) for one in found.raters] == [
        ("cyd", 1, 1, 0.0),
        ("ben", 9, 9, 8 / 9),
        ("ada", 8, 8, 1.0),
    ]
    cyd, ben, _ = found.raters
    assert (cyd.confusion.count("bad", "good"), cyd.confusion.count("good", "bad")) == (1, 0)
    assert (ben.confusion.count("bad", "good"), ben.confusion.count("good", "bad")) == (0, 1)
    assert (ben.low, ben.high) == pytest.approx((0.565, 0.980), abs=0.001)


def test_three_on_an_item_are_three_pairs() -> None:
    found = agreement([(1, "ada", "good"), (1, "ben", "good"), (1, "cyd", "bad")])
    assert (found.items, len(found.pairs)) == (1, 3)
    assert found.share == pytest.approx(1 / 3)
    assert found.confusion.counts == ((1, 2), (2, 0))


def test_the_last_verdict_of_a_rater_on_an_item_counts() -> None:
    found = agreement([(1, "ada", "bad"), (1, "ben", "good"), (2, "ada", "bad"), (1, "ada", "good")])
    assert (found.items, found.share) == (1, 1.0)


@pytest.mark.parametrize("triples", [[], [(1, "ada", "good"), (2, "ben", "bad")]])
def test_without_overlap_there_is_no_number(triples: list[Triple]) -> None:
    nothing = Confusion(("good", "bad"), ((0, 0), (0, 0)))
    assert agreement(triples) == Agreement(0, None, None, None, None, (), (), nothing)


def test_one_verdict_alone_tells_nothing_of_chance() -> None:
    found = agreement(pairs(10, 0, 0, 0))
    assert (found.share, found.alpha, found.low, found.pairs[0].kappa) == (1.0, None, None, None)


def test_the_interval_holds_alpha_and_is_the_same_for_the_same_seed() -> None:
    found, again = agreement(pairs(70, 12, 3, 15)), agreement(pairs(70, 12, 3, 15))
    assert (found.low, found.high) == (again.low, again.high)
    assert found.low is not None
    assert found.high is not None
    assert found.alpha is not None
    assert found.low < found.alpha < found.high
    fewer = agreement(pairs(14, 2, 1, 3))
    assert fewer.low is not None
    assert fewer.high is not None
    assert fewer.high - fewer.low > 1.5 * (found.high - found.low)


def test_the_interval_is_as_wide_as_drawing_items_by_hand_makes_it() -> None:
    triples = list(pairs(70, 12, 3, 15))
    random = np.random.default_rng(3)
    found = []
    for _ in range(100):
        drawn = random.integers(0, 100, 100).tolist()
        again = [(at, *triples[2 * item + rater][1:]) for at, item in enumerate(drawn) for rater in (0, 1)]
        found.append(agreement(again).alpha or 0.0)
    ours = agreement(triples)
    assert (ours.low, ours.high) == pytest.approx(tuple(np.quantile(found, [0.025, 0.975])), abs=0.08)


def test_a_verdict_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no verdicts: fine; there are good, bad"):
        agreement([(1, "ada", "fine")])


def test_each_reason_has_its_own_agreement() -> None:
    labels = [
        (1, "ada", {"unsafe"}),
        (1, "ben", {"unsafe", "incorrect"}),
        (2, "ada", {"incorrect"}),
        (2, "ben", ()),
        (3, "ada", ()),
        (3, "ben", ()),
        (4, "ada", {"unclear"}),
    ]
    found = {one.reason: one for one in reason_agreement(labels, ["duplicate"])}
    assert list(found) == ["incorrect", "unsafe", "duplicate", "unclear"]
    unsafe, incorrect, duplicate = found["unsafe"], found["incorrect"], found["duplicate"]
    assert (unsafe.both, unsafe.one, unsafe.neither, unsafe.share, unsafe.overlap) == (1, 0, 2, 1.0, 1.0)
    assert (incorrect.both, incorrect.one, incorrect.neither, incorrect.overlap) == (0, 2, 1, 0.0)
    assert (unsafe.alpha, incorrect.alpha) == pytest.approx((1.0, -0.25))
    assert (duplicate.share, duplicate.overlap, duplicate.alpha) == (1.0, None, None)
    assert reason_agreement([], ["unsafe"])[0].share is None
