"""The page of reviewers: what each did, how far they agree, and the labels behind each figure."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from annotate.models import Dataset, Membership, Project
from review.models import ReviewerPause, ReviewRules, Sample
from review.services.adjudication import adjudicate, adjudication_next
from review.services.claims import claim_next, item_skip
from review.services.pauses import reviewer_pause
from tests.cast import Cast, ClientOf
from tests.review.people import GOLD, LABELS, REVIEWERS, gold_answered, say
from tests.review.scene import sampled, words

pytestmark = pytest.mark.django_db

# A number that leads to examples, and is neither a share nor a score.
FIGURE = re.compile(
    rf'href="({LABELS}\?[^"]*)"[^>]*>(?:<span>[^<]*</span><b>)?(\d+)(?=[ <])(?! %| of \d+ right)'
)


def adjudicate_next(project: Project, cast: Cast, verdict: str) -> None:
    item = adjudication_next(project=project, by=cast.manager, manages=True)
    assert item
    adjudicate(
        item=item, by=cast.manager, manages=True, revision=1, verdict=verdict, reasons=["unsafe"], note="",
    )  # fmt: skip


def test_each_reviewers_figures(
    manager: Client, twice: Sample, dataset: Dataset, project: Project, cast: Cast, second: User
) -> None:
    gold_answered(dataset, project, second, cast, [True, False, False])
    page = words(manager.get(REVIEWERS))
    first = page[page.index("Reviewer last") :]
    assert "5 5 today 5 in 7 days 40.0 % 2 of 5 sampled" in first
    assert "120 an hour median 30 s" in first
    assert "60.0 % few 23.1 to 88.2 %, kappa 0.17 2 of 5 differ 1 stricter , 1 milder" in first
    other = page[page.index("=Second last") :]
    # Gold examples are decisions, and no part of the share.
    assert "8 8 today 8 in 7 days 40.0 % 2 of 5 sampled" in other
    assert "360 an hour median 10 s" in other
    assert "1 of 3 right answered wrong" in other


def test_how_far_all_agree_each_two_and_by_reason(manager: Client, twice: Sample) -> None:
    page = words(manager.get(REVIEWERS))
    assert "Krippendorff\N{RIGHT SINGLE QUOTATION MARK}s alpha 0.25" in page
    assert "0.667 is wanted" in page
    assert "Both good 2 One good, one bad 2 Both bad 1" in page
    assert "Reviewer and =Second few 5 60.0 % 0.17 2 1 1 1" in page
    assert "Unsafe 2 1 33.3 % 0.25" in page


def test_the_number_of_queries_depends_on_no_number_of_people_or_labels(
    manager: Client, twice: Sample, dataset: Dataset, project: Project, cast: Cast, second: User
) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
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
    client_of: ClientOf, twice: Sample, dataset: Dataset, project: Project, cast: Cast
) -> None:
    gold_answered(dataset, project, cast.reviewer, cast, [False])
    client = client_of("reviewer")
    page = words(client.get(REVIEWERS))
    assert "You last" in page
    assert "6 6 today" in page
    assert "50.0 % 3 of 6" not in page
    assert "33.3 % 2 of 6" in page  # a gold one counts like any other: nothing tells that it was one
    assert "=Second" not in page
    assert "old" not in page.split("What you decided")[1]
    shown = client.get("/p/kitchen/reviewers/reviewers.json").json()
    assert [one["reviewer"] for one in shown["reviewers"]] == ["you"]
    assert shown["reviewers"][0]["gold_asked"] is None
    assert set(shown) == {"project", "reviewers"}
    assert client.get(f"{LABELS}?kind=gold").status_code == 404
    assert "=Second" not in words(client.get(f"{LABELS}?kind=apart&by=1"))


def test_the_labels_behind_a_figure(
    manager: Client, twice: Sample, dataset: Dataset, project: Project, cast: Cast, second: User
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
    assert count("kind=shared&reason=unsafe") == 1
    assert count("kind=open") == 2
    assert count(f"kind=gold&by={two}") == 2
    assert count(f"kind=answers&gold={golds[1].pk}") == 1
    assert (count(f"kind=answers&by={two}"), count(f"kind=answers&by={one}")) == (3, 0)
    page = words(manager.get(f"{LABELS}?kind=apart&by={one}"))
    assert page.count(f"because of {two}") == 2
    assert manager.get(f"{LABELS}?kind=nothing").status_code == 404


def test_every_figure_leads_to_as_many_examples(
    manager: Client, twice: Sample, dataset: Dataset, project: Project, cast: Cast, second: User
) -> None:
    gold_answered(dataset, project, second, cast, [True, False, False])
    adjudicate_next(project, cast, "bad")
    page = manager.get(REVIEWERS).content.decode()
    found = set(FIGURE.findall(page))
    kinds = {parse_qs(urlsplit(html.unescape(address)).query).get("kind", ["all"])[0] for address, _ in found}
    assert kinds == {
        "all", "sampled", "today", "week", "both", "apart", "reason", "shared", "settled", "overruled",
    }  # fmt: skip
    counts = {address: manager.get(html.unescape(address)).context["count"] for address, _ in found}
    assert [(address, said) for address, said in found if counts[address] != int(said)] == []


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
    manager: Client, twice: Sample, dataset: Dataset, project: Project, cast: Cast
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


def test_as_csv_that_a_spreadsheet_shows_as_text(manager: Client, twice: Sample) -> None:
    response: Any = manager.get(f"{REVIEWERS}reviewers.csv")
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0].startswith("reviewer,role,decisions,bad,bad_share")
    assert any(line.startswith("'=Second,reviewer,5,2,0.4,5,5,360.0,10.0,5,0.6,") for line in lines)
    values = manager.get(f"{REVIEWERS}reviewers.json").json()
    assert values["agreement"]["alpha"] == pytest.approx(0.25)
    assert values["pairs"][0]["items"] == 5


def test_whoever_is_paused_reads_so_on_their_row(client_of: ClientOf, project: Project, cast: Cast) -> None:
    reviewer_pause(project=project, user=cast.reviewer, by=cast.manager, note="Talk to me")
    assert "“Talk to me”" in words(client_of("reviewer").get(REVIEWERS))
