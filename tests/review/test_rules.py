"""The rules of a project: what can be saved, and that every process goes by the newest."""

from typing import Any

import pytest

from annotate.models import Project
from review.models import ReviewRules
from review.models.reviewing import default_reasons
from review.queries.rules import rules_of, rules_remembered
from review.services.rules import RulesChanged, RulesRefused, reasons_merged, rules_save
from tests.cast import Cast

pytestmark = pytest.mark.django_db
STORED: list[dict[str, Any]] = [
    {"slug": "unsafe", "label": "unsafe"},
    {"slug": "other", "label": "other", "note": True},
]


def test_what_is_named_changes_and_the_rest_stays(project: Project, cast: Cast) -> None:
    rules_save(project=project, by=cast.manager, overlap=0.5)
    rules_save(project=project, by=cast.manager, gold_rate=0.1, findings_first=True)
    stored = rules_of(project).stored
    assert (stored.overlap, stored.gold_rate, stored.findings_first, stored.rate) == (0.5, 0.1, True, 0.05)
    assert stored.by == cast.manager


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("overlap", 1.01), ("overlap", -0.1), ("rate", float("nan")), ("tolerated", float("inf")), ("minimum", 0),
        ("confidence", 1.0), ("gold_window", 4), ("target", 0), ("qualification", -1), ("overlap", "much"),
        ("qualification", 1), ("gold_rate", 0.51), ("reasons", []),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name(project: Project, cast: Cast, name: str, value: Any) -> None:
    with pytest.raises(RulesRefused) as refused:
        rules_save(project=project, by=cast.manager, **{name: value})
    assert list(refused.value.errors) == [name]
    assert not ReviewRules.objects.exists()


def test_an_unknown_rule_is_a_mistake_of_ours(project: Project, cast: Cast) -> None:
    with pytest.raises(TypeError, match="colour"):
        rules_save(project=project, by=cast.manager, colour="red")


def test_rules_that_were_shown_before_somebody_changed_them_are_not_saved(
    project: Project, cast: Cast
) -> None:
    shown = rules_save(project=project, by=cast.manager, overlap=0.5).changed_at
    assert rules_save(project=project, by=cast.manager, based_on=shown, overlap=0.6)
    with pytest.raises(RulesChanged) as changed:
        rules_save(project=project, by=cast.manager, based_on=shown, overlap=0.7)
    assert changed.value.current.stored.overlap == 0.6


@pytest.mark.parametrize(
    ("given", "slugs"),
    [
        ([{"label": "Too  long!"}], ["too_long", "unsafe*", "other*"]),
        ([{"slug": "other", "label": "else"}, {"label": "unsafe"}], ["other", "unsafe_2", "unsafe*"]),
        ([{"label": "危険"}, {"slug": "unsafe", "label": "u"}], ["reason", "unsafe", "other*"]),
        ([{"slug": "unsafe", "label": "u", "retired": True}, {"label": "new"}], ["unsafe*", "new", "other*"]),
    ],
)
def test_a_slug_is_for_ever(given: list[dict[str, Any]], slugs: list[str]) -> None:
    merged, problem = reasons_merged(STORED, given)
    assert problem == ""
    assert [reason["slug"] + "*" * reason.get("retired", False) for reason in merged] == slugs


@pytest.mark.parametrize(
    "given",
    [
        [], [{"label": " "}], [{"label": "x" * 61}], [{"label": "Same"}, {"label": "same"}],
        [{"slug": "unsafe", "label": "a"}, {"slug": "unsafe", "label": "b"}], [{"slug": "mine", "label": "a"}],
        [{"slug": "unsafe", "label": "a", "retired": True}], [{"label": f"reason {n}"} for n in range(41)],
    ],
)  # fmt: skip
def test_a_list_of_reasons_that_does_not_do(given: list[dict[str, Any]]) -> None:
    assert reasons_merged(STORED, given)[1]


def test_every_slug_fits_its_column(project: Project, cast: Cast) -> None:
    names = [{"label": "a very long reason that goes on and on and on " + "x" * n} for n in (1, 2)]
    stored = rules_save(project=project, by=cast.manager, reasons=[*default_reasons(), *names])
    assert max(len(reason["slug"]) for reason in stored.reasons) <= 40


def test_rules_are_remembered_until_they_change(
    project: Project, cast: Cast, django_assert_num_queries: Any
) -> None:
    rules_save(project=project, by=cast.manager, overlap=0.5)
    first = rules_of(project)
    with django_assert_num_queries(0):
        assert rules_remembered(project) is first
    ReviewRules.objects.update(overlap=0.6)  # by whomever
    newest = rules_of(project)
    assert newest.version != first.version
    assert rules_remembered(project) is newest
