"""Statements on the path of every decision: prepared once for a connection, one round trip each."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection, models
from django.db.models import Value

PREPARE_AFTER = 1  # times that a connection has run a statement before it keeps it
ONE_PLAN = "SET plan_cache_mode = force_generic_plan"


def prepared(statement: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows.

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
        return cursor.execute(statement, params).fetchall()


def columns(alias: str, model: type[models.Model], names: Sequence[str]) -> str:
    """Return fields of a table as a SELECT lists them; `named` reads them."""
    return ", ".join(f"{alias}.{field.column}" for field in _fields(model, names))


def named[Row: models.Model](model: type[Row], names: Sequence[str], values: Sequence[Any]) -> Row | None:
    """Return the row of a model that has these fields, the key first; None where there is none."""
    if values[0] is None:
        return None
    fields = _fields(model, names)
    read: list[Any] = [
        field.from_db_value(value, Value(None), connection) if isinstance(field, models.JSONField) else value
        for field, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [field.attname for field in fields], read)


def _fields(model: type[models.Model], names: Sequence[str]) -> list[models.Field[Any, Any]]:
    by_name = {field.name: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _may_prepare() -> bool:
    """A pooler that hands out connections by the transaction can keep neither server-side cursors nor statements."""
    return not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
