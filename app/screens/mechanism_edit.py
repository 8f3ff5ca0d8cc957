"""A superuser changes a mechanism on screen: upload, edit, see what is told of it, publish.

A draft is a text; nothing of it holds before it is published as a version with its day.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import unified_diff
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from app import clock, drafts, publishing
from app.check.findings import of_problem
from app.directory import directory_of, jurisdiction_of
from app.downloads import saved
from app.drafts import PROFILE, SOURCE, Overtaken, Texts
from app.errors import N_, NotFound, NotYours, Reason, Refused
from app.generated import rights
from app.mechanism.problems import ProfileError
from app.mechanism.shapes import KEY
from app.mechanism.yaml_reader import MOST_BYTES
from app.models import Jurisdiction, MechanismVersion
from app.publishing import FIRST_DAY
from app.records import MechanismDraft
from app.screens import words
from app.screens.desk import NO_SUCH_PAGE, session
from app.screens.formats import date_full, datetime_short
from app.screens.mechanism_review import Review, review, review_view
from app.screens.mechanism_view import finding_row
from app.security.posts import is_superuser

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
AGREED, SEEN, NEW_KEY = "agreed", "seen", "key"
#: Lines below the last one in which to go on writing.
SPARE_LINES = 40
MOST_DIFFERENT = 400
MOST_PLACES = 200
LONGEST_NAME = 60


def superuser_only(view: View) -> View:
    """Refuse a page to everybody but the superuser."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not is_superuser():
            raise NotYours(Reason(N_("Mechanisms are changed by the superuser alone")))
        return view(*args, **kwargs)

    guarded_view: Any = guarded
    found: View = guarded_view
    return found


# --- all mechanisms; a new one


@superuser_only
def overview() -> ResponseReturnValue:
    """List the mechanisms and the drafts, with a form for a profile that comes as a file."""
    return _overview({}, [])


@superuser_only
def upload() -> ResponseReturnValue:
    """Make a draft of an uploaded profile, or of the skeleton for a new county's key."""
    try:
        key, texts = _uploaded() if _given(PROFILE) else _begun()
    except Refused as refusal:
        session().rollback()
        return _overview(_by_field(refusal), []), refusal.status
    except ProfileError as error:
        session().rollback()
        return _overview({}, [finding_row(of_problem(one)) for one in error.problems]), 422
    return _save(key, texts, "")


def _uploaded() -> tuple[str, Texts]:
    """Return the key that an uploaded profile names, and the texts."""
    profile = _file(PROFILE)
    key = drafts.key_of(profile)
    if not KEY.fullmatch(key):
        raise drafts.refusal(PROFILE, _NO_KEY)
    return key, Texts(profile, _file(SOURCE) if _given(SOURCE) else _running_source(key))


def _begun() -> tuple[str, Texts]:
    """Return a new county's key, and the skeleton of a profile with it."""
    key = request.form.get(NEW_KEY, "").strip()
    if not key:
        raise drafts.refusal(PROFILE, N_("Choose the file of a profile, or name a new key"))
    if not KEY.fullmatch(key):
        raise drafts.refusal(NEW_KEY, _NO_KEY)
    known = session().scalar(select(Jurisdiction.id).where(Jurisdiction.key == key))
    if known is not None or drafts.find(session(), key) is not None:
        text = N_("There is a mechanism or a draft %(key)s already; open it in the list")
        raise drafts.refusal(NEW_KEY, text, key=key)
    return key, Texts(drafts.skeleton(key))


_NO_KEY = N_("A key begins with a small letter; then small letters, digits and _")


def _running_source(key: str) -> str:
    """Return the document of the newest version, where a file brings none."""
    place = session().scalar(select(Jurisdiction).where(Jurisdiction.key == key))
    versions = publishing.versions_of(session(), place) if place else []
    return versions[-1].source if versions else ""


def _overview(errors: Mapping[str, Sequence[str]], findings: Sequence[Mapping[str, Any]]) -> str:
    places = session().scalars(select(Jurisdiction).order_by(Jurisdiction.key).limit(MOST_PLACES))
    found = {one.key: one for one in session().scalars(select(MechanismDraft).limit(MOST_PLACES))}
    rows = [_place_row(place, found.pop(place.key, None)) for place in places]
    rows += [{"key": key, "name": "", "draft": _saved(one)} for key, one in found.items()]
    view = {"rows": rows, "errors": errors, "findings": findings, "key": request.form.get("key")}
    return render_template("mechanisms.html", view=view)


def _place_row(place: Jurisdiction, draft: MechanismDraft | None) -> dict[str, Any]:
    world = directory_of(session(), place)
    return {
        "key": place.key,
        "name": world.mechanism.name,
        "number": session().get_one(MechanismVersion, world.version_id).number,
        "first": date_full(world.holds_from),
        "draft": _saved(draft) if draft else "",
    }


