"""Settings from the environment, checked at start.

Whatever is wrong is said in one sentence that tells what to do (StartError); nothing is guessed.
`load()` gives the configuration of the Flask application as a plain dictionary.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parent

MEGABYTE = 1024 * 1024
#: What a form may weigh beside its file.
REST_OF_FORM = 5 * MEGABYTE
SHORTEST_SECRET = 32
ON = {"1", "true", "yes", "on"}
OFF = {"", "0", "false", "no", "off"}

#: Kinds of text files in which a secret would be known to everybody who has the repository.
PUBLISHED = (".py", ".md", ".txt", ".toml", ".cfg", ".yaml", ".yml", ".sh", ".html", ".js")


class StartError(click.ClickException):
    """The program cannot start; the message is one sentence that says what to do.

    Flask's command line shows it as it is, without a traceback.
    """


#: What holds however the system is run. Values that depend on the environment are added by load().
FIXED: dict[str, Any] = {
    "APP_NAME": "Lianchu",
    # --- languages
    "BABEL_DEFAULT_LOCALE": "zh",
    "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    "LANGUAGES": {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}},
    # Flask-AppBuilder puts its own folder before these.
    "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
    # --- Flask-AppBuilder
    # Tables come from migrations and permissions from the deploy step, not from a start.
    "FAB_CREATE_DB": False,
    "FAB_UPDATE_PERMS": False,
    "FAB_ADD_SECURITY_API": False,
    "FAB_API_SWAGGER_UI": True,
    "FAB_API_MAX_PAGE_SIZE": 100,
    "FAB_API_SHOW_STACKTRACE": False,
    "AUTH_USER_REGISTRATION": False,
    # A whole county sits behind one address, so nothing is counted per address; the limit per
    # account stands in app/security.
    "AUTH_RATE_LIMITED": False,
    "RATELIMIT_ENABLED": False,
    # --- requests
    # All the fields of a form that are no files.
    "MAX_FORM_MEMORY_SIZE": MEGABYTE,
    # --- sessions and tokens
    "SESSION_COOKIE_NAME": "lianchu",
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
    "WTF_CSRF_ENABLED": True,
    # A form that was open over lunch must still go through; the session's own end ends it.
    "WTF_CSRF_TIME_LIMIT": None,
    "JWT_ALGORITHM": "HS256",
    "JWT_ACCESS_TOKEN_EXPIRES": timedelta(hours=1),
    "JWT_REFRESH_TOKEN_EXPIRES": timedelta(hours=12),
}


def load(
    overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the whole configuration: what is fixed, what the environment says, then `overrides`.

    An override takes the place of the environment variable of its name (INSTANCE_DIR,
    DATABASE_URL, SECRET_KEY, DEMO and so on) or of any other setting. Makes INSTANCE_DIR and,
    where they are absent, the secrets inside it. Raises StartError.
    """
    given = dict(os.environ if environ is None else environ)
    own = dict(overrides or {})
    for name in _READ:
        if name in own:
            given[name] = _as_text(own[name])
    found = dict(FIXED)
    for name, read in _READ.items():
        found[name] = read(given, found)
    found.update(_derived(found))
    found.update({name: value for name, value in own.items() if name not in _READ})
    return found


