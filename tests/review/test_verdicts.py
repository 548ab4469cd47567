"""The verdict of the database is the verdict of the limits."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.models import Dataset, Example
from review.limits import LIMITS
from review.models import Measurement
from review.policies import DEFAULT_POLICY, Policy
from review.queries.patterns import patterns, verdict_of
from review.queries.verdicts import UNMEASURED, dropped_by, drops, kept, kept_sql
from review.verdicts import verdict
from tests.cast import make_example
from tests.review.scene import measure

FORMAT, LENGTH = LIMITS[:2]
VALUES = st.none() | st.integers(-5, 5) | st.integers(40, 60) | st.sampled_from([32767, 0])
BOUNDS = st.none() | st.integers(-5, 60) | st.floats(-5, 60) | st.sampled_from([1e12, -1e12])
WORDS = st.tuples(st.sampled_from(["drop", "flag"]), st.sampled_from(["hold", "keep", "drop"]), st.booleans())
LIMIT = st.tuples(BOUNDS, BOUNDS, WORDS)


def policy(turned: bool, *drawn: tuple[Any, Any, tuple[Any, Any, bool]]) -> Policy:
    limits = (
        replace(limit, minimum=low, maximum=high, action=action, unknown=unknown, below=below)
        for limit, (low, high, (action, unknown, below)) in zip((FORMAT, LENGTH), drawn, strict=True)
    )
    return Policy(tuple(reversed(list(limits))) if turned else tuple(limits))


POLICIES = st.builds(policy, st.booleans(), LIMIT, LIMIT)


@pytest.mark.django_db
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(blocks=VALUES, tokens=VALUES, policy=POLICIES, ruling=st.sampled_from([0, 0, 0, 1, -1]))
def test_sql_and_python_say_the_same(
    dataset: Dataset, blocks: int | None, tokens: int | None, policy: Policy, ruling: int
) -> None:
    example = Example.objects.first() or make_example(dataset)
    measure([example], format_blocks=blocks, tokens=tokens, ruling=ruling)
    values = {"format_blocks": blocks, "tokens": tokens, "ruling": ruling}
    said = verdict(values, policy)
    row = Example.objects.annotate(dropped=dropped_by(policy)).get()
    assert row.dropped == {"kept": "", "dropped": said.dropped_by, "unmeasured": UNMEASURED}[said.state]
    assert Example.objects.filter(kept(policy)).exists() == said.kept
    assert by_hand(policy) == said.kept
    (pattern,) = patterns([dataset], [policy])
    assert verdict_of(pattern, policy) == row.dropped
    alone = {limit.slug for limit in policy.limits if Example.objects.filter(drops(limit)).exists()}
    unruled = verdict({**values, "ruling": 0}, policy)
    told = (*unruled.reasons, *unruled.flags) if unruled.state != "unmeasured" else unruled.flags
    assert alone == pattern.seen[0].outside == {reason.slug for reason in told}


def by_hand(policy: Policy) -> bool:
    where = kept_sql(policy, "example", "measurement")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM annotate_example example"
            f" JOIN review_measurement measurement ON measurement.example_id = example.id WHERE {where}"
        )
        return bool(cursor.fetchone()[0])


def _field(slug: str) -> str:
    return next(limit.field for limit in LIMITS if limit.slug == slug)


def verdicts_of(policy: Policy = DEFAULT_POLICY) -> list[str]:
    return list(
        Example.objects.annotate(dropped=dropped_by(policy)).order_by("pk").values_list("dropped", flat=True)
    )


@pytest.mark.django_db
def test_an_example_without_measurement_is_unmeasured(dataset: Dataset) -> None:
    make_example(dataset)
    assert verdicts_of() == [UNMEASURED]
    assert not Example.objects.filter(kept(DEFAULT_POLICY)).exists()
    assert not Example.objects.filter(drops(LENGTH)).exists()


@pytest.mark.django_db
def test_a_measurement_of_an_earlier_revision_says_nothing(dataset: Dataset) -> None:
    example = make_example(dataset)
    measure([example], tokens=1)
    assert verdicts_of() == ["length"]
    Example.objects.update(revision=2)
    assert verdicts_of() == [UNMEASURED]
    assert not Example.objects.filter(kept(DEFAULT_POLICY)).exists()


@pytest.mark.django_db
def test_the_limit_that_comes_first_is_the_one_that_drops(dataset: Dataset) -> None:
    measure([make_example(dataset)], format_blocks=1, tokens=1)
    assert verdicts_of() == ["format"]
    assert verdicts_of(Policy((LENGTH, FORMAT))) == ["length"]
    assert Measurement.objects.count() == 1
