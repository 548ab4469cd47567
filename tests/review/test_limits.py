import json
from dataclasses import replace
from typing import Any

import pytest

from review.limits import LIMITS, Bound, Limit
from review.policies import Policy, PolicyError
from review.verdicts import verdict

LENGTH = Limit("length", "Length", "tokens", minimum=50, maximum=4096, unit="token")
FORMAT = Limit("format", "Format", "format_blocks", maximum=0, unit="blocking format issue")
SCORE = Limit("score", "Score", "score", maximum=0.25)
OFF = Limit("off", "Off", "off")


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        (LENGTH, 49, "49 tokens; at least 50 asked for"),
        (LENGTH, 50, ""),
        (LENGTH, 4096, ""),
        (LENGTH, 4097, "4,097 tokens; at most 4,096 allowed"),
        (LENGTH, 1, "1 token; at least 50 asked for"),
        (LENGTH, 0, "0 tokens; at least 50 asked for"),
        (FORMAT, 0, ""),
        (FORMAT, 1, "1 blocking format issue; none is allowed"),
        (FORMAT, 2, "2 blocking format issues; none is allowed"),
        (SCORE, 0.25, ""),
        (SCORE, 0.2501, "0.2501; at most 0.25 allowed"),
        (OFF, 1e9, ""),
    ],
)
def test_reason_with_the_edge_on_each_side(limit: Limit, value: float, reason: str) -> None:
    assert limit.reason(value) == reason


def test_zero_is_a_bound_and_none_is_off() -> None:
    assert Limit("a", "A", "a", minimum=0).bounds() == (Bound("a", "gte", 0),)
    assert OFF.bounds() == ()
    assert LENGTH.bounds() == (Bound("tokens", "gte", 50), Bound("tokens", "lte", 4096))


@pytest.mark.parametrize("value", [0, 49, 50, 51, 4095, 4096, 4097])
def test_reason_and_bounds_agree(value: float) -> None:
    assert all(bound.holds(value) for bound in LENGTH.bounds()) is (LENGTH.reason(value) == "")


@pytest.mark.parametrize(
    ("values", "state", "dropped_by", "slugs"),
    [
        ({"format_blocks": 0, "tokens": 120}, "kept", "", []),
        ({"format_blocks": 1, "tokens": 120}, "dropped", "format", ["format"]),
        ({"format_blocks": 0, "tokens": 12}, "dropped", "length", ["length"]),
        ({"format_blocks": 2, "tokens": 12}, "dropped", "format", ["format", "length"]),
        ({"format_blocks": None, "tokens": 12}, "dropped", "length", ["length"]),
        ({"format_blocks": 0, "tokens": None}, "unmeasured", "", ["length"]),
        ({"format_blocks": 0, "tokens": float("nan")}, "unmeasured", "", ["length"]),
        ({"format_blocks": 0, "tokens": "120"}, "unmeasured", "", ["length"]),
        ({"format_blocks": 0}, "unmeasured", "", ["length"]),
        ({}, "unmeasured", "", ["format", "length"]),
    ],
)
def test_verdict(values: dict[str, object], state: str, dropped_by: str, slugs: list[str]) -> None:
    found = verdict(values, Policy((FORMAT, LENGTH)))
    assert (found.state, found.dropped_by) == (state, dropped_by)
    assert [reason.slug for reason in found.reasons] == slugs
    assert found.kept is (state == "kept")


def test_the_policy_order_decides_which_limit_drops_first() -> None:
    values = {"format_blocks": 1, "tokens": 12}
    assert verdict(values, Policy((LENGTH, FORMAT))).dropped_by == "length"


def test_a_limit_that_is_off_needs_no_value() -> None:
    assert verdict({}, Policy((OFF,))).kept


