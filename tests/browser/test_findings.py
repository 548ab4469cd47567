"""Evaluation sets and personal data in a real browser: uploaded, removed, put back; replaced by a click."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Dataset, Project
from annotate.records import Conversation, Turn
from review.models import EvaluationSet
from tests.browser.test_pages import FAULTS
from tests.cast import QUESTION, Cast, make_example

PageOf = Callable[..., Page]
TELEPHONE = {"width": 360, "height": 740}


def test_a_set_is_uploaded_removed_and_put_back(
    page_of: PageOf, cast: Cast, project: Project, live_server: Any, tmp_path: Path
) -> None:
    exam = tmp_path / "exam.txt"
    exam.write_text(f"{QUESTION}\nWhy is the sky blue?\n")
    page = page_of(cast.manager)
    page.goto("/p/kitchen/evaluation-sets/")
    expect(page.get_by_role("heading", name="No evaluation set yet")).to_be_visible()
    page.locator('input[type="file"]').set_input_files(exam)
    page.get_by_label("Name").fill("Exam of May")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Exam of May: 2 items to look for.")).to_be_visible()
    page.get_by_role("button", name="Remove Exam of May").click()
    expect(page.get_by_role("button", name="Put Exam of May back")).to_be_visible()
    assert EvaluationSet.objects.get().removed_at
    page.get_by_role("button", name="Put Exam of May back").click()
    expect(page.get_by_role("button", name="Remove Exam of May")).to_be_visible()
    assert EvaluationSet.objects.get().removed_at is None


def test_personal_data_is_replaced_by_a_click(
    page_of: PageOf, cast: Cast, dataset: Dataset, live_server: Any
) -> None:
    text = Conversation(
        (Turn("user", "Mail anna@uni-koeln.de?"), Turn("assistant", "Or call +49 30 901820."))
    )
    example = make_example(dataset, text=text)
    page = page_of(cast.manager)
    page.goto(f"/p/kitchen/e/{example.public_id}/personal-data/")
    expect(page.locator("mark")).to_have_text(["anna@uni-koeln.de", "+49 30 901820"])
    page.get_by_role("button", name="Replace +49 30 901820 by [PHONE]").click()
    expect(page.get_by_text("Replaced: this is revision 2 now")).to_be_visible()
    expect(page.get_by_text("Or call [PHONE].")).to_be_visible()
    example.refresh_from_db()
    assert example.conversation.turns[0].content == "Mail anna@uni-koeln.de?"


@pytest.mark.parametrize("viewport", [None, TELEPHONE])
def test_the_pages_are_clean(
    page_of: PageOf, cast: Cast, dataset: Dataset, live_server: Any, viewport: Any
) -> None:
    long = Conversation(
        (Turn("user", "a@" + "long" * 15 + ".org " * 3, "or b@uni-koeln.de"), Turn("assistant", "No."))
    )
    example = make_example(dataset, text=long)
    for number in range(2):
        EvaluationSet.objects.create(
            project=dataset.project, name=f"{number}_a_long_name_without_a_space" * 3, sha256=str(number) * 64,
            count=12_345, by=cast.manager, removed_at="2026-11-20T10:00Z" if number else None,
        )  # fmt: skip
    page = page_of(cast.manager, **({"viewport": viewport} if viewport else {}))
    for address in ("evaluation-sets/", f"e/{example.public_id}/personal-data/"):
        page.goto(f"/p/kitchen/{address}")
        assert page.evaluate(FAULTS) == []
