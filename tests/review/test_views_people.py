"""Pages about people: review settings, reviewers, adjudication, gold examples; what each shows and to whom."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from annotate.models import Dataset, Example, Membership, Project
from review.http import item_code
from review.models import GoldExample, Label, QueueItem, ReviewerPause, ReviewRules, Sample, SampleItem
from review.queries.rules import rules_of
from review.rules_forms import RulesForm, reasons_of
from review.services.adjudication import adjudication_next
from review.services.claims import claim_next, item_skip
from review.services.gold import gold_mark
from review.services.labels import label_add
from review.services.pauses import reviewer_pause
from tests.cast import Cast, ClientOf
from tests.review.scene import imported, sampled, words

pytestmark = pytest.mark.django_db

REVIEWERS, LABELS = "/p/kitchen/reviewers/", "/p/kitchen/reviewers/labels/"
ADJUDICATION, GOLD, SETTINGS = "/p/kitchen/adjudication/", "/p/kitchen/gold/", "/p/kitchen/review/settings/"


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


@pytest.fixture
def second(project: Project, cast: Cast) -> User:
    person = User.objects.create_user("second@winnow.example", display_name="=Second")
    Membership.objects.create(project=project, user=person, role="reviewer")
    return person


@pytest.fixture
def sample(dataset: Dataset, project: Project, cast: Cast, second: User) -> Sample:
    """Five examples that both label: one says good, good, bad, bad, good; the other bad, good, bad, good, good."""
    found = sampled(dataset, 5, overlap=1.0)
    ReviewRules.objects.update(gold_rate=0.0)
    say(project, cast.reviewer, "good", "good", "bad", "bad", "good", seconds=30.0)
    say(project, second, "bad", "good", "bad", "good", "good", seconds=10.0)
    return found


def say(project: Project, by: User, *verdicts: str, seconds: float | None = None) -> None:
    for verdict in verdicts:
        item = claim_next(project=project, by=by)
        assert item
        label_add(
            item=item, by=by, revision=1, verdict=verdict, reasons=["unsafe"], note=f"because of {by.pk}",
            seconds=seconds,
        )  # fmt: skip


def gold_answered(
    dataset: Dataset, project: Project, by: User, cast: Cast, right: list[bool]
) -> list[GoldExample]:
    """Let somebody answer as many new gold examples, all of them bad ones."""
    examples = Example.objects.filter(source_import=imported(dataset, len(right))).order_by("pk")
    found = [gold_mark(example=one, verdict="bad", reasons=["unsafe"], by=cast.manager) for one in examples]
    for one, is_right in zip(found, right, strict=True):
        seat = QueueItem.objects.create(
            project=project, queue="gold", example=one.example, rank=0, key=b"", for_user=by, revision=1
        )
        label_add(item=seat, by=by, revision=1, verdict="bad" if is_right else "good", reasons=["unsafe"])
    return found


# 1. reviewers


def test_each_reviewers_figures(
    manager: Client, sample: Sample, dataset: Dataset, project: Project, cast: Cast, second: User
) -> None:
    gold_answered(dataset, project, second, cast, [True, False, False])
    page = words(manager.get(REVIEWERS))
    first = page[page.index("Reviewer last") :]
    assert "5 5 today, 5 in 7 days 40.0 % 2 of 5 sampled" in first
    assert "120 an hour median 30 s" in first
    assert "60.0 % few 23.1 to 88.2 %, kappa 0.17 2 of 5 differ : 1 stricter, 1 milder" in first
    other = page[page.index("=Second last") :]
    assert (
        "8 8 today, 8 in 7 days 40.0 % 2 of 5 sampled" in other
    )  # gold examples are decisions, and no part of the share
    assert "360 an hour median 10 s" in other
    assert "1 of 3 right those answered wrong" in other


def test_how_far_all_agree_each_two_and_by_reason(manager: Client, sample: Sample) -> None:
    page = words(manager.get(REVIEWERS))
    assert "Krippendorff\N{RIGHT SINGLE QUOTATION MARK}s alpha 0.25" in page
    assert "0.667 is wanted" in page
    assert "Both good 2 One good, one bad 2 Both bad 1" in page
    assert "Reviewer and =Second few 5 60.0 % 0.17 2 1 1 1" in page
    assert "Unsafe 2 1 33.3 % 0.25" in page


def test_the_number_of_queries_depends_on_no_number_of_people_or_labels(
    manager: Client, sample: Sample, dataset: Dataset, project: Project, cast: Cast, second: User
) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert manager.get(address).status_code == 200
        return len(found)

    gold_answered(dataset, project, second, cast, [True, False])
    before = [queries(REVIEWERS), queries(f"{LABELS}?kind=apart"), queries(GOLD)]
    third = User.objects.create_user("third@winnow.example")
    Membership.objects.create(project=project, user=third, role="reviewer")
    sampled(dataset, 3, overlap=1.0)
    ReviewRules.objects.update(gold_rate=0.0)
    say(project, cast.reviewer, "good", "good", "good")
    say(project, third, "bad", "bad", "bad")
    gold_answered(dataset, project, third, cast, [True, False, False])
    assert [queries(REVIEWERS), queries(f"{LABELS}?kind=apart"), queries(GOLD)] == before
    assert before[0] <= 22


def test_reviewers_see_their_own_row_alone_and_nothing_of_gold(
    client_of: ClientOf, sample: Sample, dataset: Dataset, project: Project, cast: Cast
) -> None:
    gold_answered(dataset, project, cast.reviewer, cast, [False])
    client = client_of("reviewer")
    page = words(client.get(REVIEWERS))
    assert "You last" in page
    assert "6 6 today" in page
    assert "50.0 % 3 of 6" not in page
    assert "33.3 % 2 of 6" in page  # a gold one counts like any other: nothing tells that it was one
    assert "Second" not in page
    assert "old" not in page.split("What you decided")[1]
    shown = client.get("/p/kitchen/reviewers/reviewers.json").json()
    assert [one["reviewer"] for one in shown["reviewers"]] == ["you"]
    assert shown["reviewers"][0]["gold_asked"] is None
    assert set(shown) == {"project", "reviewers"}
    assert client.get(f"{LABELS}?kind=gold").status_code == 404
    assert "=Second" not in words(client.get(f"{LABELS}?kind=apart&by=1"))


def test_the_labels_behind_a_figure(
    manager: Client, sample: Sample, dataset: Dataset, project: Project, cast: Cast, second: User
) -> None:
    golds = gold_answered(dataset, project, second, cast, [True, False, False])

    def count(query: str) -> int:
        return int(manager.get(f"{LABELS}?{query}").context["count"])

    one, two = cast.reviewer.pk, second.pk
    assert count(f"by={one}") == 5
    assert count(f"kind=bad&by={two}") == 2
    assert count("kind=apart") == 2
    assert count(f"kind=both&by={one}&beside={two}&mine=bad&theirs=good") == 1
    assert count(f"kind=both&by={one}&beside={one}") == 0
    assert count("kind=reason&reason=unsafe") == 2
    assert count("kind=reason&reason=other") == 0
    assert count(f"kind=gold&by={two}") == 2
    assert count(f"kind=answers&gold={golds[1].pk}") == 1
    page = words(manager.get(f"{LABELS}?kind=apart&by={one}"))
    assert page.count(f"because of {two}") == 2
    assert manager.get(f"{LABELS}?kind=nothing").status_code == 404


def test_a_label_is_not_shown_while_a_second_reviewer_is_yet_to_look(
    client_of: ClientOf, dataset: Dataset, project: Project, cast: Cast, second: User
) -> None:
    sampled(dataset, 1, overlap=1.0)
    say(project, second, "bad")
    reader = client_of("reviewer")
    assert "because" not in words(reader.get(LABELS))
    mine = Client()
    mine.force_login(second)
    assert "must not be told" in words(mine.get(LABELS))
    say(project, cast.reviewer, "good")
    assert f"because of {second.pk}" in words(reader.get(LABELS))
    assert second.pseudonym in words(reader.get(LABELS))


def test_skips_with_their_reasons(
    manager: Client, sample: Sample, dataset: Dataset, project: Project, cast: Cast
) -> None:
    sampled(dataset, 1)
    item = claim_next(project=project, by=cast.reviewer)
    assert item
    item_skip(item=item, by=cast.reviewer, reason="Outside my field")
    page = words(manager.get(f"{LABELS}?kind=skipped&by={cast.reviewer.pk}"))
    assert "Outside my field" in page
    assert manager.get(f"{LABELS}?kind=skipped").status_code == 404


def test_a_reviewer_is_paused_with_a_note_and_resumed(manager: Client, project: Project, cast: Cast) -> None:
    pause = f"{REVIEWERS}{cast.reviewer.pk}/pause/"
    refused = manager.post(pause, {"note": " "})
    assert refused.status_code == 422
    assert "the reviewer reads it" in words(refused)
    manager.post(pause, {"note": "Read the guidelines"})
    assert "Paused by Manager" in (page := words(manager.get(REVIEWERS)))
    assert "“Read the guidelines”" in page
    assert manager.post(f"{REVIEWERS}{cast.reviewer.pk}/resume/").status_code == 302
    assert ReviewerPause.objects.get().resumed_by == cast.manager
    assert manager.post(f"{REVIEWERS}{cast.outsider.pk}/pause/", {"note": "x"}).status_code == 404


def test_as_csv_that_a_spreadsheet_shows_as_text(manager: Client, sample: Sample) -> None:
    response: Any = manager.get(f"{REVIEWERS}reviewers.csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0].startswith("reviewer,role,decisions,bad,bad_share")
    assert any(line.startswith("'=Second,reviewer,5,2,0.4,5,5,360.0,10.0,5,0.6,") for line in lines)
    values = manager.get(f"{REVIEWERS}reviewers.json").json()
    assert values["agreement"]["alpha"] == pytest.approx(0.25)
    assert values["pairs"][0]["items"] == 5


# 2. adjudication


def held(project: Project, by: User, *, manages: bool) -> str:
    item = adjudication_next(project=project, by=by, manages=manages)
    assert item
    return f"{ADJUDICATION}{item_code(item)}/settle/"


def test_both_labels_stand_side_by_side_and_the_managers_settles_them(
    manager: Client, sample: Sample, project: Project, cast: Cast, second: User, client_of: ClientOf
) -> None:
    assert "2 examples with two different labels" in words(manager.get(ADJUDICATION))
    assert manager.post(f"{ADJUDICATION}next/").status_code == 302
    page = words(manager.get(ADJUDICATION))
    assert f"“because of {cast.reviewer.pk}”" in page or "No note." in page
    assert "=Second" in page
    address = held(project, cast.manager, manages=True)
    assert manager.post(address, {"verdict": "bad", "revision": 1}).status_code == 422
    assert Label.objects.filter(queue="adjudication").count() == 0
    sent = {
        "verdict": "bad",
        "revision": 1,
        "reasons": ["incomplete"],
        "note": "Too short.",
        "seconds": "4.5",
        "gold": "on",
    }
    assert manager.post(address, sent).status_code == 302
    label = Label.objects.get(queue="adjudication")
    assert (label.verdict, label.reasons, label.note, label.seconds) == (
        "bad",
        ["incomplete"],
        "Too short.",
        4.5,
    )
    assert GoldExample.objects.get().example_id == label.example_id
    assert SampleItem.objects.filter(settled=True, outcome="bad").count() == 1
    assert manager.post(address, sent).status_code == 302  # sent twice is one label
    assert manager.post(address, sent | {"verdict": "good", "reasons": []}).status_code == 409
    page = words(client_of("reviewer").get(f"{LABELS}?kind=settled"))
    assert "Settled: Bad : incomplete “Too short.”" in page
    assert "Manager" not in page
    assert manager.post(f"{ADJUDICATION}undo/").status_code == 302
    assert SampleItem.objects.filter(outcome="disputed").count() == 2


def test_reviewers_settle_what_others_labelled_and_read_pseudonyms(
    client_of: ClientOf, sample: Sample, project: Project, cast: Cast, second: User
) -> None:
    assert "Nothing to settle for you" in words(client_of("reviewer").get(ADJUDICATION))
    third = User.objects.create_user("third@winnow.example")
    Membership.objects.create(project=project, user=third, role="reviewer")
    client = Client()
    client.force_login(third)
    address = held(project, third, manages=False)
    page = words(client.get(ADJUDICATION))
    assert cast.reviewer.pseudonym in page
    assert "=Second" not in page
    assert "gold" not in page
    client.post(address, {"verdict": "good", "revision": 1, "gold": "on"})
    assert Label.objects.filter(queue="adjudication", by=third, verdict="good").count() == 1
    assert not GoldExample.objects.exists()


def test_a_dispute_that_was_skipped_waits_for_somebody_else(
    manager: Client, sample: Sample, project: Project, cast: Cast
) -> None:
    for _ in range(2):
        manager.post(held(project, cast.manager, manages=True).replace("settle", "skip"))
    page = words(manager.get(ADJUDICATION))
    assert "Nothing to settle for you" in page
    assert "2 that you skipped wait for somebody else." in page


def test_who_can_be_given_no_dispute_reads_why(
    manager: Client, client_of: ClientOf, sample: Sample, project: Project, cast: Cast, second: User
) -> None:
    for person in (cast.annotator, second):
        adjudication_next(project=project, by=person, manages=True)
    assert "None is free for you now" in words(manager.post(f"{ADJUDICATION}next/", follow=True))
    reviewer_pause(project=project, user=cast.manager, note="Rest.", by=cast.manager)
    assert "You are paused in this project" in words(manager.post(f"{ADJUDICATION}next/", follow=True))


def test_only_what_was_settled_is_taken_back_there(
    manager: Client, sample: Sample, dataset: Dataset, project: Project, cast: Cast
) -> None:
    sampled(dataset, 1)
    say(project, cast.manager, "good")
    manager.post(f"{ADJUDICATION}undo/")
    assert not Label.objects.filter(verdict="undone").exists()


def test_no_seat_of_the_stream_is_settled(manager: Client, sample: Sample, dataset: Dataset) -> None:
    sampled(dataset, 1)
    item = QueueItem.objects.filter(queue="sample", decided_at=None).latest("pk")
    address = f"{ADJUDICATION}{item_code(item)}/settle/"
    assert manager.post(address, {"verdict": "good", "revision": 1}).status_code == 422
    manager.post(f"{ADJUDICATION}{item_code(item)}/skip/")
    assert not item.skips.exists()


# 3. gold examples


def test_the_supply_is_said_plainly_and_doubtful_ones_are_marked(
    manager: Client, sample: Sample, dataset: Dataset, project: Project, cast: Cast, second: User
) -> None:
    assert "No gold example yet" in words(manager.get(GOLD))
    (gold, *_) = gold_answered(dataset, project, second, cast, [False])
    ReviewRules.objects.update(qualification=9)
    assert "1 gold example in use; qualification asks for 9; 8 more are needed." in words(manager.get(GOLD))
    assert "most answer otherwise" not in words(manager.get(GOLD))
    for person in (cast.reviewer, second):
        seat = QueueItem.objects.create(
            project=project, queue="gold", example=gold.example, rank=0, key=b"", for_user=person, revision=1
        )
        label_add(item=seat, by=person, revision=1, verdict="good")
    Example.objects.filter(pk=gold.example_id).update(revision=2)
    page = words(manager.get(GOLD))
    assert "most answer otherwise text changed since" in page
    assert "3 0 of 3" in page


def test_an_example_is_marked_retired_and_used_again(manager: Client, dataset: Dataset, cast: Cast) -> None:
    (example,) = Example.objects.filter(source_import=imported(dataset, 1))
    address = f"/p/kitchen/e/{example.public_id}/gold/"
    refused = manager.post(f"{address}save/", {"verdict": "bad", "revision": 1})
    assert refused.status_code == 422
    assert "pick at least one" in words(refused)
    manager.post(
        f"{address}save/", {"verdict": "bad", "reasons": ["unsafe"], "note": "Raw flour.", "revision": 7}
    )
    gold = GoldExample.objects.get()
    assert (gold.verdict, gold.reasons, gold.note, gold.revision) == ("bad", ["unsafe"], "Raw flour.", 1)
    assert "Raw flour." in words(manager.get(address))
    manager.post(f"{GOLD}{gold.pk}/retire/")
    gold.refresh_from_db()
    assert gold.retired_at
    assert "No gold example yet" in words(manager.get(GOLD))
    assert "unsafe" in words(manager.get(f"{GOLD}?show=retired"))
    manager.post(f"{GOLD}{gold.pk}/use/")
    used = GoldExample.objects.get()
    assert (used.retired_at, used.verdict) == (None, "bad")


def test_a_label_is_offered_as_the_right_one(manager: Client, sample: Sample, cast: Cast) -> None:
    label = Label.objects.filter(verdict="bad", by=cast.reviewer).earliest("pk")
    response = manager.get(f"/p/kitchen/e/{label.example.public_id}/gold/?label={label.pk}")
    assert response.context["verdict"] == "bad"
    assert response.context["card"]["chosen"] == ["unsafe"]


# 4. review settings


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


def test_whoever_is_paused_reads_so_on_their_row(client_of: ClientOf, project: Project, cast: Cast) -> None:
    reviewer_pause(project=project, user=cast.reviewer, by=cast.manager, note="Talk to me")
    assert "“Talk to me”" in words(client_of("reviewer").get(REVIEWERS))
