"""The review stream over HTTP: htmx gets the next example as the answer, a browser without it a redirect."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from annotate.services.examples import example_submit
from review.http import item_code
from review.models import Label, QueueItem, ReviewRules, Sample, Skip
from review.queries import stream
from review.services.claims import claim_next
from review.services.gold import gold_mark
from review.services.pauses import reviewer_pause
from review.services.samples import sample_draw
from tests.cast import Cast, ClientOf, conversation, make_example
from tests.review.scene import imported, measure, queue_of, sampled

STREAM = "/p/kitchen/review/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def sample(dataset: Dataset) -> Sample:
    drawn = sampled(dataset, 3)
    ReviewRules.objects.update(gold_rate=0.0)
    return drawn


@pytest.fixture
def reviewer(client_of: ClientOf, sample: Sample) -> Client:
    """The reviewer's browser, holding the first of three examples."""
    client = client_of("reviewer")
    client.post(f"{STREAM}next/")
    return client


def send(client: Client, item: QueueItem, what: str = "label", htmx: bool = True, **fields: Any) -> Any:
    address = f"{STREAM}item/{item_code(item)}/{what}/"
    return client.post(address, {"revision": item.example.revision} | fields, headers=HTMX if htmx else {})


def shown(response: Any) -> QueueItem | None:
    """Return the item that an answer shows."""
    found = re.search(r"/item/(\d+)/label/", response.content.decode())
    items = QueueItem.objects.all() if found else ()
    return next((item for item in items if found and str(item_code(item)) == found[1]), None)


def ahead(response: Any) -> str:
    """Return what an answer loads behind the example that it shows."""
    page: str = response.content.decode()
    return page.partition("<template data-ahead>")[2].partition("</template>")[0]


def test_the_page_offers_to_start_and_takes_nothing_by_itself(client_of: ClientOf, sample: Sample) -> None:
    page = client_of("reviewer").get(STREAM)
    assert "3 of the sample wait for a decision" in page.content.decode()
    assert "data-start" in page.content.decode()
    assert not QueueItem.objects.exclude(claimed_by=None).exists()


def test_starting_shows_the_first_of_the_queue_and_until_when_it_is_held(
    client_of: ClientOf, sample: Sample
) -> None:
    answer = client_of("reviewer").post(f"{STREAM}next/", headers=HTMX)
    first = queue_of(sample)[0]
    assert shown(answer) == first
    assert answer.content.decode().lstrip().startswith('<div id="review"')
    first.refresh_from_db()
    assert f'data-lease="{first.claimed_until.isoformat()[:16]}' in answer.content.decode()  # type: ignore[union-attr]


def test_good_is_saved_and_the_answer_is_the_next(reviewer: Client, sample: Sample, cast: Cast) -> None:
    first, second, _ = queue_of(sample)
    answer = send(reviewer, first, verdict="good")
    assert (answer.status_code, shown(answer)) == (200, second)
    label = Label.objects.get()
    assert (label.verdict, label.item, label.by, label.revision) == ("good", first, cast.reviewer, 1)
    assert 'data-said="Saved as good."' in answer.content.decode()


def test_bad_is_saved_with_its_reasons_and_note(reviewer: Client, sample: Sample) -> None:
    first = queue_of(sample)[0]
    send(reviewer, first, verdict="bad", reasons=["incorrect", "unsafe"], note=" Wrong sum. ")
    label = Label.objects.get()
    assert (label.verdict, label.reasons, label.note) == ("bad", ["incorrect", "unsafe"], "Wrong sum.")


