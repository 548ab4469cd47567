"""Evaluation sets: added from a file, looked for in every example, removed and put back."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotate.models import Dataset, Project
from annotate.reading import Refusal
from jobs.models import Job
from review.models import EvaluationSet, Measurement
from review.services.evaluation_sets import (
    SetThere,
    evaluation_set_add,
    evaluation_set_remove,
    evaluation_set_restore,
)
from tests.cast import ANSWER, QUESTION, Cast, ClientOf, make_example
from tests.review.scene import done, imported

pytestmark = pytest.mark.django_db
PAGE = "/p/kitchen/evaluation-sets/"
ITEM = " ".join(ANSWER.split()[:20])
FILE = "\n".join(json.dumps({"question": text}) for text in ("Name the capital of the moon.", ITEM)).encode()


def added(project: Project, cast: Cast, content: bytes = FILE, name: str = "Exam") -> EvaluationSet:
    return evaluation_set_add(project=project, name=name, content=content, by=cast.manager)


def sent(client: Any, content: bytes, name: str = "") -> Any:
    return client.post(f"{PAGE}new/", {"file": SimpleUploadedFile("exam.jsonl", content), "name": name})


def screen() -> None:
    while job := Job.objects.active().first():
        done(job)


def test_items_are_stored_in_their_order(project: Project, cast: Cast) -> None:
    exam = added(project, cast)
    assert (exam.count, exam.by, len(exam.sha256)) == (2, cast.manager, 64)
    assert list(exam.items.order_by("number").values_list("number", "text")) == [
        (1, "Name the capital of the moon."),
        (2, ITEM),
    ]


def test_a_refused_file_leaves_nothing(project: Project, cast: Cast) -> None:
    with pytest.raises(Refusal, match="Exam, record 3"):
        added(project, cast, FILE + b"\n{broken")
    assert not EvaluationSet.objects.exists()


def test_the_same_items_are_stored_once_in_a_project(project: Project, cast: Cast) -> None:
    exam = added(project, cast)
    with pytest.raises(SetThere, match="here already, as “Exam”"):
        added(project, cast, FILE + b"\n", "Again")
    other = added(Project.objects.get(slug="elsewhere"), cast)
    assert other.sha256 == exam.sha256
    assert added(project, cast, FILE.replace(b"moon", b"sun")).sha256 != exam.sha256


def test_the_sets_of_a_project_fit_into_memory(
    project: Project, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.services.evaluation_sets.MOST", 12)
    first = added(project, cast, b"six in", "First")
    with pytest.raises(Refusal, match="With Second the project's sets hold more than 0 MB: remove one"):
        added(project, cast, b"seven..", "Second")
    added(project, cast, b"six-on", "Third")
    evaluation_set_remove(evaluation_set=first, by=cast.manager)
    added(project, cast, b"six of", "Fourth")


def test_examples_are_compared_when_a_set_comes_and_goes(
    project: Project, cast: Cast, dataset: Dataset
) -> None:
    imported(dataset, 2)
    leaked = make_example(dataset)
    assert Job.objects.active().count() == 0
    exam = added(project, cast)
    screen()
    found = Measurement.objects.get(example=leaked)
    assert found.contamination == 1.0
    assert found.details["contamination"] == [{"set": "Exam", "item": 2, "overlap": 1.0, "how": "13-gram"}]
    assert set(Measurement.objects.exclude(example=leaked).values_list("contamination", flat=True)) == {0.0}

    evaluation_set_remove(evaluation_set=exam, by=cast.manager)
    screen()
    found.refresh_from_db()
    assert (found.contamination, "contamination" in (found.details or {})) == (0.0, False)

    evaluation_set_restore(evaluation_set=exam, by=cast.manager)
    screen()
    found.refresh_from_db()
    assert found.contamination == 1.0


def test_a_removed_set_is_put_back_by_its_file_under_the_new_name(project: Project, cast: Cast) -> None:
    exam = added(project, cast)
    removed = evaluation_set_remove(evaluation_set=exam, by=cast.manager)
    first = removed.removed_at
    assert first is not None
    assert evaluation_set_remove(evaluation_set=exam, by=cast.manager).removed_at == first
    again = added(project, cast, name="Exam of May")
    assert (again.pk, again.removed_at, again.name) == (exam.pk, None, "Exam of May")
    assert evaluation_set_restore(evaluation_set=again, by=cast.manager).name == "Exam of May"


def test_what_is_there_already_starts_no_screening(project: Project, cast: Cast, dataset: Dataset) -> None:
    exam = added(project, cast)
    screen()
    evaluation_set_restore(evaluation_set=exam, by=cast.manager)
    assert not Job.objects.active().exists()
    evaluation_set_remove(evaluation_set=exam, by=cast.manager)
    screen()
    evaluation_set_remove(evaluation_set=exam, by=cast.manager)
    assert not Job.objects.active().exists()


def test_the_page_takes_a_file_and_names_it(client_of: ClientOf, project: Project) -> None:
    client = client_of("manager")
    assert "No evaluation set yet" in client.get(PAGE).content.decode()
    response = sent(client, FILE)
    assert response.status_code == 302
    page = client.get(PAGE).content.decode()
    assert "exam.jsonl: 2 items to look for" in page
    assert "No evaluation set yet" not in page
    sent(client, QUESTION.encode(), "Questions")
    assert set(EvaluationSet.objects.values_list("name", flat=True)) == {"exam.jsonl", "Questions"}


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "is empty"), (b"\xff", "save it as UTF-8"), (b'{"a": 1}', "names no text to look for")],
)
def test_the_page_says_what_to_mend(
    client_of: ClientOf, project: Project, content: bytes, words: str
) -> None:
    response = sent(client_of("manager"), content)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not EvaluationSet.objects.exists()


def test_the_page_says_that_a_set_is_there(client_of: ClientOf, project: Project) -> None:
    client = client_of("manager")
    sent(client, FILE, "Exam")
    response = sent(client, FILE, "Again")
    assert response.status_code == 422
    assert "here already, as “Exam”" in response.content.decode()


def test_a_set_is_removed_and_put_back_on_the_page(client_of: ClientOf, cast: Cast, project: Project) -> None:
    exam = added(project, cast)
    client = client_of("manager")
    client.post(f"{PAGE}{exam.pk}/remove/")
    page = client.get(PAGE).content.decode()
    assert "Removed: not looked for" in page
    assert f"{PAGE}{exam.pk}/back/" in page
    client.post(f"{PAGE}{exam.pk}/back/")
    exam.refresh_from_db()
    assert exam.removed_at is None
    assert "Removed: not looked for" not in client.get(PAGE).content.decode()


def test_reviewers_see_the_sets_and_change_nothing(client_of: ClientOf, cast: Cast, project: Project) -> None:
    added(project, cast)
    page = client_of("reviewer").get(PAGE).content.decode()
    assert "Exam" in page
    assert "/new/" not in page
    assert "/remove/" not in page