def _derived(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that follow from others."""
    upload, recording = found["UPLOAD_MB"] * MEGABYTE, found["RECORDING_MB"] * MEGABYTE
    return {
        "UPLOAD_LIMIT": upload,
        "RECORDING_LIMIT": recording,
        # One file at its limit and the rest of the form; recordings have their own two paths.
        "MAX_CONTENT_LENGTH": upload + REST_OF_FORM,
        "MAX_UPLOAD_LENGTH": max(upload, recording) + REST_OF_FORM,
        "SESSION_COOKIE_SECURE": bool(found["TRUSTED_PROXY"]),
        # A key of its own, always long enough, so that a token is never good as a cookie.
        "JWT_SECRET_KEY": _purpose(found["SECRET_KEY"], "json web token"),
    }


def _purpose(secret: str, use: str) -> str:
    """Return a key for one use only."""
    return hmac.new(secret.encode(), use.encode(), hashlib.sha256).hexdigest()


def _as_text(value: Any) -> str:
    """Return an override as its environment variable would stand."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


# --- one reader for each variable

Given = Mapping[str, str]
Found = Mapping[str, Any]


def _flag(name: str, given: Given, default: str = "0") -> bool:
    """Return whether a variable is switched on."""
    value = given.get(name, default).strip().lower()
    if value in ON:
        return True
    if value in OFF:
        return False
    raise StartError(f"{name} is {value!r}: write 1 or 0.")


def _number(name: str, given: Given, default: int, low: int, high: int) -> int:
    """Return a whole number between two bounds."""
    value = given.get(name, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise StartError(f"{name} is {value!r}: write a whole number from {low} to {high}.")
    return int(value)


def _host(given: Given, _found: Found) -> str:
    return given.get("HOST", "").strip() or "127.0.0.1"


def _port(given: Given, _found: Found) -> int:
    return _number("PORT", given, 8080, 1, 65535)


def _demo(given: Given, _found: Found) -> bool:
    return _flag("DEMO", given)


def _demo_password(given: Given, _found: Found) -> str:
    return given.get("DEMO_PASSWORD") or "Demo-2024!"


def _server_timing(given: Given, found: Found) -> bool:
    return _flag("SERVER_TIMING", given, "1" if found["DEMO"] else "0")


def _web_workers(given: Given, _found: Found) -> int:
    return _number("WEB_WORKERS", given, 1, 1, 64)


def _upload_mb(given: Given, _found: Found) -> int:
    """Return the most megabytes of a file that is no recording."""
    return _number("UPLOAD_MB", given, 20, 1, 500)


def _recording_mb(given: Given, _found: Found) -> int:
    """Return the most megabytes of a recording; the size of a file is kept in 31 bits."""
    return _number("RECORDING_MB", given, 500, 1, 2000)


def _trusted_proxy(given: Given, _found: Found) -> str:
    """Return the address of the proxy that speaks HTTPS for this server; empty where none does.

    With it, cookies are sent over HTTPS alone; without it the server speaks plain HTTP, over which
    a browser would never send them back.
    """
    return given.get("TRUSTED_PROXY", "").strip()


def _instance_dir(given: Given, _found: Found) -> str:
    """Return the folder of database, secrets and files; make it where it is absent."""
    folder = Path(given.get("INSTANCE_DIR") or ROOT / "instance").expanduser().absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StartError(
            f"The folder {folder} cannot be written ({error.strerror}): "
            "give this user the right to it, or set INSTANCE_DIR to another one."
        ) from error
    return str(folder)


def _doc_font_dir(given: Given, _found: Found) -> str:
    """Return the folder of the county's own fonts for papers, or "" where it has none."""
    named = given.get("DOC_FONT_DIR", "").strip()
    if named and not Path(named).is_dir():
        raise StartError(
            f"DOC_FONT_DIR names {named}, which is no folder: make it or leave it out."
        )
    return named


def _database_url(given: Given, found: Found) -> str:
    """Return where the database is: a SQLite file in the instance folder unless said otherwise."""
    url = given.get("DATABASE_URL", "").strip()
    if not url:
        return f"sqlite:///{found['INSTANCE_DIR']}/lianchu.db"
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme == "postgres":
        return "postgresql" + url.removeprefix("postgres")
    if scheme not in {"sqlite", "postgresql"}:
        raise StartError(
            f"DATABASE_URL begins with {scheme!r}: write sqlite:////folder/file.db or "
            "postgresql://user:password@host/name."
        )
    return url


def _secret_key(given: Given, found: Found) -> str:
    """Return the key that signs sessions; refuse a weak one outside the demonstration."""
    secret = given.get("SECRET_KEY") or _kept(Path(found["INSTANCE_DIR"]) / "secret_key")
    if found["DEMO"]:
        return secret
    if len(secret) < SHORTEST_SECRET:
        raise StartError(
            f"SECRET_KEY has {len(secret)} characters and {SHORTEST_SECRET} are the least: "
            "leave it unset, and a good one is made and kept in INSTANCE_DIR."
        )
    if _is_published(secret, Path(found["INSTANCE_DIR"])):
        raise StartError(
            "SECRET_KEY stands in a file of the repository, where everybody can read it: "
            "leave it unset, and a good one is made and kept in INSTANCE_DIR."
        )
    return secret


def _pii_key(given: Given, found: Found) -> str:
    """Return the key that seals personal data in the database."""
    secret = given.get("PII_KEY") or _kept(Path(found["INSTANCE_DIR"]) / "pii_key")
    if len(secret) < SHORTEST_SECRET and not found["DEMO"]:
        raise StartError(
            f"PII_KEY has {len(secret)} characters and {SHORTEST_SECRET} are the least: set the "
            "key this database was begun with, or for a new one leave it unset."
        )
    return secret


def _kept(path: Path) -> str:
    """Return the secret in a file; make it, readable by its owner alone, where it is absent."""
    try:
        if not path.exists():
            _make_secret(path)
        path.chmod(0o600)
        secret = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(
            f"The secret in {path} cannot be read ({error}): give this user the right to it."
        ) from error
    if not secret:
        raise StartError(
            f"The file {path} is empty: put the secret back from your backup, or, where no "
            "case was registered yet, delete the file."
        )
    return secret


def _make_secret(path: Path) -> None:
    """Put a new secret into a file; of two processes at once, the first one's stays."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(32) + "\n")
    try:
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def _is_published(secret: str, instance: Path) -> bool:
    """Return whether the secret stands in a text file of this repository."""
    needle = secret.encode()
    for folder, inner, files in os.walk(ROOT):
        here = Path(folder)
        inner[:] = [
            name
            for name in inner
            if name not in {".venv", ".git", "node_modules"} and here / name != instance
        ]
        for name in files:
            published = name.endswith(PUBLISHED) or name == "Makefile"
            if published and needle in (here / name).read_bytes():
                return True
    return False


#: In this order: a later one may ask what an earlier one found.
_READ = {
    "HOST": _host,
    "PORT": _port,
    "DEMO": _demo,
    "DEMO_PASSWORD": _demo_password,
    "SERVER_TIMING": _server_timing,
    "WEB_WORKERS": _web_workers,
    "UPLOAD_MB": _upload_mb,
    "RECORDING_MB": _recording_mb,
    "TRUSTED_PROXY": _trusted_proxy,
    "INSTANCE_DIR": _instance_dir,
    "DATABASE_URL": _database_url,
    "SECRET_KEY": _secret_key,
    "PII_KEY": _pii_key,
    "DOC_FONT_DIR": _doc_font_dir,
}
