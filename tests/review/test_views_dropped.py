"""The examples behind each number of the funnel, with the reason in words; keeping and dropping them by hand."""

import re
from typing import Any

import pytest
from django.test import Client

from annotate.models import Dataset, Example
from review.models import Measurement, PolicyVersion, Ruling
from review.policies import DEFAULT_POLICY
from review.queries import reasons
from review.queries.funnels import funnel
from review.queries.reasons import NoSuchReason, count_of, examples_by
from tests.cast import Cast, ClientOf, conversation
from tests.review.clusters import clustered
from tests.review.scene import imported, measure, words

DATASET = "/p/kitchen/d/baking/"
PAGE = f"{DATASET}dropped/"
RULINGS = "/p/kitchen/rulings/"
TOXIC = next(limit.maximum for limit in DEFAULT_POLICY.limits if limit.slug == "toxicity")


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


@pytest.fixture
def examples(dataset: Dataset) -> list[Example]:
    """Eight examples: two short, one of them toxic too; one malformed; one toxic; one changed since; three good."""
    imported(dataset, 8)
    rows = list(Example.objects.order_by("pk"))
    measure(rows)
    measure(rows[:1], tokens=12)
    measure(rows[1:2], tokens=3, toxicity=0.9)
    measure(
        rows[2:3], tokens=5, format_blocks=1, format_warns=1, format_issues=["no-answer", "cut-off"],
        details={"format": [{"issue": "cut-off", "turn": 1}]},
    )  # fmt: skip
    measure(rows[3:4], toxicity=0.5)
    measure(rows[4:5], tokens=1, toxicity=0.8)
    Example.objects.filter(pk=rows[4].pk).update(revision=2)
    return rows


def rule(client: Client, by: str, said: int, chosen: list[Example] | str, **more: Any) -> Any:
    picked = {"whole": "1"} if chosen == "whole" else {"example": [str(one.public_id) for one in chosen]}  # type: ignore[union-attr]
    data = {"by": by, "verdict": said, "note": "A proverb is short.", "back": f"{PAGE}?by={by}"}
    return client.post(f"{DATASET}rule/", {**data, **picked, **more}, follow=True)


@pytest.mark.parametrize(
    ("by", "places"),
    [
        ("format", [2]), ("length", [0, 1]), ("outside:length", [0, 1, 2]), ("near", []),
        ("flagged:toxicity", [1, 3]), ("kept", [3, 5, 6, 7]), ("unmeasured", [4]), ("hand", []), ("rescued", []),
    ],
)  # fmt: skip
def test_a_reason_lists_what_the_funnel_counts(
    dataset: Dataset, examples: list[Example], by: str, places: list[int]
) -> None:
    found = examples_by(dataset, DEFAULT_POLICY, by).order_by("pk")
    assert list(found) == [examples[place] for place in places]
    assert count_of(funnel(dataset), by) == len(places)


def test_examples_are_narrowed_to_a_language(
    dataset: Dataset, manager: Client, examples: list[Example]
) -> None:
    Measurement.objects.filter(example__in=examples[:3]).update(language="fr")
    Measurement.objects.filter(example__in=examples[3:6]).update(language="und")
    page = manager.get(PAGE, {"by": "language:fr"})
    assert [one.example for one in page.context["rows"]] == examples[:3]
    said = words(page)
    # The fifth was edited since it was measured.
    assert "French 3" in said and "No language told 2" in said
    assert "Nothing is written in it" in words(manager.get(PAGE, {"by": "language:de"}))
    rule(manager, "language:fr", -1, "whole")
    assert funnel(dataset).dropped["hand"] == 3


@pytest.mark.parametrize(
    "by", ["none", "language:", "flagged:length", "outside:toxicity", "semantic", "else:length", "outside:"]
)
def test_a_reason_that_is_none_is_not_found(dataset: Dataset, manager: Client, by: str) -> None:
    with pytest.raises(NoSuchReason):
        examples_by(dataset, DEFAULT_POLICY, by)
    assert manager.get(PAGE, {"by": by}).status_code == 404


