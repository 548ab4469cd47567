"""Fixtures for all tests."""

import os
import shutil
from collections.abc import Iterator

import psutil
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from tests.cast import cast, client_of, dataset, project
from tests.emptying import empty
from tests.settings import RUN

__all__ = ["cast", "client_of", "dataset", "project"]

TransactionTestCase._fixture_teardown = empty  # type: ignore[attr-defined]


def _drop_left_over() -> None:
    """Drop the databases of runs that were killed; each is named after the process that made it."""
    # One run's workers do not clean beside each other.
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0":
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_winnow_[0-9]+'")
        for (name,) in cursor.fetchall():
            run = name.split("_")[2]
            if run != RUN and not psutil.pid_exists(int(run)):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Clean up after killed runs before this run makes its own database."""
    with django_db_blocker.unblock():
        _drop_left_over()


@pytest.fixture(scope="session", autouse=True)
def _uploads_end_with_the_run() -> Iterator[None]:
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
