"""The pages of a fix and of a rejection, without JavaScript and as parts; what authors are shown of it."""

import json
from typing import Any

import pytest
from django.test import Client

from annotate.models import Dataset, Draft, Example, Project, Return
from annotate.services.examples import example_submit
from review.http import item_code
from review.models import Label, QueueItem
from review.services.claims import claim_next, claims_release
from review.services.labels import label_add
from tests.cast import ANSWER, QUESTION, Cast, ClientOf, conversation
from tests.review.scene import queue_of, sampled, words

pytestmark = pytest.mark.django_db

BETTER = f"{ANSWER} So it is the gas that does it."


@pytest.fixture
def item(dataset: Dataset, project: Project, cast: Cast) -> QueueItem:
    """An example that the annotator wrote and the reviewer has before them."""
    (item,) = queue_of(sampled(dataset, 1))
    text = conversation()
    Example.objects.update(
        author=cast.annotator,
        edited_by=cast.annotator,
        turns=text.as_json(),
        content_hash=text.content_hash(),
    )
    claim_next(project=project, by=cast.reviewer)
    return item


@pytest.fixture
def reviewer(client_of: ClientOf) -> Client:
    return client_of("reviewer")


def at(item: QueueItem, name: str) -> str:
    return f"/p/kitchen/review/item/{item_code(item)}/{name}/"


def sent(answer: str = BETTER, **fields: Any) -> dict[str, Any]:
    given = {
        "version": 0, "based_on": 1, "text_of": 1, "revision": 1, "shape": "turns", "do": "submit",
        "reasons": ["incorrect"], "note": "", "seconds": "",
    }  # fmt: skip
    turns = {
        "turn_role": ["user", "assistant"], "turn_content": [QUESTION, answer], "turn_input": ["", ""],
        "turn_was": ["0", "1"],
    }  # fmt: skip
    return given | turns | fields


