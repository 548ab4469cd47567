"""The verdict of the database is the verdict of the limits."""

from dataclasses import replace

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotate.models import Dataset, Example
from review.limits import DEFAULT_POLICY, LIMITS, Policy, verdict
from review.models import Measurement
from review.queries.verdicts import UNMEASURED, dropped_by, drops, kept, kept_sql
from tests.cast import make_example
from tests.review.scene import measure

FORMAT, LENGTH = LIMITS
VALUES = st.none() | st.integers(-5, 5) | st.integers(40, 60) | st.sampled_from([32767, 0])
BOUNDS = st.none() | st.integers(-5, 60) | st.floats(-5, 60) | st.sampled_from([1e12, -1e12])
POLICIES = st.builds(
    lambda bounds, turned: Policy(tuple(replace(limit, minimum=low, maximum=high) for limit, (low, high) in zip(
        reversed(LIMITS) if turned else LIMITS, bounds, strict=True))),
    st.tuples(st.tuples(BOUNDS, BOUNDS), st.tuples(BOUNDS, BOUNDS)), st.booleans(),
)  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(blocks=VALUES, tokens=VALUES, policy=POLICIES)
def test_sql_and_python_say_the_same(
    dataset: Dataset, blocks: int | None, tokens: int | None, policy: Policy
) -> None:
    example = Example.objects.first() or make_example(dataset)
    measure([example], format_blocks=blocks, tokens=tokens)
    values = {"format_blocks": blocks, "tokens": tokens}
    said = verdict(values, policy)
    row = Example.objects.annotate(dropped=dropped_by(policy)).get()
    assert row.dropped == {"kept": "", "dropped": said.dropped_by, "unmeasured": UNMEASURED}[said.state]
    assert Example.objects.filter(kept(policy)).exists() == said.kept
    assert by_hand(policy) == said.kept
    alone = {limit.slug for limit in policy.limits if Example.objects.filter(drops(limit)).exists()}
    assert alone == {reason.slug for reason in said.reasons if values[_field(reason.slug)] is not None}


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
