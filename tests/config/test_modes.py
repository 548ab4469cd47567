"""What the environment must hold for Winnow to start, and what is made of it."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from config import environ
from config.environ import ROOT, EnvironmentRefused
from config.modes import database_from_url, embedded_key, mailers_from_url, mode_read, site_url

GOOD_KEY = "kM3-" + "q8Zr0vWt5yBn" * 5
PRODUCTION = {
    "DATABASE_URL": "postgres://winnow:pw@db.example:5433/winnow?sslmode=require",
    "SECRET_KEY": GOOD_KEY,
    "ALLOWED_HOSTS": "winnow.example, www.winnow.example",
    "WINNOW_HOME": "/srv/winnow",
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "change-me"}, "SECRET_KEY is a well-known value"),
        ({"SECRET_KEY": "Change_Me-in-production-" + GOOD_KEY}, "SECRET_KEY is a well-known value"),
        ({"SECRET_KEY": "django-insecure-" + GOOD_KEY}, "SECRET_KEY is a well-known value"),
        ({"SECRET_KEY": GOOD_KEY[:49]}, "SECRET_KEY is too short"),
        ({"SECRET_KEY": "abcd" * 20}, "too uniform"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing"),
        ({"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS is missing"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is missing or `*`"),
        ({"WINNOW_DEBUG": "on"}, "WINNOW_DEBUG is on"),
        ({"WINNOW_HTTPS": "perhaps"}, "WINNOW_HTTPS is not usable: 'perhaps' is neither on nor off"),
    ],
)
def test_production_refuses_to_start(change, words):
    with pytest.raises(EnvironmentRefused, match=r"^[^\n]*$") as refused:
        mode_read(PRODUCTION | change)
    assert words in str(refused.value)


def test_production_starts_when_everything_is_given():
    mode = mode_read(PRODUCTION)
    assert (mode.embedded, mode.https, mode.debug) == (False, True, False)
    assert mode.allowed_hosts == ("winnow.example", "www.winnow.example")
    assert mode.secret_key == GOOD_KEY
    assert site_url(mode, PRODUCTION) == "https://winnow.example"


def test_a_key_of_fifty_characters_is_enough():
    assert mode_read(PRODUCTION | {"SECRET_KEY": GOOD_KEY[:50]}).secret_key == GOOD_KEY[:50]


def test_the_embedded_mode_needs_nothing(tmp_path):
    mode = mode_read({"WINNOW_HOME": str(tmp_path)})
    assert (mode.embedded, mode.https, mode.debug) == (True, False, False)
    assert "localhost" in mode.allowed_hosts
    assert site_url(mode, {"WINNOW_PORT": "8042"}) == "http://localhost:8042"


def test_the_embedded_mode_refuses_a_weak_key_too(tmp_path):
    with pytest.raises(EnvironmentRefused, match="well-known"):
        mode_read({"WINNOW_HOME": str(tmp_path), "SECRET_KEY": "change-me"})


def test_the_embedded_key_is_kept_and_private(tmp_path):
    key = embedded_key(tmp_path / "new")
    assert len(key) >= 50
    assert embedded_key(tmp_path / "new") == key
    assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_two_first_starts_at_once_agree_on_the_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: embedded_key(tmp_path), range(40)))
    assert len(keys) == 1


def test_the_command_says_in_one_line_why_it_does_not_start():
    ended = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT, env={"PATH": os.environ["PATH"], **PRODUCTION, "SECRET_KEY": "change-me"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "winnow: SECRET_KEY is a well-known value: set it to at least 50 random characters."
    ]


def test_a_database_address_is_read_in_full():
    database = database_from_url(
        "postgresql://us%40er:p%2Fw@db.example:5433/win%2Dnow?sslmode=require&host=/run/pg"
    )
    assert database == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "win-now",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "/run/pg",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql://h/n", "postgres://host", "nonsense"])
def test_another_database_is_refused(url):
    with pytest.raises(EnvironmentRefused, match="DATABASE_URL is not usable"):
        database_from_url(url)


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://h", 587, True, False),
        ("smtps://u:p@h", 465, False, True),
        ("smtp://h:2525", 2525, True, False),
    ],
)
def test_a_mail_address_is_read(url, port, tls, ssl):
    options = mailers_from_url(url, embedded=False)["default"]["OPTIONS"]
    assert (options["host"], options["port"], options["use_tls"], options["use_ssl"]) == ("h", port, tls, ssl)


def test_another_mail_address_is_refused():
    with pytest.raises(EnvironmentRefused, match="EMAIL_URL is not usable"):
        mailers_from_url("imap://h", embedded=True)


@pytest.mark.parametrize(
    ("setting", "text"),
    [(environ.WINNOW_PORT, "80a"), (environ.WINNOW_PORT, "-1"), (environ.WINNOW_LOG_LEVEL, "loud")],
)
def test_a_variable_of_the_wrong_type_is_refused_by_name(setting, text):
    with pytest.raises(EnvironmentRefused, match=f"^{setting.name} is not usable: '{text}' is"):
        setting.read({setting.name: text})


def test_a_blank_variable_counts_as_unset():
    assert environ.WINNOW_PORT.read({"WINNOW_PORT": "  "}) == 8000


def test_without_a_mail_server_mail_goes_to_this_machine_or_to_the_log():
    assert mailers_from_url("", embedded=False)["default"]["OPTIONS"]["host"] == "localhost"
    assert "console" in mailers_from_url("", embedded=True)["default"]["BACKEND"]
