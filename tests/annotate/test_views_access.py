"""Who may open which page: every address of annotate has a row, and every row is tried with the whole cast."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from annotate import urls
from annotate.models import Dataset, Example, Import, Membership, Project
from annotate.services.examples import draft_start
from tests.cast import Cast, ClientOf, make_example

pytestmark = pytest.mark.django_db

ALL = ("manager", "reviewer", "annotator")
STAFF = ("manager", "reviewer")
WRITERS = ("manager", "annotator")
MANAGERS = ("manager",)
PEOPLE = ("manager", "reviewer", "annotator", "outsider")


@dataclass(frozen=True)
class Row:
    """One address: what it hangs on, how it is asked, and who gets in; everybody else inside gets 403."""

    name: str
    roles: tuple[str, ...]
    method: str = "get"
    about: str = "project"


TABLE = (
    Row("project", ALL),
    Row("settings", MANAGERS),
    Row("settings", MANAGERS, "post"),
    Row("guidelines", ALL),
    Row("people", MANAGERS),
    Row("invite", MANAGERS, "post"),
    Row("member_role", MANAGERS, "post", "member"),
    Row("member_remove", MANAGERS, "post", "member"),
    Row("dataset_new", MANAGERS),
    Row("dataset_new", MANAGERS, "post"),
    Row("dataset", STAFF, about="dataset"),
    Row("dataset_settings", MANAGERS, about="dataset"),
    Row("dataset_settings", MANAGERS, "post", "dataset"),
    Row("import_new", MANAGERS, about="dataset"),
    Row("import_new", MANAGERS, "post", "dataset"),
    Row("import", STAFF, about="import"),
    Row("import_start", MANAGERS, "post", "import"),
    Row("import_discard", MANAGERS, "post", "import"),
    Row("errors_csv", STAFF, about="import"),
    Row("errors_jsonl", STAFF, about="import"),
    Row("browse", STAFF),
    Row("desk", WRITERS),
    Row("write_new", WRITERS, "post"),
    Row("example", ALL, about="example"),
    Row("edit", WRITERS, about="example"),
    Row("edit", WRITERS, "post", "example"),
    Row("draft_discard", WRITERS, "post", "example"),
    Row("withdraw", WRITERS, "post", "example"),
    Row("reopen", WRITERS, "post", "example"),
    Row("history", ALL, about="example"),
    Row("restore", WRITERS, "post", "example"),
)
# Outside any project: `home` is everybody's own, `project_new` is for who manages something.
ELSEWHERE = {"home", "project_new"}
PAGES = {row.name for row in TABLE if row.method == "get"}
OF_EXAMPLES = [row for row in TABLE if row.about == "example"]

# What is posted may change something, so each has the scene to itself; pages and refusals change nothing.
POSTED = [(role, row) for role in ALL for row in TABLE if row.method == "post" and role in row.roles]

Things = dict[str, list[Any]]


def named(row: Row) -> str:
    return f"{row.method}-{row.name}"


def names_in(patterns: list[URLPattern | URLResolver]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= names_in(pattern.url_patterns)
        else:
            found.add(str(pattern.name))
    return found


@pytest.fixture
def things(project: Project, dataset: Dataset, cast: Cast, tmp_path: Path, settings: Any) -> Things:
    """What an address can be about, as its arguments; the example is the annotator's own."""
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "file").write_text('{"instruction": "Why?", "output": "Because."}\n')
    stored = Import.objects.create(dataset=dataset, file="file", name="a.jsonl", sha256="0" * 64, size=1)
    example = make_example(dataset, author=cast.annotator)
    member = Membership.objects.get(project=project, user=cast.reviewer)
    return {
        "project": [project.slug],
        "member": [project.slug, member.pk],
        "dataset": [project.slug, dataset.slug],
        "import": [project.slug, stored.public_id],
        "example": [project.slug, example.public_id],
    }


def ask(client: Client, row: Row, arguments: list[Any]) -> int:
    ask_by: Callable[..., Any] = getattr(client, row.method)
    return int(ask_by(reverse(f"annotate:{row.name}", args=arguments)).status_code)


def test_every_address_has_a_row() -> None:
    assert names_in(urls.urlpatterns) == {row.name for row in TABLE} | ELSEWHERE


def test_annotate_is_served() -> None:
    assert any(getattr(part, "app_name", "") == "annotate" for part in get_resolver().url_patterns)


@pytest.mark.parametrize("role", ALL)
def test_allows_to_read_by_role(role: str, things: Things, client_of: ClientOf) -> None:
    rows = [row for row in TABLE if row.method == "get" and role in row.roles]
    client = client_of(role)
    assert {row.name: ask(client, row, things[row.about]) for row in rows} == {row.name: 200 for row in rows}


@pytest.mark.parametrize(("role", "row"), POSTED, ids=[f"{role}-{named(row)}" for role, row in POSTED])
def test_allows_to_post_by_role(role: str, row: Row, things: Things, client_of: ClientOf) -> None:
    # A posted empty form is refused as a form: the person got in.
    inside = {200, 302, 400, 422} | ({404} if row.name == "restore" else set())
    assert ask(client_of(role), row, things[row.about]) in inside


