"""The environment of another process of Winnow that works on the database of this test run."""

import os
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from config.environ import ROOT


def worker_environment(home: Path, **more: str) -> dict[str, str]:
    """Return the variables for a process with its own WINNOW_HOME and broker, and our test database."""
    database = connection.settings_dict
    host = quote(str(database["HOST"]), safe="")
    own = {
        "DATABASE_URL": f"postgres://{database['USER']}@/{database['NAME']}?host={host}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "WINNOW_HOME": str(home),
        "WINNOW_HTTPS": "off",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "localhost,testserver",
        "PYTHONPATH": str(ROOT),
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | own | more
