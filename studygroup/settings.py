"""Settings from the environment, with working defaults. docs/operate/settings.md lists every variable.

Without any variable the embedded default runs: SQLite, kombu's filesystem transport, mail as files, all under `var/`.
With `DATABASE_URL`, `REDIS_URL` and `EMAIL_URL` the same code runs on PostgreSQL, Redis and SMTP.
"""

import sys
from pathlib import Path

import structlog
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .environment import Env, writable_directory
from .secret import secret_key_in

__all__ = ["NONCE"]

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

TESTING = "pytest" in sys.modules
PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False) and not PRODUCTION
VAR_DIR = writable_directory(Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).absolute(), variable="VAR_DIR")

SITE_NAME = env.str("SITE_NAME", default="studygroup")
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key_in(VAR_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", ".localhost", HOST])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)
SIGN_UP_OPEN = env.bool("SIGN_UP_OPEN", default=True)

INSTALLED_APPS = [
    "studygroup",
    "ideas",
    "derivations",
    "sessions",
    "readings",
    "reminders",
    "members",
    "commons",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_vite",
    "markdownx",
]

MIDDLEWARE = [
    "studygroup.client_address.ClientAddressMiddleware",  # first: the others ask whose request it is
    "commons.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "studygroup.middleware.SetUpFirstMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "commons.middleware.FragmentsApartMiddleware",
    "members.middleware.OwnTimeZoneMiddleware",
    "commons.middleware.AddressesThatFitMiddleware",
    "members.middleware.RefusedFormMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "studygroup.urls"
WSGI_APPLICATION = "studygroup.wsgi.application"

_loaders = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
            "builtins": ["django_cotton.templatetags.cotton", "commons.templatetags.commons"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "commons.context.site",
                "members.context.navigation",
                "reminders.context.bell",
                "reminders.context.kept_mail",
            ],
        },
    }
]
COTTON_DIR = "components"

