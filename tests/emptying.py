"""Emptying the database after a test that commits: its rows are deleted, where Django would truncate every table.

Truncating some fifty tables gives each of them and of their indexes a new file, and Django then looks up every content
type and permission anew: a third of a second for each such test. Those two tables are left as they are.
"""

from functools import cache

from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected

KEPT = ("django_content_type", "auth_permission")
# Deleted rows stay on the disk for a while. Where they take more bytes than this, new files are cheaper to read.
LARGE = 16_000_000
ATTEMPTS = 5


@cache
def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [connection.ops.quote_name(name) for name in names if name not in KEPT]


def empty(test: TransactionTestCase) -> None:
    """Leave no row of a test behind; takes the place of TransactionTestCase._fixture_teardown."""
    for left in reversed(range(ATTEMPTS)):
        try:
            _empty()
        except OperationalError as error:
            # A browser's last request, still under way, takes its locks in another order: it ends by itself.
            if not left or not isinstance(error.__cause__, DeadlockDetected):
                raise
        else:
            return


def _empty() -> None:
    tables = _tables()
    everything = ", ".join(tables)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_relation_size(t::regclass)), current_setting('is_superuser') FROM unnest(%s::text[]) t",
            [tables],
        )
        size, superuser = cursor.fetchone()
        if size > LARGE or superuser != "on":
            cursor.execute(f"TRUNCATE {everything}")
            return
        # For a replica no trigger runs: foreign keys are not looked up, and what is append-only can be deleted.
        # The lock waits for whoever still writes, as a thread may that outlives its test.
        cursor.execute(
            f"SET LOCAL session_replication_role = replica; LOCK TABLE {everything} IN EXCLUSIVE MODE;"
            + ";".join(f"DELETE FROM {table}" for table in tables)
        )
