"""The policy page: who may do what, what a preview shows, what a save keeps, what it says of a conflict."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from annotate.models import Dataset, Example, Project
from jobs.models import Job
from review.limits import LIMITS
from review.models import Measurement, PolicyVersion, Tokenizer
from review.policies import DEFAULT_POLICY, Policy
from review.policy_forms import PolicyForms
from review.queries.policies import policy_of
from review.services.policies import policy_save
from review.views.policy_words import MEASURES, duration_words
from tests.cast import Cast, ClientOf
from tests.review.scene import imported, measure

PAGE = "/p/kitchen/policy/"
PART = {"HX-Request": "true", "HX-Target": "preview"}


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def sent(project: Project, **changes: Any) -> dict[str, Any]:
    """Return what the page would send with nothing moved, but for `changes`, whose "__" stand for "-"."""
    version, policy = policy_of(project)
    forms = PolicyForms(project, policy, version.version if version else 0)
    data = {field.html_name: field.value() for form in forms.all for field in form}
    data |= {name.replace("__", "-"): value for name, value in changes.items()}
    return {name: value for name, value in data.items() if value is not None and value is not False}


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


@pytest.fixture
def spread(dataset: Dataset) -> Dataset:
    """Four examples of 100, 200, 300 and 400 tokens."""
    imported(dataset, 4)
    for number, example in enumerate(Example.objects.order_by("pk"), start=1):
        measure([example], tokens=100 * number)
    return dataset


def test_there_is_a_card_for_every_limit_in_the_funnels_order(manager: Client, spread: Dataset) -> None:
    page = words(manager.get(PAGE))
    places = [page.index(MEASURES[limit.slug]) for limit in LIMITS]
    assert places == sorted(places)
    assert "as every project begins" in page
    assert "Kept of 4 4" in page


def test_a_reviewer_reads_and_changes_nothing(client_of: ClientOf, spread: Dataset) -> None:
    page = client_of("reviewer").get(PAGE).content.decode()
    assert page.count("<fieldset") >= page.count("disabled>") >= len(LIMITS)
    assert "Save as version" not in page
    assert "hx-post" not in page


def test_the_histogram_has_its_numbers_as_a_table(manager: Client, spread: Dataset) -> None:
    page = words(manager.get(PAGE))
    assert "100 to under 110 1 " in page
    assert "400 to under 450 1" in page


def test_one_dataset_can_be_looked_at_alone(manager: Client, spread: Dataset) -> None:
    other = Dataset.objects.create(project=spread.project, name="Other", slug="other")
    imported(other, 1)
    measure(Example.objects.filter(dataset=other), tokens=60)
    assert "Kept of 5 5" in words(manager.get(PAGE))
    page = manager.get(PAGE, {"dataset": "other"})
    assert "Kept of 1 1" in words(page)
    assert '<option value="other" selected>' in page.content.decode()


def test_a_preview_shows_both_funnels_and_who_changes_sides_and_saves_nothing(
    manager: Client, spread: Dataset
) -> None:
    answer = manager.post(f"{PAGE}preview/", sent(spread.project, length__maximum=250), headers=PART)
    said = words(answer)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "Length: 50 to 4,096 tokens → 50 to 250 tokens" in said
    assert "Length 0 4 left \N{MINUS SIGN}2 2 left" in said
    assert "2 no longer kept" in said
    assert "Length: 300 tokens; at most 250 allowed" in said
    assert "4 → 2 kept" in said
    last = Example.objects.order_by("-pk")[0]
    assert f'href="{last.get_absolute_url()}"' in answer.content.decode()
    assert not PolicyVersion.objects.exists()


def test_a_preview_of_a_limit_that_flags_names_those_newly_flagged(manager: Client, spread: Dataset) -> None:
    Measurement.objects.filter(tokens=200).update(toxicity=0.2)
    said = words(manager.post(f"{PAGE}preview/", sent(spread.project, toxicity__maximum="0.1"), headers=PART))
    assert "1 with other flags" in said
    assert "Toxicity: 0.2; less than 0.1 asked for" in said
    assert "4 kept, as now" in said


def test_a_least_score_by_the_judge_drops_what_scored_less_and_keeps_what_was_not_asked_about(
    manager: Client, spread: Dataset
) -> None:
    Measurement.objects.filter(tokens=200).update(judge=2)
    Measurement.objects.filter(tokens=300).update(judge=4)
    assert "judge-maximum" not in manager.get(PAGE).content.decode()
    assert "lies between 1 and 5" in words(
        manager.post(
            f"{PAGE}preview/", sent(spread.project, judge__on="on", judge__minimum="6"), headers=PART
        )
    )
    said = words(manager.post(f"{PAGE}preview/", sent(spread.project, judge__on="on"), headers=PART))
    assert "Judge: off → at least 3" in said
    assert "Judge: 2; at least 3 asked for" in said
    assert "4 → 3 kept" in said


def test_without_htmx_the_preview_is_the_whole_page_with_what_was_sent(
    manager: Client, spread: Dataset
) -> None:
    page = manager.post(f"{PAGE}preview/", sent(spread.project, length__maximum=250, note="Half a thought"))
    assert "<html" in page.content.decode()
    assert 'value="Half a thought"' in page.content.decode()
    assert 'name="length-maximum" value="250"' in page.content.decode()
    assert "2 no longer kept" in words(page)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"length__minimum": 300, "length__maximum": 200}, "The lower bound is over the upper one."),
        ({"length__minimum": "", "length__maximum": ""}, "Give a bound, or switch the limit off."),
        ({"toxicity__maximum": "25"}, "The value lies between 0 and 1."),
        ({"length__maximum": "many"}, "Enter a number."),
        ({"length__action": "burn"}, "Select a valid choice"),
        ({"scorer__length__tokenizer": "none_base"}, "Select a valid choice"),
        ({"scorer__personal__data__region": "Atlantis"}, "“ATLANTIS”"),
        ({"scorer__toxicity__provider": "guard"}, "its operator sets GUARD_URL and GUARD_MODEL"),
        ({"note": "x" * 301}, "at most 300 characters"),
    ],
)
@pytest.mark.parametrize("address", ["preview/", "save/"])
def test_what_cannot_be_is_named_and_not_saved(
    manager: Client, spread: Dataset, address: str, changes: dict[str, Any], said: str
) -> None:
    answer = manager.post(PAGE + address, sent(spread.project, **changes), headers=PART)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not PolicyVersion.objects.exists()


def test_saving_makes_the_next_version_with_its_note(manager: Client, spread: Dataset, cast: Cast) -> None:
    data = sent(spread.project, length__maximum=250, toxicity__action="drop", note="Shorter.")
    assert manager.post(f"{PAGE}save/", data)["Location"] == PAGE
    version, policy = policy_of(spread.project)
    assert version
    assert (version.version, version.note, version.by) == (2, "Shorter.", cast.manager)
    length, toxicity = policy.limit("length"), policy.limit("toxicity")
    assert length
    assert toxicity
    assert (length.minimum, length.maximum, toxicity.action) == (50, 250, "drop")
    assert type(length.maximum) is int
    assert policy.limit("near") == DEFAULT_POLICY.limit("near")
    assert not Job.objects.exists()
    assert "policy version 2" in words(manager.get(PAGE))


def test_saving_what_holds_already_makes_no_version(manager: Client, spread: Dataset) -> None:
    page = manager.post(f"{PAGE}save/", sent(spread.project, note="Again."), follow=True)
    assert "Nothing was changed" in words(page)
    assert not PolicyVersion.objects.exists()


def test_a_limit_can_be_switched_off_and_comes_back_where_it_was_at_first(
    manager: Client, spread: Dataset
) -> None:
    manager.post(f"{PAGE}save/", sent(spread.project, length__on=False))
    limit = policy_of(spread.project)[1].limit("length")
    assert limit
    assert limit.bounds() == ()
    page = manager.get(PAGE).content.decode()
    assert 'name="length-maximum" value="4096"' in page
    manager.post(f"{PAGE}save/", sent(spread.project, length__on="on"))
    assert policy_of(spread.project)[1].limit("length") == DEFAULT_POLICY.limit("length")


def test_other_options_are_announced_saved_and_measured(manager: Client, spread: Dataset) -> None:
    Job.objects.create(
        kind="screen", subject=f"dataset:{spread.pk}", label="Screening", state="done",
        payload={"project": spread.project_id, "dataset": spread.pk},
        result={"scorers": {"length": {"measured": 1, "seconds": 45}}},
    )  # fmt: skip
    data = sent(spread.project, scorer__length__tokenizer="cl100k_base")
    said = words(manager.post(f"{PAGE}preview/", data, headers=PART))
    assert "Length, tokenizer: o200k_base → cl100k_base" in said
    assert "Saving measures 4 examples again: about 3 minutes" in said
    manager.post(f"{PAGE}save/", data)
    assert policy_of(spread.project)[1].options == {"length": {"tokenizer": "cl100k_base"}}
    assert Job.objects.filter(kind="screen", state="queued").count() == 1


def test_the_projects_own_tokenizers_can_be_chosen(manager: Client, spread: Dataset) -> None:
    Tokenizer.objects.create(project=spread.project, name="Ours", sha256="ab" * 32, content=b"", size=0)
    assert f'<option value="{"ab" * 32}">Ours</option>' in manager.get(PAGE).content.decode()


def test_options_that_no_form_shows_stay(manager: Client, spread: Dataset, cast: Cast) -> None:
    held = Policy(DEFAULT_POLICY.limits, {"later": {"model": "x"}, "near": {"shingles": "words", "later": 1}})
    policy_save(project=spread.project, policy=held, by=cast.manager)
    manager.post(f"{PAGE}save/", sent(spread.project, length__maximum=250))
    assert policy_of(spread.project)[1].options == held.options


def test_a_limit_that_a_stored_policy_lacks_is_off(manager: Client, spread: Dataset, cast: Cast) -> None:
    policy_save(project=spread.project, policy=Policy(LIMITS[:2]), by=cast.manager)
    page = manager.get(PAGE).content.decode()
    assert 'name="near-on" id="id_near-on">' in page
    assert "Near duplicate: less than 0.7 → off" in words(manager.get(f"{PAGE}versions/"))


def test_a_conflict_shows_both_and_the_second_save_is_meant(
    manager: Client, spread: Dataset, cast: Cast
) -> None:
    mine = sent(spread.project, length__maximum=250, note="Mine.")
    manager.post(f"{PAGE}save/", sent(spread.project, near__maximum="0.8", note="Theirs."))
    page = manager.post(f"{PAGE}save/", mine)
    said = words(page)
    assert page.status_code == 409
    assert "Not saved: version 2 came in between" in said
    assert "“Theirs.”" in said
    assert "Length: 50 to 4,096 tokens → 50 to 250 tokens" in said
    assert "Near duplicate: less than 0.8 → less than 0.7" in said
    assert 'name="based_on" value="2"' in page.content.decode()
    assert 'value="Mine."' in page.content.decode()
    assert PolicyVersion.objects.count() == 2
    manager.post(f"{PAGE}save/", mine | {"based_on": 2})
    assert PolicyVersion.objects.get(version=3).note == "Mine."


def test_a_preview_keeps_the_version_it_was_made_from(manager: Client, spread: Dataset) -> None:
    mine = sent(spread.project, length__maximum=250)
    manager.post(f"{PAGE}save/", sent(spread.project, near__maximum="0.8"))
    page = manager.post(f"{PAGE}preview/", mine).content.decode()
    assert 'name="based_on" value="0"' in page


def test_versions_are_listed_compared_and_used_again(
    manager: Client, client_of: ClientOf, spread: Dataset, cast: Cast
) -> None:
    for maximum in (250, 350):
        manager.post(f"{PAGE}save/", sent(spread.project, length__maximum=maximum, note=f"At {maximum}."))
    said = words(manager.get(f"{PAGE}versions/"))
    assert said.index("At 350.") < said.index("At 250.")
    assert "Version 2 Version 3" in said
    assert "1 newly kept" in said
    said = words(manager.get(f"{PAGE}versions/", {"from": "1", "to": "2"}))
    assert "Version 1 Version 2" in said
    assert "Length 0 4 left \N{MINUS SIGN}2 2 left" in said
    assert "Use again" not in words(client_of("reviewer").get(f"{PAGE}versions/"))
    assert manager.post(f"{PAGE}versions/2/use/")["Location"] == PAGE
    again = PolicyVersion.objects.get(version=4)
    assert again.limits == PolicyVersion.objects.get(version=2).limits
    assert again.note == "As version 2 again."


def test_a_version_that_is_not_there_is_not_found(manager: Client, spread: Dataset) -> None:
    assert manager.post(f"{PAGE}versions/9/use/").status_code == 404
    assert manager.get(f"{PAGE}versions/", {"from": "x", "to": "9" * 30}).status_code == 200
    assert "No version yet" in words(manager.get(f"{PAGE}versions/"))


def test_a_project_without_examples_says_so(manager: Client) -> None:
    assert "There are no examples yet" in words(manager.get(PAGE))


def test_what_is_not_measured_says_so(manager: Client, dataset: Dataset) -> None:
    imported(dataset, 2)
    assert "None of the 2 examples can be judged yet" in words(manager.get(PAGE))
    measure(Example.objects.all(), toxicity=None)
    said = words(manager.get(PAGE))
    assert "Not measured yet: 2 examples wait for a value" in said
    measure(Example.objects.all()[:1])
    said = words(manager.get(PAGE))
    assert "1 measured, 1 without a value" in said
    assert "Not measured 1 Kept of 2 1" in said


def test_a_screening_under_way_is_named(manager: Client, spread: Dataset) -> None:
    manager.post("/p/kitchen/d/baking/screen/")
    assert "A screening is under way" in words(manager.get(PAGE))


def test_the_toxicity_card_says_what_the_offline_model_is(manager: Client, spread: Dataset) -> None:
    assert "use a guard model where safety matters" in words(manager.get(PAGE))


def test_a_server_that_is_not_set_up_is_named(manager: Client, spread: Dataset, cast: Cast) -> None:
    guarded = Policy(DEFAULT_POLICY.limits, {"toxicity": {"provider": "guard"}})
    policy_save(project=spread.project, policy=guarded, by=cast.manager)
    assert "operator has not set it up" in words(manager.get(PAGE))


def test_the_page_costs_the_same_number_of_queries_for_many_examples(
    manager: Client, dataset: Dataset, django_assert_max_num_queries: Any
) -> None:
    imported(dataset, 30)
    measure(Example.objects.all(), tokens=300)
    with django_assert_max_num_queries(24):
        manager.get(PAGE)
    data = sent(dataset.project, length__maximum=250)
    with django_assert_max_num_queries(16):
        manager.post(f"{PAGE}preview/", data, headers=PART)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "about 1 minute"),
        (150, "about 2 minutes"),
        (5_400, "about 2 hours"),
    ],
)
def test_a_duration_is_said_roughly(seconds: float, said: str) -> None:
    assert duration_words(seconds) == said
