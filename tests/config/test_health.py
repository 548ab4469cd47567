"""Whether the health pages are red when something is wrong and green when nothing is."""

from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from config import health
from jobs.models import WorkerHeartbeat

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def all_well(db, settings, monkeypatch):
    WorkerHeartbeat.objects.create(name="w", seen_at=timezone.now())
    settings.WINNOW_HOME = "/"
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Usage(100, 50, 50))


def test_livez_asks_nothing_of_the_database(client: Client):
    # pytest-django refuses any query of a test that has not asked for a database.
    assert client.get("/livez").json() == {"ok": True}


def test_readyz_is_green(client: Client, all_well):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["checks"] == {"database": "ok", "migrations": "ok", "worker": "ok", "disk": "ok"}


@pytest.mark.parametrize("name", ["database", "migrations", "worker", "disk"])
def test_readyz_is_red_when_one_check_fails(client: Client, all_well, monkeypatch, name):
    monkeypatch.setitem(health.CHECKS, name, lambda: "out of order")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"][name] == "out of order"
    assert list(response.json()["checks"].values()).count("ok") == 3


def test_readyz_does_not_repeat_what_the_database_says(client: Client, all_well, monkeypatch):
    def fail() -> str:
        raise DatabaseError("password authentication failed for user winnow")

    monkeypatch.setitem(health.CHECKS, "database", fail)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "password" not in response.content.decode()


def test_a_worker_is_missed_after_a_minute(all_well):
    WorkerHeartbeat.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    assert "no worker" in health._worker()


def test_a_full_disk_is_red(all_well, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: Usage(100, 91, 9))
    assert health._disk() == "only 9% of the disk is free"


def test_a_missing_migration_is_red(all_well, monkeypatch):
    monkeypatch.setattr(
        health.MigrationExecutor, "migration_plan", lambda self, leaves: [("accounts", False)]
    )
    assert "1 migrations are not applied" in health._migrations()


def test_readyz_only_reads(client: Client, db):
    assert client.post("/readyz").status_code == 405
