from dataclasses import replace

import numpy as np
import pytest

from review.quality.labels import MOST, Labels, canonical, chosen_rows, reviewer_weight


def some(good: list[bool], sampled: list[bool] | None = None) -> Labels:
    size = len(good)
    flags = np.array(sampled if sampled is not None else [True] * size, np.bool_)
    ids = tuple(f"label {place}" for place in range(size))
    slices = {"source": tuple("ab"[place % 2] for place in range(size))}
    return Labels(ids, np.array(good), np.linspace(0.5, 1, size), flags, ((),) * size, slices)


def test_the_digest_knows_every_label_and_not_their_order() -> None:
    labels = some([True, False, True, True])
    order = np.array([2, 0, 3, 1])
    assert labels.take(order).digest() == labels.digest()
    assert labels.take(order).slices["source"] == ("a", "a", "b", "b")
    other = some([True, True, True, True])
    heavier = Labels(labels.ids, labels.good, labels.weight * 1.1, labels.sampled, labels.groups)
    assert len({labels.digest(), other.digest(), heavier.digest(), labels.take(order[:3]).digest()}) == 4


def test_the_canonical_order_rests_on_ids_alone() -> None:
    ids = [f"id {place}" for place in range(50)]
    ordered = [ids[row] for row in canonical(ids)]
    assert ordered == [list(reversed(ids))[row] for row in canonical(list(reversed(ids)))]
    assert ordered != ids


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ids": ("a", "a")}, "same id"),
        ({"weight": np.array([1.0, 0.0])}, "not above 0"),
        ({"weight": np.array([1.0, np.nan])}, "not above 0"),
        ({"groups": ((),)}, "differ in length"),
        ({"slices": {"source": ("a",)}}, "differ in length"),
    ],
)
def test_rows_that_do_not_fit_together_are_refused(change: dict[str, object], reason: str) -> None:
    fields: dict[str, object] = {
        "ids": ("a", "b"),
        "good": np.array([True, False]),
        "weight": np.ones(2),
        "sampled": np.ones(2, np.bool_),
        "groups": ((), ()),
    }
    with pytest.raises(ValueError, match=reason):
        Labels(**(fields | change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("agreed", "compared", "weight"),
    [(0, 0, 0.8), (90, 90, 0.98), (40, 90, 0.1), (0, 90, 0.1), (80, 90, 0.78)],
)
def test_who_agrees_with_others_counts_more(agreed: int, compared: int, weight: float) -> None:
    assert reviewer_weight(agreed, compared) == pytest.approx(weight)
    with pytest.raises(ValueError, match="nobody agrees"):
        reviewer_weight(compared + 1, compared)


def test_of_too_many_labels_the_rarer_class_and_the_random_sample_are_kept() -> None:
    good = [place % 10 != 0 for place in range(1_000)]
    labels = some(good, [place % 4 == 0 for place in range(1_000)])
    chosen = labels.take(chosen_rows(labels, 300))
    assert (len(chosen), chosen.bad_count) == (300, 100)
    assert chosen.sampled[chosen.good].all()
    assert sorted(chosen_rows(labels, 1_000)) == list(range(1_000))
    even = labels.take(chosen_rows(labels, 100))
    assert (even.good_count, even.bad_count) == (50, 50)
    assert chosen_rows(labels.take(np.arange(999, -1, -1)), 100).tolist() == [
        999 - row for row in chosen_rows(labels, 100)
    ]


def test_of_a_hundred_thousand_labels_no_more_than_a_machine_can_train_on_are_taken() -> None:
    good = np.arange(100_000) % 50 != 0
    chosen = chosen_rows(Labels.of(good))
    assert len(chosen) == MOST == 10_000
    assert (~good[chosen]).sum() == 2_000


def with_imported(people: int, imported: int, bad: int) -> Labels:
    """Return labels of people, all good, then imported ones of which so many are bad; each counts a quarter."""
    good = [True] * (people + imported - bad) + [False] * bad
    brought = np.arange(people + imported) >= people
    labels = Labels.of(good)
    return replace(labels, weight=np.where(brought, 0.25, 1.0), sampled=~brought, imported=brought)


def test_people_s_labels_are_taken_before_imported_ones() -> None:
    labels = with_imported(60, 400, 30)
    chosen = chosen_rows(labels, 100)
    assert sorted(chosen[chosen < 60]) == list(range(60))
    assert len(chosen) == 100
    assert int((~labels.good[chosen]).sum()) == 20  # half of the places that are left
    assert not labels.brought[chosen_rows(labels, 50)].any()
    assert len(chosen_rows(labels, 460)) == 460


def test_the_ladder_counts_an_imported_label_as_what_it_weighs() -> None:
    assert with_imported(60, 400, 31).reached == (60 + 369 // 4, 31 // 4)
    assert Labels.of([True, False, True]).reached == (2, 1)
    small = replace(with_imported(0, 20, 10), weight=np.full(20, 0.1))
    assert small.reached == (1, 1)  # ten times 0.1 is one
