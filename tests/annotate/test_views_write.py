"""The desk: begin, save, submit, discard; and nothing typed is ever lost."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from annotate.models import Dataset, Draft, Example, Project, Revision
from annotate.records import Conversation, Turn
from annotate.services.examples import draft_save, draft_start, example_submit, example_withdraw
from tests.cast import ANSWER, QUESTION, Cast, ClientOf, conversation, make_example

pytestmark = pytest.mark.django_db

DESK = "/p/kitchen/write/"
GOOD = (("user", QUESTION), ("assistant", ANSWER))


@pytest.fixture
def writer(client_of: ClientOf) -> Client:
    return client_of("annotator")


@pytest.fixture
def draft(dataset: Dataset, cast: Cast) -> Example:
    return draft_start(dataset=dataset, by=cast.annotator)


@pytest.fixture
def submitted(dataset: Dataset, cast: Cast) -> Example:
    return make_example(dataset, author=cast.annotator)


def edit_url(example: Example) -> str:
    return reverse("annotate:edit", args=["kitchen", example.public_id])


def form(turns: Sequence[tuple[str, str]] = GOOD, **fields: object) -> dict[str, object]:
    """Return what the editor sends: a save of two turns unless told otherwise."""
    sent: dict[str, object] = {
        "version": 1, "based_on": 1, "text_of": 1, "shape": "turns", "do": "",
        "turn_role": [role for role, _ in turns], "turn_content": [content for _, content in turns],
        "turn_input": [""] * len(turns), "turn_was": [""] * len(turns),
    }  # fmt: skip
    return sent | fields


def autosave(client: Client, example: Example, **fields: Any) -> Any:
    return client.post(edit_url(example), form(**fields), headers={"Accept": "application/json"})


def kept(example: Example) -> list[str]:
    return [turn["content"] for turn in Draft.objects.get(example=example).turns]


class TestDesk:
    def test_lists_what_the_person_has_in_hand_and_nothing_of_others(
        self, dataset: Dataset, cast: Cast, writer: Client
    ) -> None:
        make_example(dataset, author=cast.annotator, text=conversation("Mine, submitted?"))
        make_example(dataset, author=cast.annotator, text=conversation("Mine, returned?"), state=10)
        make_example(dataset, author=cast.manager, text=conversation("Not mine?"))
        begun = draft_start(dataset=dataset, by=cast.annotator)
        draft_save(
            example=begun, by=cast.annotator, conversation=conversation("Mine, begun?"), based_on=1, saves=1
        )
        html = writer.get(DESK).content.decode()
        for words in ("Mine, submitted?", "Mine, returned?", "Mine, begun?", "Returned to me"):
            assert words in html
        assert "Not mine?" not in html

    def test_only_datasets_of_human_annotation_are_offered(
        self, project: Project, dataset: Dataset, writer: Client
    ) -> None:
        imported = Dataset.objects.create(project=project, name="Found", slug="found", source="existing")
        assert "Found" not in writer.get(DESK).content.decode()
        response = writer.post(f"{DESK}new/", {"dataset": imported.slug})
        assert response.status_code == 422
        assert "Choose one of these datasets." in response.content.decode()
        assert not Example.objects.exists()

    def test_says_what_is_missing_where_nothing_can_be_begun(
        self, project: Project, client_of: ClientOf
    ) -> None:
        assert "?source=human" in client_of("manager").get(DESK).content.decode()
        assert "A manager of the project creates one" in client_of("annotator").get(DESK).content.decode()

    def test_begins_an_example_and_a_second_time_goes_on_with_it(
        self, dataset: Dataset, writer: Client
    ) -> None:
        first = writer.post(f"{DESK}new/", {"dataset": "baking"})
        again = writer.post(f"{DESK}new/", {"dataset": "baking"})
        assert first["Location"] == again["Location"] == edit_url(Example.objects.get())


class TestSaving:
    def test_an_autosave_is_acknowledged_with_its_number(self, draft: Example, writer: Client) -> None:
        answer = autosave(writer, draft)
        assert answer.status_code == 200
        assert answer.json()["version"] == 2
        assert parse_datetime(answer.json()["saved_at"]) is not None
        assert kept(draft) == [QUESTION, ANSWER]

    def test_unfinished_text_is_saved_as_it_is(self, draft: Example, writer: Client) -> None:
        autosave(writer, draft, turns=[("assistant", ""), ("assistant", " a\r\n\0b ")])
        assert kept(draft) == ["", " a\nb "]

    @pytest.mark.parametrize(("count", "length"), [(1, 4_000_000), (1_000, 10)])
    def test_long_text_and_many_turns_are_taken(
        self, count: int, length: int, draft: Example, writer: Client
    ) -> None:
        assert autosave(writer, draft, turns=[("user", "é" * length)] * count).status_code == 200
        assert kept(draft) == ["é" * length] * count

    def test_an_edit_is_kept_beside_the_example(self, submitted: Example, writer: Client) -> None:
        assert autosave(writer, submitted, turns=[("user", "Half")], version=0).json()["version"] == 1
        submitted.refresh_from_db()
        assert submitted.turns[0]["content"] == QUESTION
        assert "Half" in writer.get(edit_url(submitted)).content.decode()

    def test_the_page_comes_back_as_it_was_left(self, draft: Example, writer: Client) -> None:
        autosave(writer, draft, turns=[("system", "Be <kind>"), ("user", "\nfirst line blank")])
        html = writer.get(edit_url(draft)).content.decode()
        assert "Be &lt;kind&gt;</textarea>" in html
        assert ">\n\nfirst line blank</textarea>" in html
        assert 'name="version" value="2"' in html

    @pytest.mark.parametrize(
        ("action", "after"),
        [
            ("add", ["a", "b", ""]),
            ("down 0", ["b", "a"]),
            ("up 1", ["b", "a"]),
            ("remove 0", ["b"]),
            ("save", ["a", "b"]),
        ],
    )
    def test_the_tools_work_without_javascript(
        self, action: str, after: list[str], draft: Example, writer: Client
    ) -> None:
        response = writer.post(edit_url(draft), form([("user", "a"), ("assistant", "b")], do=action))
        assert response["Location"].startswith(edit_url(draft))
        assert kept(draft) == after

    def test_the_shape_changes_and_no_text_is_lost(self, draft: Example, writer: Client) -> None:
        turns = [("system", ""), ("user", "Why?"), ("assistant", "So.")]
        response = writer.post(
            edit_url(draft), form(turns, shape="single", do="shape turns", turn_input=["", "Given", ""])
        )
        html = writer.get(response["Location"]).content.decode()
        assert "data-turns" in html
        assert kept(draft) == ["Why?", "So."]
        back = writer.post(
            edit_url(draft), form([("user", "Why?"), ("assistant", "So.")], version=2, do="shape single")
        )
        html = writer.get(back["Location"]).content.decode()
        assert "data-turns" not in html
        assert 'id="text-assistant"' in html

    def test_a_text_is_edited_alone(self, draft: Example, writer: Client) -> None:
        text = Conversation((Turn("assistant", "Bread rises.", tag="text"),))
        Example.objects.filter(pk=draft.pk).update(turns=text.as_json())
        Draft.objects.filter(example=draft).update(turns=text.as_json())
        html = writer.get(f"{edit_url(draft)}?shape=single").content.decode()
        assert html.count("<textarea") == 1 and 'for="text-assistant">Text<' in html
        sent = form([("assistant", "Bread rises slowly.")], shape="single", do="submit", turn_was=["0"])
        assert writer.post(edit_url(draft), sent).status_code == 302
        draft.refresh_from_db()
        assert draft.turns == [{"role": "assistant", "content": "Bread rises slowly.", "tag": "text"}]

    def test_more_than_one_answer_stays_as_turns_and_says_so(self, draft: Example, writer: Client) -> None:
        turns = [("user", "a"), ("assistant", "b"), ("user", "c")]
        response = writer.post(edit_url(draft), form(turns, do="shape single"))
        html = writer.get(response["Location"]).content.decode()
        assert "It stays as turns" in html
        assert kept(draft) == ["a", "b", "c"]

    def test_the_shape_last_chosen_is_that_of_the_next_example(
        self, dataset: Dataset, draft: Example, cast: Cast, writer: Client
    ) -> None:
        assert "data-turns" not in writer.get(edit_url(draft)).content.decode()
        writer.post(edit_url(draft), form([("user", "x")], do="shape turns"))
        other = draft_start(dataset=dataset, by=cast.annotator)
        assert other != draft
        assert "data-turns" in writer.get(edit_url(other)).content.decode()

    @pytest.mark.parametrize(
        "fields",
        [
            {"version": "x"},
            {"version": -1},
            {"version": 10**12},
            {"based_on": ""},
            {"shape": "round"},
            {"do": "drop table"},
            {"do": "up -1"},
            {"turn_role": ["user"]},
            {"turn_role": ["user", "oracle"]},
            {"turn_was": ["", "", ""]},
        ],
    )
    def test_a_form_that_the_page_did_not_make_is_refused(
        self, fields: dict[str, object], draft: Example, writer: Client
    ) -> None:
        assert writer.post(edit_url(draft), form() | fields).status_code == 400
        assert Draft.objects.get().turns == []

    def test_nobody_saves_into_the_draft_of_another(
        self, submitted: Example, client_of: ClientOf, writer: Client
    ) -> None:
        autosave(writer, submitted, turns=[("user", "Annotator's")], version=0)
        assert (
            autosave(client_of("manager"), submitted, turns=[("user", "Manager's")], version=0).status_code
            == 200
        )
        assert sorted(draft.turns[0]["content"] for draft in Draft.objects.all()) == [
            "Annotator's",
            "Manager's",
        ]


class TestSubmitting:
    def submit(self, client: Client, example: Example, **fields: Any) -> Any:
        return client.post(edit_url(example), form(**{"do": "submit"} | fields))

    def test_a_finished_text_is_submitted_and_the_next_begun(self, draft: Example, writer: Client) -> None:
        response = self.submit(writer, draft)
        draft.refresh_from_db()
        assert (draft.state, draft.revision) == (Example.State.SUBMITTED, 1)
        following = Example.objects.get(state=Example.State.DRAFT)
        assert response["Location"] == edit_url(following)

    def test_what_was_returned_comes_next_then_what_was_begun(
        self, dataset: Dataset, draft: Example, cast: Cast, writer: Client
    ) -> None:
        begun = make_example(dataset, author=cast.annotator)
        autosave(writer, begun, turns=[("user", "Half")], version=0)
        assert self.submit(writer, draft)["Location"] == edit_url(begun)
        returned = make_example(dataset, author=cast.annotator, state=Example.State.RETURNED)
        another = draft_start(dataset=dataset, by=cast.annotator)
        assert self.submit(writer, another)["Location"] == edit_url(returned)

    def test_a_returned_example_is_submitted_anew(self, dataset: Dataset, cast: Cast, writer: Client) -> None:
        returned = make_example(dataset, author=cast.annotator, state=Example.State.RETURNED)
        self.submit(writer, returned, turns=[("user", QUESTION), ("assistant", "Better.")], version=0)
        returned.refresh_from_db()
        assert (returned.state, returned.revision) == (Example.State.SUBMITTED, 2)

    def test_an_edit_becomes_a_revision_and_goes_back_to_the_example(
        self, submitted: Example, writer: Client
    ) -> None:
        response = self.submit(
            writer, submitted, turns=[("user", QUESTION), ("assistant", "Gas.")], version=0
        )
        assert response["Location"] == submitted.get_absolute_url()
        submitted.refresh_from_db()
        assert (submitted.revision, submitted.turns[1]["content"]) == (2, "Gas.")
        assert Revision.objects.get().turns[1]["content"] == ANSWER

    def test_what_the_editor_cannot_show_survives_an_edit(
        self, dataset: Dataset, writer: Client, cast: Cast
    ) -> None:
        turns = (Turn("user", "Why?", extra={"id": 7}), Turn("assistant", "So.\r\nThen.", tag="gpt-4"))
        example = make_example(dataset, author=cast.annotator, text=Conversation(turns, {"lang": "en"}))
        sent = [("user", "Why now?"), ("assistant", "So.\r\nThen.")]
        self.submit(writer, example, turns=sent, version=0, turn_was=["0", "1"])
        example.refresh_from_db()
        assert example.conversation.turns == (Turn("user", "Why now?", extra={"id": 7}), turns[1])
        assert example.metadata == {"lang": "en"}

    @pytest.mark.parametrize(
        ("turns", "words", "places"),
        [
            ([("user", " "), ("assistant", "")], "Nothing is written yet.", []),
            ([("user", "Why?"), ("assistant", "")], "Turn 2 (assistant) is empty", ["1"]),
            ([("user", "a"), ("user", "b"), ("assistant", "c")], "both user turns", ["1"]),
            ([("user", "Why?")], "has no answer", []),
        ],
    )
    def test_a_text_that_is_not_ready_is_kept_and_says_why_at_its_turn(
        self, turns: list[tuple[str, str]], words: str, places: list[str], draft: Example, writer: Client
    ) -> None:
        response = self.submit(writer, draft, turns=turns)
        assert response.status_code == 422
        html = response.content.decode()
        assert words in html
        assert 'role="alert"' in html
        assert [place for place in "0123" if f'id="problem-{place}-1"' in html] == places
        draft.refresh_from_db()
        assert draft.state == Example.State.DRAFT
        assert [content for _, content in turns if content.strip()] == [
            text for text in kept(draft) if text.strip()
        ]

    def test_it_can_be_mended_and_submitted_from_there(self, draft: Example, writer: Client) -> None:
        page = self.submit(writer, draft, turns=[("user", "Why?"), ("assistant", "")]).content.decode()
        assert 'name="version" value="2"' in page
        assert self.submit(writer, draft, version=2).status_code == 302

    def test_a_withdrawn_example_is_not_brought_back_by_an_edit(
        self, submitted: Example, cast: Cast, writer: Client
    ) -> None:
        example_withdraw(example=submitted, by=cast.manager)
        response = self.submit(
            writer, submitted, turns=[("user", QUESTION), ("assistant", "Gas.")], version=0
        )
        assert response.status_code == 422
        assert "withdrawn" in response.content.decode()
        assert kept(submitted)[1] == "Gas."


class TestConflicts:
    MINE = (("user", QUESTION), ("assistant", "Mine."))

    def edited_meanwhile(self, example: Example, cast: Cast) -> None:
        example_submit(
            example=example, conversation=conversation(answer="Theirs."), based_on=1, by=cast.manager
        )

    def conflict(self, writer: Client, example: Example, **fields: Any) -> str:
        response = writer.post(edit_url(example), form(self.MINE, **fields))
        assert response.status_code == 409
        return str(response.content.decode())

    def test_both_texts_are_shown_and_mine_is_kept(
        self, submitted: Example, cast: Cast, writer: Client
    ) -> None:
        self.edited_meanwhile(submitted, cast)
        html = self.conflict(writer, submitted, do="submit", version=0)
        for words in ("Mine", "Theirs", "<ins>", "<del>", f"{cast.manager.pseudonym} saved revision 2"):
            assert words in html
        assert kept(submitted)[1] == "Mine."
        submitted.refresh_from_db()
        assert submitted.revision == 2

    def test_mine_can_go_on_top(self, submitted: Example, cast: Cast, writer: Client) -> None:
        self.edited_meanwhile(submitted, cast)
        self.conflict(writer, submitted, do="submit", version=0)
        response = writer.post(
            edit_url(submitted), form(self.MINE, do="submit", based_on=2, version=1, kind="revision")
        )
        assert response.status_code == 302
        submitted.refresh_from_db()
        assert (submitted.revision, submitted.turns[1]["content"]) == (3, "Mine.")
        assert [old.turns[1]["content"] for old in submitted.revisions.all()] == ["Theirs.", ANSWER]

    def test_theirs_can_be_taken(self, submitted: Example, cast: Cast, writer: Client) -> None:
        self.edited_meanwhile(submitted, cast)
        self.conflict(writer, submitted, do="submit", version=0)
        writer.post(reverse("annotate:draft_discard", args=["kitchen", submitted.public_id]))
        assert not Draft.objects.exists()
        assert "Theirs." in writer.get(edit_url(submitted)).content.decode()

    def test_both_can_be_merged_by_hand(self, submitted: Example, cast: Cast, writer: Client) -> None:
        self.edited_meanwhile(submitted, cast)
        self.conflict(writer, submitted, do="submit", version=0)
        page = writer.post(
            edit_url(submitted), form(self.MINE, do="merge", based_on=2, version=1, kind="revision")
        )
        html = page.content.decode()
        assert page.status_code == 200
        assert "The other text, to merge from" in html
        assert "Theirs." in html
        assert "Mine." in html
        assert 'name="based_on" value="2"' in html

    def test_a_draft_of_an_older_revision_says_so_when_opened(
        self, submitted: Example, cast: Cast, writer: Client
    ) -> None:
        autosave(writer, submitted, turns=self.MINE, version=0)
        self.edited_meanwhile(submitted, cast)
        assert "was edited after you began this draft" in writer.get(edit_url(submitted)).content.decode()

    @pytest.mark.parametrize("action", ["", "submit", "add", "merge"])
    def test_another_window_is_never_overwritten(self, action: str, draft: Example, writer: Client) -> None:
        autosave(writer, draft, turns=[("user", "Other window")])
        html = self.conflict(writer, draft, do=action, version=1)
        assert "Another window of yours saved this draft" in html
        assert "Mine." in html
        assert kept(draft) == ["Other window"]

    def test_an_autosave_hears_of_the_other_window_too(self, draft: Example, writer: Client) -> None:
        autosave(writer, draft, turns=[("user", "Other window")])
        assert autosave(writer, draft, turns=self.MINE).status_code == 409
        assert kept(draft) == ["Other window"]

    def test_this_windows_text_can_be_kept(self, draft: Example, writer: Client) -> None:
        autosave(writer, draft, turns=[("user", "Other window")])
        self.conflict(writer, draft, version=1)
        writer.post(edit_url(draft), form(self.MINE, do="save", version=2, kind="window"))
        assert kept(draft) == [QUESTION, "Mine."]

    def test_both_windows_can_be_merged_by_hand(self, draft: Example, writer: Client) -> None:
        autosave(writer, draft, turns=[("user", "Other window")])
        page = writer.post(edit_url(draft), form(self.MINE, do="merge", version=2, kind="window"))
        assert "Other window" in page.content.decode()
        assert kept(draft) == [QUESTION, "Mine."]


class TestDiscarding:
    def discard(self, client: Client, example: Example) -> Any:
        return client.post(reverse("annotate:draft_discard", args=["kitchen", example.public_id]))

    def test_a_new_draft_leaves_nothing(self, draft: Example, writer: Client) -> None:
        assert self.discard(writer, draft)["Location"] == DESK
        assert not Example.objects.exists()

    def test_an_edit_leaves_the_example(self, submitted: Example, writer: Client) -> None:
        autosave(writer, submitted, turns=[("user", "Half")], version=0)
        assert self.discard(writer, submitted)["Location"] == submitted.get_absolute_url()
        assert not Draft.objects.exists()
        submitted.refresh_from_db()
        assert submitted.turns[0]["content"] == QUESTION


class TestLiveChecks:
    def test_there_is_no_slot_without_an_address(self, draft: Example, writer: Client, settings: Any) -> None:
        settings.LIVE_CHECKS = ""
        assert "live-checks" not in writer.get(edit_url(draft)).content.decode()

    def test_the_slot_asks_the_address_of_the_settings(
        self, draft: Example, writer: Client, settings: Any
    ) -> None:
        settings.LIVE_CHECKS = "annotate:history"
        html = writer.get(edit_url(draft)).content.decode()
        assert f'hx-post="{reverse("annotate:history", args=["kitchen", draft.public_id])}"' in html
