"""Settings of the tests: a home of their own, so that no test touches anybody's data."""

import os
import tempfile
from pathlib import Path

from config.environ import ROOT

os.environ.setdefault("SECRET_KEY", "for-tests-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ["WINNOW_HOME"] = os.environ.get("WINNOW_TEST_HOME") or str(ROOT / "var" / "test")
os.environ["WINNOW_HTTPS"] = "off"
os.environ["BROKER_URL"] = "memory://"
# Two runs at once in one checkout each have their own database; the workers of one run share its number.
RUN = os.environ.setdefault("WINNOW_TEST_RUN", str(os.getpid()))

from config.settings import *
from tests.templates import LoudMissing

DATABASES["default"]["TEST"] = {"NAME": f"test_winnow_{RUN}"}
DATABASES["default"]["CONN_MAX_AGE"] = 0
MEDIA_ROOT = Path(tempfile.gettempdir()) / f"winnow-test-{RUN}-{os.environ.get('PYTEST_XDIST_WORKER', '0')}"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING["root"]["level"] = "WARNING"
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = LoudMissing("%s")
