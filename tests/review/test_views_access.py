"""Who may open what: one row for each address of review, compared with the resolver."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from annotate.models import Dataset
from review.http import item_code
from review.models import DuplicateCluster, EvaluationSet, QueueItem, Release, Ruling, Tokenizer
from review.services.claims import claim_next
from review.services.gold import gold_mark
from tests.cast import Cast, ClientOf, make_example
from tests.review.scene import classifier_version, sampled, selected

PEOPLE = ("manager", "reviewer", "annotator", "outsider", "anonymous")
EVERYONE = (True, True, True, False, False)
STAFF = (True, True, False, False, False)
MANAGER = (True, False, False, False, False)

# name: method, who of PEOPLE may, the status for those who may.
TABLE: dict[str, tuple[str, tuple[bool, ...], int]] = {
    "review:dashboard": ("get", STAFF, 200),
    "review:dashboard_target": ("post", MANAGER, 422),
    "review:dashboard_csv": ("get", STAFF, 200),
    "review:dashboard_json": ("get", STAFF, 200),
    "review:readiness": ("get", STAFF, 200),
    "review:readiness_sign": ("post", MANAGER, 422),
    "review:classifier": ("get", STAFF, 200),
    "review:classifier_train": ("post", MANAGER, 409),  # there are no labels
    "review:classifier_activate": ("post", MANAGER, 409),  # it does not beat length
    "review:classifier_retire": ("post", MANAGER, 302),
    "review:classifier_rules": ("post", MANAGER, 422),
    "review:classifier_imported": ("post", MANAGER, 422),
    "review:classifier_limit": ("post", MANAGER, 422),
    "review:judge": ("get", MANAGER, 200),
    "review:judge_rubric": ("post", MANAGER, 422),
    "review:judge_start": ("post", MANAGER, 422),
    "review:judge_try": ("post", MANAGER, 409),  # no server is set up
    "review:dataset": ("get", STAFF, 200),
    "review:screen": ("post", MANAGER, 302),
    "review:decide": ("post", MANAGER, 422),
    "review:dropped": ("get", STAFF, 200),
    "review:sample_report": ("get", STAFF, 200),
    "review:sample_items": ("get", STAFF, 200),
    "review:sample_csv": ("get", STAFF, 200),
    "review:sample_json": ("get", STAFF, 200),
    "review:sample_record": ("get", STAFF, 200),
    "review:sample_ids": ("get", STAFF, 200),
    "review:sample_draw_more": ("post", MANAGER, 422),
    "review:sample_tolerance": ("post", MANAGER, 422),
    "review:rule": ("post", MANAGER, 302),
    "review:rulings": ("get", STAFF, 200),
    "review:ruling_undo": ("post", MANAGER, 302),
    "review:example_screening": ("get", STAFF, 200),
    "review:duplicates": ("get", STAFF, 200),
    "review:cluster_keeper": ("post", MANAGER, 302),
    "review:cluster_keep_all": ("post", MANAGER, 302),
    "review:cluster_keep_one": ("post", MANAGER, 302),
    "review:stream": ("get", STAFF, 200),
    "review:claim": ("post", STAFF, 302),
    "review:undo": ("post", STAFF, 302),
    "review:label": ("post", STAFF, 422),
    "review:skip": ("post", STAFF, 302),
    "review:view": ("post", STAFF, 302),
    "review:findings": ("get", STAFF, 404),  # until it is decided
    "review:targeted_send": ("post", MANAGER, 302),
    "review:rules": ("get", MANAGER, 200),
    "review:rules_save": ("post", MANAGER, 422),
    "review:adjudication": ("get", STAFF, 200),
    "review:adjudication_claim": ("post", STAFF, 302),
    "review:adjudication_undo": ("post", STAFF, 302),
    "review:adjudication_again": ("post", STAFF, 302),
    "review:adjudication_settle": ("post", STAFF, 422),
    "review:adjudication_skip": ("post", STAFF, 302),
    "review:second_looks": ("get", STAFF, 200),
    "review:second_look_claim": ("post", STAFF, 302),
    "review:second_look_undo": ("post", STAFF, 302),
    "review:second_look_again": ("post", STAFF, 302),
    "review:second_look_fill": ("post", MANAGER, 302),
    "review:second_look_settle": ("post", STAFF, 422),
    "review:second_look_skip": ("post", STAFF, 302),
    "review:disagreements": ("get", STAFF, 200),
    "review:disagreements_send": ("post", MANAGER, 302),
    "review:reviewers": ("get", STAFF, 200),
    "review:reviewers_csv": ("get", STAFF, 200),
    "review:reviewers_json": ("get", STAFF, 200),
    "review:reviewer_labels": ("get", STAFF, 200),
    "review:reviewer_stop": ("post", MANAGER, 422),
    "review:reviewer_go_on": ("post", MANAGER, 302),
    "review:gold": ("get", MANAGER, 200),
    "review:gold_gone": ("post", MANAGER, 302),
    "review:gold_back": ("post", MANAGER, 302),
    "review:gold_form": ("get", MANAGER, 200),
    "review:gold_save": ("post", MANAGER, 422),
    "review:author_desk": ("get", EVERYONE, 200),
    "review:example_story": ("get", EVERYONE, 200),  # the annotator wrote it
    "review:fix": ("get", STAFF, 302),  # only what is before the person
    "review:fix_save": ("post", STAFF, 400),
    "review:fix_check": ("post", STAFF, 400),
    "review:reject": ("get", STAFF, 302),
    "review:reject_save": ("post", STAFF, 422),
    "review:policy": ("get", STAFF, 200),
    "review:policy_preview": ("post", MANAGER, 422),
    "review:policy_save": ("post", MANAGER, 422),
    "review:policy_versions": ("get", STAFF, 200),
    "review:policy_use": ("post", MANAGER, 302),
    "review:releases": ("get", STAFF, 200),
    "review:release_new": ("post", MANAGER, 422),
    "review:release": ("get", STAFF, 200),
    "review:release_file": ("get", STAFF, 200),
    "review:selections": ("get", STAFF, 200),
    "review:selection_new": ("post", MANAGER, 422),
    "review:selection": ("get", STAFF, 200),
    "review:selection_csv": ("get", STAFF, 200),
    "review:selection_gone": ("post", MANAGER, 302),
    "review:personal_data": ("get", (True, True, True, False, False), 200),  # the annotator wrote it
    "review:personal_data_replace": ("post", (True, False, True, False, False), 422),
    "review:similar": ("get", STAFF, 200),
    "review:check": ("post", (True, False, True, False, False), 400),
    "review:evaluation_sets": ("get", STAFF, 200),
    "review:evaluation_set_new": ("post", MANAGER, 422),
    "review:evaluation_set_gone": ("post", MANAGER, 302),
    "review:evaluation_set_back": ("post", MANAGER, 302),
    "review:tokenizers": ("get", STAFF, 200),
    "review:tokenizer_new": ("post", MANAGER, 422),
    "review:tokenizer_use": ("post", MANAGER, 302),
    "review:tokenizer_gone": ("post", MANAGER, 302),
}
NAMES_NOTHING = {
    "review:rules",
    "review:rules_save",
    "review:adjudication",
    "review:adjudication_claim",
    "review:adjudication_undo",
    "review:adjudication_again",
    "review:second_looks",
    "review:second_look_claim",
    "review:second_look_undo",
    "review:second_look_again",
    "review:second_look_fill",
    "review:disagreements",
    "review:disagreements_send",
    "review:reviewers",
    "review:reviewers_csv",
    "review:reviewers_json",
    "review:reviewer_labels",
    "review:gold",
    "review:dashboard",
    "review:dashboard_target",
    "review:dashboard_csv",
    "review:dashboard_json",
    "review:readiness",
    "review:readiness_sign",
    "review:classifier",
    "review:classifier_train",
    "review:classifier_retire",
    "review:classifier_rules",
    "review:classifier_imported",
    "review:classifier_limit",
    "review:judge",
    "review:judge_rubric",
    "review:judge_start",
    "review:judge_try",
    "review:policy",
    "review:policy_preview",
    "review:policy_save",
    "review:policy_versions",
    "review:duplicates",
    "review:similar",
    "review:rulings",
    "review:evaluation_sets",
    "review:evaluation_set_new",
    "review:stream",
    "review:author_desk",
    "review:claim",
    "review:undo",
    "review:view",
    "review:targeted_send",
    "review:releases",
    "review:release_new",
    "review:selections",
    "review:selection_new",
    "review:tokenizers",
    "review:tokenizer_new",
    "review:tokenizer_use",
}
CELLS = [
    (name, person, may)
    for name, (_, who, _) in TABLE.items()
    for person, may in zip(PEOPLE, who, strict=True)
]


def routes(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, entry.namespace or space)
        elif isinstance(entry, URLPattern) and space == "review":
            yield f"{space}:{entry.name}"


@pytest.fixture
def addresses(cast: Cast, dataset: Dataset, released: Release) -> dict[str, str]:
    """One address for each route, for things of the cast's project that are there."""
    sample = sampled(dataset)
    written = make_example(dataset, author=cast.annotator)
    evaluation_set = EvaluationSet.objects.create(project=dataset.project, name="Test", sha256="0")
    tokenizer = Tokenizer.objects.create(project=dataset.project, name="Own", sha256="0", content=b"", size=0)
    item = QueueItem.objects.earliest("pk")
    gold = gold_mark(example=written, verdict="good", by=cast.manager)
    selection = selected(classifier_version(dataset.project), [item.example])
    ruling = Ruling.objects.create(project=dataset.project, verdict=1, note="Fine.", by=cast.manager)
    cluster = DuplicateCluster.objects.create(
        project=dataset.project, kind="near", keeper=item.example, size=2
    )
    here: dict[str, Any] = {"project": dataset.project.slug}
    arguments: dict[str, dict[str, Any]] = {
        **{name: {"dataset": dataset.slug} for name in ("dataset", "screen", "decide", "dropped", "rule")},
        **{
            name: {"item": item_code(item)}
            for name in ("label", "skip", "findings", "fix", "fix_save", "fix_check", "reject", "reject_save")
        },
        **{
            f"{page}_{name}": {"item": item_code(item)}
            for page in ("adjudication", "second_look")
            for name in ("settle", "skip")
        },
        **{name: {"user": cast.reviewer.pk} for name in ("reviewer_stop", "reviewer_go_on")},
        **{name: {"pk": gold.pk} for name in ("gold_gone", "gold_back")},
        **{name: {"public_id": written.public_id} for name in ("gold_form", "gold_save")},
        "policy_use": {"version": 1},
        "classifier_activate": {"number": 1},
        "ruling_undo": {"ruling": ruling.pk},
        "example_screening": {"public_id": item.example.public_id},
        **{f"cluster_{name}": {"cluster": cluster.pk} for name in ("keeper", "keep_all", "keep_one")},
        "tokenizer_gone": {"pk": tokenizer.pk},
        **{name: {"pk": evaluation_set.pk} for name in ("evaluation_set_gone", "evaluation_set_back")},
        **{
            name: {"public_id": written.public_id}
            for name in ("personal_data", "personal_data_replace", "check", "example_story")
        },
        "release": {"public_id": released.public_id},
        **{f"selection{name}": {"public_id": selection.public_id} for name in ("", "_csv", "_gone")},
        "release_file": {"public_id": released.public_id, "path": "kitchen.jsonl"},
    }
    names = [name.removeprefix("review:") for name in TABLE]
    of_sample = [name for name in names if name.startswith("sample_")]
    arguments |= {name: {"dataset": dataset.slug, "sample": sample.pk} for name in of_sample}
    arguments["sample_ids"]["number"] = 1
    return {
        f"review:{name}": reverse(f"review:{name}", kwargs=here | arguments.get(name, {})) for name in names
    }


