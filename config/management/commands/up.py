"""Start everything that Winnow needs on this machine, and stop it again with Ctrl-C."""

import contextlib
import os
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import connection

from config import embedded, entrance, environ
from config.running import AlreadyRunning, Mark, only_one
from config.static_files import collect_if_changed
from config.supervisor import Supervisor, python

PORTS_TRIED = 50
DATABASE_LOOK_SECONDS = 5.0
# A worker sweeps by itself when it starts, so the first sweep of the scheduler may wait.
LATER = {"beat": 10.0}


class Command(BaseCommand):
    help = "Start PostgreSQL, the web server, a worker and the scheduler; Ctrl-C stops them. The data stays."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="Load the demo project and print a link per role."
        )
        parser.add_argument("--port", type=int, default=environ.WINNOW_PORT.read())
        parser.add_argument("--admin-email", default=environ.WINNOW_ADMIN_EMAIL.read(), metavar="EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        settings.WINNOW_HOME.mkdir(parents=True, exist_ok=True)
        try:
            with only_one(settings.WINNOW_HOME) as mark:
                self._run(mark, **options)
        except AlreadyRunning as error:
            raise CommandError(f"Winnow runs already on {settings.WINNOW_HOME}: {error}") from None
        except embedded.EmbeddedFailed as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            self.stdout.write("Stopped before anything was started.")

    def _run(self, mark: Mark, *, demo: bool, port: int, admin_email: str, **options: Any) -> None:
        self._prepare(demo)
        admin = "" if demo or entrance.has_admin() else _first_admin(admin_email)
        free = free_port(port)
        if free != port:
            self.stdout.write(f"Port {port} is taken; using {free}.")
        base = environ.WINNOW_SITE_URL.read() or f"http://localhost:{free}"
        welcome = Welcome(free, lambda: self._welcome(base, demo=demo, admin=admin))
        os.environ["WINNOW_SITE_URL"] = base
        Supervisor(
            commands(free), mark=mark, address=base, look=welcome.look, out=sys.stdout, later=LATER
        ).run()
        if settings.MODE.embedded:
            embedded.server(settings.WINNOW_HOME).release()

    def _prepare(self, demo: bool) -> None:
        self.stdout.write("Starting PostgreSQL …" if settings.MODE.embedded else "Looking for PostgreSQL …")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if collect_if_changed():
            self.stdout.write("Collected the static files.")
        if demo:
            call_command("load_demo")
        # What starts next opens its own; an idle one of ours would only hold a place.
        connection.close()

    def _welcome(self, base: str, *, demo: bool, admin: str) -> None:
        lines = [f"Winnow is at {base}"]
        if demo:
            lines += [f"  {role:<10} {link}" for role, link in entrance.demo_links(base)]
        if admin:
            lines += [f"  {'admin':<10} {entrance.first_admin_link(admin, base)}"]
        if demo or admin:
            lines += [
                "Each link signs in once; a start prints new ones, and so does `manage.py sign_in_link EMAIL`."
            ]
        lines += ["Ctrl-C stops everything; the data stays."]
        connection.close()
        self.stdout.write("\n".join(["", *lines, ""]))
        self.stdout.flush()


class Welcome:
    """What is watched beside the processes: prints the address once it answers, and minds the embedded database."""

    def __init__(self, port: int, say: Callable[[], None]) -> None:
        self.port, self.say = port, say
        self.said = False
        self.next_look = 0.0

    def look(self) -> None:
        if not self.said and _answers(self.port):
            self.said = True
            self.say()
        if settings.MODE.embedded and time.monotonic() >= self.next_look:
            self.next_look = time.monotonic() + DATABASE_LOOK_SECONDS
            with contextlib.suppress(embedded.EmbeddedFailed):
                embedded.server(settings.WINNOW_HOME).revive()


def commands(port: int) -> dict[str, list[str]]:
    """Return the processes to run, by name."""
    bind = f"{environ.WINNOW_BIND.read()}:{port}"
    threads, processes = environ.WINNOW_WEB_THREADS.read(), environ.WINNOW_WEB_PROCESSES.read()
    web = ["gunicorn", "config.wsgi", "--bind", bind, "--worker-class", "gthread", "--threads", str(threads)]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"]
    return {
        "web": python(*web, "--workers", str(processes), "--no-control-socket", "--log-level", "warning"),
        "worker": python("celery", "-q", "-A", "config", "worker", *quiet),
        "beat": python("celery", "-q", "-A", "config", "beat", "--pidfile=", "--loglevel", "WARNING"),
    }


def free_port(wanted: int) -> int:
    """Return `wanted`, or the next port after it that nobody listens on."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((environ.WINNOW_BIND.read(), port))
            except OSError:
                continue
            return port
    raise CommandError(f"No port from {wanted} on is free: choose another with --port.")


def _answers(port: int) -> bool:
    """Tell whether a page is served: the port is open long before."""
    host = environ.WINNOW_BIND.read()
    there = HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=1)  # noqa: S104
    try:
        there.request("GET", "/livez")
        there.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        there.close()
    return True


def _first_admin(email: str) -> str:
    if not email and not sys.stdin.isatty():
        raise CommandError(
            "Nobody can sign in yet: name the first admin with --admin-email or WINNOW_ADMIN_EMAIL."
        )
    while True:
        email = email or input("E-mail of the first admin: ").strip()
        try:
            validate_email(email)
        except ValidationError:
            if not sys.stdin.isatty():
                raise CommandError(f"“{email}” is no e-mail address.") from None
            sys.stdout.write(f"“{email}” is no e-mail address.\n")
            email = ""
        else:
            return email
