"""Statements that change one row and answer with it, on the path of every decision."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models

from review.queries.prepared import prepared


def columns_of(model: type[models.Model]) -> str:
    """Return the columns that `returning` reads, for the statement's RETURNING."""
    return ", ".join(field.attname for field in model._meta.concrete_fields)


def returning[Row: models.Model](model: type[Row], statement: str, params: Mapping[str, Any]) -> Row | None:
    """Run a statement that ends in RETURNING `columns_of(model)`; return its one row, or None."""
    for row in prepared(statement, params):
        return model.from_db(connection.alias, [field.attname for field in model._meta.concrete_fields], row)
    return None
