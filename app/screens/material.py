"""What is brought to a case: the form for a file, its player, the register of recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from app import recordings, uploads
from app.clock import CHINA
from app.errors import N_, NotFound, Reason, Refused
from app.filekinds import ending_of, player_of
from app.files import MEGABYTE
from app.models import KIT, Attachment, Case
from app.recordings import CONSENTS, Register
from app.rules import engine
from app.rules.shapes import Act
from app.screens import history, words
from app.screens.desk import Desk, as_id, desk
from app.screens.fields import Choice, Field, summary
from app.screens.formats import datetime_full, size_words
from app.security import looks

NO_SUCH_FILE = N_("There is no such file, or your unit does not see it")


def file_within_sight(here: Desk, attachment_id: str) -> Attachment:
    """Return a file and note the look at its case; raises NotFound out of sight."""
    query = select(Attachment).where(Attachment.id == as_id(attachment_id))
    found: Attachment | None = here.session.scalar(query)
    if found is None:
        raise NotFound(Reason(NO_SUCH_FILE))
    looks.note(here.actor, found.case_id)
    return found


def upload_form(here: Desk, case: Case, error: str) -> dict[str, Any] | None:
    """Return the form for a file, where the acting post may bring one."""
    world = here.world_of(case)
    act = Act(case, here.actor, world, here.now, KIT, world.mechanism.register)
    if not engine.may_attach(act):
        return None
    limits = uploads.limits_of(current_app.config)
    return {
        "url": url_for("screens.attach", case_id=case.id),
        "error": error,
        "most": max(limits.recording, limits.other),
        "too_large": gettext("This file is larger than what is taken."),
        "help": gettext(
            "PDF, OFD, pictures, office files up to %(n)s MB; sound and film up to %(m)s MB",
            n=limits.other // MEGABYTE,
            m=limits.recording // MEGABYTE,
        ),
        "kinds": [{"value": key, "label": history.file_kind(key)} for key in history.FILE_KINDS],
    }


def players(here: Desk, case: Case, files: Sequence[Attachment]) -> list[dict[str, Any]]:
    """Return the recordings among the files, each with what plays it and its register's page."""
    filled = recordings.registers(here.session, case, files)
    return [
        {
            "name": one.name,
            "size": size_words(one.size),
            "player": player_of(one.media_type),
            "is_filled": one.id in filled,
            "url": url_for("screens.attachment_file", attachment_id=one.id),
            "register_url": url_for("screens.recording", attachment_id=one.id),
        }
        for one in sorted(files, key=lambda one: one.id, reverse=True)
        if recordings.is_listed(one)
    ]


# --- the register


def register_page(attachment_id: str) -> str:
    """Draw the register of a recording as it prints, with its form for whom it belongs to."""
    here = desk()
    return _drawn(here, file_within_sight(here, attachment_id), None, {})


def fill(attachment_id: str) -> ResponseReturnValue:
    """Write the register; what is wrong stands beside its field."""
    here = desk()
    file = file_within_sight(here, attachment_id)
    try:
        recordings.fill(here.session, here.actor, file, request.form, here.now)
    except Refused as refusal:
        said = {name: [words.said(one) for one in some] for name, some in refusal.errors.items()}
        return _drawn(here, file, request.form, said), refusal.status
    flash(gettext("The register of “%(name)s” is kept with the case.", name=file.name), "success")
    return redirect(url_for("screens.recording", attachment_id=attachment_id), 303)


def _drawn(
    here: Desk,
    file: Attachment,
    typed: Mapping[str, str] | None,
    errors: Mapping[str, Sequence[str]],
) -> str:
    if not recordings.is_listed(file):
        raise NotFound(Reason(NO_SUCH_FILE))
    found = recordings.registers(here.session, file.case, [file]).get(file.id)
    form: list[Field] = []
    if recordings.may_fill(here.session, here.actor, file, here.now):
        form = _fields(typed if typed is not None else _given(found), errors)
    view = {
        "heading": gettext("Register of a recording"),
        "crumbs": [
            words.Link(gettext("To-do"), url_for("screens.todo")),
            words.Link(file.case.number, url_for("screens.case", case_id=file.case_id)),
            words.Link(file.name, ""),
        ],
        "file": players(here, file.case, [file])[0],
        "lines": _lines(here, file, found),
        "is_filled": found is not None,
        "fields": form,
        "errors": summary(form),
        "url": url_for("screens.fill_recording", attachment_id=file.id),
    }
    return render_template("recording.html", view=view)


def _lines(here: Desk, file: Attachment, found: Register | None) -> list[tuple[str, str]]:
    """Return the lines of the sheet; what is not known yet stays empty, for a pen."""
    known = {
        gettext("Recorded on"): datetime_full(found.began) if found else "",
        gettext("Place"): found.place if found else "",
        gettext("Recorded by"): found.recorder if found else "",
        gettext("Length"): found.length if found else "",
        gettext("Consent"): consent_words(found.consent) if found else "",
        gettext("Carrier"): found.carrier if found else "",
    }
    return [
        (gettext("Case"), file.case.number),
        (gettext("File"), file.name),
        *known.items(),
        (gettext("Format"), f"{ending_of(file.name)} ({file.media_type})"),
        (gettext("Size"), gettext("%(n)s bytes", n=file.size)),
        (gettext("Digest (SHA-256)"), file.sha256),
        (gettext("Digest (SM3)"), file.sm3),
        (gettext("Brought by"), f"{here.world.body_short(file.body)} {file.added_by}"),
        (gettext("Brought on"), datetime_full(file.added_at.astimezone(CHINA))),
    ]


def consent_words(key: str) -> str:
    """Return how those who are recorded agreed."""
    return {
        "written": gettext("in writing"),
        "spoken": gettext("said on the recording"),
        "none": gettext("without consent"),
    }[key]


def _given(found: Register | None) -> dict[str, str]:
    """Return what the form begins with."""
    if found is None:
        return {}
    return {
        "at": found.at,
        "place": found.place,
        "recorder": found.recorder,
        "length": found.length,
        "consent": found.consent,
        "carrier": found.carrier,
    }


def _fields(given: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> list[Field]:
    def one(name: str, label: str, help_: str = "", kind: str = "line", **more: Any) -> Field:
        value, wrong = given.get(name, ""), errors.get(name, ())
        return Field(
            name, kind, label, required=True, value=value, help=help_, errors=wrong, **more
        )

    consents = [Choice(key, consent_words(key)) for key in CONSENTS]
    return [
        one("at", gettext("Recorded on"), gettext("Like 2024-11-04 09:00"), width="w6"),
        one("length", gettext("Length"), gettext("Minutes and seconds, like 12:30"), width="w6"),
        one("place", gettext("Place"), width="w6"),
        one("recorder", gettext("Recorded by"), width="w6"),
        one(
            "carrier",
            gettext("Carrier"),
            gettext("What it was recorded with, and where the original is kept"),
        ),
        one("consent", gettext("Consent of those recorded"), kind="radios", choices=consents),
    ]
