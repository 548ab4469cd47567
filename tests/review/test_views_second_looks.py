"""The page of second looks: both sides, a verdict, what was settled; and the list of disagreements."""

import pytest
from django.test import Client

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.http import item_code
from review.models import GoldExample, Label, QueueItem, Sample
from review.policies import DEFAULT_POLICY
from review.quality.artefacts import saved
from review.quality.classifier import fit
from review.quality.ladder import Step
from review.queries.second_looks import second_looks
from review.services.pauses import reviewer_pause
from review.services.policies import policy_save
from review.services.score_limits import with_minimum
from review.services.second_looks import second_look, second_look_next, second_looks_fill
from review.views import disagreements, second_look_context
from tests.cast import Cast, ClientOf
from tests.review.doubts import doubting, labelled
from tests.review.people import LABELS, REVIEWERS, STREAM
from tests.review.quality.planted import first
from tests.review.scene import sampled, words

pytestmark = pytest.mark.django_db
LOOKS, LIST = "/p/kitchen/second-look/", "/p/kitchen/second-look/disagreements/"


def held(project: Project, by: User, *, manages: bool) -> str:
    item = second_look_next(project=project, by=by, manages=manages)
    assert item
    return f"{LOOKS}{item_code(item)}/settle/"


def client_for(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_both_sides_stand_there_and_the_label_settles_it(
    manager: Client, doubted: list[Example], project: Project, cast: Cast, client_of: ClientOf
) -> None:
    assert "2 labels that the classifier doubts" in words(manager.get(LOOKS))
    assert '<a href="/p/kitchen/second-look/">Second look <span class="count">2</span></a>' in (
        manager.get(STREAM).content.decode()
    )
    assert manager.post(f"{LOOKS}next/").status_code == 302
    page = words(manager.get(LOOKS))
    assert "Reviewer" in page
    assert f"“because of {cast.reviewer.pk}”" in page
    assert "Labelled bad; the classifier, which has not seen this label, takes it for good (99 %)." in page
    assert "That version can no longer be read" in page
    assert "0 of 2 looked at" in page
    address = held(project, cast.manager, manages=True)
    assert manager.post(address, {"verdict": "bad", "revision": 1}).status_code == 422
    sent = {"verdict": "good", "revision": 1, "note": "It is fine.", "seconds": "4.5", "gold": "on"}
    assert manager.post(address, sent).status_code == 302
    label = Label.objects.get(queue="second-look")
    assert (label.example, label.verdict, label.note, label.seconds) == (
        doubted[0], "good", "It is fine.", 4.5,
    )  # fmt: skip
    assert GoldExample.objects.get().example == doubted[0]
    assert manager.post(address, sent).status_code == 302  # sent twice is one label
    manager.post(f"{LOOKS}undo/")
    assert not QueueItem.objects.filter(queue="second-look", decided_at__isnull=False).exists()


def test_reviewers_read_pseudonyms_and_what_was_settled(
    client_of: ClientOf, doubted: list[Example], project: Project, cast: Cast, second: User
) -> None:
    assert "Nothing to look at for you" in words(client_of("reviewer").get(LOOKS))
    client = client_for(second)
    address = held(project, second, manages=False)
    page = words(client.get(LOOKS))
    assert cast.reviewer.pseudonym in page
    assert "gold" not in page
    client.post(address, {"verdict": "good", "revision": 1})
    client.post(held(project, second, manages=False), {"verdict": "good", "revision": 1})
    page = words(client_of("reviewer").get(LOOKS))
    assert "1 of 2 otherwise than labelled" in page
    assert second.pseudonym in page
    assert "=Second" not in page
    assert "finds no other label improbable" in page


def test_what_was_settled_is_listed_by_pages(
    client_of: ClientOf,
    doubted: list[Example],
    project: Project,
    second: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for item in second_looks(project):
        second_look(item=item, by=second, manages=False, revision=1, verdict="good")
    monkeypatch.setattr(second_look_context, "PAGE_SIZE", 1)
    client = client_of("reviewer")
    first = client.get(LOOKS)
    assert [each.example for each in first.context["looked"]] == doubted[1:]
    other = client.get(f"{LOOKS}{first.context['older']}")
    assert [each.example for each in other.context["looked"]] == doubted[:1]
    assert other.context["older"] == ""


def test_what_changed_while_it_was_read_is_not_saved_and_says_so(
    doubted: list[Example], project: Project, second: User
) -> None:
    address, client = held(project, second, manages=False), client_for(second)
    Example.objects.filter(pk=doubted[0].pk).update(revision=2)
    answer = client.post(address, {"verdict": "bad", "revision": 1, "reasons": ["unsafe"], "note": "Typed."})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "its label or its text was changed since" in page
    assert "Typed." in page


def test_who_can_be_given_none_reads_why(
    manager: Client, doubted: list[Example], project: Project, cast: Cast, second: User
) -> None:
    for person in (cast.annotator, second):
        second_look_next(project=project, by=person, manages=True)
    assert "None is free for you now" in words(manager.post(f"{LOOKS}next/", follow=True))
    reviewer_pause(project=project, user=cast.manager, note="Rest.", by=cast.manager)
    assert "You are paused in this project" in words(manager.post(f"{LOOKS}next/", follow=True))


def test_skipped_ones_are_taken_up_again(
    manager: Client, doubted: list[Example], project: Project, cast: Cast
) -> None:
    for _ in range(2):
        manager.post(held(project, cast.manager, manages=True).replace("settle", "skip"))
    page = words(manager.get(LOOKS))
    assert "Nothing to look at for you" in page
    assert "2 that you skipped wait for somebody else." in page
    manager.post(f"{LOOKS}again/")
    assert manager.get(LOOKS).context["card"]


def test_no_seat_of_the_stream_is_settled_and_nothing_else_taken_back(
    manager: Client, dataset: Dataset, examples: list[Example], client_of: ClientOf
) -> None:
    sampled(dataset, 1)
    item = QueueItem.objects.filter(queue="sample", decided_at=None).latest("pk")
    address = f"{LOOKS}{item_code(item)}/settle/"
    assert manager.post(address, {"verdict": "good", "revision": 1}).status_code == 422
    client_of("reviewer").post(f"{LOOKS}undo/")
    assert not Label.objects.filter(verdict="undone").exists()


def test_an_empty_page_says_why_and_a_manager_looks_anew(
    manager: Client, examples: list[Example], project: Project
) -> None:
    assert "None has been trained yet" in words(manager.get(LOOKS))
    doubting(project, {examples[1].pk: 0.99}, evaluation={"beats_length": False})
    page = words(manager.get(LOOKS))
    assert "Version 1 is not better than the length of the answer" in page
    assert "Look for doubtful labels" not in page
    doubting(project, {examples[1].pk: 0.99})
    assert "Version 2 finds no other label improbable" in words(manager.get(LOOKS))
    assert "1 label waits for a second look" in words(manager.post(f"{LOOKS}fill/", follow=True))
    assert "1 waits for a second look." in words(manager.get("/p/kitchen/classifier/"))
    assert "Nothing was added" in words(manager.post(f"{LOOKS}fill/", follow=True))


def test_disagreements_are_listed_by_the_newest_version_from_the_limit_on(
    manager: Client, client_of: ClientOf, examples: list[Example], project: Project, cast: Cast
) -> None:
    assert "No classifier yet" in words(manager.get(LIST))
    doubting(project, {examples[0].pk: 0.99, examples[2].pk: 0.99})
    doubting(project, {examples[1].pk: 0.6, examples[2].pk: 0.45, examples[4].pk: 0.7, examples[0].pk: 0.1})

    def listed() -> list[tuple[Example, str]]:
        rows = manager.get(LIST).context["rows"]
        return [(row.example, f"{row.probability:.2f}") for row in rows]

    assert listed() == [(examples[4], "0.70"), (examples[1], "0.60")]
    page = words(manager.get(LIST))
    assert "Bad : unsafe “because of" in page
    assert "Reviewer" in page
    page = words(client_of("reviewer").get(LIST))
    assert "Send" not in page
    policy_save(project=project, policy=with_minimum(DEFAULT_POLICY, 0.4), by=cast.manager)
    assert [row for row, _ in listed()] == [examples[4], examples[1], examples[2]]


def test_what_is_settled_changed_or_yet_to_be_judged_blind_is_no_disagreement(
    manager: Client, doubted: list[Example], examples: list[Example], project: Project, second: User
) -> None:
    doubting(project, {examples[place].pk: 0.99 for place in (1, 2, 4)})
    rows = manager.get(LIST).context["rows"]
    assert {row.example: row.waits for row in rows} == {
        examples[1]: True,
        examples[2]: False,
        examples[4]: False,
    }
    item = second_looks(project)[0]
    second_look(item=item, by=second, manages=False, revision=1, verdict="bad", reasons=["unsafe"])
    labelled(examples[2], "bad", second)
    seat = QueueItem.objects.get(example=examples[4], queue="sample")
    QueueItem.objects.create(
        project=project, queue="overlap", example=examples[4], sample_item=seat.sample_item, rank=20, key=b""
    )
    assert manager.get(LIST).context["count"] == 0


def test_picked_ones_or_all_are_sent_to_a_second_look(
    manager: Client, examples: list[Example], project: Project, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = doubting(project, {examples[place].pk: 0.8 for place in (1, 2, 4)})
    monkeypatch.setattr(disagreements, "PAGE_SIZE", 2)
    page = manager.get(LIST)
    assert (page.context["count"], len(page.context["rows"])) == (3, 2)
    assert len(manager.get(f"{LIST}{page.context['next']}").context["rows"]) == 1
    assert "Pick at least one example." in words(manager.post(f"{LIST}send/", follow=True))
    sent = {"example": [str(examples[1].public_id), str(examples[0].public_id)]}
    assert "1 waits for a second look." in words(manager.post(f"{LIST}send/", sent, follow=True))
    (item,) = second_looks(project)
    assert item.pick == {
        "by": "list", "asked_by": cast.manager.pk, "version": version.number,
        "label": Label.objects.get(example=examples[1]).pk, "verdict": "bad", "probability": pytest.approx(0.2),
        "reasons": [],
    }  # fmt: skip
    said = words(manager.post(f"{LIST}send/", {"whole": "1"}, follow=True))
    assert "2 wait for a second look. 1 was not sent: each waits for review already" in said
    assert "Nothing was sent" in words(manager.post(f"{LIST}send/", {"whole": "1"}, follow=True))


def test_the_page_says_what_the_version_that_doubted_goes_by(
    manager: Client, examples: list[Example], project: Project, cast: Cast
) -> None:
    known, given = first(40)
    made = saved(fit(known, given.good, given.weight, Step.FEATURES), {})
    doubting(project, {examples[1].pk: 0.99}, artefact=made.arrays, card=made.card.decode())
    second_looks_fill(project=project)
    doubting(project, {})
    held(project, cast.manager, manages=True)
    response = manager.get(LOOKS)
    shown = response.context["doubt"].explanation
    assert (response.context["doubt"].version, len(shown.parts) > 3) == (1, True)
    assert f"it says {round(100 * shown.score)} % good" in words(response)
    assert shown.parts[0].words in words(response)


def test_the_report_of_a_sample_says_what_was_overturned_and_why_it_counts_as_first_said(
    manager: Client, doubted: list[Example], project: Project, second: User
) -> None:
    sample = Sample.objects.get()
    address = f"/p/kitchen/d/baking/sample/{sample.pk}/"
    before = manager.get(f"{address}report.json").json()
    estimate = words(manager.get(address)).split("Recommended")[0]
    assert "A second look overturned" not in estimate
    for item, verdict in zip(second_looks(project), ("good", "bad"), strict=True):
        second_look(item=item, by=second, manages=False, revision=1, verdict=verdict, reasons=["unsafe"])
    page = words(manager.get(address))
    assert (
        "A second look overturned 2 of these labels; they count as first said (1 bad to good, 1 good to bad)."
        in page
    )
    after = manager.get(f"{address}report.json").json()
    assert after.pop("second_looks") == {"bad_to_good": 1, "good_to_bad": 1}
    before.pop("second_looks")
    assert after == before
    listed = words(manager.get(f"{address}items/?outcome=bad"))
    assert "not in the estimate: second look by =Second" in listed


def test_on_reviewers_it_is_no_decision_of_the_stream_and_leads_to_what_it_overturned(
    manager: Client, client_of: ClientOf, doubted: list[Example], project: Project, cast: Cast, second: User
) -> None:
    for item, verdict in zip(second_looks(project), ("good", "good"), strict=True):
        second_look(item=item, by=second, manages=False, revision=1, verdict=verdict)
    found = {each["user"]: each for each in manager.get(REVIEWERS).context["people"]}
    told = found[cast.reviewer]
    assert (told["looked"], told["overturned"], told["settled"], told["work"].decided) == (2, 1, 0, 6)
    assert found[second]["work"].decided == 0
    assert "second looks: 1 of 2" in words(manager.get(REVIEWERS))
    page = words(client_of("reviewer").get(f"{LABELS}?kind=overturned"))
    assert "Settled: Good" in page
    assert second.pseudonym in page
    assert [
        row["row"].label.example for row in manager.get(told["urls"]["overturned"]).context["rows"]
    ] == doubted[:1]
    assert len(manager.get(told["urls"]["looked"]).context["rows"]) == 2