# The database. SQLite: one writer at a time, taken at BEGIN, so that two people saving never meet SQLITE_BUSY halfway.
_sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "studygroup.sqlite3")}
DATABASES = {"default": env.db_url("DATABASE_URL") if env.str("DATABASE_URL", default="") else _sqlite}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0 if TESTING else None
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)  # a new connection a request costs 3.5×
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Only what commons.prepared asks is prepared on the server; with None, nothing is.
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = (
        5 if env.bool("PREPARED_STATEMENTS", default=True) else None
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Cache and broker: Redis where there is one, otherwise this process and files.
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "studygroup.cache.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},  # seconds; no page waits longer for a cache
        }
    }
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT = "studygroup.redisqueue:Transport"
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    _queue_dir = VAR_DIR / "queue"
    for _name in ("messages", "control", "processed"):
        (_queue_dir / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"  # there is no host; kombu warns without one
    CELERY_BROKER_TRANSPORT = "studygroup.filequeue:Transport"
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # it would be another folder to look through every second
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue_dir / "messages"),
        "data_folder_out": str(_queue_dir / "messages"),
        "control_folder": str(_queue_dir / "control"),
        "processed_folder": str(_queue_dir / "processed"),
        "store_processed": False,
        "polling_interval": 0.25,  # seconds; kombu's 1.0 is felt when one waits for a mail, and when one stops it
    }
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
SWEEP_EVERY_SECONDS = env.float("SWEEP_EVERY_SECONDS", default=60.0)
REMINDER_LEASE_SECONDS = env.int("REMINDER_LEASE_SECONDS", default=300)  # a killed worker's claims are free after this
CELERY_BEAT_SCHEDULE = {
    "sweep-reminders": {
        "task": "reminders.tasks.sweep",
        "schedule": SWEEP_EVERY_SECONDS,
        "options": {"expires": max(5.0, SWEEP_EVERY_SECONDS - 5)},
    },
    "purge-deliveries": {"task": "reminders.tasks.purge", "schedule": 86_400.0, "options": {"expires": 3600}},
    "send-forgotten-invitations": {
        "task": "members.tasks.send_forgotten_invitations",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "check-forgotten-notes": {
        "task": "derivations.tasks.check_forgotten_notes",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "make-forgotten-books": {
        "task": "derivations.tasks.make_forgotten_books",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "prune-old-drafts": {
        "task": "derivations.tasks.prune_old_drafts",
        "schedule": 86_400.0,
        "options": {"expires": 3600},
    },
    "redraw-forgotten-notes": {
        "task": "derivations.tasks.redraw_forgotten_notes",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "draw-forgotten-notes": {
        "task": "derivations.tasks.draw_forgotten_notes",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "extend-series": {"task": "sessions.tasks.extend_all_series", "schedule": 6 * 3600.0, "options": {"expires": 3600}},
}

# Mail: files in var/mail unless EMAIL_URL names a server; shown at /mailbox in development.
MAIL_DIR = VAR_DIR / "mail"
_email_url = env.str("EMAIL_URL", default="")
if _email_url:
    _mail = env.email_url_config(_email_url)
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(MAIL_DIR)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="studygroup <studygroup@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
UNSUBSCRIBE_MAILBOX = env.str("UNSUBSCRIBE_MAILBOX", default="")

# Accounts (django-allauth, e-mail first).
AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "members.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True  # a typing error in the address is mended on the spot
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_CHANGE_EMAIL = True  # one address an account: a new one replaces the old once it is confirmed
ACCOUNT_EMAIL_NOTIFICATIONS = True  # "your password was changed" goes to the owner
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SIGNUP_FORM_CLASS = "members.forms.SignUpForm"
ACCOUNT_FORMS = {
    "login": "members.account_forms.LoginForm",
    "signup": "members.account_forms.SignupForm",
    "add_email": "members.account_forms.AddEmailForm",
    "change_email": "members.account_forms.ChangeEmailForm",
    "change_password": "members.account_forms.ChangePasswordForm",
    "set_password": "members.account_forms.SetPasswordForm",
    "reset_password": "members.account_forms.ResetPasswordForm",
    "reset_password_from_key": "members.account_forms.ResetPasswordKeyForm",
    "reauthenticate": "members.account_forms.ReauthenticateForm",
    "request_login_code": "members.account_forms.RequestLoginCodeForm",
    "confirm_login_code": "members.account_forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "members.account_forms.ConfirmEmailVerificationCodeForm",
}
MFA_FORMS = {
    "authenticate": "members.account_forms.AuthenticateForm",
    "reauthenticate": "members.account_forms.ReauthenticateByCodeForm",
    "activate_totp": "members.account_forms.ActivateTOTPForm",
}
MFA_TOTP_ISSUER = SITE_NAME
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Guessing at one account from one place is django-axes' to stop, with a page that says when to try again; these stop
# guessing at many accounts from one place, and at one account from many.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,40/15m/key", "signup": "20/h/ip", "reset_password": "20/h/ip,5/h/key"}
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=10)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "members.lockout.address_of_attempt"
AXES_LOCKOUT_CALLABLE = "members.lockout.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # who logged in from where is nobody's business; failures are kept to count them
AXES_VERBOSE = False

# Built assets.
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
if not PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
STATICFILES_DIRS = [BASE_DIR / "assets" / "dist"]
DJANGO_VITE = {"default": {"dev_mode": False, "manifest_path": BASE_DIR / "assets" / "dist" / "manifest.json"}}
# Vite has put hashes into the names already; hashing them again would load its modules twice, under two names.
_static_storage = (
    "whitenoise.storage.CompressedStaticFilesStorage"
    if PRODUCTION
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/assets/.+-[\w-]{8}\.\w+$"  # as Vite names what it builds
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", default=10 * 1024 * 1024)
TEMML_PATH = env.str("TEMML_PATH", default="")

# Security.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_FAILURE_VIEW = "commons.errors.stale_form"
if PRODUCTION:
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=True)

# Words and hours.
LANGUAGE_CODE = "en-gb"
USE_I18N = False  # one language: half a millisecond a page less, measured; formats still come from studygroup.formats
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["studygroup.formats"]

MARKDOWNX_MARKDOWNIFY_FUNCTION = "derivations.rendering.markdownify"
MARKDOWNX_URLS_PATH = "/preview/"
MARKDOWNX_UPLOAD_URLS_PATH = "/upload/"
MARKDOWNX_SERVER_CALL_LATENCY = 400

# Logs: one JSON object a line in production, readable lines otherwise.
_renderers = (
    [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    if PRODUCTION
    else [structlog.dev.ConsoleRenderer(colors=False)]  # which prints tracebacks itself
)
_shared = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers],
            "foreign_pre_chain": _shared,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        # Sixteen lines a minute that all is well, of which none says what was done; that, and what fails, is said.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

if PRODUCTION:
    _remedies = []
    if not env.str("SECRET_KEY", default="") or len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
        _remedies.append("SECRET_KEY must be set to at least 50 random characters")
    if "ALLOWED_HOSTS" not in env.ENVIRON or "*" in ALLOWED_HOSTS:
        _remedies.append("ALLOWED_HOSTS must name your host, and not `*`")
    if not SITE_URL.startswith("https://"):
        _remedies.append("SITE_URL must be your public address and begin with https://")
    if env.bool("DEBUG", default=False):
        _remedies.append("DEBUG must not be on")
    if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        _remedies.append("DATABASE_URL must name a PostgreSQL database")
    if not REDIS_URL:
        _remedies.append("REDIS_URL must name a Redis server")
    if not _email_url:
        _remedies.append("EMAIL_URL must name an SMTP server")
    if _remedies:
        raise ImproperlyConfigured("studygroup refuses to start in production: " + "; ".join(_remedies) + ".")
