"""What the policy page says about similarity in meaning."""

from typing import Any

import pytest

from review.queries.meaning import meaning_statement, meaning_warning
from review.queries.vectors import MISSING
from review.remote import offline


@pytest.mark.parametrize(
    ("examples", "time"),
    [(0, "1 minute "), (1_500, "1 minute "), (10_000, "7 minutes "), (1_000_000, "11 hours ")],
)
def test_the_time_that_this_machine_takes(settings: Any, examples: int, time: str):
    settings.REMOTE_ENDPOINTS = {}
    assert f"about {time}of one core" in meaning_statement(examples)


def test_a_server_is_named_by_its_model_alone(settings: Any):
    settings.REMOTE_ENDPOINTS = {"embeddings": {"url": "http://inside", "model": "mini", "key": "k"}}
    said = meaning_statement(10)
    assert "made by mini on the server" in said
    assert "inside" not in said


@pytest.mark.django_db
def test_what_is_missing_is_said(settings: Any, monkeypatch: pytest.MonkeyPatch):
    settings.REMOTE_ENDPOINTS = {}
    monkeypatch.setattr(offline, "find_spec", lambda name: None)
    assert meaning_warning() == offline.MISSING
    settings.REMOTE_ENDPOINTS = {"embeddings": {"url": "http://inside", "model": "mini", "key": "k"}}
    assert meaning_warning() == ""
    monkeypatch.setattr("review.queries.meaning.vectors_missing", lambda: MISSING)
    assert meaning_warning() == MISSING