def test_without_javascript_a_redirect_leads_to_the_next(reviewer: Client, sample: Sample) -> None:
    first, second, _ = queue_of(sample)
    answer = send(reviewer, first, htmx=False, verdict="good")
    assert (answer.status_code, answer["Location"]) == (302, STREAM)
    page = reviewer.get(STREAM)
    assert shown(page) == second
    assert "<html" in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, ""),
        ({"verdict": "bad"}, "pick at least one reason"),
        ({"verdict": "undone"}, ""),
        ({"verdict": "bad", "reasons": ["ugly"]}, "ugly is not one of the available choices"),
        ({"verdict": "good", "reasons": ["incorrect"]}, "press Bad to save it"),
        ({"verdict": "bad", "reasons": ["other"]}, "needs a note"),
        ({"verdict": "bad", "reasons": ["incorrect"], "note": "x" * 2001}, "at most 2000 characters"),
        ({"verdict": "good", "revision": "x"}, ""),
        ({"verdict": "good", "note": "a\0b"}, "Null characters are not allowed"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_what_is_wrong_is_said_and_nothing_saved(
    reviewer: Client, sample: Sample, fields: dict[str, Any], words: str, htmx: bool
) -> None:
    first = queue_of(sample)[0]
    answer = send(reviewer, first, htmx=htmx, **fields)
    assert (answer.status_code, shown(answer)) == (422, first)
    assert words in answer.content.decode()
    assert not Label.objects.exists()


def test_a_refused_choice_comes_back_as_it_was_made(reviewer: Client, sample: Sample) -> None:
    answer = send(reviewer, queue_of(sample)[0], verdict="good", reasons=["unsafe"], note="Look <b>here</b>")
    page = answer.content.decode()
    assert re.search(r'value="unsafe"[^>]* checked', page)
    assert not re.search(r'value="incorrect"[^>]* checked', page)
    assert "Look &lt;b&gt;here&lt;/b&gt;" in page


def test_a_text_that_changed_meanwhile_is_shown_anew_with_the_choice_kept(
    reviewer: Client, sample: Sample, cast: Cast
) -> None:
    first = queue_of(sample)[0]
    new = conversation(answer="A new answer, which nobody has read yet. " * 9)
    example_submit(example=first.example, conversation=new, based_on=1, by=cast.annotator)
    answer = send(reviewer, first, verdict="bad", reasons=["incorrect"], note="as it was")
    page = answer.content.decode()
    assert (answer.status_code, shown(answer)) == (409, first)
    assert "which nobody has read yet" in page
    assert "is at revision 2 now" in page
    assert 'name="revision" value="2"' in page
    assert re.search(r'value="incorrect"[^>]* checked', page)
    assert "as it was" in page
    assert not Label.objects.exists()


def test_an_item_that_went_to_somebody_else_says_so_and_keeps_what_was_written(
    reviewer: Client, sample: Sample, cast: Cast
) -> None:
    first = queue_of(sample)[0]
    QueueItem.objects.filter(pk=first.pk).update(claimed_by=cast.manager)
    answer = send(reviewer, first, verdict="bad", reasons=["incorrect"], note="Wrong sum.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "somebody else has it" in page
    assert "Wrong sum." in page
    assert "Next example" in page
    assert "Yours until" not in page
    assert not Label.objects.exists()


def test_a_lease_that_ran_out_is_no_matter_while_nobody_took_it(reviewer: Client, sample: Sample) -> None:
    first = queue_of(sample)[0]
    QueueItem.objects.filter(pk=first.pk).update(claimed_until=timezone.now() - timedelta(minutes=1))
    assert send(reviewer, first, verdict="good").status_code == 200


def test_the_same_decision_sent_twice_is_one_label(reviewer: Client, sample: Sample) -> None:
    first, second, _ = queue_of(sample)
    for _ in range(2):
        answer = send(reviewer, first, verdict="good")
        assert (answer.status_code, shown(answer)) == (200, second)
    assert Label.objects.count() == 1


def test_another_decision_on_what_is_decided_is_refused(reviewer: Client, sample: Sample) -> None:
    first = queue_of(sample)[0]
    send(reviewer, first, verdict="good")
    assert send(reviewer, first, verdict="bad", reasons=["unsafe"]).status_code == 409
    assert Label.objects.get().verdict == "good"


def test_own_work_is_never_labelled(client_of: ClientOf, sample: Sample, cast: Cast) -> None:
    first = queue_of(sample)[0]
    claim_next(project=sample.dataset.project, by=cast.manager)
    Example.objects.filter(pk=first.example_id).update(author=cast.manager)
    answer = send(client_of("manager"), first, verdict="good")
    assert answer.status_code == 409
    assert "you wrote or edited this example" in answer.content.decode()
    assert not Label.objects.exists()


def test_skip_passes_the_example_on_with_its_reason(reviewer: Client, sample: Sample, cast: Cast) -> None:
    first, second, _ = queue_of(sample)
    answer = send(reviewer, first, "skip", note="Needs a chemist")
    assert shown(answer) == second
    assert Skip.objects.get().reason == "Needs a chemist"
    assert claim_next(project=sample.dataset.project, by=cast.manager) == first


def test_a_skip_with_too_long_a_reason_is_said_and_not_done(reviewer: Client, sample: Sample) -> None:
    answer = send(reviewer, queue_of(sample)[0], "skip", note="x" * 301)
    assert answer.status_code == 422
    assert "at most 300 characters" in answer.content.decode()
    assert not Skip.objects.exists()


def test_undo_brings_the_last_example_back(reviewer: Client, sample: Sample) -> None:
    first = queue_of(sample)[0]
    send(reviewer, first, verdict="good")
    answer = reviewer.post(f"{STREAM}undo/", headers=HTMX)
    assert shown(answer) == first
    assert "Undone: decide again." in answer.content.decode()
    assert [label.verdict for label in Label.objects.order_by("pk")] == ["good", "undone"]
    send(reviewer, first, verdict="bad", reasons=["format_or_style"])
    assert Label.objects.latest("pk").verdict == "bad"


def test_undo_without_javascript_leads_to_the_example(reviewer: Client, sample: Sample) -> None:
    first = queue_of(sample)[0]
    send(reviewer, first, htmx=False, verdict="good")
    assert reviewer.post(f"{STREAM}undo/")["Location"] == STREAM
    assert shown(reviewer.get(STREAM)) == first


def test_undo_with_nothing_to_undo_says_so_and_its_button_is_off(reviewer: Client) -> None:
    answer = reviewer.post(f"{STREAM}undo/", headers=HTMX)
    assert "There is nothing to undo." in answer.content.decode()
    assert re.search(r'data-key="u"[^>]* data-undo disabled', answer.content.decode())


def words_of(client: Client) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(STREAM).content.decode()).split())


