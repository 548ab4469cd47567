"""The two ways to run: production, which refuses to start half configured, and embedded, which brings its own."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config import environ as env
from config import running
from config.environ import EnvironmentRefused

# Django's own deployment check asks for the same length.
KEY_LENGTH = 50
KEY_VARIETY = 5
KNOWN_KEYS = (
    "changeme",
    "insecure",
    "secretkey",
    "yoursecret",
    "replaceme",
    "password",
    "example",
    "default",
)
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
SMTP = "django.core.mail.backends.smtp.EmailBackend"
MAIL_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Mode:
    """What differs between the two ways to run."""

    embedded: bool
    home: Path
    secret_key: str
    allowed_hosts: tuple[str, ...]
    https: bool
    debug: bool


def mode_read(environ: Mapping[str, str] = os.environ) -> Mode:
    """Return the mode that the environment asks for, or raise EnvironmentRefused with one line that says why not."""
    home = env.WINNOW_HOME.read(environ)
    https = env.WINNOW_HTTPS.read(environ)
    debug = env.WINNOW_DEBUG.read(environ)
    key = env.SECRET_KEY.read(environ)
    hosts = env.ALLOWED_HOSTS.read(environ)
    if not env.DATABASE_URL.read(environ):
        if key:
            _refuse_weak(key)
        return Mode(True, home, key or embedded_key(home), (*THIS_MACHINE, *hosts), bool(https), debug)
    if debug:
        raise EnvironmentRefused(
            "WINNOW_DEBUG is on: it shows secrets on error pages, so unset it where DATABASE_URL is set."
        )
    _refuse_weak(key)
    if not hosts or "*" in hosts:
        raise EnvironmentRefused(
            "ALLOWED_HOSTS is missing or `*`: name the hosts, as in ALLOWED_HOSTS=winnow.example.org."
        )
    return Mode(False, home, key, hosts, https is not False, debug)


def _refuse_weak(key: str) -> None:
    if not key:
        raise EnvironmentRefused("SECRET_KEY is missing: set it to at least 50 random characters.")
    letters = "".join(c for c in key.lower() if c.isalnum())
    if any(known in letters for known in KNOWN_KEYS):
        raise EnvironmentRefused("SECRET_KEY is a well-known value: set it to at least 50 random characters.")
    if len(key) < KEY_LENGTH or len(set(key)) < KEY_VARIETY:
        raise EnvironmentRefused(
            "SECRET_KEY is too short or too uniform: set it to at least 50 random characters."
        )


def embedded_key(home: Path) -> str:
    """Return the key kept in `home`, made at the first call and readable by its owner only."""
    path = home / "secret_key"
    home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # A temporary file is readable by its owner only, and so is the link to it.
        with tempfile.NamedTemporaryFile("w", dir=home, prefix="secret_key.") as draft:
            draft.write(secrets.token_urlsafe(64))
            draft.flush()
            # Of two first starts at once, one link succeeds and both read the same whole key.
            with suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text().strip()


def site_url(mode: Mode, environ: Mapping[str, str] = os.environ) -> str:
    """Return where people reach Winnow, without a slash at the end."""
    if given := env.WINNOW_SITE_URL.read(environ):
        return given.rstrip("/")
    if not mode.embedded:
        return f"{'https' if mode.https else 'http'}://{mode.allowed_hosts[0].lstrip('.')}"
    return running.address(mode.home) or f"http://localhost:{env.WINNOW_PORT.read(environ)}"


def database_from_url(url: str) -> dict[str, Any]:
    """Return Django's description of the database at a `postgres://` address."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise EnvironmentRefused(
            "DATABASE_URL is not usable: expected postgres://user:password@host:5432/name."
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def mailers_from_url(url: str, *, embedded: bool) -> dict[str, dict[str, Any]]:
    """Return Django's description of the mail server at an `smtp://` or `smtps://` address.

    Without one, the embedded mode writes mail to the log and production hands it to this machine's own mail server.
    """
    if not url:
        local = {"BACKEND": SMTP, "OPTIONS": {"host": "localhost", "port": 25, "timeout": 20}}
        return {
            "default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"} if embedded else local
        }
    parts = urlsplit(url)
    if parts.scheme not in MAIL_PORTS or not parts.hostname:
        raise EnvironmentRefused(
            "EMAIL_URL is not usable: expected smtp://user:password@host:587 or smtps://…."
        )
    options = {
        "host": parts.hostname,
        "port": parts.port or MAIL_PORTS[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": parts.scheme == "smtp",
        "use_ssl": parts.scheme == "smtps",
        "timeout": 20,
    }
    return {"default": {"BACKEND": SMTP, "OPTIONS": options}}
