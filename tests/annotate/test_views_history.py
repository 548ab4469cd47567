"""What became of an example's text, and the way back."""

from typing import Any

import pytest
from django.urls import reverse

from annotate.models import Dataset, Example, Revision
from annotate.services.examples import example_submit, example_withdraw
from tests.cast import ANSWER, Cast, ClientOf, conversation, make_example

pytestmark = pytest.mark.django_db


@pytest.fixture
def example(dataset: Dataset, cast: Cast) -> Example:
    """The annotator's example, edited once by the manager."""
    made = make_example(dataset, author=cast.annotator)
    return example_submit(
        example=made, conversation=conversation(answer="Steam."), based_on=1, by=cast.manager
    )


def history(client_of: ClientOf, role: str, example: Example) -> str:
    response = client_of(role).get(reverse("annotate:history", args=["kitchen", example.public_id]))
    assert response.status_code == 200
    return str(response.content.decode())


def restore(client_of: ClientOf, example: Example, role: str = "annotator", **form: object) -> Any:
    return client_of(role).post(reverse("annotate:restore", args=["kitchen", example.public_id]), form)


def test_each_revision_shows_what_it_changed(example: Example, client_of: ClientOf) -> None:
    html = history(client_of, "manager", example)
    assert html.index("Revision 2") < html.index("Revision 1")
    assert '<ins><span class="sr-only">added: </span>Steam' in html
    assert "Turn 1, user: the same" in html
    assert "Restore revision 1" in html
    assert "Restore revision 2" not in html


def test_who_may_not_edit_gets_no_restore(example: Example, client_of: ClientOf) -> None:
    assert "Restore" not in history(client_of, "reviewer", example)


def test_colleagues_are_shown_by_pseudonym(example: Example, cast: Cast, client_of: ClientOf) -> None:
    html = history(client_of, "annotator", example)
    assert cast.manager.pseudonym in html
    assert "Manager" not in html


def test_an_untouched_text_says_so(dataset: Dataset, client_of: ClientOf) -> None:
    assert "Nobody has changed this text" in history(client_of, "manager", make_example(dataset))


def test_restoring_makes_a_new_revision(example: Example, client_of: ClientOf) -> None:
    assert restore(client_of, example, number=1, based_on=2).status_code == 302
    example.refresh_from_db()
    assert (example.revision, example.turns[1]["content"]) == (3, ANSWER)


def test_restoring_what_somebody_edited_meanwhile_is_a_conflict(
    example: Example, cast: Cast, client_of: ClientOf
) -> None:
    example_submit(example=example, conversation=conversation(answer="Yeast."), based_on=2, by=cast.manager)
    response = restore(client_of, example, number=1, based_on=2)
    assert response.status_code == 409
    assert "Somebody edited this example meanwhile" in response.content.decode()
    example.refresh_from_db()
    assert example.turns[1]["content"] == "Yeast."


def test_a_withdrawn_example_is_not_restored(example: Example, cast: Cast, client_of: ClientOf) -> None:
    example_withdraw(example=example, by=cast.annotator)
    response = restore(client_of, example, number=1, based_on=2)
    assert response.status_code == 422
    assert "withdrawn" in response.content.decode()


@pytest.mark.parametrize(
    "form", [{"number": 9, "based_on": 2}, {"number": "x", "based_on": 2}, {"number": 1}, {}]
)
def test_a_revision_that_is_none_is_not_found(
    form: dict[str, object], example: Example, client_of: ClientOf
) -> None:
    assert restore(client_of, example, **form).status_code == 404
    assert Revision.objects.count() == 1