def test_an_empty_queue_says_that_nothing_was_drawn(client_of: ClientOf) -> None:
    assert "Nothing to review yet" in words_of(client_of("reviewer"))


def test_an_empty_queue_says_that_all_is_reviewed(reviewer: Client, sample: Sample) -> None:
    for item in queue_of(sample):
        send(reviewer, item, htmx=False, verdict="good")
    words = words_of(reviewer)
    assert "All reviewed" in words
    assert "Every example of the sample has a decision." in words
    assert "Undo the last decision" in words


def test_an_empty_queue_says_that_only_own_work_and_skipped_ones_are_left(
    reviewer: Client, sample: Sample, cast: Cast
) -> None:
    first, second, third = queue_of(sample)
    Example.objects.filter(pk=third.example_id).update(author=cast.reviewer)
    send(reviewer, first, htmx=False, verdict="good")
    send(reviewer, second, "skip", htmx=False)
    words = words_of(reviewer)
    assert "1 example you wrote or edited yourself and 1 example you skipped" in words


def test_an_empty_queue_says_what_others_hold_and_until_when(
    client_of: ClientOf, sample: Sample, cast: Cast
) -> None:
    until = timezone.now() + timedelta(minutes=7)
    QueueItem.objects.update(claimed_by=cast.manager, claimed_until=until)
    words = words_of(client_of("reviewer"))
    assert "Other reviewers hold 3 examples" in words
    assert f"The first one at {until:%H:%M}" in words


def test_text_is_escaped_code_set_apart_and_what_is_long_folded(
    client_of: ClientOf, dataset: Dataset, project: Project
) -> None:
    answer = "Run <script>alert(1)</script>\n```python\nprint('<b>')\n```\n" + "More words follow. " * 400
    measure([make_example(dataset, text=conversation("A  question\n  kept as typed", answer))])
    source = imported(dataset, 0)
    Example.objects.update(source_import=source, line_number=1)
    sample_draw(dataset=dataset, source_import=source, by=None)
    page = client_of("reviewer").post(f"{STREAM}next/", headers=HTMX).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "print(&#x27;&lt;b&gt;&#x27;)" in page
    assert "A  question\n  kept as typed" in page
    assert '<details class="rest">' in page


def test_guidelines_stand_beside_the_example_and_say_that_they_changed(
    reviewer: Client, project: Project
) -> None:
    Project.objects.filter(pk=project.pk).update(guidelines_changed_at=timezone.now() - timedelta(days=2))
    page = reviewer.get(STREAM).content.decode()
    assert "One idea per step." in page
    assert "changed 2\xa0days ago" in page


def test_one_decision_costs_a_fixed_number_of_queries(
    reviewer: Client, sample: Sample, django_assert_max_num_queries: Any
) -> None:
    first = queue_of(sample)[0]
    with django_assert_max_num_queries(22):
        send(reviewer, first, verdict="good")


def test_a_reviewer_of_another_project_labels_nothing_here(
    client_of: ClientOf, sample: Sample, cast: Cast
) -> None:
    assert send(client_of("outsider"), queue_of(sample)[0], verdict="good").status_code == 404
    assert not Label.objects.exists()


def follows(client: Client, item: QueueItem, known: QueueItem, **fields: Any) -> Any:
    """Decide an item as the page does that shows `known` already."""
    return send(client, item, verdict="good", shown=item_code(known), **fields)


