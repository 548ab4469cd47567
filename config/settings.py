"""Django's settings, made from the environment variables in `config/environ.py`."""

from datetime import timedelta
from typing import Any

import django_stubs_ext
from django.contrib.messages import constants as levels
from django.utils.csp import CSP
from kombu import Queue

from config import api_settings, embedded, environ, meeting
from config.environ import ROOT
from config.modes import database_from_url, mailers_from_url, mode_read, site_url
from config.remote import endpoints_read

# Lets forms and admins name their model, as in ModelForm[User], before any of them is imported.
django_stubs_ext.monkeypatch()

MODE = mode_read()
WINNOW_HOME = MODE.home
DEBUG = MODE.debug
SECRET_KEY = MODE.secret_key
SECRET_KEY_FALLBACKS = list(environ.SECRET_KEY_FALLBACKS.read())
ALLOWED_HOSTS = list(MODE.allowed_hosts)
SITE_URL = site_url(MODE)
CSRF_TRUSTED_ORIGINS = list(environ.CSRF_TRUSTED_ORIGINS.read())

INSTALLED_APPS = [
    "config",
    "accounts",
    "jobs",
    "annotate",
    "review",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "django_htmx",
    # Django REST framework itself is no app here: its pages and their scripts are not served.
    "drf_spectacular",
]
MIDDLEWARE = [
    "config.middleware.RequestIdMiddleware",
    "config.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.http.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jobs.context.workers",
                "annotate.context.project",
            ],
        },
    },
]

# The database, the cache in it (limits on guessing must hold over all processes), and what is kept as files.
_pool = environ.WINNOW_DATABASE_POOL.read()
_url = environ.DATABASE_URL.read()
_database: dict[str, Any] = (
    {
        "ENGINE": "config.database",
        "NAME": embedded.NAME,
        "USER": embedded.NAME,
        "HOST": str(embedded.server(WINNOW_HOME).socket_dir),
        "OPTIONS": {},
    }
    if MODE.embedded
    else database_from_url(_url)
)
if _pool:
    _database["OPTIONS"] |= {"pool": {"min_size": 1, "max_size": _pool, "timeout": 10}}
DATABASES = {"default": _database | {"CONN_MAX_AGE": 0 if _pool else 60, "CONN_HEALTH_CHECKS": True}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
MEDIA_ROOT = WINNOW_HOME / "files"
MEDIA_URL = "/files/"
FILE_UPLOAD_TEMP_DIR: str | None = None
FILE_UPLOAD_PERMISSIONS = 0o600
UPLOAD_MAX_BYTES = environ.WINNOW_UPLOAD_MAX_MB.read() * 1_000_000
FILE_UPLOAD_HANDLERS = [
    "annotate.uploads.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# What the editor may send: the text of one example, and four fields for each of its turns.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
STATIC_URL = "/static/"
STATIC_ROOT = WINNOW_HOME / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static_storage.HashedStaticFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# People.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.validators.MaximumLengthValidator"},
    {"NAME": "accounts.validators.OurWordsValidator"},
]
REST_FRAMEWORK = api_settings.REST_FRAMEWORK
SPECTACULAR_SETTINGS = api_settings.SPECTACULAR_SETTINGS
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "change_password": "accounts.forms.PasswordChangeForm",
    "set_password": "accounts.forms.PasswordSetForm",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if MODE.https else "http"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())

# What a browser may do with our pages.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = MODE.https
# Probes of a container ask by http, from inside.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if MODE.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = MODE.https
SECURE_HSTS_PRELOAD = MODE.https
ALLAUTH_TRUSTED_PROXY_COUNT = environ.WINNOW_TRUSTED_PROXIES.read()
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = MODE.https
SESSION_COOKIE_NAME = "__Host-session" if MODE.https else "winnow-session"
CSRF_COOKIE_NAME = "__Host-csrf" if MODE.https else "winnow-csrf"
CSRF_COOKIE_HTTPONLY = True

# Background work: Celery carries wake-ups, PostgreSQL owns the jobs.
WORKER_CONCURRENCY = environ.WINNOW_WORKER_CONCURRENCY.read()
_broker_folder = WINNOW_HOME / "broker"
CELERY_BROKER_URL = environ.BROKER_URL.read() or "filesystem://localhost"
CELERY_TASK_QUEUES = [Queue("winnow", durable=True)]
CELERY_TASK_DEFAULT_QUEUE = "winnow"
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = WORKER_CONCURRENCY
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "jobs.sweep", "schedule": 20.0, "options": {"expires": 20}},
    "catch up": {"task": "review.catch_up", "schedule": 60.0, "options": {"expires": 60}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(WINNOW_HOME / "beat")
CELERY_TIMEZONE = "UTC"
if not environ.BROKER_URL.read():
    _broker_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    CELERY_BROKER_TRANSPORT = "config.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker_folder),
        "data_folder_out": str(_broker_folder),
        "control_folder": str(_broker_folder / "control"),
        # With the default of one second between looks, three messages pass in a second; so do 170.
        "polling_interval": 0.02,
    }
else:
    # A broker that is down must not hold up the request that starts a job: the sweeper sends the wake-up again.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "max_retries": 1, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2, "socket_connect_timeout": 3
    }  # fmt: skip

JOB_FOLLOW_UPS = meeting.JOB_FOLLOW_UPS
DATASET_PAGE = meeting.DATASET_PAGE
LIVE_CHECKS = meeting.LIVE_CHECKS
EXAMPLE_PANEL = meeting.EXAMPLE_PANEL
AUTHOR_PANEL = meeting.AUTHOR_PANEL
AUTHOR_DESK = meeting.AUTHOR_DESK
BROWSE_ALSO = meeting.BROWSE_ALSO
BROWSE_COLUMN = meeting.BROWSE_COLUMN
BROWSE_SEND = meeting.BROWSE_SEND
PROJECT_NAV = meeting.PROJECT_NAV
KEY_ACTIONS = meeting.KEY_ACTIONS

# Other servers that may be asked about texts; only the site's operator names them.
REMOTE_ENDPOINTS = endpoints_read()
REMOTE_GUARD_FORMAT = environ.GUARD_FORMAT.read()
REMOTE_CONCURRENCY = environ.REMOTE_CONCURRENCY.read()
REMOTE_TIMEOUT = environ.REMOTE_TIMEOUT.read()

MAILERS = mailers_from_url(environ.EMAIL_URL.read(), embedded=MODE.embedded)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environ.EMAIL_FROM.read()
MESSAGE_TAGS = {levels.SUCCESS: "good", levels.WARNING: "warn", levels.ERROR: "bad"}
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.PlainLine" if MODE.embedded else "config.logs.JsonLine"}},
    "filters": {"tokens": {"()": "config.logs.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]}},
    "root": {"handlers": ["console"], "level": environ.WINNOW_LOG_LEVEL.read()},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # A line for each request, of which there are two for each example.
        "httpx": {"level": "WARNING"},
    },
}
