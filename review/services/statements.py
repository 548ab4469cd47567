"""Statements on the path of every decision: prepared once for a connection, one round trip each."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection, models

PREPARE_AFTER = 1  # times that a connection has run a statement before it keeps it
ONE_PLAN = "SET plan_cache_mode = force_generic_plan"


def columns_of(model: type[models.Model]) -> str:
    """Return the columns that `returning` reads, for the statement's RETURNING."""
    return ", ".join(field.attname for field in model._meta.concrete_fields)


def returning[Row: models.Model](model: type[Row], statement: str, params: Mapping[str, Any]) -> Row | None:
    """Run a statement that ends in RETURNING `columns_of(model)`; return its one row, or None.

    Django binds parameters itself and so has every statement planned anew, which for one with many joins costs
    ten times what running it does. Here a connection keeps the statement and its plan, and plans again when a
    table's statistics change.
    """
    # Opening Django's cursor checks and opens the connection as for any other query.
    with (
        connection.cursor(),
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection) as cursor,
    ):
        if connection.connection.prepare_threshold is None and _may_prepare():
            # Only cursors such as this one heed it; Django's own never prepare.
            connection.connection.prepare_threshold = PREPARE_AFTER
            cursor.execute(ONE_PLAN)
        row = cursor.execute(statement, params).fetchone()
    if row is None:
        return None
    return model.from_db(connection.alias, [field.attname for field in model._meta.concrete_fields], row)


def _may_prepare() -> bool:
    """A pooler that hands out connections by the transaction can keep neither server-side cursors nor statements."""
    return not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
