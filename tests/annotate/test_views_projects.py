"""My projects, a project's home and settings, its datasets."""

import pytest
from django.urls import reverse

from annotate.models import Dataset, Membership, Project
from tests.cast import Cast, ClientOf, make_example

pytestmark = pytest.mark.django_db


def page(client_of: ClientOf, role: str, name: str, *arguments: object) -> str:
    response = client_of(role).get(reverse(f"annotate:{name}", args=arguments))
    assert response.status_code == 200
    return str(response.content.decode())


def test_home_says_what_to_do_where_there_is_no_project(cast: Cast, client_of: ClientOf) -> None:
    Membership.objects.all().delete()
    assert "You are in no project yet" in page(client_of, "annotator", "home")
    cast.manager.is_superuser = cast.manager.is_staff = True
    cast.manager.save()
    Project.objects.all().delete()
    assert "Create the first project" in page(client_of, "manager", "home")


def test_a_new_project_has_its_maker_as_manager(cast: Cast, client_of: ClientOf) -> None:
    form = {"name": "Legal plain talk", "objective": "style_transfer", "description": "Law in short words."}
    response = client_of("manager").post(reverse("annotate:project_new"), form)
    made = Project.objects.get(slug="legal-plain-talk")
    assert (response.status_code, response["Location"]) == (302, f"/p/{made.slug}/")
    assert (made.objective, made.created_by) == ("style_transfer", cast.manager)
    assert made.memberships.get().role == Membership.Role.MANAGER


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name": "", "objective": "style_transfer"}, "This field is required."),
        ({"name": "x" * 121, "objective": "style_transfer"}, "at most 120 characters"),
        ({"name": "Fine", "objective": "world_peace"}, "Select a valid choice."),
        (
            {"name": "kitchen SCIENCE", "objective": "style_transfer"},
            "You are in a project “kitchen SCIENCE” already.",
        ),
        ({"name": "A\0B", "objective": "style_transfer"}, "Null characters are not allowed."),
    ],
)
def test_a_project_that_cannot_be_made_says_why(
    form: dict[str, str], words: str, client_of: ClientOf
) -> None:
    response = client_of("manager").post(reverse("annotate:project_new"), form)
    assert response.status_code == 422
    html = response.content.decode()
    assert words in html
    assert "<title>Error: New project" in html
    assert "autofocus" in html
    assert Project.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "slug"), [("Kitchen!", "kitchen-2"), ("数学", "project"), ("Elsewhere", "elsewhere-2")]
)
def test_an_address_that_is_taken_is_numbered(name: str, slug: str, client_of: ClientOf) -> None:
    form = {"name": name, "objective": "style_transfer"}
    assert client_of("manager").post(reverse("annotate:project_new"), form)["Location"] == f"/p/{slug}/"


def test_project_home_lists_datasets_with_what_counts(
    project: Project, dataset: Dataset, client_of: ClientOf
) -> None:
    make_example(dataset)
    make_example(dataset, state=30)
    html = page(client_of, "reviewer", "project", project.slug)
    assert "own work" in html
    assert '<td data-label="Examples" class="num">1</td>' in html
    assert "One idea per step." in html


def test_an_empty_project_says_what_to_do_next(project: Project, client_of: ClientOf) -> None:
    assert "What to do next" in page(client_of, "manager", "project", project.slug)
    assert "A manager of the project adds the first one." in page(
        client_of, "annotator", "project", project.slug
    )


def test_annotators_get_no_link_that_is_closed_to_them(
    project: Project, dataset: Dataset, client_of: ClientOf
) -> None:
    html = page(client_of, "annotator", "project", project.slug)
    assert dataset.get_absolute_url() not in html
    assert reverse("annotate:settings", args=[project.slug]) not in html
    assert reverse("annotate:browse", args=[project.slug]) not in html


def test_settings_are_changed_and_new_guidelines_are_dated(project: Project, client_of: ClientOf) -> None:
    form = {"name": "Kitchen", "objective": "distillation", "description": "", "guidelines": "# Be brief"}
    address = reverse("annotate:settings", args=[project.slug])
    assert client_of("manager").post(address, form).status_code == 302
    project.refresh_from_db()
    assert (project.name, project.slug, project.guidelines) == ("Kitchen", "kitchen", "# Be brief")
    assert project.guidelines_changed_at is not None
    changed = project.guidelines_changed_at
    client_of("manager").post(address, form | {"name": "Kitchen two"})
    project.refresh_from_db()
    assert (project.name, project.guidelines_changed_at) == ("Kitchen two", changed)


