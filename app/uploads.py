"""Bringing a file to a case, the same way for the screens and for REST.

The file is kept first and its row is written after, so that no row ever points to nothing; a
file without a row is harmless, and the same content comes to the same place again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from app import files, workflow
from app.errors import N_, Reason, Refused
from app.models import Attachment
from app.rules.shapes import Actor
from app.security.sight import AnySession

#: What a file is to the case; the profile has no say in it (CONTRACT.md).
KINDS = ("evidence", "material", "recording", "other")
#: How the addresses end to which files are brought; a longer body is taken there.
PATH_END = "/attachment"


def folder_of(settings: Mapping[str, Any]) -> Path:
    """Return where the files of an instance are kept."""
    return Path(settings["INSTANCE_DIR"]) / "files"


def limits_of(settings: Mapping[str, Any]) -> files.Limits:
    """Return the most bytes that this server takes of a recording and of other files."""
    return files.Limits(settings["RECORDING_LIMIT"], settings["UPLOAD_LIMIT"])


def bring(
    session: AnySession,
    actor: Actor,
    case_id: int,
    *,
    folder: Path,
    name: str,
    kind: str,
    stream: BinaryIO | None,
    limits: files.Limits,
    now: datetime,
) -> Attachment:
    """Keep a file with a case and return its row; no act, the case's version stays.

    `stream` is None where no file was chosen. Raises NotFound, NotYours,
    Refused under `file` and `kind`, TooLarge, StorageFull; then the case has no file more.
    """
    workflow.check_attach(session, actor, workflow.find(session, case_id), now)
    errors: dict[str, list[Reason]] = {}
    if kind not in KINDS:
        errors["kind"] = [Reason(N_("kind must be one of: %(known)s"), {"known": list(KINDS)})]
    if stream is None:
        errors["file"] = [Reason(N_("Choose one file"))]
    if errors or stream is None:
        reasons = [reason for found in errors.values() for reason in found]
        raise Refused(Reason("%(reasons)s", {"reasons": reasons}), errors)
    taken = files.take(folder, stream, name, limits)
    return workflow.attach(
        session,
        actor,
        case_id,
        name=taken.name,
        kind=kind,
        media_type=taken.media_type,
        size=taken.size,
        sha256=taken.sha256,
        sm3=taken.sm3,
        now=now,
    )