def _saved(draft: MechanismDraft) -> str:
    at = datetime_short(draft.changed_at)
    return gettext("%(who)s, %(at)s", who=draft.changed_by, at=at)


# --- the draft


@superuser_only
def page(key: str) -> ResponseReturnValue:
    """Draw the text with its line numbers: the draft, or what runs where there is none."""
    draft = drafts.find(session(), key)
    if draft is not None:
        return _editor(key, drafts.texts_of(draft), drafts.stamp_of(draft), draft=draft)
    version = _version(key, request.args.get("from", ""))
    return _editor(key, Texts(version.profile, version.source), "")


def _version(key: str, number: str) -> MechanismVersion:
    """Return a version by its number, or the one that runs; raises NotFound."""
    place = jurisdiction_of(session(), key)
    query = select(MechanismVersion).where(MechanismVersion.jurisdiction_id == place.id)
    if number.isascii() and number.isdigit() and len(number) < 9:
        query = query.where(MechanismVersion.number == int(number))
    else:
        world = directory_of(session(), place)
        query = query.where(MechanismVersion.id == world.version_id)
    found: MechanismVersion | None = session().scalar(query)
    if found is None:
        raise NotFound(Reason(NO_SUCH_PAGE))
    return found


@superuser_only
def save(key: str) -> ResponseReturnValue:
    """Save what was typed, or what the chosen files say in its place; nothing of it is lost."""
    known = drafts.find(session(), key)
    if known is None:
        jurisdiction_of(session(), key)
    typed = Texts(request.form.get(PROFILE, ""), request.form.get(SOURCE, ""))
    seen = request.form.get(SEEN, "")
    try:
        profile = _file(PROFILE + "_file") if _given(PROFILE + "_file") else typed.profile
        source = _file(SOURCE + "_file") if _given(SOURCE + "_file") else typed.source
        texts = Texts(drafts.checked_text(profile, PROFILE), drafts.checked_text(source, SOURCE))
    except Refused as refusal:
        session().rollback()
        errors = _by_field(refusal)
        return _editor(key, typed, seen, draft=known, errors=errors), refusal.status
    return _save(key, texts, seen)


def _save(key: str, texts: Texts, seen: str) -> ResponseReturnValue:
    place = session().scalar(select(Jurisdiction).where(Jurisdiction.key == key))
    numbers = [one.number for one in publishing.versions_of(session(), place)] if place else []
    base, by, now = max(numbers, default=0), _editor_name(), clock.now()
    try:
        drafts.keep(session(), key, texts, base=base, seen=seen, by=by, now=now)
        session().commit()
    except Overtaken as overtaken:
        session().rollback()
        other = overtaken.draft
        stamp = drafts.stamp_of(other)
        return _editor(key, texts, stamp, draft=other, theirs=other), 409
    done = Markup('<span data-draft-done="mechanism-{}"></span>').format(key)
    flash(done + gettext("The draft is saved; it does not hold yet."), "success")
    wanted = "screens.mechanism_review" if "review" in request.form else "screens.mechanism_draft"
    return redirect(url_for(wanted, key=key), 303)


@superuser_only
def discard(key: str) -> ResponseReturnValue:
    """Discard the draft as it was seen; another's newer one stays."""
    try:
        drafts.drop(session(), key, request.form.get(SEEN, ""))
    except Overtaken as overtaken:
        session().rollback()
        flash(words.said(overtaken.reason), "warning")
        return redirect(url_for("screens.mechanism_draft", key=key), 303)
    session().commit()
    done = Markup('<span data-draft-done="mechanism-{}"></span>').format(key)
    flash(done + gettext("The draft is discarded; what runs has not changed."), "info")
    return redirect(url_for("screens.mechanisms"), 303)


def _editor_name() -> str:
    """Return the superuser's name as drafts and versions keep it."""
    return str(g.user.get_full_name()).strip()[:LONGEST_NAME]


def _editor(
    key: str,
    texts: Texts,
    seen: str,
    *,
    draft: MechanismDraft | None = None,
    theirs: MechanismDraft | None = None,
    errors: Mapping[str, Sequence[str]] | None = None,
) -> str:
    view = {
        "key": key,
        "profile": _sheet(texts.profile),
        "source": _sheet(texts.source),
        "seen": seen,
        "saved": _saved(draft) if draft else "",
        "errors": errors or {},
        "theirs": _conflict(theirs, texts) if theirs else None,
        "is_theirs": "theirs" in request.args,
        "is_begun": draft is not None and "from" in request.args,
        "runs": session().scalar(select(Jurisdiction.id).where(Jurisdiction.key == key)),
    }
    return render_template("draft.html", view=view)


def _sheet(text: str) -> dict[str, Any]:
    """Return a text with the numbers of its lines and of those to come."""
    lines = text.split("\n")
    width = max(len(line) + sum(ord(one) > 0x2E7F for one in line) for line in lines)
    count = len(lines) + SPARE_LINES
    return {"text": text, "lines": range(1, count + 1), "rows": count, "cols": min(width, 400)}


