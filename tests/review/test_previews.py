"""What another policy would change, and how values are spread, each counted again by hand."""

import random
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from annotate.models import Dataset, Example
from review.limits import LIMITS
from review.models import Measurement
from review.policies import DEFAULT_POLICY, Policy
from review.queries.funnels import funnel_of
from review.queries.histograms import histograms
from review.queries.patterns import patterns
from review.queries.previews import preview
from review.rulers import ruler_of
from review.verdicts import verdict
from tests.review.scene import KEPT, imported, measure

FIELDS = [limit.field for limit in LIMITS]


def policy(**changes: dict[str, Any]) -> Policy:
    """Return the default policy with some limits changed; "_" stands for "-" in their names."""
    limits = (replace(limit, **changes.get(limit.slug.replace("-", "_"), {})) for limit in LIMITS)
    return Policy(tuple(limits))


POLICIES = [
    policy(length={"minimum": 100, "maximum": 300}),
    policy(length={"minimum": None, "maximum": None}, toxicity={"action": "drop"}),
    policy(toxicity={"maximum": 0.1}, personal_data={"action": "drop", "maximum": 1}),
    policy(near={"maximum": 0.9}, toxicity={"unknown": "hold"}, contamination={"unknown": "drop"}),
    policy(same_prompt={"maximum": 2}),
    policy(judge={"minimum": 3}),
]


@pytest.fixture
def mixed(dataset: Dataset) -> Dataset:
    """200 examples with values of every kind, unknown ones and rulings among them; ten of them do not count."""
    dice = random.Random(7)
    imported(dataset, 200)
    choices: dict[str, list[Any]] = {
        "tokens": [20, 50, 99, 100, 300, 301, 4096, 4097],
        "near_similarity": [0, 0, 0, 0, 0.7, 0.85],
        "toxicity": [0, 0.05, 0.1, 0.25, 0.9, None],
        "personal_data": [0, 0, 1, 2],
        "prompt_twins": [0, 0, 1, 2, 3],
        "contamination": [0, 0, 0, 0, 0.5, None],
        "judge": [None, None, 1, 2, 3.5, 5],
        "ruling": [0, 0, 0, 0, 0, 0, 1, -1],
    }
    examples = list(Example.objects.order_by("pk"))
    Measurement.objects.bulk_create(
        Measurement(
            example=example, dataset=dataset, revision=1,
            **KEPT | {name: dice.choice(values) for name, values in choices.items()},
        )
        for example in examples
    )  # fmt: skip
    Example.objects.filter(pk__in=[example.pk for example in examples[:5]]).update(revision=2)
    withdrawn = [example.pk for example in examples[-5:]]
    Example.objects.filter(pk__in=withdrawn).update(state=Example.State.WITHDRAWN)
    return dataset


def rows(dataset: Dataset) -> list[dict[str, Any]]:
    """Return the values of what counts: measured in the present revision, and submitted."""
    held = Measurement.objects.filter(example__state=Example.State.SUBMITTED, example__revision=1)
    return list(held.filter(dataset=dataset).values("pk", "ruling", *FIELDS))


@pytest.mark.parametrize("new", POLICIES)
def test_both_funnels_are_what_each_policy_says_alone(mixed: Dataset, new: Policy) -> None:
    found = preview([mixed], DEFAULT_POLICY, new)
    for one, of in ((found.was, DEFAULT_POLICY), (found.will, new)):
        alone = funnel_of(patterns([mixed], [of]), of, 195)
        assert replace(one, stale=0) == replace(alone, stale=0)
        assert one.kept == sum(verdict(row, of).kept for row in rows(mixed))