def test_rulings_move_examples_to_reasons_of_their_own(dataset: Dataset, examples: list[Example]) -> None:
    Measurement.objects.filter(pk__in=[examples[0].pk, examples[5].pk]).update(ruling=1)
    Measurement.objects.filter(pk=examples[6].pk).update(ruling=-1)
    found = {
        by: list(examples_by(dataset, DEFAULT_POLICY, by)) for by in ("rescued", "hand", "length", "kept")
    }
    assert found["rescued"] == [examples[0]]  # a limit would drop it; the other is within all
    assert found["hand"] == [examples[6]]
    assert found["length"] == [examples[1]]
    assert examples[0] in found["kept"]
    assert {by: count_of(funnel(dataset), by) for by in found} == {
        by: len(rows) for by, rows in found.items()
    }


def test_each_example_says_why_in_words(manager: Client, examples: list[Example]) -> None:
    page = words(manager.get(PAGE, {"by": "length"}))
    assert "Dropped by Length 2" in page
    assert "The limit asks for 50 to 4,096 tokens." in page
    assert "Length: 12 tokens; at least 50 asked for" in page
    assert f"Toxicity: 0.9; less than {TOXIC} asked for" in page
    assert "3 are outside this limit in all" in page


def test_format_faults_are_told_as_sentences_with_their_turn(
    manager: Client, examples: list[Example]
) -> None:
    page = words(manager.get(PAGE, {"by": "format"}))
    assert "There is no assistant turn, so there is nothing to learn." in page
    assert "Turn 2: An assistant turn ends in the middle of a sentence or list." in page


def test_a_duplicate_names_the_one_that_is_kept(manager: Client, dataset: Dataset) -> None:
    imported(dataset, 2)
    keeper, other = Example.objects.order_by("pk")
    cluster = clustered([keeper, other], similarities=[0.83])
    page = manager.get(PAGE, {"by": "near"})
    assert "Near duplicate: 0.83; less than 0.7 asked for" in words(page)
    assert f"Kept instead: “ {keeper} ” · Compare" in words(page)
    assert f"cluster={cluster.pk}" in page.content.decode()
    assert keeper.get_absolute_url() in page.content.decode()


def test_without_a_reason_the_first_that_drops_is_shown(manager: Client, examples: list[Example]) -> None:
    assert "Dropped by Format 1" in words(manager.get(PAGE))


def test_pages_go_on_from_the_last_id(
    manager: Client, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reasons, "PAGE_SIZE", 2)
    page = manager.get(PAGE, {"by": "kept"})
    assert [row.example for row in page.context["rows"]] == [examples[3], examples[5]]
    page = manager.get(page.context["next"])
    assert [row.example for row in page.context["rows"]] == [examples[6], examples[7]]
    assert page.context["next"] is None
    page = manager.get(page.context["previous"])
    assert [row.example for row in page.context["rows"]] == [examples[3], examples[5]]


def test_a_page_asks_the_database_no_more_for_more_rows(
    manager: Client, dataset: Dataset, django_assert_max_num_queries: Any
) -> None:
    imported(dataset, 30)
    clustered(list(Example.objects.order_by("pk")))
    with django_assert_max_num_queries(26):
        assert len(manager.get(PAGE, {"by": "near"}).context["rows"]) == 29


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("near", "This limit finds nothing"), ("hand", "Nothing was dropped by hand"),
        ("rescued", "Nothing is kept by hand"), ("flagged:personal-data", "This limit finds nothing"),
        ("unmeasured", "Everything is measured"),
    ],
)  # fmt: skip
def test_an_empty_reason_says_so(manager: Client, dataset: Dataset, by: str, said: str) -> None:
    imported(dataset, 1)
    measure(Example.objects.all())
    assert said in words(manager.get(PAGE, {"by": by}))


def test_a_page_past_the_end_leads_back(manager: Client, examples: list[Example]) -> None:
    assert "Nothing more here" in words(manager.get(PAGE, {"by": "length", "after": str(examples[-1].pk)}))


def test_picked_examples_are_kept_and_the_page_says_so(
    manager: Client, cast: Cast, examples: list[Example]
) -> None:
    page = rule(manager, "length", 1, examples[:1])
    assert "Kept: 1 example. “A proverb is short.”" in words(page)
    assert "Dropped by Length 1" in words(page)
    made = Ruling.objects.get()
    assert (made.by, made.count, list(made.items.values_list("example", flat=True))) == (
        cast.manager, 1, [examples[0].pk],
    )  # fmt: skip
    page = manager.get(PAGE, {"by": "rescued"})
    assert "Kept by hand: “A proverb is short.” you" in words(page)
    assert "Length: 12 tokens; at least 50 asked for" in words(page)


