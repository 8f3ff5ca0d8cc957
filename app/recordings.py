"""The register of a recording: when, where and by whom it was made, how long, with what consent.

The sheet for sound and film that goes with the volume (DA/T 78-2019). It stands in the case's
chain and is mended by a later entry, which names who wrote it; what is known of the file itself
(format, size, digests) comes from its row and is never typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app import ledger, workflow
from app.errors import N_, NotYours, Reason, Refused
from app.filekinds import is_recording
from app.models import Attachment, Case
from app.rules.shapes import ZONE, Actor
from app.security.sight import AnySession

KIND = "recording"
#: How those who are heard or seen agreed: in writing, on the recording itself, not at all.
CONSENTS = ("written", "spoken", "none")
LONGEST: Mapping[str, int] = {"place": 100, "recorder": 60, "carrier": 100}
_LENGTH = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)")


@dataclass(frozen=True)
class Register:
    """What is known of a recording. `seconds` is its length, `at` when it began in China."""

    at: str
    place: str
    recorder: str
    seconds: int
    consent: str
    carrier: str

    @property
    def began(self) -> datetime:
        """Return the moment at which it begins."""
        return datetime.fromisoformat(self.at).replace(tzinfo=ZONE)

    @property
    def length(self) -> str:
        """Return the length as hours, minutes and seconds."""
        minutes, seconds = divmod(self.seconds, 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def is_listed(file: Attachment) -> bool:
    """Return whether a file belongs on the register: it is, or was brought as, a recording."""
    return file.kind == KIND or is_recording(file.media_type)


def registers(session: AnySession, case: Case, files: Iterable[Attachment]) -> dict[int, Register]:
    """Return the newest register of each of these files, by the file's id.

    `files` are within sight; of others nothing is told.
    """
    within = {file.id for file in files if is_listed(file)}
    if not within:
        return {}
    noted = ledger.noted(session, case.jurisdiction_id, case.id, KIND)
    return {facts["attachment"]: _of(facts) for facts in noted if facts["attachment"] in within}


def _of(facts: Mapping[str, Any]) -> Register:
    names = ("at", "place", "recorder", "seconds", "consent", "carrier")
    return Register(**{name: facts[name] for name in names})


def fill(
    session: AnySession, actor: Actor, file: Attachment, given: Mapping[str, str], now: datetime
) -> Register:
    """Write the register of a recording into the chain; the case's version stays. Commits.

    Raises NotYours for a body that did not bring the file or no longer handles the case, Refused
    with the reasons by field.
    """
    if not may_fill(session, actor, file, now):
        raise NotYours(Reason(N_("The register is kept by the unit that brought the recording")))
    register = read(given, now)
    facts = {"attachment": file.id, "by": actor.name, **asdict(register)}
    workflow.note(session, file.case_id, KIND, facts, body=actor.acting_for, now=now)
    return register


def may_fill(session: AnySession, actor: Actor, file: Attachment, now: datetime) -> bool:
    """Return whether the actor keeps the register of this file."""
    if not is_listed(file) or file.body != actor.acting_for:
        return False
    try:
        workflow.check_attach(session, actor, workflow.find(session, file.case_id), now)
    except NotYours:
        return False
    return True


def read(given: Mapping[str, str], now: datetime) -> Register:
    """Return the register as it was typed; raises Refused with the reasons by field."""
    errors: dict[str, list[Reason]] = {}
    at = _moment(given.get("at", ""), now, errors)
    seconds = _seconds(given.get("length", ""), errors)
    words = {name: _words(name, given.get(name, ""), errors) for name in LONGEST}
    consent = given.get("consent", "")
    if consent not in CONSENTS:
        errors["consent"] = [Reason(N_("Choose how those who are recorded agreed"))]
    if errors:
        reasons = [reason for found in errors.values() for reason in found]
        raise Refused(Reason("%(reasons)s", {"reasons": reasons}), errors)
    return Register(at=at, seconds=seconds, consent=consent, **words)


def _moment(text: str, now: datetime, errors: dict[str, list[Reason]]) -> str:
    try:
        at = datetime.fromisoformat(text.strip()).replace(tzinfo=ZONE)
    except ValueError:
        errors["at"] = [Reason(N_("Type day and time, like 2024-11-04 09:00"))]
        return ""
    if at > now:
        errors["at"] = [Reason(N_("The recording cannot begin after now"))]
    return at.strftime("%Y-%m-%d %H:%M")


def _seconds(text: str, errors: dict[str, list[Reason]]) -> int:
    found = _LENGTH.fullmatch(unicodedata.normalize("NFKC", text).strip())
    hours, minutes, seconds = (int(one or 0) for one in found.groups()) if found else (0, 0, 0)
    total = (hours * 60 + minutes) * 60 + seconds
    if not total:
        text = N_("Type the length in minutes and seconds, like 12:30")
        errors["length"] = [Reason(text)]
    return total


def _words(name: str, text: str, errors: dict[str, list[Reason]]) -> str:
    found = " ".join(text.split())
    most = LONGEST[name]
    if not found:
        errors[name] = [Reason(N_("Fill this in"))]
    elif len(found) > most:
        errors[name] = [Reason(N_("At most %(n)s characters"), {"n": most})]
    return found
