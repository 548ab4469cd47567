"""Django's PostgreSQL, which starts the embedded server before the first connection and not before."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base, client

from config import embedded, postgres_install


class DatabaseClient(client.DatabaseClient):
    executable_name = postgres_install.binary("psql")

    def runshell(self, parameters: Iterable[str]) -> None:
        embedded.server(settings.WINNOW_HOME).hold()
        super().runshell(parameters)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        embedded.server(settings.WINNOW_HOME).hold()
        return super().get_new_connection(conn_params)
