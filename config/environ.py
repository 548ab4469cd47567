"""The environment variables that Winnow reads: each with its type, default and meaning."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


class EnvironmentRefused(Exception):
    """A variable is missing or unusable; the message is one line that says which and what to do."""


@dataclass(frozen=True, slots=True)
class Setting[T]:
    """One variable: `parse` turns its text into a value, or raises ValueError with what is expected."""

    name: str
    kind: str
    parse: Callable[[str], T]
    default: T
    help: str
    default_words: str = ""

    def read(self, environ: Mapping[str, str] = os.environ) -> T:
        """Return the variable's value, or the default where it is unset or blank."""
        text = environ.get(self.name, "").strip()
        if not text:
            return self.default
        try:
            return self.parse(text)
        except ValueError as error:
            raise EnvironmentRefused(f"{self.name} is not usable: {error}.") from None


def _switch(text: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.lower() not in words:
        raise ValueError(f"{text!r} is neither on nor off")
    return words[text.lower()]


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(f"{text!r} is not a whole number")
    return int(text)


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _folder(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError(f"{text!r} is none of DEBUG, INFO, WARNING, ERROR")
    return text.upper()


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    # What was typed is not repeated: it may hold a password.
    if not named or parts.query or parts.fragment:
        raise ValueError("an address such as `http://127.0.0.1:8000/v1` is expected")
    return text


def _guard_format(text: str) -> str:
    if text not in ("llama-guard", "qwen3guard"):
        raise ValueError(f"{text!r} is neither llama-guard nor qwen3guard")
    return text


def _several(text: str) -> int:
    if not _count(text):
        raise ValueError("at least 1 is needed")
    return int(text)


WINNOW_HOME = Setting(
    "WINNOW_HOME", "folder", _folder, ROOT / "var",
    "Where everything that Winnow writes is kept: uploads, releases, collected static files and, in the"
    " embedded mode, the database, the broker and the key.",
    "`var/` in the checkout",
)  # fmt: skip
DATABASE_URL = Setting(
    "DATABASE_URL", "address", str, "",
    "The PostgreSQL server, as `postgres://user:password@host:5432/name?sslmode=require`. Naming one is what"
    " makes the production mode; without it Winnow starts its own PostgreSQL.",
    "none: the embedded mode",
)  # fmt: skip
BROKER_URL = Setting(
    "BROKER_URL", "address", str, "",
    "The broker that wakes workers: Redis (`redis://…`) or RabbitMQ (`amqp://…`). Without one, wake-ups pass"
    " through files, which serves one machine.",
    "files under `WINNOW_HOME`",
)  # fmt: skip
SECRET_KEY = Setting(
    "SECRET_KEY", "text", str, "",
    "Signs sessions and links; at least 50 random characters. Required in production.",
    "embedded mode: made once and kept in `WINNOW_HOME/secret_key`",
)  # fmt: skip
SECRET_KEY_FALLBACKS = Setting[tuple[str, ...]](
    "SECRET_KEY_FALLBACKS", "list", _items, (),
    "Former keys that are still believed while keys are being changed, separated by commas.",
    "none",
)  # fmt: skip
ALLOWED_HOSTS = Setting[tuple[str, ...]](
    "ALLOWED_HOSTS", "list", _items, (),
    "Host names under which people reach Winnow, separated by commas. Required in production; `*` is refused.",
    "embedded mode: this machine only",
)  # fmt: skip
CSRF_TRUSTED_ORIGINS = Setting[tuple[str, ...]](
    "CSRF_TRUSTED_ORIGINS", "list", _items, (),
    "Further origins, as `https://name`, whose forms are accepted; needed only where a proxy changes the host name.",
    "none",
)  # fmt: skip
WINNOW_HTTPS = Setting[bool | None](
    "WINNOW_HTTPS", "switch", _switch, None,
    "Whether people reach Winnow by https: then http is redirected and cookies travel by https only.",
    "on in production, off in the embedded mode",
)  # fmt: skip
WINNOW_TRUSTED_PROXIES = Setting(
    "WINNOW_TRUSTED_PROXIES", "number", _count, 0,
    "How many reverse proxies stand in front. Above 0, their `X-Forwarded-Proto` and `X-Forwarded-For` are believed.",
)  # fmt: skip
WINNOW_PORT = Setting(
    "WINNOW_PORT", "number", _count, 8000,
    "The port that `make run` and `make demo` listen on; the next free one is taken where it is in use.",
)  # fmt: skip
WINNOW_BIND = Setting(
    "WINNOW_BIND", "text", str, "127.0.0.1",
    "The network address that `make run` and `make demo` listen on; `0.0.0.0` is every one and needs ALLOWED_HOSTS.",
)  # fmt: skip
WINNOW_SITE_URL = Setting(
    "WINNOW_SITE_URL", "address", str, "",
    "Where people reach Winnow, as `https://winnow.example.org`; it begins the links that commands and mail carry.",
    "production: https and the first of ALLOWED_HOSTS; embedded mode: the address that `make run` printed",
)  # fmt: skip
WINNOW_ADMIN_EMAIL = Setting(
    "WINNOW_ADMIN_EMAIL", "text", str, "",
    "The first site admin's address, for a first start without a terminal.",
    "asked for at the first start",
)  # fmt: skip
WINNOW_WEB_PROCESSES = Setting(
    "WINNOW_WEB_PROCESSES", "number", _count, 2, "How many processes the web server that `make run` starts has."
)  # fmt: skip
WINNOW_WEB_THREADS = Setting(
    "WINNOW_WEB_THREADS", "number", _count, 4, "How many requests each of these processes answers at once."
)  # fmt: skip
WINNOW_WORKER_CONCURRENCY = Setting(
    "WINNOW_WORKER_CONCURRENCY", "number", _count, 2, "How many background jobs one worker runs at a time."
)  # fmt: skip
WINNOW_DATABASE_POOL = Setting(
    "WINNOW_DATABASE_POOL", "number", _count, 0,
    "How many database connections a process keeps in a pool; 0 is no pool.",
    "8 in the web server, 0 elsewhere",
)  # fmt: skip
WINNOW_UPLOAD_MAX_MB = Setting(
    "WINNOW_UPLOAD_MAX_MB", "number", _count, 2048, "The largest file that may be uploaded, in megabytes."
)  # fmt: skip
WINNOW_LOG_LEVEL = Setting(
    "WINNOW_LOG_LEVEL", "level", _level, "INFO", "What is logged: DEBUG, INFO, WARNING or ERROR, and all above it."
)  # fmt: skip
WINNOW_DEBUG = Setting(
    "WINNOW_DEBUG", "switch", _switch, False,
    "Development only: error pages with tracebacks, the style guide, unhashed static files. Refused in production.",
    "off",
)  # fmt: skip
EMAIL_URL = Setting(
    "EMAIL_URL", "address", str, "",
    "The mail server, as `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`.",
    "production: `localhost:25`; embedded mode: mail is written to the log",
)  # fmt: skip
EMAIL_FROM = Setting(
    "EMAIL_FROM", "text", str, "winnow@localhost", "The sender of the mail that Winnow sends."
)
GUARD_URL = Setting(
    "GUARD_URL", "address", _address, "",
    "The server of a guard model that judges toxicity: an OpenAI-compatible one such as vLLM (`http://host:8000/v1`),"
    " or Ollama by its own interface (`http://host:11434/api`). The texts of projects that choose it are sent there.",
    "none: no guard model",
)  # fmt: skip
GUARD_MODEL = Setting(
    "GUARD_MODEL", "text", str, "", "The guard model's name on that server; required with GUARD_URL.", "none"
)  # fmt: skip
GUARD_FORMAT = Setting(
    "GUARD_FORMAT", "text", _guard_format, "",
    "How the guard model writes its verdicts: `llama-guard` or `qwen3guard`.",
    "by the model's name; Llama Guard where that says nothing",
)  # fmt: skip
GUARD_API_KEY = Setting("GUARD_API_KEY", "text", str, "", "The key that the guard's server asks for.", "none")
MODERATION_API_KEY = Setting(
    "MODERATION_API_KEY", "text", str, "",
    "A key of OpenAI's moderation service. The texts of projects that choose it are sent there.",
    "none: no moderation service",
)  # fmt: skip
MODERATION_URL = Setting(
    "MODERATION_URL", "address", _address, "https://api.openai.com/v1",
    "Where the moderation service is, for a server of one's own that speaks its interface.",
)  # fmt: skip
MODERATION_MODEL = Setting(
    "MODERATION_MODEL", "text", str, "omni-moderation-latest", "The moderation model to ask."
)  # fmt: skip
PERSPECTIVE_API_KEY = Setting(
    "PERSPECTIVE_API_KEY", "text", str, "",
    "A key of the Perspective API, which is switched off at the end of 2026. The texts of projects that choose it"
    " are sent there; it is told not to store them.",
    "none: no Perspective",
)  # fmt: skip
PERSPECTIVE_URL = Setting(
    "PERSPECTIVE_URL", "address", _address, "https://commentanalyzer.googleapis.com",
    "Where the Perspective API is, for a proxy in front of it.",
)  # fmt: skip
EMBEDDINGS_URL = Setting(
    "EMBEDDINGS_URL", "address", _address, "",
    "An OpenAI-compatible server of embeddings, as `http://host:8000/v1`, for finding what is similar in meaning."
    " The texts of projects that switch this on are sent there.",
    "none: the extra `winnow[embeddings]`, where it is installed",
)  # fmt: skip
EMBEDDINGS_MODEL = Setting(
    "EMBEDDINGS_MODEL", "text", str, "", "The embedding model's name; required with EMBEDDINGS_URL.", "none"
)  # fmt: skip
EMBEDDINGS_API_KEY = Setting(
    "EMBEDDINGS_API_KEY", "text", str, "", "The key that the embeddings' server asks for.", "none"
)  # fmt: skip
JUDGE_URL = Setting(
    "JUDGE_URL", "address", _address, "",
    "An OpenAI-compatible server of a model that scores examples by a rubric, as `http://host:8000/v1`. The texts that"
    " a manager has it judge are sent there.",
    "none: no judge",
)  # fmt: skip
JUDGE_MODEL = Setting(
    "JUDGE_MODEL", "text", str, "", "The judging model's name; required with JUDGE_URL.", "none"
)
JUDGE_API_KEY = Setting("JUDGE_API_KEY", "text", str, "", "The key that the judge's server asks for.", "none")
REMOTE_CONCURRENCY = Setting(
    "REMOTE_CONCURRENCY", "number", _several, 4,
    "How many requests one background process has under way at such a server at a time. A worker has"
    " WINNOW_WORKER_CONCURRENCY processes.",
)  # fmt: skip
REMOTE_TIMEOUT = Setting(
    "REMOTE_TIMEOUT", "number", _several, 30,
    "How many seconds such a server has for one answer; after that the request is sent again, eight times in all.",
)  # fmt: skip

SETTINGS: tuple[Setting[object], ...] = (
    DATABASE_URL, BROKER_URL, SECRET_KEY, SECRET_KEY_FALLBACKS, ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS,
    WINNOW_SITE_URL, WINNOW_HOME, WINNOW_HTTPS, WINNOW_TRUSTED_PROXIES, WINNOW_BIND, WINNOW_PORT, WINNOW_ADMIN_EMAIL,
    WINNOW_WEB_PROCESSES, WINNOW_WEB_THREADS, WINNOW_WORKER_CONCURRENCY, WINNOW_DATABASE_POOL, WINNOW_UPLOAD_MAX_MB,
    WINNOW_LOG_LEVEL, WINNOW_DEBUG, EMAIL_URL, EMAIL_FROM,
    GUARD_URL, GUARD_MODEL, GUARD_FORMAT, GUARD_API_KEY, MODERATION_API_KEY, MODERATION_URL, MODERATION_MODEL,
    PERSPECTIVE_API_KEY, PERSPECTIVE_URL, EMBEDDINGS_URL, EMBEDDINGS_MODEL, EMBEDDINGS_API_KEY,
    JUDGE_URL, JUDGE_MODEL, JUDGE_API_KEY, REMOTE_CONCURRENCY, REMOTE_TIMEOUT,
)  # fmt: skip