@pytest.mark.parametrize("new", POLICIES)
def test_counts_and_examples_are_those_that_the_verdicts_differ_for(mixed: Dataset, new: Policy) -> None:
    found = preview([mixed], DEFAULT_POLICY, new, shown=1_000)
    expected = {}
    for row in rows(mixed):
        was, will = verdict(row, DEFAULT_POLICY), verdict(row, new)
        flags = [{flag.slug for flag in one.flags} - {""} for one in (was, will)]
        if was.kept != will.kept:
            expected[row["pk"]] = "lost" if was.kept else "gained"
        elif was.kept and flags[0] != flags[1] and not row["ruling"]:
            expected[row["pk"]] = "flags"
    ways = Counter(expected.values())
    assert (found.lost, found.gained) == (ways["lost"], ways["gained"])
    shown = {change.example.pk: change.way for change in found.changes if not _ruled(change.example.pk)}
    assert shown.items() >= {pk: way for pk, way in expected.items() if not _ruled(pk)}.items()
    for change in found.changes:
        row = next(row for row in rows(mixed) if row["pk"] == change.example.pk)
        assert (change.was, change.will) == (verdict(row, DEFAULT_POLICY), verdict(row, new))


def _ruled(pk: int) -> bool:
    return Measurement.objects.get(pk=pk).ruling != 0


def test_the_same_policy_changes_nothing(mixed: Dataset) -> None:
    found = preview([mixed], DEFAULT_POLICY, DEFAULT_POLICY)
    assert not found.is_any
    assert found.changes == ()


def test_each_way_has_its_share_of_those_shown_and_the_same_are_shown_again(mixed: Dataset) -> None:
    new = policy(length={"minimum": None, "maximum": 99})
    found = preview([mixed], DEFAULT_POLICY, new)
    ways = Counter(change.way for change in found.changes)
    assert found.lost > 20 > found.gained > 0
    assert ways == {"gained": min(found.gained, 10), "lost": 20 - min(found.gained, 10)}
    assert preview([mixed], DEFAULT_POLICY, new).changes == found.changes


def test_those_shown_come_from_everywhere(dataset: Dataset) -> None:
    imported(dataset, 300)
    measure(Example.objects.all(), tokens=100)
    found = preview([dataset], DEFAULT_POLICY, policy(length={"minimum": 101}))
    ids = list(Example.objects.order_by("pk").values_list("pk", flat=True))
    thirds = Counter(ids.index(change.example.pk) // 100 for change in found.changes)
    assert sum(thirds.values()) == 20
    assert min(thirds[third] for third in range(3)) >= 4


def test_only_the_datasets_asked_about_count(mixed: Dataset) -> None:
    other = Dataset.objects.create(project=mixed.project, name="Other", slug="other")
    imported(other, 3)
    measure(Example.objects.filter(dataset=other), tokens=10)
    assert preview([other], DEFAULT_POLICY, DEFAULT_POLICY).was.total == 3
    assert preview([mixed, other], DEFAULT_POLICY, DEFAULT_POLICY).was.total == 198
    assert histograms([other])["tokens"].known == 3


def test_histograms_count_every_value_in_its_bar(mixed: Dataset) -> None:
    found = histograms([mixed])
    held = rows(mixed)
    for field in FIELDS:
        edges = ruler_of(field).edges
        values = [row[field] for row in held if row[field] is not None]
        bars = [sum(low <= value < high for value in values) for low, high in pairwise(edges)]
        bars[-1] += sum(value >= edges[-1] for value in values)
        assert found[field].counts == tuple(bars), field
        assert found[field].unknown == len(held) - len(values), field


def test_values_on_an_edge_belong_to_the_bar_above(dataset: Dataset) -> None:
    imported(dataset, 2)
    first, second = Example.objects.order_by("pk")
    measure([first], toxicity=0.25, tokens=50)
    measure([second], toxicity=1.0, tokens=1_000_000)
    found = histograms([dataset])
    assert found["toxicity"].counts[ruler_of("toxicity").edges.index(0.25)] == 1
    assert found["toxicity"].counts[-1] == 1
    assert found["tokens"].counts[ruler_of("tokens").edges.index(50)] == 1
    assert found["tokens"].counts[-1] == 1
    assert KEPT["contamination"] == 0
    assert found["contamination"].counts[0] == 2