class TestFix:
    def test_the_editor_holds_the_text_and_a_save_goes_on(self, reviewer: Client, item: QueueItem) -> None:
        page = words(reviewer.get(at(item, "fix")))
        assert ANSWER in page
        response = reviewer.post(at(item, "fix/save"), sent(seconds="12.5", note="not the yeast alone"))
        assert response["Location"] == "/p/kitchen/review/"
        label = Label.objects.get(verdict="bad")
        assert (label.seconds, label.note, label.reasons) == (12.5, "not the yeast alone", ["incorrect"])
        assert Example.objects.get().turns[1]["content"] == BETTER

    def test_as_a_part_it_is_the_form_alone_and_answered_by_the_stream(
        self, reviewer: Client, item: QueueItem
    ) -> None:
        part = reviewer.get(at(item, "fix"), headers={"HX-Request": "true"}).content.decode()
        assert part.strip().startswith("<form")
        answered = reviewer.post(at(item, "fix/save"), sent(), headers={"HX-Request": "true"})
        assert b'id="review"' in answered.content
        assert "bad: incorrect" in words(answered)

    def test_what_is_typed_is_kept_and_offered_again(self, reviewer: Client, item: QueueItem) -> None:
        saved = reviewer.post(
            at(item, "fix/save"), sent("Half a sen", do=""), headers={"Accept": "application/json"}
        )
        assert json.loads(saved.content)["version"] == 1
        assert "Half a sen" in words(reviewer.get(at(item, "fix")))
        assert Label.objects.count() == 0
        added = reviewer.post(at(item, "fix/save"), sent("Half a sen", do="add", version=1))
        assert added["Location"].endswith("/fix/#turn-3")
        assert len(Draft.objects.get().turns) == 3

    @pytest.mark.parametrize(
        ("fields", "says"),
        [
            ({"reasons": []}, "pick at least one reason"),
            ({"turn_content": [QUESTION, ANSWER]}, "as it was"),
            ({"turn_content": [QUESTION, ""]}, "1 thing to mend"),
            ({"reasons": ["other"]}, "needs a note"),
        ],
    )
    def test_what_is_missing_is_said_beside_the_text(
        self, reviewer: Client, item: QueueItem, fields: dict[str, Any], says: str
    ) -> None:
        response = reviewer.post(at(item, "fix/save"), sent(**fields))
        assert response.status_code == 422
        assert says in words(response)
        assert Label.objects.count() == 0
        assert Draft.objects.count() == 1

    def test_an_edit_meanwhile_shows_both_texts_and_the_next_save_takes_its_place(
        self, reviewer: Client, item: QueueItem, cast: Cast
    ) -> None:
        theirs = conversation(answer="Gas lifts it.")
        example_submit(example=item.example, conversation=theirs, based_on=1, by=cast.manager)
        response = reviewer.post(at(item, "fix/save"), sent())
        assert response.status_code == 409
        assert "there is another text now, revision 2" in words(response)
        assert "Gas lifts it." in words(response)
        assert BETTER in words(response)
        again = sent(version=1, based_on=2, text_of=2, revision=2)
        assert reviewer.post(at(item, "fix/save"), again).status_code == 302
        example = Example.objects.get()
        assert (example.revision, example.turns[1]["content"]) == (3, BETTER)
        assert Label.objects.get(verdict="bad").revision == 2

    def test_two_windows_do_not_overwrite_each_other(self, reviewer: Client, item: QueueItem) -> None:
        reviewer.post(at(item, "fix/save"), sent("From the other window.", do="save"))
        response = reviewer.post(at(item, "fix/save"), sent())
        assert response.status_code == 409
        assert "your other window" in words(response)
        assert "From the other window." in words(response)
        assert Label.objects.count() == 0

    def test_who_lost_it_keeps_the_text_and_nobody_saves_what_they_do_not_hold(
        self, reviewer: Client, item: QueueItem, project: Project, cast: Cast
    ) -> None:
        claims_release(project=project, by=cast.reviewer)
        claim_next(project=project, by=cast.manager)
        response = reviewer.post(at(item, "fix/save"), sent())
        assert response.status_code == 409
        assert BETTER in words(response)
        assert "somebody else has it" in words(response)
        assert reviewer.post(at(item, "fix/save"), sent(do="save")).status_code == 302
        assert reviewer.get(at(item, "fix")).status_code == 302
        assert not Draft.objects.exists()

    def test_the_checks_read_what_is_typed(self, reviewer: Client, item: QueueItem) -> None:
        response = reviewer.post(at(item, "fix/check"), sent("Mail me: kim@example.org, and so on."))
        assert response.status_code == 200
        assert "tokens" in words(response)


class TestReject:
    def test_it_goes_to_its_author_who_reads_why(
        self, reviewer: Client, item: QueueItem, client_of: ClientOf, cast: Cast
    ) -> None:
        assert "Return to its author" in words(reviewer.get(at(item, "reject")))
        fields = {"revision": 1, "reasons": ["incorrect"], "note": "Name the gas", "do": "return"}
        assert reviewer.post(at(item, "reject/save"), fields).status_code == 302
        author = client_of("annotator")
        desk = words(author.get("/p/kitchen/write/"))
        assert "Returned to me" in desk
        assert "Name the gas" in desk
        editor = words(author.get(f"/p/kitchen/e/{item.example.public_id}/edit/"))
        assert "Name the gas" in editor
        assert cast.reviewer.pseudonym in editor
        assert cast.reviewer.display_name not in editor

    def test_without_an_author_only_removing_is_offered(self, reviewer: Client, item: QueueItem) -> None:
        Example.objects.update(author=None)
        page = words(reviewer.get(at(item, "reject")))
        assert "nobody to return it to" in page
        assert "Return to its author" not in page
        fields = {"revision": 1, "reasons": ["unsafe"], "note": ""}
        refused = reviewer.post(at(item, "reject/save"), fields | {"do": "return", "note": "Mend"})
        assert refused.status_code == 422
        assert reviewer.post(at(item, "reject/save"), fields | {"do": "remove"}).status_code == 302
        assert Return.objects.get().removed

    def test_a_removed_example_is_put_back_by_a_manager_only(
        self, reviewer: Client, item: QueueItem, client_of: ClientOf
    ) -> None:
        fields = {"revision": 1, "reasons": ["unsafe"], "note": "", "do": "remove"}
        reviewer.post(at(item, "reject/save"), fields)
        here = f"/p/kitchen/e/{item.example.public_id}/"
        author = client_of("annotator")
        page = words(author.get(here))
        assert "Removed by a reviewer" in page
        assert "Put it back" not in page
        assert author.post(f"{here}reopen/").status_code == 403
        assert client_of("manager").post(f"{here}reopen/").status_code == 302

    def test_what_is_missing_is_said_with_what_was_written(self, reviewer: Client, item: QueueItem) -> None:
        fields = {"revision": 1, "reasons": [], "note": "Name the gas", "do": "return"}
        response = reviewer.post(at(item, "reject/save"), fields)
        assert response.status_code == 422
        assert "Name the gas" in words(response)
        response = reviewer.post(at(item, "reject/save"), fields | {"reasons": ["incorrect"], "note": ""})
        assert "what its author should mend" in words(response)


