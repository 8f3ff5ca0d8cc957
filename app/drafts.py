"""A profile that is being edited on screen: kept between sittings, lost to nobody.

Two may edit the same one. Whoever saves tells which text theirs was drawn from; where another
one was saved meanwhile, nothing is written and both are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import N_, AppError, Reason, Refused
from app.mechanism.problems import ProfileError
from app.mechanism.yaml_reader import MOST_BYTES, Scalar, read_yaml
from app.records import MechanismDraft
from app.security.sight import AnySession

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
PROFILE, SOURCE = "profile", "source"
#: A profile with a little of everything, to begin from.
_SKELETON = Path(__file__).parent / "mechanism" / "skeleton.yaml"


@dataclass(frozen=True)
class Texts:
    """What is edited: the profile, and the government document that it quotes."""

    profile: str
    source: str = ""

    @property
    def stamp(self) -> str:
        """Return what tells these texts from others."""
        return sha256(f"{self.profile}\0{self.source}".encode()).hexdigest()[:16]


class Overtaken(AppError):
    """Somebody else saved first; nothing was written. `draft` is theirs, None if discarded."""

    status = 409

    def __init__(self, draft: MechanismDraft | None) -> None:
        super().__init__(Reason(N_("Somebody else changed this draft meanwhile")))
        self.draft = draft


def find(session: AnySession, key: str, *, lock: bool = False) -> MechanismDraft | None:
    """Return the draft of a county's mechanism, locked until the commit where asked for."""
    query = select(MechanismDraft).where(MechanismDraft.key == key)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: MechanismDraft | None = session.scalar(query)
    return found


def texts_of(draft: MechanismDraft) -> Texts:
    """Return the texts of a draft."""
    return Texts(draft.profile, draft.source)


def stamp_of(draft: MechanismDraft | None) -> str:
    """Return what tells a draft from later ones; empty for none."""
    return texts_of(draft).stamp if draft else ""


def keep(
    session: AnySession,
    key: str,
    texts: Texts,
    *,
    base: int,
    seen: str,
    by: str,
    now: datetime,
) -> MechanismDraft:
    """Save a draft, whose texts were drawn from the one with the stamp `seen`.

    `base` is the number of the version it began from; a draft keeps its first one. Raises
    Overtaken where another text is there, unless it is the same.
    """
    draft = find(session, key, lock=True)
    if stamp_of(draft) not in (seen, texts.stamp):
        raise Overtaken(draft)
    if draft is None:
        draft = MechanismDraft(key=key, base=base)
        session.add(draft)
    draft.profile, draft.source = texts.profile, texts.source
    draft.changed_by, draft.changed_at = by, now
    try:
        session.flush()
    except IntegrityError as error:  # two began the first draft in the same moment
        session.rollback()
        raise Overtaken(find(session, key)) from error
    return draft


def drop(session: AnySession, key: str, seen: str) -> None:
    """Discard a draft as it was seen; raises Overtaken where it is another one now."""
    draft = find(session, key, lock=True)
    if stamp_of(draft) != seen:
        raise Overtaken(draft)
    session.delete(draft)
    session.flush()


def skeleton(key: str) -> str:
    """Return a profile that passes the check, to begin a new county's from."""
    return _SKELETON.read_text(encoding="utf-8").replace("KEY_OF_THE_PLACE", key)


def key_of(profile: str) -> str:
    """Return the key of the county that a profile names; raises ProfileError, Refused."""
    root, problems = read_yaml(profile.encode(), PROFILE)
    if problems:
        raise ProfileError(problems)
    key = root.nodes.get("key")
    if not isinstance(key, Scalar) or not key.value:
        raise refusal(PROFILE, N_("The profile names no key; write `key:` and the county's key"))
    return key.value


def as_text(content: bytes, field: str) -> str:
    """Return what a file says; raises Refused under its field where it is no plain text."""
    if len(content) > MOST_BYTES:
        raise _too_long(field)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        text_is = N_("This file is no plain text in UTF-8; save it as text (UTF-8) and try again")
        raise refusal(field, text_is) from error
    return checked_text(text, field)


def checked_text(text: str, field: str) -> str:
    """Return a text with plain line ends; raises Refused where the database cannot keep it."""
    plain = text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in plain:
        raise refusal(field, N_("There are bytes in it that belong to no text; save it as text"))
    if len(plain.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise _too_long(field)
    return plain


def _too_long(field: str) -> Refused:
    text = N_("This is longer than %(size)s KB; a profile and its document are a few pages")
    return refusal(field, text, size=MOST_BYTES // 1024)


def refusal(field: str, text: str, **params: object) -> Refused:
    """Return the refusal of one field."""
    reason = Reason(text, params)
    return Refused(reason, {field: [reason]})
