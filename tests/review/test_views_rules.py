"""The page of review settings: how a project is reviewed, and the reasons of a bad label."""

from typing import Any

import pytest
from django.test import Client

from annotate.models import Project
from review.models import ReviewRules
from review.queries.rules import rules_of
from review.rules_forms import RulesForm, reasons_of
from tests.review.people import SETTINGS
from tests.review.scene import words

pytestmark = pytest.mark.django_db


def sent(project: Project, **changes: Any) -> dict[str, Any]:
    """Return what the page would send with nothing changed, but for `changes`, whose "__" stand for "-"."""
    rules = rules_of(project)
    forms = [RulesForm.of(rules), *(listed := reasons_of(rules)), listed.management_form]
    data = {field.html_name: field.value() for form in forms for field in form}
    data |= {name.replace("__", "-"): value for name, value in changes.items()}
    return {name: value for name, value in data.items() if value is not None and value is not False}


def test_rules_are_read_and_written_in_percent(manager: Client, project: Project) -> None:
    assert (
        manager.post(f"{SETTINGS}save/", sent(project, overlap="12.5", findings_first="on")).status_code
        == 302
    )
    stored = rules_of(project).stored
    assert (stored.overlap, stored.findings_first, stored.rate, stored.tolerated) == (0.125, True, 0.05, 0.05)
    assert 'value="12.5"' in manager.get(SETTINGS).content.decode()


def test_reasons_are_ordered_renamed_retired_and_added(manager: Client, project: Project) -> None:
    data = sent(
        project, reason__0__ORDER=20, reason__1__label="too short", reason__5__retired="on",
        reason__9__label="Off topic", reason__9__note="on",
    )  # fmt: skip
    assert manager.post(f"{SETTINGS}save/", data).status_code == 302
    rules = rules_of(project)
    assert [reason.label for reason in rules.offered] == [
        "too short", "ignores the instruction", "unclear instruction", "format or style", "duplicate", "other",
        "incorrect", "Off topic",
    ]  # fmt: skip
    assert (rules.offered[0].slug, rules.offered[-1].note) == ("incomplete", True)
    assert [reason.slug for reason in rules.reasons if reason.retired] == ["unsafe"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"overlap": "101"}, "less than or equal to 100"),
        ({"qualification": "3"}, "mark 3 more first"),
        ({"reason__0__label": "incomplete"}, "is there twice"),
        ({"reason__0__label": ""}, "Each reason needs words"),
        ({"reason__TOTAL_FORMS": "x"}, "ManagementForm"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(
    manager: Client, project: Project, change: dict[str, str], said: str
) -> None:
    response = manager.post(f"{SETTINGS}save/", sent(project, **change))
    assert response.status_code == 422
    assert said in words(response)
    assert not ReviewRules.objects.exists()


def test_two_who_save_at_once_read_of_each_other(manager: Client, project: Project) -> None:
    mine, theirs = sent(project, overlap="30"), sent(project, overlap="40")
    manager.post(f"{SETTINGS}save/", theirs)
    refused = manager.post(f"{SETTINGS}save/", mine)
    assert refused.status_code == 409
    assert "Labelled by two (%): stored is 40 , you sent 30" in words(refused)
    assert rules_of(project).stored.overlap == 0.4
    again = mine | {"based_on": refused.context["form"].data["based_on"]}
    assert manager.post(f"{SETTINGS}save/", again).status_code == 302
    assert rules_of(project).stored.overlap == 0.3