def test_every_address_of_review_has_its_row() -> None:
    assert sorted(routes(get_resolver())) == sorted(TABLE)


# What is posted may change something, so each has the scene to itself; pages and refusals change nothing.
READ = [(name, person) for name, person, may in CELLS if may and TABLE[name][0] == "get"]
POSTED = [(name, person) for name, person, may in CELLS if may and TABLE[name][0] == "post"]


@pytest.mark.parametrize("role", sorted({person for _, person in READ}))
def test_allows_to_read(client_of: ClientOf, addresses: dict[str, str], role: str) -> None:
    names, client = [name for name, person in READ if person == role], client_of(role)
    answers = {name: client.get(addresses[name]) for name in names}
    # Only now, as the end of an answer ends the connection with all that the scene holds.
    for answer in answers.values():
        answer.close()
    found = {name: (answer.status_code, answer.get("Location", "")) for name, answer in answers.items()}
    assert {name: status for name, (status, _) in found.items()} == {name: TABLE[name][2] for name in names}
    assert not [name for name, (_, to) in found.items() if to.startswith("/accounts/")]


@pytest.mark.parametrize(("name", "person"), POSTED, ids=[" ".join(cell) for cell in POSTED])
def test_allows_to_post(client_of: ClientOf, addresses: dict[str, str], name: str, person: str) -> None:
    response = client_of(person).post(addresses[name])
    assert response.status_code == TABLE[name][2]
    assert not response.get("Location", "").startswith("/accounts/")