def test_what_the_browser_shows_already_is_not_sent_again(reviewer: Client, sample: Sample) -> None:
    first, second, third = queue_of(sample)
    answer = follows(reviewer, first, second)
    page = answer.content.decode()
    assert f'data-shown="{item_code(second)}"' in page
    assert f'data-item="{item_code(third)}"' in ahead(answer)
    assert f'data-item="{item_code(second)}"' not in page
    assert "data-undo" in page
    assert "data-progress" not in page


def test_progress_comes_with_the_page_or_where_it_is_asked_for(
    reviewer: Client, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "COUNTED_FOR", -1)
    first, second, third = queue_of(sample)
    send(reviewer, first, htmx=False, verdict="good")
    page = words_of(reviewer)
    assert "1 of 3 sampled" in page
    assert "1 by you today" in page
    reviewer.post(f"{STREAM}undo/")
    assert "0 by you today" in words_of(reviewer)
    send(reviewer, first, htmx=False, verdict="good")
    assert "2 of 3 sampled" in follows(reviewer, second, third, progress="1").content.decode()


def test_the_progress_of_all_does_not_answer_a_single_decision(
    client_of: ClientOf, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever loads the page after each decision would see which of these did not count."""
    monkeypatch.setattr(stream, "_counted", {})
    client, first = client_of("reviewer"), queue_of(sample)[0]
    assert "0 of 3 sampled" in words_of(client)
    client.post(f"{STREAM}next/")
    send(client, first, htmx=False, verdict="good")
    words = words_of(client)
    assert "0 of 3 sampled" in words
    assert "1 by you today" in words


def test_the_text_is_the_one_that_the_other_seat_judged(reviewer: Client, sample: Sample, cast: Cast) -> None:
    first = queue_of(sample)[0]
    example_submit(
        example=first.example, conversation=conversation(answer="Mended."), based_on=1, by=cast.annotator
    )
    QueueItem.objects.filter(pk=first.pk).update(revision=1)
    page = reviewer.get(STREAM).content.decode()
    assert "Mended." not in page
    assert "revision 2" not in page
    assert 'name="revision" value="1"' in page
    assert send(reviewer, first, verdict="good").status_code == 200
    assert Label.objects.get().revision == 1


@pytest.mark.parametrize("queue", ["gold", "overlap"])
def test_no_byte_tells_a_gold_example_or_a_second_seat_from_the_others(
    client_of: ClientOf, sample: Sample, cast: Cast, queue: str
) -> None:
    """The same example, once as the first seat of the sample and once as another: before and after the decision."""
    first, second, _ = queue_of(sample)
    seen = []
    for kind in ("sample", queue):
        with transaction.atomic():
            QueueItem.objects.filter(pk=first.pk).update(
                queue=kind,
                sample_item=None if kind == "gold" else first.sample_item,
                for_user=cast.reviewer if kind == "gold" else None,
                revision=None if kind == "sample" else 1,
            )
            client = client_of("reviewer")
            before = client.post(f"{STREAM}next/", headers=HTMX).content.decode()
            after = follows(client, first, second).content.decode()
            transaction.set_rollback(True)
        seen.append(re.sub(r'(token" value|datetime|data-lease)="[^"]+"|\d\d:\d\d', "", before + after))
    assert seen[0] == seen[1]
    assert item_code(first) != first.pk


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("12.5", 12.5),
        ("0", 0.0),
        ("", None),
        ("-3", None),
        ("x", None),
        ("nan", None),
        ("1e9", 3600.0),
        ("inf", 3600.0),
    ],
)
def test_the_time_spent_is_kept_within_bounds_and_never_in_the_way(
    reviewer: Client, sample: Sample, sent: str, stored: float | None
) -> None:
    assert send(reviewer, queue_of(sample)[0], verdict="good", seconds=sent).status_code == 200
    assert Label.objects.get().seconds == stored


def test_a_skip_keeps_the_usual_reason_and_the_note(reviewer: Client, sample: Sample) -> None:
    send(reviewer, queue_of(sample)[0], "skip", why="Outside my field", note="Ask a chemist")
    assert Skip.objects.get().reason == "Outside my field: Ask a chemist"


def test_what_the_filters_said_comes_only_after_the_decision(
    reviewer: Client, sample: Sample, cast: Cast
) -> None:
    first, second, _ = queue_of(sample)
    measure([each.example for each in (first, second)], toxicity=0.97)
    findings = f"{STREAM}item/{item_code(first)}/findings/"
    before = (
        reviewer.get(STREAM).content.decode() + reviewer.post(f"{STREAM}next/", headers=HTMX).content.decode()
    )
    assert "Toxicity" not in before
    assert "findings" not in before
    assert reviewer.get(findings).status_code == 404
    answer = follows(reviewer, first, second).content.decode()
    assert "Decided last" in answer
    assert f'data-findings="{findings}"' in answer
    assert "Toxicity" not in answer
    assert "Toxicity" in reviewer.get(findings).content.decode()
    reviewer.post(f"{STREAM}undo/")
    assert reviewer.get(findings).status_code == 404


def test_a_manager_may_have_the_filters_speak_first(reviewer: Client, sample: Sample) -> None:
    ReviewRules.objects.update(findings_first=True)
    page = reviewer.get(STREAM).content.decode()
    assert "What the filters say" in page
    assert "Toxicity" in page
    first, second, third = queue_of(sample)
    measure([third.example], toxicity=0.97)
    assert "less than 0.34 asked for" in ahead(follows(reviewer, first, second))
    reviewer.post(f"{STREAM}undo/")
    QueueItem.objects.filter(pk=first.pk).update(revision=1)
    Example.objects.filter(pk=first.example_id).update(revision=2)
    assert "a later text than the one judged here" in words_of(reviewer)


def test_reasons_are_the_projects_and_nine_have_a_digit(reviewer: Client, sample: Sample) -> None:
    reasons = [
        {"slug": f"r{place}", "label": f"Reason {place}", "note": place == 2} for place in range(1, 12)
    ]
    reasons[0]["retired"] = True
    ReviewRules.objects.update(reasons=reasons)
    page = reviewer.get(STREAM).content.decode()
    boxes = re.findall(r'<input[^>]*name="reasons"[^>]*>', page)
    assert [re.findall(r'value="(\w+)"', box)[0] for box in boxes] == [f"r{place}" for place in range(2, 12)]
    assert [re.findall(r'data-key="(\d+)"', box) for box in boxes[:1] + boxes[8:]] == [["1"], ["9"], []]
    assert "data-asks-note" in boxes[0]
    first = queue_of(sample)[0]
    assert send(reviewer, first, verdict="bad", reasons=["r2"]).status_code == 422
    assert send(reviewer, first, verdict="bad", reasons=["r11"]).status_code == 200


def test_markdown_is_shown_to_whoever_wants_it(reviewer: Client, sample: Sample) -> None:
    example = queue_of(sample)[0].example
    text = (
        "Some **bold** words <script>alert(1)</script>\n\n```python\n``a``\n```\n" + "And *more*.\n\n" * 400
    )
    Example.objects.filter(pk=example.pk).update(turns=conversation(answer=text).as_json())
    assert "Some **bold** words" in reviewer.get(STREAM).content.decode()
    assert reviewer.post(f"{STREAM}view/", {"markdown": "on"})["Location"] == STREAM
    page = reviewer.get(STREAM).content.decode()
    assert "Some <strong>bold</strong> words" in page
    assert "<script>alert" not in page
    assert "<pre><code>``a``" in page
    assert '<details class="rest">' in page
    reviewer.post(f"{STREAM}view/", {"markdown": "off"})
    assert "Some **bold** words" in reviewer.get(STREAM).content.decode()


def test_keys_that_a_person_moved_stand_on_the_buttons(reviewer: Client, sample: Sample, cast: Cast) -> None:
    cast.reviewer.keys = {"good": "g"}
    cast.reviewer.save()
    page = reviewer.get(STREAM).content.decode()
    assert 'value="good" data-key="g"' in page
    assert '<kbd aria-hidden="true">G</kbd>' in page


def test_whoever_is_paused_reads_why_and_whom_to_ask(reviewer: Client, sample: Sample, cast: Cast) -> None:
    first = queue_of(sample)[0]
    reviewer_pause(project=sample.dataset.project, user=cast.reviewer, by=cast.manager, note="Let us talk.")
    refused = send(reviewer, first, verdict="good")
    assert refused.status_code == 409
    assert "you are paused in this project" in refused.content.decode()
    words = words_of(reviewer)
    assert "You are paused" in words
    assert "“Let us talk.” Read the guidelines again and talk to a manager" in words


def test_whoever_has_to_qualify_reads_what_comes_first(
    client_of: ClientOf, sample: Sample, dataset: Dataset, cast: Cast
) -> None:
    ReviewRules.objects.update(qualification=2)
    assert "2 examples of these are missing" in words_of(client_of("reviewer"))
    for example in Example.objects.filter(source_import=imported(dataset, 2)):
        gold_mark(example=example, verdict="good", by=cast.manager)
    assert "you answer 2 examples whose label is known" in words_of(client_of("reviewer"))
    assert 'data-start="wait"' in client_of("reviewer").get(STREAM).content.decode()
