"""Apache Superset as this house uses it. Secrets and places come from the environment (`bidui superset up` sets them)."""

import os

SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = os.environ["SUPERSET_DATABASE_URI"]

LANGUAGES = {"zh": {"flag": "cn", "name": "简体中文"}, "en": {"flag": "us", "name": "English"}}
BABEL_DEFAULT_LOCALE = "zh"
DEFAULT_TIME_GRAIN = "P1D"

# A published night must be seen at once, and everybody shares the login of the role bi: results are not kept.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
# What a dashboard's address stands for; without a place of its own Superset warns and keeps it in its database.
FILTER_STATE_CACHE_CONFIG = {"CACHE_TYPE": "SupersetMetastoreCache", "CACHE_DEFAULT_TIMEOUT": 86_400}
EXPLORE_FORM_DATA_CACHE_CONFIG = {"CACHE_TYPE": "SupersetMetastoreCache", "CACHE_DEFAULT_TIMEOUT": 86_400}

# Authoritative exports come from `bidui export`: a chart's rows are cut here without a word.
ROW_LIMIT = 10_000
SQL_MAX_ROW = 10_000
# Chinese Excel reads UTF-8 only with the mark.
CSV_EXPORT = {"encoding": "utf-8-sig"}

WTF_CSRF_ENABLED = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Nothing is loaded from outside; a county's network is closed.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'", "'unsafe-eval'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
# Nobody registers themselves, nobody looks without a login.
AUTH_USER_REGISTRATION = False
PUBLIC_ROLE_LIKE = None