def test_denies(client_of: ClientOf, addresses: dict[str, str]) -> None:
    """Outside the project there is nothing; inside it the role is the reason; strangers are asked to sign in."""
    statuses = {"anonymous": 302, "outsider": 404}
    found, expected = {}, {}
    for name, person, may in CELLS:
        if not may:
            response = getattr(client_of(person), TABLE[name][0])(addresses[name])
            found[name, person] = (response.status_code, response.get("Location", "").split("?")[0])
            where = reverse(settings.LOGIN_URL) if person == "anonymous" else ""
            expected[name, person] = (statuses.get(person, 403), where)
    assert found == expected


def test_the_other_method_is_refused(client_of: ClientOf, addresses: dict[str, str]) -> None:
    others = {name: "post" if method == "get" else "get" for name, (method, *_) in TABLE.items()}
    manager = client_of("manager")
    found = {name: getattr(manager, other)(addresses[name]).status_code for name, other in others.items()}
    assert found == dict.fromkeys(TABLE, 405)


def test_a_post_without_a_token_is_refused(cast: Cast, addresses: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.manager)
    for name, (method, _, _) in TABLE.items():
        if method == "post":
            assert client.post(addresses[name]).status_code == 403, name


def test_another_projects_things_are_not_found_by_their_ids(
    client_of: ClientOf, addresses: dict[str, str]
) -> None:
    """The outsider manages a project of their own, and asks through it for what lies in the cast's."""
    outsider, named = client_of("outsider"), [name for name in TABLE if name not in NAMES_NOTHING]
    elsewhere = {name: addresses[name].replace("/p/kitchen/", "/p/elsewhere/") for name in named}
    found = {
        name: getattr(outsider, TABLE[name][0])(address).status_code for name, address in elsewhere.items()
    }
    assert found == dict.fromkeys(named, 404)


@pytest.mark.parametrize(
    "path", ["d/none/", f"releases/{uuid.UUID(int=1)}/", f"releases/{uuid.UUID(int=1)}/files/x"]
)
def test_what_is_not_there_is_not_found(client_of: ClientOf, path: str) -> None:
    assert client_of("manager").get(f"/p/kitchen/{path}").status_code == 404


def test_a_get_writes_nothing(client_of: ClientOf, cast: Cast, addresses: dict[str, str]) -> None:
    client_of("reviewer").get(addresses["review:stream"])
    assert not QueueItem.objects.exclude(claimed_by=None).exists()
    held = claim_next(project=cast.manager.memberships.get().project, by=cast.manager)
    assert held
    until = held.claimed_until
    client_of("manager").get(addresses["review:stream"])
    held.refresh_from_db()
    assert held.claimed_until == until