def test_slugs_and_order_of_the_funnel_stay() -> None:
    assert [(limit.slug, limit.field, limit.minimum, limit.maximum) for limit in LIMITS] == [
        ("format", "format_blocks", None, 0),
        ("length", "tokens", 50, 4096),
        ("exact", "exact_copy", None, 0),
        ("same-prompt", "prompt_twins", None, 0),
        ("near", "near_similarity", None, 0.7),
        ("semantic", "semantic_similarity", None, None),
        ("toxicity", "toxicity", None, LIMITS[6].maximum),
        ("personal-data", "personal_data", None, 0),
        ("contamination", "contamination", None, 0),
        ("quality", "quality", None, None),
        ("judge", "judge", None, None),
    ]
    assert [limit.slug for limit in LIMITS if limit.drops] == [
        "format", "length", "exact", "near", "semantic", "contamination", "quality", "judge"
    ]  # fmt: skip


def test_a_limit_may_keep_only_what_lies_below() -> None:
    near = Limit("near", "Near duplicate", "near_similarity", maximum=0.7, below=True)
    assert [near.reason(value) for value in (0.69, 0.7, 0.83)] == [
        "", "0.7; less than 0.7 asked for", "0.83; less than 0.7 asked for"
    ]  # fmt: skip


def test_a_flag_drops_nothing() -> None:
    found = verdict({"tokens": 12}, Policy((replace(LENGTH, action="flag"),)))
    assert (found.state, found.reasons, [flag.slug for flag in found.flags]) == ("kept", (), ["length"])


@pytest.mark.parametrize(
    ("unknown", "action", "state", "flags"),
    [
        ("hold", "drop", "unmeasured", 0),
        ("keep", "drop", "kept", 0),
        ("drop", "drop", "dropped", 0),
        ("hold", "flag", "unmeasured", 0),
        ("keep", "flag", "kept", 0),
        ("drop", "flag", "kept", 1),
    ],
)
def test_the_policy_says_what_unknown_means(unknown: Any, action: Any, state: str, flags: int) -> None:
    found = verdict({}, Policy((replace(LENGTH, unknown=unknown, action=action),)))
    assert (found.state, len(found.flags)) == (state, flags)


@pytest.mark.parametrize(
    ("ruling", "state", "dropped_by"), [(1, "kept", ""), (-1, "dropped", "hand"), (0, "dropped", "length")]
)
def test_a_ruling_counts_more_than_the_limits(ruling: int, state: str, dropped_by: str) -> None:
    found = verdict({"tokens": 12, "ruling": ruling}, Policy((LENGTH,)))
    assert (found.state, found.dropped_by) == (state, dropped_by)
    assert "length" in [reason.slug for reason in (*found.reasons, *found.flags)]


def test_a_policy_survives_json() -> None:
    policy = Policy((Limit("length", "Length", "tokens", minimum=10, maximum=None, unit="token"), LIMITS[0]))
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, 'a list "limits"'),
        ([], 'a list "limits"'),
        ({"limits": {}}, 'a list "limits"'),
        ({"limits": ["length"]}, 'an object with a "slug"'),
        ({"limits": [{"minimum": 1}]}, 'an object with a "slug"'),
        ({"limits": [{"slug": "beauty"}]}, 'no limit "beauty"; there are: format, length'),
        ({"limits": [{"slug": "length"}, {"slug": "length"}]}, "given twice"),
        ({"limits": [{"slug": "length", "field": "password"}]}, "reads the field tokens, not password"),
        ({"limits": [{"slug": "length", "least": 1}]}, "not known: least"),
        ({"limits": [{"slug": "length", "minimum": "50"}]}, "minimum of the limit"),
        ({"limits": [{"slug": "length", "minimum": True}]}, "minimum of the limit"),
        ({"limits": [{"slug": "length", "maximum": float("nan")}]}, "maximum of the limit"),
        ({"limits": [{"slug": "length", "minimum": 51, "maximum": 50}]}, r"minimum \(51\) over its maximum"),
    ],
)
def test_a_wrong_policy_says_what_is_wrong(data: Any, words: str) -> None:
    with pytest.raises(PolicyError, match=words):
        Policy.from_json(data)