def test_all_that_a_reason_concerns_is_ruled_on_at_once(manager: Client, examples: list[Example]) -> None:
    rule(manager, "outside:length", 1, "whole")
    assert list(Measurement.objects.filter(ruling=1).order_by("pk").values_list("pk", flat=True)) == [
        example.pk for example in examples[:3]
    ]


def test_what_is_kept_can_be_dropped_and_left_to_the_limits_again(
    manager: Client, examples: list[Example]
) -> None:
    rule(manager, "kept", -1, examples[5:7])
    page = manager.get(PAGE, {"by": "hand"})
    assert "Dropped by hand: “A proverb is short.”" in words(page)
    assert "Leave to the limits" in words(page)
    rule(manager, "hand", 0, "whole")
    assert not Measurement.objects.exclude(ruling=0).exists()


def test_an_undo_from_the_page_restores_and_leads_back(manager: Client, examples: list[Example]) -> None:
    page = rule(manager, "length", 1, examples[:2])
    undo = re.search(r'action="([^"]+/undo/)"', page.content.decode())
    assert undo
    page = manager.post(undo[1], {"back": f"{PAGE}?by=length"}, follow=True)
    assert page.redirect_chain == [(f"{PAGE}?by=length", 302)]
    assert "Taken back: 2 examples are as before." in words(page)
    assert "Dropped by Length 2" in words(page)
    page = manager.post(undo[1], {"back": "https://elsewhere.example/"}, follow=True)
    assert page.redirect_chain == [(RULINGS, 302)]
    assert "this decision was taken back before" in words(page)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"note": "  "}, "Say why"),
        ({"example": []}, "Pick at least one"),
        ({"verdict": "7"}, "not one of the"),
    ],
)
def test_a_ruling_without_what_it_needs_changes_nothing(
    manager: Client, examples: list[Example], wrong: dict[str, Any], said: str
) -> None:
    assert said in words(rule(manager, "length", 1, examples[:1], **wrong))
    assert not Ruling.objects.exists()


def test_a_ruling_that_changes_nothing_says_so(manager: Client, examples: list[Example]) -> None:
    rule(manager, "length", 1, examples[:1])
    assert "Nothing was changed" in words(rule(manager, "length", 1, examples[:1]))
    assert (
        manager.post(f"{DATASET}rule/", {"whole": 1, "by": "none", "verdict": 1, "note": "x"}).status_code
        == 404
    )


def test_a_reviewer_sees_and_does_not_rule(client_of: ClientOf, examples: list[Example]) -> None:
    page = client_of("reviewer").get(PAGE, {"by": "length"}).content.decode()
    assert "at least 50 asked for" in page
    assert "Keep anyway" not in page
    assert 'type="checkbox"' not in page


def test_rulings_are_listed_with_who_why_and_undo(
    client_of: ClientOf, manager: Client, examples: list[Example]
) -> None:
    assert "Nothing was kept or dropped by hand" in words(manager.get(RULINGS))
    rule(manager, "length", 1, examples[:2])
    rule(manager, "kept", -1, examples[6:7])
    page = words(manager.get(RULINGS))
    assert re.search(r"dropped 1 A proverb is short\. you .* Undo kept 2 A proverb is short\. you", page)
    seen = client_of("reviewer").get(RULINGS).content.decode()
    assert "/undo/" not in seen
    assert "Manager" not in words(client_of("reviewer").get(RULINGS))
    manager.post(f"{RULINGS}{Ruling.objects.earliest('pk').pk}/undo/")
    assert "taken back by you" in words(manager.get(RULINGS))


