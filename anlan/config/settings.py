"""Settings: wiring only. What differs from place to place comes from the environment or from rows."""

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from anlan.config import environment
from anlan.kernel.core import postgres

# Lets models.Field[int, int] and the like stand in class definitions.
django_stubs_ext.monkeypatch()

BASE_DIR = environment.ROOT
ANLAN_VAR: Path = environment.var_dir()
PORT = int(environment.text("PORT", "8000"))
ANLAN_PUBLIC_URL = environment.text("ANLAN_PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
ANLAN_REGION = environment.text("ANLAN_REGION", "440399000000")
# Longitude and latitude (WGS-84 degrees) where the district's flat metres begin; rows keep metres, so it stays put.
ANLAN_ORIGIN = environment.position("ANLAN_ORIGIN", "113.9,22.65")

DEBUG = environment.flag("ANLAN_DEBUG")
SECRET_KEY = environment.secret(ANLAN_VAR, "secret_key")
ALLOWED_HOSTS = environment.hosts(ANLAN_PUBLIC_URL)
CSRF_TRUSTED_ORIGINS = [ANLAN_PUBLIC_URL]

INSTALLED_APPS = [
    # kernel rooms, lowest first
    "anlan.kernel.core",
    "anlan.kernel.ledger",
    "anlan.kernel.sheets",
    "anlan.kernel.papers",
    "anlan.kernel.places",
    "anlan.kernel.orgs",
    "anlan.kernel.messaging",
    "anlan.kernel.loop",
    "anlan.kernel.indicators",
    "anlan.kernel.domain",
    # subjects of the bureau
    "anlan.domains.sensing",
    "anlan.domains.warnings",
    "anlan.domains.responses",
    "anlan.domains.enterprises",
    "anlan.domains.risks",
    "anlan.domains.dangers",
    "anlan.domains.patrols",
    "anlan.domains.contractors",
    "anlan.domains.grassroots",
    "anlan.domains.workplan",
    "anlan.domains.enforcement",
    "anlan.domains.incidents",
    "anlan.domains.accidents",
    "anlan.domains.statistics",
    "anlan.domains.assessments",
    "anlan.domains.bulletins",
    "anlan.domains.returns",
    "anlan.domains.knowledge",
    "anlan.domains.resources",
    # surfaces come before the libraries so that their templates win
    "anlan.surfaces.web",
    "anlan.surfaces.api",
    "anlan.surfaces.field",
    "anlan.surfaces.live",
    "anlan.surfaces.stream",
    "anlan.surfaces.cli",
    # libraries
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "axes",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "crispy_forms",
    "crispy_bootstrap5",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "anlan.config.middleware.ContentSecurityPolicy",
    "anlan.config.middleware.FreshRules",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # last, so that it sees the answer of the sign-in
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "anlan.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# ---- data ----------------
_APP_URL = environment.text("ANLAN_DATABASE_URL") or environment.text("DATABASE_URL")
_OWNER_URL = environment.text("ANLAN_OWNER_DATABASE_URL")


def _database(url: str, role: str) -> dict[str, object]:
    if url:
        return environment.database_from_url(url)
    return postgres.connection_settings(ANLAN_VAR, role)


DATABASES = {
    # everything but migrations runs as anlan_app, which cannot change the ledger
    "default": _database(_APP_URL, "anlan_app"),
    "owner": _database(_OWNER_URL or _APP_URL, "anlan_owner"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
    }
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# ---- words and times ----------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "anlan_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # display only; the database holds UTC

# ---- static ----------------
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = ANLAN_VAR / "files"
# Read straight from the apps: no collect step that can be forgotten after an update.
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/build/.+[-.][0-9A-Za-z_-]{8}\..+$"

# ---- sign-in ----------------
AUTH_USER_MODEL = "orgs.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: a locked door is locked for every way in
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "anlan.config.doors.ClosedDoor"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
# Passwords are counted by axes (see doors.ClosedDoor); the key here is the account whose TOTP code is tried.
ACCOUNT_RATE_LIMITS = {"login_failed": "120/5m/ip,5/5m/key", "login": "120/m/ip"}
SOCIALACCOUNT_ADAPTER = "anlan.config.doors.ClosedSocialDoor"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "bureau",
                "name": environment.text("ANLAN_OIDC_NAME", "OIDC"),
                "client_id": environment.text("ANLAN_OIDC_CLIENT_ID"),
                "secret": environment.text("ANLAN_OIDC_CLIENT_SECRET"),
                "settings": {"server_url": environment.text("ANLAN_OIDC_SERVER")},
            }
        ]
        if environment.text("ANLAN_OIDC_SERVER")
        else []
    }
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Anlan 安澜"
MFA_TOTP_TOLERANCE = 1  # a phone without network drifts: the code before and the one after are taken too

_PUBLIC = urlsplit(ANLAN_PUBLIC_URL)
_TLS = _PUBLIC.scheme == "https"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _TLS and _PUBLIC.hostname in {"127.0.0.1", "localhost"}

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "anlan.config.doors.login_tried"
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"

SESSION_COOKIE_AGE = 24 * 3600  # a watch seat is a shared screen; nobody is thrown out in the night
SESSION_COOKIE_NAME = "anlan_session"
SESSION_COOKIE_SECURE = _TLS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "anlan_csrf"
CSRF_COOKIE_SECURE = _TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if environment.flag("ANLAN_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---- processes ----------------
# What `anlan process NAME` runs: run(stop: threading.Event). /health is 503 while a needed one is silent.
ANLAN_PROCESSES = {
    "web": "anlan.config.web.run",
    "worker": "anlan.surfaces.cli.processes.worker",
    "sweep": "anlan.surfaces.cli.processes.sweep",
    "jobs": "anlan.surfaces.cli.processes.jobs",
    "sequencer": "anlan.surfaces.cli.processes.sequencer",
    "stream": "anlan.surfaces.stream.process.run",
    "demo": "anlan.surfaces.cli.demo.run",
}
ANLAN_NEEDED = ("web", "worker", "sweep", "jobs", "sequencer", "stream")
ANLAN_BODY_BYTES = 256 * 2**20

# ---- widgets ----------------
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "django_tables2/bootstrap5-responsive.html"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("ANLAN_LOG_LEVEL", "INFO")},
}
