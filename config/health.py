"""Whether this process lives, and whether Winnow as a whole can do its work."""

import shutil
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from jobs.models import WorkerHeartbeat

DISK_FREE_MIN = 0.10


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations are not applied: run `manage.py migrate`" if missing else ""


def _worker() -> str:
    return "" if WorkerHeartbeat.count_up() else "no worker was heard of in the last minute"


def _disk() -> str:
    usage = shutil.disk_usage(settings.WINNOW_HOME)
    free = usage.free / usage.total
    return "" if free >= DISK_FREE_MIN else f"only {free:.0%} of the disk is free"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "worker": _worker,
    "disk": _disk,
}


def _problem(check: Callable[[], str]) -> str:
    try:
        return check()
    except DatabaseError:
        # The server's words may name hosts and accounts, and this page is open to everybody.
        return "the database does not answer"


@login_not_required
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """Answer that this process serves requests; asks nothing of the database."""
    return JsonResponse({"ok": True})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 where everything that work needs is there, else 503; each check says `ok` or what is wrong."""
    found = {name: _problem(check) for name, check in CHECKS.items()}
    ok = not any(found.values())
    return JsonResponse(
        {"ok": ok, "checks": {name: problem or "ok" for name, problem in found.items()}},
        status=200 if ok else 503,
    )