def test_denies_by_role(things: Things, client_of: ClientOf) -> None:
    found, expected = {}, {}
    for role in PEOPLE:
        client = client_of(role)
        for row in (row for row in TABLE if role not in row.roles):
            found[role, named(row)] = ask(client, row, things[row.about])
            expected[role, named(row)] = 404 if role == "outsider" else 403
    assert found == expected
    assert len(found) + sum(len(row.roles) for row in TABLE) == len(TABLE) * len(PEOPLE)


def test_denies_who_is_signed_out(things: Things, client_of: ClientOf) -> None:
    anonymous, found = client_of("anonymous"), {}
    for row in TABLE:
        address = reverse(f"annotate:{row.name}", args=things[row.about])
        response = getattr(anonymous, row.method)(address)
        found[named(row)] = (response.status_code, response.get("Location", "").partition("?")[0])
    assert found == {named(row): (302, reverse("account_login")) for row in TABLE}


def test_denies_what_belongs_to_another_project(things: Things, client_of: ClientOf) -> None:
    outsider = client_of("outsider")
    rows = [row for row in TABLE if row.about != "project"]
    found = {named(row): ask(outsider, row, ["elsewhere", *things[row.about][1:]]) for row in rows}
    assert found == {named(row): 404 for row in rows}


@pytest.mark.parametrize("row", [row for row in TABLE if row.about == "project"], ids=named)
def test_who_manages_another_project_gets_into_that(row: Row, client_of: ClientOf) -> None:
    assert ask(client_of("outsider"), row, ["elsewhere"]) in {200, 302, 400, 422}


def test_what_is_not_there_is_not_found(things: Things, client_of: ClientOf) -> None:
    manager, nothing = client_of("manager"), {"member": 10**9, "dataset": "nothing"}
    rows = [row for row in TABLE if row.about != "project"]
    found = {
        named(row): ask(manager, row, [things["project"][0], nothing.get(row.about, uuid4())]) for row in rows
    }
    assert found == {named(row): 404 for row in rows}


def test_annotators_find_only_what_they_wrote(
    dataset: Dataset, cast: Cast, project: Project, client_of: ClientOf
) -> None:
    annotator, found = client_of("annotator"), []
    for other in (make_example(dataset), make_example(dataset, author=cast.manager)):
        found += [ask(annotator, row, [project.slug, other.public_id]) for row in OF_EXAMPLES]
    assert found == [404] * 2 * len(OF_EXAMPLES)


def test_a_draft_is_found_by_its_author_alone(
    dataset: Dataset, cast: Cast, project: Project, client_of: ClientOf
) -> None:
    draft = draft_start(dataset=dataset, by=cast.annotator)
    found, expected = {}, {}
    for role in ("manager", "reviewer", "outsider"):
        client = client_of(role)
        for row in OF_EXAMPLES:
            found[role, named(row)] = ask(client, row, [project.slug, draft.public_id])
            barred = role == "reviewer" and row.roles == WRITERS
            expected[role, named(row)] = 403 if barred else 404
    assert found == expected


def test_nothing_is_changed_by_a_get(things: Things, client_of: ClientOf) -> None:
    manager = client_of("manager")
    rows = [row for row in TABLE if row.name not in PAGES]
    found = {
        row.name: ask(manager, Row(row.name, row.roles, "get", row.about), things[row.about]) for row in rows
    }
    assert found == {row.name: 405 for row in rows}


@pytest.mark.parametrize("row", [row for row in TABLE if row.method == "get"], ids=named)
def test_a_get_writes_nothing(row: Row, things: Things, client_of: ClientOf) -> None:
    client = client_of(row.roles[0] if row.about != "example" else "annotator")
    with CaptureQueriesContext(connection) as queries:
        assert ask(client, row, things[row.about]) == 200
    assert [query["sql"] for query in queries if not query["sql"].startswith(("SELECT", "DECLARE"))] == []


@pytest.mark.parametrize(
    ("role", "status"), [("manager", 200), ("reviewer", 403), ("annotator", 403), ("outsider", 200)]
)
def test_who_manages_something_may_create_a_project(role: str, status: int, client_of: ClientOf) -> None:
    assert client_of(role).get(reverse("annotate:project_new")).status_code == status
    assert client_of(role).post(reverse("annotate:project_new")).status_code == (
        422 if status == 200 else 403
    )


def test_home_lists_only_the_persons_own_projects(client_of: ClientOf) -> None:
    page = client_of("outsider").get(reverse("annotate:home")).content.decode()
    assert "Elsewhere" in page
    assert "Kitchen science" not in page
    assert client_of("anonymous").get(reverse("annotate:home")).status_code == 302


def test_a_site_admin_manages_every_project(project: Project, cast: Cast, client_of: ClientOf) -> None:
    cast.outsider.is_superuser = cast.outsider.is_staff = True
    cast.outsider.save()
    assert client_of("outsider").get(reverse("annotate:people", args=[project.slug])).status_code == 200


def test_an_imported_example_is_read_by_who_judges(
    dataset: Dataset, project: Project, client_of: ClientOf
) -> None:
    example: Example = make_example(dataset)
    address = reverse("annotate:example", args=[project.slug, example.public_id])
    assert [client_of(role).get(address).status_code for role in PEOPLE] == [200, 200, 404, 404]