def _conflict(theirs: MechanismDraft, mine: Texts) -> dict[str, Any]:
    """Return the other's texts and the lines in which they differ from mine."""
    pairs = ((theirs.profile, mine.profile), (theirs.source, mine.source))
    told = [line for old, new in pairs for line in _different(old, new)]
    return {
        "saved": _saved(theirs),
        "lines": told[:MOST_DIFFERENT],
        "profile": theirs.profile,
        "source": theirs.source,
    }


def _different(old: str, new: str) -> list[tuple[str, str]]:
    """Return (sign, line) of each line that one of the texts has alone."""
    told = unified_diff(old.split("\n"), new.split("\n"), lineterm="", n=0)
    return [(line[0], line[1:]) for line in list(told)[2:]]


# --- what is told of it, and publishing


@superuser_only
def review_page(key: str) -> ResponseReturnValue:
    """Draw what is told of the draft, and the form that publishes it."""
    draft = drafts.find(session(), key)
    if draft is None:
        return redirect(url_for("screens.mechanism_draft", key=key))
    return _review(draft, review(key, drafts.texts_of(draft), draft.base), {})


@superuser_only
def publish(key: str) -> ResponseReturnValue:
    """Publish the draft as it was seen, from a day on."""
    draft = drafts.find(session(), key)
    if draft is None:
        raise NotFound(Reason(NO_SUCH_PAGE))
    texts, base = drafts.texts_of(draft), draft.base
    session().rollback()  # the check takes seconds; nobody waits for their turn to write
    found = review(key, texts, base)
    draft = drafts.find(session(), key, lock=True)
    if drafts.stamp_of(draft) != request.form.get(SEEN, "") or draft is None:
        flash(words.said(Overtaken(draft).reason), "warning")
        return redirect(url_for("screens.mechanism_review", key=key), 303)
    try:
        version = _published(draft, found)
    except Refused as refusal:
        session().rollback()
        return _review(draft, found, _by_field(refusal)), refusal.status
    number, first = version.number, date_full(version.valid_from)
    session().delete(draft)
    session().commit()
    known = current_app.extensions
    rights.synchronise(known["appbuilder"], session(), map(type, known["generated"]))
    session().commit()
    text = gettext("Version %(n)s is published and holds from %(day)s.", n=number, day=first)
    flash(text, "success")
    return redirect(url_for("screens.mechanism_page", key=key), 303)


def _published(draft: MechanismDraft, found: Review) -> MechanismVersion:
    """Return the new version; raises Refused by the field that stands in the way."""
    if found.faults:
        text = N_("%(n)s findings must be mended first; the draft stays as it is")
        raise drafts.refusal("_", text, n=found.faults)
    if found.warnings and AGREED not in request.form:
        raise drafts.refusal(AGREED, N_("Tick that you have read what is to be considered"))
    version, is_new = publishing.publish(
        session(),
        draft.profile,
        now=clock.now(),
        source=draft.source,
        by=_editor_name(),
        first_day=_day(),
    )
    if not is_new:
        text = N_(
            "This is word for word version %(n)s. To bring it back, say so in a comment line "
            "of the profile (# …) and save it again"
        )
        raise drafts.refusal("_", text, n=version.number)
    return version


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get(FIRST_DAY, ""))
    except ValueError as error:
        raise drafts.refusal(FIRST_DAY, N_("Choose the day from which it holds")) from error


def _review(draft: MechanismDraft, found: Review, errors: Mapping[str, Sequence[str]]) -> str:
    view = review_view(found, clock.now()) | {
        "key": draft.key,
        "seen": drafts.stamp_of(draft),
        "saved": _saved(draft),
        "errors": errors,
        "first_day": request.form.get(FIRST_DAY, ""),
        "agreed": AGREED in request.form,
    }
    return render_template("draft_review.html", view=view)


# --- versions and files


@superuser_only
def version_file(key: str, number: str) -> ResponseReturnValue:
    """Return the profile of a version as a file."""
    version = _version(key, number)
    if str(version.number) != number:
        raise NotFound(Reason(NO_SUCH_PAGE))
    name = f"{key}-{version.number}.yaml"
    return saved(io.BytesIO(version.profile.encode()), name, "text/plain; charset=utf-8")


def _given(name: str) -> bool:
    found = request.files.get(name)
    return found is not None and bool(found.filename)


def _file(name: str) -> str:
    """Return the text of a chosen file; raises Refused under the field that it stands for."""
    with request.files[name].stream as stream:
        return drafts.as_text(stream.read(MOST_BYTES + 1), name.removesuffix("_file"))


def _by_field(refusal: Refused) -> dict[str, list[str]]:
    return {field: [words.said(one) for one in why] for field, why in refusal.errors.items()}
