"""The API as a whole: its schema, and answers that no single view gives."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory

from accounts.services import token_make
from config.views import server_error
from tests.cast import Cast, ClientOf

SCHEMA = "/api/v1/schema"


def test_the_schema_is_whole_and_valid() -> None:
    written = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=written)
    assert "operationId: activate" in written.getvalue()


@pytest.mark.django_db
def test_the_schema_is_served_to_programs_and_to_people(cast: Cast, client_of: ClientOf) -> None:
    _, secret = token_make(user=cast.outsider, name="Test", lifetime=timedelta(days=1), by=cast.outsider)
    headers = {"Authorization": f"Bearer {secret}"}
    told = Client().get(f"{SCHEMA}?format=json", headers=headers)
    assert json.loads(told.content)["openapi"].startswith("3.")
    assert told["Cache-Control"] == "private, no-cache"
    person = client_of("annotator")
    page = person.get(SCHEMA, headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.content.startswith(b"openapi: 3.")
    assert person.post(SCHEMA).status_code in (403, 405)
    refused = Client().get(SCHEMA)
    assert (refused.status_code, refused["Content-Type"]) == (401, "application/problem+json")
    assert json.loads(refused.content)["title"] == "Not signed in"


@pytest.mark.django_db
def test_a_form_of_answer_that_there_is_not_is_a_problem(cast: Cast) -> None:
    _, secret = token_make(user=cast.manager, name="Test", lifetime=timedelta(days=1), by=cast.manager)
    answer = Client().get(
        "/api/v1/me", headers={"Authorization": f"Bearer {secret}", "Accept": "application/xml"}
    )
    assert (answer.status_code, answer.json()["title"]) == (406, "Not to be had in this form")


def test_what_nobody_foresaw_is_a_problem_as_well() -> None:
    answer = server_error(RequestFactory().get("/api/v1/me"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert json.loads(answer.content)["title"] == "Winnow failed"
    assert server_error(RequestFactory().get("/p/kitchen/")).content.startswith(b"<!doctype html>")
