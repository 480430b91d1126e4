"""The one settings file. Everything runs with none set; production refuses to start on an unsafe default."""

import re
from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from aftersale.config import environment

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(environment.text("AFTERSALE_VAR", str(ROOT / "var")))
VAR.mkdir(parents=True, exist_ok=True)

ENVIRONMENT = environment.text("AFTERSALE_ENV", "demo")
if ENVIRONMENT not in ("demo", "production"):
    raise ImproperlyConfigured(f"AFTERSALE_ENV takes demo or production, not `{ENVIRONMENT}`")
PRODUCTION = ENVIRONMENT == "production"

DEBUG = False
SECRET_KEY = environment.text("SECRET_KEY", None if PRODUCTION else "a-demo-has-no-secrets-" + "0" * 40)
# Keys the hashes of card fingerprints and birthdates: a new one makes all of them unknown.
PRIVATE_HASH_KEY = environment.text("PRIVATE_HASH_KEY", SECRET_KEY)
ALLOWED_HOSTS = environment.text(
    "ALLOWED_HOSTS", None if PRODUCTION else "localhost 127.0.0.1 [::1] testserver"
).split()
CSRF_TRUSTED_ORIGINS = environment.text("CSRF_TRUSTED_ORIGINS", "").split()

# ---- the marketplace ----
MARKETPLACE_NAME = environment.text("MARKETPLACE_NAME", "Wayfare Market")
MARKETPLACE_MAIL = environment.text("MARKETPLACE_MAIL", "after-sale@marketplace.example")
SITE_ADDRESS = environment.text("SITE_ADDRESS", "http://127.0.0.1:8000")
POLICY_FILE = Path(environment.text("POLICY_FILE", str(ROOT / "policies" / "marketplace.md")))
CLOCK_START = environment.instant("AFTERSALE_CLOCK")
# The name by which our own mail server signs Authentication-Results; without it no sender is proven.
MAIL_AUTHSERV_ID = environment.text("MAIL_AUTHSERV_ID", "")
# Lists through which customers' mails reach us: what comes by them is a person's.
MAIL_OWN_LISTS = frozenset(environment.text("MAIL_OWN_LISTS", "").lower().split())
# Days after the carrier's delivery when an order completes by itself, which releases the money.
COMPLETION_DAYS = environment.whole("COMPLETION_DAYS", 75)
# Days in which an authorised return with no last day of its own is to be handed over.
HAND_OVER_DAYS = environment.whole("HAND_OVER_DAYS", 30)
INSPECTION_DAYS = environment.whole("INSPECTION_DAYS", 7)
RMA_DAYS = environment.whole("RMA_DAYS", 30)
# Minutes after which a refund that the provider does not know counts as never asked.
REFUND_GRACE_MINUTES = environment.whole("REFUND_GRACE_MINUTES", 15)
# The team that handles requests to remove a card, and the days it has for one.
PAYMENTS_TEAM_MAIL = environment.text("PAYMENTS_TEAM_MAIL", MARKETPLACE_MAIL)
CARD_REMOVAL_DAYS = environment.whole("CARD_REMOVAL_DAYS", 3)
# Where transfers go; empty: paying by bank transfer is not offered. The demo shows the textbook's account.
BANK_ACCOUNT = environment.text("BANK_ACCOUNT", "" if PRODUCTION else "DE89 3704 0044 0532 0130 00")
BANK_ACCOUNT_HOLDER = environment.text("BANK_ACCOUNT_HOLDER", "")
BANK_NAME = environment.text("BANK_NAME", "" if PRODUCTION else "Example Bank")
# Hours in which the card's e-mail may stop a removal that a birthdate proved; 0 removes at once.
CARD_VETO_HOURS = environment.whole("CARD_VETO_HOURS", 24)
# Whether a birthdate proves a card of an account without a password: `step_up` or `off`.
CARD_BIRTHDATE = environment.one_of("CARD_BIRTHDATE", ("step_up", "off"))
# Signs removal receipts: an Ed25519 key, made at the first use where there is none.
RECEIPT_KEY_FILE = Path(environment.text("RECEIPT_KEY_FILE", str(VAR / "receipt-key.pem")))
# Stripe, where it is used: its keys, the secrets that sign its events, and another address for trials.
STRIPE_SECRET_KEY = environment.secret("STRIPE_SECRET_KEY", "sk_", "rk_")
STRIPE_WEBHOOK_SECRETS = environment.secrets("STRIPE_WEBHOOK_SECRETS", "whsec_")
STRIPE_API_BASE = environment.text("STRIPE_API_BASE", "")
# When the desk works, and not; after how many of those hours a thread is to be answered, and to be solved.
SUPPORT_HOURS = environment.working_hours("SUPPORT_HOURS", "12345 9-18 UTC")
SUPPORT_ANSWER_HOURS = environment.whole("SUPPORT_ANSWER_HOURS", 8)
SUPPORT_RESOLVE_HOURS = environment.whole("SUPPORT_RESOLVE_HOURS", 45)
SUPPORT_HOLIDAYS = environment.days_off("SUPPORT_HOLIDAYS", "")
# For how many days a solution can be rated; and after how many its opener is asked by mail, 0 for never.
SUPPORT_RATING_DAYS = environment.whole("SUPPORT_RATING_DAYS", 30)
SUPPORT_RATING_MAIL_DAYS = environment.whole("SUPPORT_RATING_MAIL_DAYS", 1)
# What one person may write: threads a day, posts an hour; less for who has never ordered.
SUPPORT_THREADS_A_DAY = environment.whole("SUPPORT_THREADS_A_DAY", 10)
SUPPORT_POSTS_AN_HOUR = environment.whole("SUPPORT_POSTS_AN_HOUR", 60)
SUPPORT_NEWCOMER_THREADS_A_DAY = environment.whole("SUPPORT_NEWCOMER_THREADS_A_DAY", 3)
SUPPORT_NEWCOMER_POSTS_AN_HOUR = environment.whole("SUPPORT_NEWCOMER_POSTS_AN_HOUR", 10)
SUPPORT_NEWCOMER_LINKS = environment.whole("SUPPORT_NEWCOMER_LINKS", 2)
SUPPORT_SEARCHES_A_MINUTE = environment.whole("SUPPORT_SEARCHES_A_MINUTE", 30)
# Files with a post: which kinds, how many, how large, and how much of one person in a day.
SUPPORT_FILE_KINDS = environment.some_of(
    "SUPPORT_FILE_KINDS", ("jpeg", "png", "webp", "gif", "pdf", "txt", "csv", "docx", "xlsx")
)
SUPPORT_FILES_A_POST = environment.whole("SUPPORT_FILES_A_POST", 5)
SUPPORT_FILE_MEGABYTES = environment.whole("SUPPORT_FILE_MEGABYTES", 10)
SUPPORT_FILE_MEGABYTES_A_DAY = environment.whole("SUPPORT_FILE_MEGABYTES_A_DAY", 100)
SUPPORT_NEWCOMER_FILE_MEGABYTES_A_DAY = environment.whole("SUPPORT_NEWCOMER_FILE_MEGABYTES_A_DAY", 20)
SUPPORT_PICTURE_MEGAPIXELS = environment.whole("SUPPORT_PICTURE_MEGAPIXELS", 50)
# Files are received in memory alone; the largest other body is a file in the API's JSON.
FILE_UPLOAD_HANDLERS = ["aftersale.base.uploads.MemoryOnly"]
DATA_UPLOAD_MAX_MEMORY_SIZE = SUPPORT_FILE_MEGABYTES * 1_400_000 + 1_048_576
# Mails that one address may send before the next are held; and acknowledgements that go out: to one domain
# (but for those that many customers write from), and to all.
SUPPORT_MAILS_AN_HOUR = environment.whole("SUPPORT_MAILS_AN_HOUR", 20)
SUPPORT_MAILS_A_DAY = environment.whole("SUPPORT_MAILS_A_DAY", 100)
SUPPORT_ACKNOWLEDGEMENTS_A_DOMAIN = environment.whole("SUPPORT_ACKNOWLEDGEMENTS_A_DOMAIN", 10)
SUPPORT_ACKNOWLEDGEMENTS_A_DAY = environment.whole("SUPPORT_ACKNOWLEDGEMENTS_A_DAY", 5000)
SUPPORT_KNOWN_DOMAINS = frozenset(
    environment.text(
        "SUPPORT_KNOWN_DOMAINS",
        "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com aol.com gmx.de"
        " gmx.net web.de t-online.de orange.fr libero.it qq.com foxmail.com 163.com 126.com sina.com"
        " proton.me",
    )
    .lower()
    .split()
)
# What one API key may do in a minute.
API_REQUESTS_PER_MINUTE = environment.whole("API_REQUESTS_PER_MINUTE", 600)
API_MONEY_WRITES_PER_MINUTE = environment.whole("API_MONEY_WRITES_PER_MINUTE", 60)