def test_who_looks_at_what_was_mended_sees_the_note_and_what_was_changed(
    reviewer: Client, item: QueueItem, project: Project, cast: Cast, client_of: ClientOf
) -> None:
    fields = {"revision": 1, "reasons": ["incorrect"], "note": "Name the gas", "do": "return"}
    reviewer.post(at(item, "reject/save"), fields)
    example_submit(
        example=item.example, conversation=conversation(answer=BETTER), based_on=1, by=cast.annotator
    )
    claim_next(project=project, by=cast.manager)
    page = client_of("manager").get("/p/kitchen/review/")
    assert b"data-mended" in page.content
    assert "Name the gas" in words(page)
    assert "added: So it is the gas that does it." in words(page)


class TestTheAuthorIsTold:
    def told(self, client_of: ClientOf, item: QueueItem) -> tuple[str, str]:
        author = client_of("annotator")
        story = f"/p/kitchen/e/{item.example.public_id}/story/"
        return words(author.get("/p/kitchen/review/mine/")), words(author.get(story))

    def test_of_a_fix_what_was_changed_and_why(
        self, reviewer: Client, item: QueueItem, client_of: ClientOf, cast: Cast
    ) -> None:
        reviewer.post(at(item, "fix/save"), sent(note="not the yeast alone"))
        for page in self.told(client_of, item):
            assert "accepted" in page
            assert f"Fixed by {cast.reviewer.pseudonym}" in page
            assert "incorrect" in page
            assert "not the yeast alone" in page
            assert "So it is the gas that does it." in page

    def test_of_what_they_mended_that_it_waits_then_that_it_is_accepted_or_not(
        self, reviewer: Client, item: QueueItem, client_of: ClientOf, cast: Cast, project: Project
    ) -> None:
        fields = {"revision": 1, "reasons": ["incorrect"], "note": "Name the gas", "do": "return"}
        reviewer.post(at(item, "reject/save"), fields)
        assert "with you, to mend" in self.told(client_of, item)[0]
        mended = conversation(answer=BETTER)
        example_submit(example=item.example, conversation=mended, based_on=1, by=cast.annotator)
        assert all("waits for a reviewer" in page for page in self.told(client_of, item))
        again = claim_next(project=project, by=cast.reviewer)
        assert again
        bad = {"verdict": "bad", "reasons": ["incomplete"], "note": "And the heat?"}
        label_add(item=again, by=cast.reviewer, revision=2, **bad)  # type: ignore[arg-type]
        assert all("not accepted" in page and "And the heat?" in page for page in self.told(client_of, item))

    def test_nothing_of_others_examples(self, client_of: ClientOf, item: QueueItem, cast: Cast) -> None:
        Example.objects.update(author=cast.manager)
        assert client_of("annotator").get(f"/p/kitchen/e/{item.example.public_id}/story/").status_code == 404
