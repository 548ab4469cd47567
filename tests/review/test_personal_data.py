"""Personal data in an example: shown where it stands, replaced as a new revision."""

from typing import Any

import pytest

from annotate.models import Dataset, Draft, Example, Revision
from annotate.records import Conversation, Turn
from annotate.services.examples import NotReady, StaleRevision, example_restore
from review.policies import DEFAULT_POLICY, Policy
from review.queries.personal import places_of
from review.services.personal_data import DraftThere, NothingToReplace, personal_data_replace
from review.services.policies import policy_save
from tests.cast import Cast, ClientOf, make_example

pytestmark = pytest.mark.django_db
TALK = Conversation(
    (
        Turn("user", "Write to Anna.", "Her address: anna@uni-koeln.de"),
        Turn("assistant", "Dear Anna, call me: +49 30 901820. " + "Yours. " * 60 + "ben@uni-koeln.de"),
    )
)
KEYS = ["0.input.13.30", "1.content.20.33", "1.content.455.471"]


@pytest.fixture
def example(dataset: Dataset, cast: Cast) -> Example:
    return make_example(dataset, author=cast.annotator, text=TALK)


def replaced(example: Example, cast: Cast, *keys: str, revision: int = 1) -> Example:
    return personal_data_replace(
        example=example, revision=revision, by=cast.manager, keys=keys if keys else None
    )


def test_all_is_replaced_as_a_new_revision_that_can_be_taken_back(example: Example, cast: Cast) -> None:
    assert [place.key for place in places_of(example)] == KEYS
    changed = replaced(example, cast)
    assert (changed.revision, changed.edited_by) == (2, cast.manager)
    first, second = changed.conversation.turns
    assert first == Turn("user", "Write to Anna.", "Her address: [EMAIL]")
    assert second.content == "Dear Anna, call me: [PHONE]. " + "Yours. " * 60 + "[EMAIL]"
    assert Revision.objects.get(example=example, number=1).conversation == TALK
    back = example_restore(example=changed, number=1, based_on=2, by=cast.manager)
    assert (back.revision, back.conversation) == (3, TALK)


def test_one_place_is_replaced_and_the_rest_stays(example: Example, cast: Cast) -> None:
    changed = replaced(example, cast, KEYS[1], "9.content.0.4")
    assert "[PHONE]" in changed.conversation.turns[1].content
    assert [place.span.kind for place in places_of(changed)] == ["email", "email"]


def test_nothing_to_replace(example: Example, cast: Cast) -> None:
    with pytest.raises(NothingToReplace):
        replaced(example, cast, "0.input.13.31")
    replaced(example, cast)
    with pytest.raises(NothingToReplace):
        replaced(example, cast, revision=2)


def test_an_edit_meanwhile_is_a_conflict(example: Example, cast: Cast) -> None:
    replaced(example, cast)
    with pytest.raises(StaleRevision) as stale:
        replaced(example, cast, KEYS[1])
    assert stale.value.current.revision == 2


def test_a_draft_of_the_person_is_never_thrown_away(example: Example, cast: Cast) -> None:
    Draft.objects.create(example=example, user=cast.manager, based_on=1, turns=[])
    with pytest.raises(DraftThere):
        replaced(example, cast)
    assert Draft.objects.filter(user=cast.manager).exists()
    by_author = personal_data_replace(example=example, revision=1, by=cast.annotator)
    assert by_author.revision == 2
    assert Draft.objects.filter(user=cast.manager).exists()


def test_a_text_that_could_not_be_submitted_is_refused(dataset: Dataset, cast: Cast) -> None:
    unanswered = make_example(dataset, text=Conversation((Turn("user", "a@b.org"),)))
    with pytest.raises(NotReady):
        replaced(unanswered, cast)


def test_the_projects_options_say_what_is_looked_for(example: Example, cast: Cast) -> None:
    options = {"personal-data": {"kinds": ["phone"]}}
    policy = Policy(DEFAULT_POLICY.limits, options)
    policy_save(project=example.dataset.project, policy=policy, by=cast.manager)
    assert [place.key for place in places_of(example)] == KEYS[1:2]


def page_of(client: Any, example: Example, **headers: str) -> str:
    response = client.get(address(example), headers=headers)
    assert response.status_code == 200
    return str(response.content.decode())


def address(example: Example) -> str:
    return f"/p/kitchen/e/{example.public_id}/personal-data/"


def test_the_page_marks_what_it_found_and_shortens_the_rest(client_of: ClientOf, example: Example) -> None:
    page = page_of(client_of("manager"), example)
    for text in ("anna@uni-koeln.de", "+49 30 901820", "ben@uni-koeln.de"):
        assert f">{text}</mark>" in page
    assert page.count("Yours. ") < 30
    assert "Turn 1, user, input" in page
    assert "Replace all 3" in page
    assert all(f'value="{key}"' in page for key in KEYS)


def test_so_many_are_shown_and_the_rest_counted(
    client_of: ClientOf, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.views.personal_data.SHOWN", 2)
    page = page_of(client_of("manager"), example)
    assert page.count("<mark") == 2
    assert "And 1 more, shown once these are replaced." in page
    assert "Replace all 3" in page


def test_htmx_gets_the_section_alone(client_of: ClientOf, example: Example) -> None:
    part = page_of(client_of("manager"), example, **{"HX-Request": "true"})
    assert "<html" not in part
    assert 'id="personal-data"' in part


def test_who_may_not_edit_sees_no_buttons(client_of: ClientOf, example: Example) -> None:
    page = page_of(client_of("reviewer"), example)
    assert "anna@uni-koeln.de</mark>" in page
    assert "Replace" not in page
    assert "Replace all 3" in page_of(client_of("annotator"), example)


def test_a_text_without_any_says_so(client_of: ClientOf, dataset: Dataset) -> None:
    assert "None found in this text." in page_of(client_of("manager"), make_example(dataset))


def sent(client: Any, example: Example, **fields: str) -> Any:
    return client.post(f"{address(example)}replace/", fields)


def test_a_click_replaces_one_and_another_all(client_of: ClientOf, example: Example) -> None:
    client = client_of("manager")
    response = sent(client, example, revision="1", key=KEYS[0])
    assert (response.status_code, response["Location"]) == (302, example.get_absolute_url())
    example.refresh_from_db()
    assert example.conversation.turns[0].input == "Her address: [EMAIL]"
    sent(client, example, revision="2", all="1")
    example.refresh_from_db()
    assert (example.revision, places_of(example)) == (3, [])


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"revision": "7", "all": "1"}, 409, "Somebody edited this example meanwhile"),
        ({"revision": "1", "key": "0.input.0.1"}, 422, "Nothing was replaced"),
        ({"revision": "1"}, 422, "Pick what to replace"),
        ({"all": "1"}, 422, "Pick what to replace"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(
    client_of: ClientOf, example: Example, fields: dict[str, str], status: int, words: str
) -> None:
    response = sent(client_of("manager"), example, **fields)
    assert response.status_code == status
    assert words in response.content.decode()
    example.refresh_from_db()
    assert example.revision == 1


def test_a_draft_and_a_faulty_text_are_refused_on_the_page(
    client_of: ClientOf, cast: Cast, dataset: Dataset, example: Example
) -> None:
    client = client_of("manager")
    Draft.objects.create(example=example, user=cast.manager, based_on=1, turns=[])
    response = sent(client, example, revision="1", all="1")
    assert response.status_code == 422
    assert "You have a draft" in response.content.decode()
    unanswered = make_example(dataset, text=Conversation((Turn("user", "a@b.org"),)))
    assert sent(client, unanswered, revision="1", all="1").status_code == 422