# ---- Django ----
INSTALLED_APPS = [
    "aftersale.base.apps.BaseConfig",
    "aftersale.accounts.apps.AccountsConfig",
    "aftersale.orders.apps.OrdersConfig",
    "aftersale.ledger.apps.LedgerConfig",
    "aftersale.payments.apps.PaymentsConfig",
    "aftersale.payments.providers.sandbox.apps.SandboxConfig",
    "aftersale.cards.apps.CardsConfig",
    "aftersale.returns.apps.ReturnsConfig",
    "aftersale.support.apps.SupportConfig",
    "aftersale.web.apps.WebConfig",
    "aftersale.api.apps.ApiConfig",
    "django_cotton",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "ninja",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "aftersale.config.middleware.PortsMiddleware",
    "aftersale.config.middleware.SessionsMiddleware",
    "aftersale.config.middleware.ButtonsMiddleware",
]
ROOT_URLCONF = "aftersale.config.urls"
WSGI_APPLICATION = "aftersale.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "aftersale.config.middleware.site",
            ],
        },
    }
]

DATABASES = {"default": environment.database("DATABASE_URL", sqlite=VAR / "aftersale.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Shared by all processes, so that a limit counted here is counted once; with room for the limits of many
    # people, as what stands above it is dropped whether its time is over or not.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# ---- sign-in ----
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
ACCOUNT_ADAPTER = "aftersale.web.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
# An owner hears of a new password and of every change of the second step.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_FORMS = {"request_login_code": "aftersale.web.sign_in.RequestCodeForm"}
# What can be guessed has limits of our own, by device and network (aftersale/accounts/tries.py): these
# would count an account's tries together, so that anybody could stop its owner.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "request_login_code": None,
    "reset_password": "20/m/ip",
}
MFA_ADAPTER = "aftersale.web.sign_in.SecondStepAdapter"
MFA_FORMS = {"authenticate": "aftersale.web.sign_in.SecondStepForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = MARKETPLACE_NAME
# Clocks of phones differ: the code before and the one after count, too.
MFA_TOTP_TOLERANCE = 1
# Whether the marketplace's own people must have a second step before they see anything.
STAFF_SECOND_FACTOR = environment.flag("STAFF_SECOND_FACTOR", default=PRODUCTION)
# How many proxies stand before the site: the limits count by the address that the first of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = environment.whole("TRUSTED_PROXIES", 1 if PRODUCTION else 0)
DEVICE_COOKIE_NAME = "__Host-device" if PRODUCTION else "device"
# The link to set a new password is good for half an hour.
PASSWORD_RESET_TIMEOUT = 1800
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# ---- safety ----
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = environment.flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"

# ---- mail ----
# The demo keeps its mails in the database and shows them on a page; production needs a server.
MAIL_HOST = environment.text("MAIL_HOST", None if PRODUCTION else "")
MAIL_PORT = environment.whole("MAIL_PORT", 587)
MAIL_TLS = environment.flag("MAIL_TLS", default=True)
MAILERS = {
    "default": {
        "BACKEND": "aftersale.base.smtp.Backend",
        "OPTIONS": {
            "host": MAIL_HOST or "localhost",
            "port": MAIL_PORT,
            "username": environment.text("MAIL_USER", ""),
            "password": environment.text("MAIL_PASSWORD", ""),
            # Port 465 speaks TLS from the start; the others change to it.
            "use_tls": MAIL_TLS and MAIL_PORT != 465,
            "use_ssl": MAIL_TLS and MAIL_PORT == 465,
            "timeout": 20,
        },
    }
}
# Whether mails to the marketplace's address, and to reply+… and bounce+… beside it, are handed to Aftersale.
MAIL_IS_READ = environment.flag("MAIL_IS_READ", default=True)
# Where `aftersale mail serve` listens: for a mail server on this machine.
MAIL_IN_HOST = environment.text("MAIL_IN_HOST", "127.0.0.1")
MAIL_IN_PORT = environment.whole("MAIL_IN_PORT", 8024)
# Providers that post mails to us, with the secret in their address and Mailgun's key; off with none named.
MAIL_WEBHOOKS = environment.some_of("MAIL_WEBHOOKS", ("mailgun", "postmark"), default="")
MAIL_WEBHOOK_SECRET = environment.text("MAIL_WEBHOOK_SECRET", None if MAIL_WEBHOOKS else "")
MAILGUN_SIGNING_KEY = environment.text("MAILGUN_SIGNING_KEY", None if "mailgun" in MAIL_WEBHOOKS else "")
ANYMAIL = {"WEBHOOK_SECRET": MAIL_WEBHOOK_SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": MAILGUN_SIGNING_KEY}
if MAIL_WEBHOOKS and find_spec("anymail") is None:
    raise ImproperlyConfigured("MAIL_WEBHOOKS needs the extra `anymail`: install aftersale[anymail]")
if MAIL_WEBHOOKS and not re.fullmatch(r"[^:\s]+:\S{16,}", MAIL_WEBHOOK_SECRET):
    raise ImproperlyConfigured("MAIL_WEBHOOK_SECRET takes NAME:PASSWORD, the password of 16 letters or more")
DEFAULT_FROM_EMAIL = f"{MARKETPLACE_NAME} <{MARKETPLACE_MAIL}>"

# ---- logs ----
# One handler for all, which writes no card number. Refused requests are answers, not errors of the site.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"card_numbers": {"()": "aftersale.base.card_numbers.logs.CardNumberFilter"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "filters": ["card_numbers"]}},
    "root": {"handlers": ["lines"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "ERROR"},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
    },
}

# ---- languages and time ----
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("简体中文"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [ROOT / "aftersale" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---- static files ----
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