def test_the_rulings_page_goes_on(
    manager: Client, examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        rule(manager, "kept", -1, examples[5 + number : 6 + number])
    monkeypatch.setattr(reasons, "PAGE_SIZE", 2)
    page = manager.get(RULINGS)
    assert len(page.context["rulings"]) == 2
    assert len(manager.get(page.context["next"]).context["rulings"]) == 1


def test_a_ruling_that_was_taken_back_or_is_of_an_older_text_is_not_shown(
    manager: Client, examples: list[Example]
) -> None:
    address = f"{examples[0].get_absolute_url()}screening/"
    rule(manager, "length", 1, examples[:1])
    made = Ruling.objects.get()
    assert "A proverb is short" in words(manager.get(address))
    manager.post(f"{RULINGS}{made.pk}/undo/")
    assert "A proverb is short" not in words(manager.get(address))
    assert "A proverb is short" not in words(manager.get(PAGE, {"by": "length", "ruled": str(made.pk)}))
    rule(manager, "length", 1, examples[:1], note="Once more.")
    Example.objects.filter(pk=examples[0].pk).update(revision=2)
    Measurement.objects.filter(pk=examples[0].pk).update(revision=2, ruling=0)
    assert "Once more" not in words(manager.get(address))


def test_every_bar_of_the_funnel_leads_to_its_examples(manager: Client, examples: list[Example]) -> None:
    Measurement.objects.filter(pk=examples[0].pk).update(ruling=1)
    page = manager.get(DATASET)
    for by in ("format", "length", "outside:length", "flagged:toxicity", "unmeasured", "rescued", "kept"):
        assert f"{PAGE}?by={by.replace(':', '%3A')}" in page.content.decode()
    assert "Length 50 to 4,096 tokens 1 3 in all" in words(page)
    assert f"Toxicity asked for: less than {TOXIC} 2" in words(page)
    assert "5 kept , 1 of them by hand although a limit drops it" in words(page)


def test_the_example_page_has_a_slot_for_staff_alone(client_of: ClientOf, examples: list[Example]) -> None:
    address = examples[0].get_absolute_url()
    assert f'hx-get="{address}screening/"' in client_of("reviewer").get(address).content.decode()
    Example.objects.update(author=client_of.cast.annotator)
    page = client_of("annotator").get(address)
    assert page.status_code == 200
    assert "screening/" not in page.content.decode()


def test_the_panel_says_each_value_and_the_verdict(manager: Client, examples: list[Example]) -> None:
    address = f"{examples[1].get_absolute_url()}screening/"
    part = manager.get(address, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "What the limits say dropped" in words(part)
    assert re.search(r"Length 3 tokens .*at least 50 asked for", words(part))
    assert "Personal data none" in words(part)
    assert re.search(r'aria-label="flagged">.*</svg>\s*<span>Toxicity</span>', part.content.decode(), re.S)
    assert "Keep anyway" in words(manager.get(address))


def test_the_panel_shows_the_ruling_and_takes_it_back(
    client_of: ClientOf, manager: Client, examples: list[Example]
) -> None:
    rule(manager, "length", 1, examples[:2], back=examples[0].get_absolute_url())
    address = f"{examples[0].get_absolute_url()}screening/"
    page = words(manager.get(address))
    assert "kept by hand “A proverb is short.” you" in page
    assert "with 1 other" in page
    assert "back for all 2" in page
    assert "Keep anyway" not in page
    assert "back for all" not in words(client_of("reviewer").get(address))


def test_the_panel_of_an_edited_text_says_that_it_is_not_measured(
    manager: Client, examples: list[Example]
) -> None:
    page = words(manager.get(f"{examples[4].get_absolute_url()}screening/"))
    assert "This text is not measured yet" in page
    assert "Keep anyway" not in page


def test_texts_are_shown_as_they_are_written(manager: Client, dataset: Dataset) -> None:
    imported(dataset, 1, text=conversation("<b>Bold</b>?", "<script>no</script>"))
    measure(Example.objects.all(), tokens=1)
    page = manager.get(PAGE, {"by": "length"}).content.decode()
    assert "&lt;b&gt;Bold" in page
    assert "<b>Bold" not in page
    assert "<script>no" not in page


def test_the_projects_own_policy_counts(manager: Client, dataset: Dataset, examples: list[Example]) -> None:
    limits = [{"slug": "length", "minimum": 5}]
    PolicyVersion.objects.create(project=dataset.project, version=1, limits={"limits": limits})
    page = manager.get(PAGE, {"by": "length"})
    assert "Dropped by Length 1" in words(page)
    assert "asks for at least 5 tokens" in words(page)
    assert manager.get(PAGE, {"by": "near"}).status_code == 404
