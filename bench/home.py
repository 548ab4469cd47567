"""A temporary home for a benchmark: its own PostgreSQL, its own files."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def django_setup() -> None:
    """Start Django on the home that the environment names.

    Wake-ups of jobs go nowhere: a benchmark does the work itself.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["BROKER_URL"] = "memory://"
    os.environ.setdefault("WINNOW_LOG_LEVEL", "WARNING")
    import django

    django.setup()


@contextmanager
def temporary_home() -> Iterator[Path]:
    """Run a block on an empty migrated database in a folder that is gone afterwards; yields that folder."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WINNOW_HOME"] = f"{folder}/home"
        os.environ.pop("DATABASE_URL", None)
        django_setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connections

        from config import embedded

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        try:
            yield Path(folder)
        finally:
            connections.close_all()
            embedded.server(settings.WINNOW_HOME).release()
