"""What production and Celery are told, seen in processes of their own because settings are read once."""

import json
import os
import subprocess
import sys

from config.environ import ROOT

KEY = "kM3-" + "q8Zr0vWt5yBn" * 5
SHOW = """
import json
from django.conf import settings
from config.celery import app
print(json.dumps({
    "cookies": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE],
    "https": [settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS],
    "proxy": hasattr(settings, "SECURE_PROXY_SSL_HEADER") and bool(settings.SECURE_PROXY_SSL_HEADER),
    "pool": settings.DATABASES["default"]["OPTIONS"].get("pool", {}).get("max_size"),
    "celery": [app.conf.accept_content, app.conf.result_backend, app.conf.worker_prefetch_multiplier],
    "late": app.conf.task_acks_late,
    "beat": app.conf.beat_schedule["sweep"]["task"],
}))
"""


def settings_with(tmp_path, **more: str) -> dict:
    environ = {
        "PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", "WINNOW_HOME": str(tmp_path),
        "DATABASE_URL": "postgres://winnow@db.example/winnow", "SECRET_KEY": KEY, "ALLOWED_HOSTS": "winnow.example",
    }  # fmt: skip
    words = [sys.executable, "-c", SHOW]
    done = subprocess.run(words, cwd=ROOT, env=environ | more, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_production_keeps_to_https_and_json(tmp_path):
    assert settings_with(tmp_path) == {
        "cookies": ["__Host-session", "__Host-csrf", True],
        "https": [True, 31_536_000],
        "proxy": False,
        "pool": None,
        "celery": [["json"], None, 1],
        "late": True,
        "beat": "jobs.sweep",
    }


def test_a_proxy_is_believed_only_when_it_is_named(tmp_path):
    assert settings_with(tmp_path, WINNOW_TRUSTED_PROXIES="1")["proxy"] is True


def test_without_https_cookies_have_no_prefix_that_needs_it(tmp_path):
    shown = settings_with(tmp_path, WINNOW_HTTPS="off")
    assert shown["cookies"] == ["winnow-session", "winnow-csrf", False]
    assert shown["https"] == [False, 0]


def test_a_pool_is_used_where_it_is_asked_for(tmp_path):
    assert settings_with(tmp_path, WINNOW_DATABASE_POOL="3")["pool"] == 3


def test_the_deployment_check_is_clean(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={
            "PATH": os.environ["PATH"], "WINNOW_HOME": str(tmp_path), "SECRET_KEY": KEY,
            "DATABASE_URL": "postgres://winnow@db.example/winnow", "ALLOWED_HOSTS": "winnow.example",
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "0 silenced" in done.stdout