def test_a_refused_setting_changes_nothing(project: Project, client_of: ClientOf) -> None:
    response = client_of("manager").post(reverse("annotate:settings", args=[project.slug]), {"name": ""})
    assert response.status_code == 422
    project.refresh_from_db()
    assert project.name == "Kitchen science"


def test_guidelines_are_shown_as_clean_html(project: Project, client_of: ClientOf) -> None:
    project.guidelines = "# Rules\n\n<script>alert(1)</script> **first**"
    project.save()
    html = page(client_of, "annotator", "guidelines", project.slug)
    assert "<h2>Rules</h2>" in html
    assert "<strong>first</strong>" in html
    assert "<script>alert" not in html


@pytest.mark.parametrize(("source", "follows"), [("existing", "import_new"), ("human", "desk")])
def test_a_new_dataset_leads_to_its_first_examples(
    source: str, follows: str, project: Project, client_of: ClientOf
) -> None:
    form = {"name": "School maths", "source": source, "licence": "MIT", "origin": "a file"}
    response = client_of("manager").post(reverse("annotate:dataset_new", args=[project.slug]), form)
    made = Dataset.objects.get(slug="school-maths")
    arguments = [project.slug, made.slug] if follows == "import_new" else [project.slug]
    assert response["Location"] == reverse(f"annotate:{follows}", args=arguments)
    assert (made.source, made.licence, made.origin) == (source, "MIT", "a file")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "Baking"}, "There is a dataset “Baking” in this project already."),
        ({"licence": ""}, "This field is required."),
        ({"source": "found"}, "Select a valid choice."),
    ],
)
def test_a_dataset_that_cannot_be_made_says_why(
    changes: dict[str, str], words: str, project: Project, dataset: Dataset, client_of: ClientOf
) -> None:
    form = {"name": "Other", "source": "existing", "licence": "MIT"} | changes
    response = client_of("manager").post(reverse("annotate:dataset_new", args=[project.slug]), form)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Dataset.objects.get() == dataset


def test_datasets_named_in_other_scripts_have_addresses_of_their_own(
    project: Project, client_of: ClientOf
) -> None:
    for name in ("数学", "语文", "A-B", "A B"):
        form = {"name": name, "source": "existing", "licence": "MIT"}
        client_of("manager").post(reverse("annotate:dataset_new", args=[project.slug]), form)
    assert [made.slug for made in Dataset.objects.order_by("pk")] == ["dataset", "dataset-2", "a-b", "a-b-2"]


def test_what_is_said_of_a_dataset_can_be_mended(
    project: Project, dataset: Dataset, client_of: ClientOf
) -> None:
    Dataset.objects.create(project=project, name="Frying", slug="frying")
    address = reverse("annotate:dataset_settings", args=[project.slug, dataset.slug])
    form = {
        "name": "Baking bread",
        "source": "human",
        "licence": "CC-BY-4.0",
        "origin": "",
        "notes": "All by hand.",
    }
    assert 'value="own work"' in client_of("manager").get(address).content.decode()
    assert client_of("manager").post(address, form)["Location"] == dataset.get_absolute_url()
    dataset.refresh_from_db()
    assert (dataset.name, dataset.slug, dataset.licence, dataset.notes) == (
        "Baking bread", "baking", "CC-BY-4.0", "All by hand.",
    )  # fmt: skip
    taken = client_of("manager").post(address, form | {"name": "Frying"})
    assert taken.status_code == 422
    assert "There is a dataset “Frying” in this project already." in taken.content.decode()
    dataset.refresh_from_db()
    assert dataset.name == "Baking bread"


def test_the_source_can_be_set_by_the_address(project: Project, client_of: ClientOf) -> None:
    html = client_of("manager").get(reverse("annotate:dataset_new", args=[project.slug]), {"source": "human"})
    assert '<option value="human" selected>' in html.content.decode()


def test_a_dataset_without_imports_says_so(project: Project, dataset: Dataset, client_of: ClientOf) -> None:
    assert "Import a file" in page(client_of, "manager", "dataset", project.slug, dataset.slug)
    html = page(client_of, "reviewer", "dataset", project.slug, dataset.slug)
    assert "Nothing imported yet" in html
    assert reverse("annotate:import_new", args=[project.slug, dataset.slug]) not in html
