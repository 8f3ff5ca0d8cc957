"""Column types of our own: moments with a zone, sealed (encrypted) texts, words to search by."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import DateTime, LargeBinary, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

NONCE = 12
_ring: dict[str, bytes] = {}


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Sealed(TypeDecorator[str]):
    """A text under AES-256-GCM: key id, nonce, sealed text; bound to its column's name."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        nonce = os.urandom(NONCE)
        return b"\x01" + nonce + _cipher().encrypt(nonce, value.encode(), self.column.encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        blob = bytes(value)
        nonce, sealed = blob[1 : 1 + NONCE], blob[1 + NONCE :]
        return _cipher().decrypt(nonce, sealed, self.column.encode()).decode()


class Words(TypeDecorator[Sequence[str]]):
    """Words in their order, to be searched by: a `tsvector` in PostgreSQL, elsewhere a text.

    A word is made of letters and digits alone (see app.search). Written, and never read back.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:
        words = value or ()
        if dialect.name == "postgresql":
            return " ".join(f"{word}:{place}" for place, word in enumerate(words, 1))
        return " ".join(words)


def set_keys(secret: str) -> None:
    """Derive the keys of the sealed columns and of their indexes from the instance's secret."""
    _ring.clear()
    _ring.update(_derive(secret.encode()))


def blind_index(value: str | None) -> str | None:
    """Return a keyed hash by which equal values are found without opening them (32 hex)."""
    if value is None:
        return None
    mac = hmac.HMAC(_keys()["index"], hashes.SHA256())
    mac.update(value.encode())
    return mac.finalize()[:16].hex()


def _derive(secret: bytes) -> Mapping[str, bytes]:
    return {
        use: HKDF(hashes.SHA256(), 32, None, f"lianchu {use}".encode()).derive(secret)
        for use in ("seal", "index")
    }


def _keys() -> Mapping[str, bytes]:
    if not _ring:
        raise RuntimeError("the keys of sealed columns were not set: call columns.set_keys first")
    return _ring


def _cipher() -> AESGCM:
    return AESGCM(_keys()["seal"])
