"""A temporary home for a benchmark: its own PostgreSQL, its own files."""

import os
from pathlib import Path


def setup(home: Path | None = None) -> None:
    """Start Django on `home`; without one, on the home that the parent process set up."""
    if home is not None:
        home.mkdir(parents=True, exist_ok=True)
        os.environ["WINNOW_HOME"] = str(home)
        os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    # Wake-ups of a benchmark's jobs go nowhere: the benchmark does the work itself.
    os.environ["BROKER_URL"] = "memory://"
    os.environ.setdefault("WINNOW_LOG_LEVEL", "WARNING")
    import django

    django.setup()
    if home is not None:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
