"""Lists that an account keeps by a name of its own: their filters, words, order and columns.

A kept list is an address and nothing more: what it shows is decided anew each time it is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import delete, func, select
from werkzeug.datastructures import MultiDict

from app.database import upsert
from app.errors import N_, NotFound, NotYours, Reason, Refused, Unreadable
from app.generated import asked as asking
from app.generated import menu
from app.generated.rights import NOT_OPEN
from app.records import KeptList
from app.screens.desk import NO_SUCH_PAGE, as_id
from app.security.posts import database_session

#: Lists that an account keeps of one view.
MOST = 20
LONGEST_NAME, LONGEST_QUERY = 60, 2000
#: What an address of a list keeps, besides its filters; its page and its form are of the moment.
KEPT = ("q", "sort", "size", "cols")

kept = Blueprint("kept", __name__, url_prefix="/kept")


@dataclass(frozen=True)
class Choice:
    """A kept list as the page offers it."""

    name: str
    url: str
    delete_url: str
    is_current: bool


def choices(view: Any, query: str) -> list[Choice]:
    """Return the account's kept lists of a view by name; `query` is the one that is shown."""
    found = database_session().scalars(
        select(KeptList)
        .where(KeptList.user_id == g.user.id, KeptList.view == type(view).__name__)
        .order_by(KeptList.name)
    )
    shown = sorted(_fields(query))
    return [
        Choice(
            name=one.name,
            url=f"{view.url('list')}?{one.query}",
            delete_url=url_for("kept.forget", kept_id=one.id),
            is_current=sorted(_fields(one.query)) == shown,
        )
        for one in found
    ]


@kept.before_request
def _only_signed_in() -> ResponseReturnValue | None:
    if g.user.is_authenticated:
        return None
    return redirect(current_app.appbuilder.get_url_for_login_with(None))  # type: ignore[attr-defined]


@kept.post("/<view>/")
def keep(view: str) -> ResponseReturnValue:
    """Keep the list by the name that was typed, in the place of one that had the same name."""
    shown = _view(view)
    name = " ".join(request.form.get("name", "").split())
    query = _checked(shown, request.form.get("query", ""))
    _check_name(name)
    _check_number(view, name)
    values = {"user_id": g.user.id, "view": view, "name": name, "query": query}
    session = database_session()
    session.execute(upsert(session, KeptList, values, key=("user_id", "view", "name")))
    session.commit()
    flash(gettext("The list is kept as “%(name)s”.", name=name), "success")
    return redirect(f"{shown.url('list')}?{query}")


@kept.post("/<kept_id>/forget")
def forget(kept_id: str) -> ResponseReturnValue:
    """Keep a list no longer; only one's own."""
    session = database_session()
    own = (KeptList.id == as_id(kept_id), KeptList.user_id == g.user.id)
    found = session.scalars(select(KeptList).where(*own)).one_or_none()
    if found is None:
        raise NotFound(Reason(NO_SUCH_PAGE))
    name, shown = found.name, _view(found.view)
    session.execute(delete(KeptList).where(*own))
    session.commit()
    flash(gettext("“%(name)s” is no longer kept.", name=name), "success")
    return redirect(shown.url("list"))


def _view(name: str) -> Any:
    """Return the generated view of that name, where its list is open to the acting post."""
    found = next((one for one in menu.views() if type(one).__name__ == name), None)
    if found is None:
        raise NotFound(Reason(NO_SUCH_PAGE))
    if not found.may("can_list"):
        raise NotYours(Reason(NOT_OPEN))
    return found


def _checked(view: Any, query: str) -> str:
    """Return the query as it is kept; raises Unreadable for what the list does not know."""
    if len(query) > LONGEST_QUERY:
        raise Unreadable(Reason(N_("This list has too many filters to be kept.")))
    fields = _fields(query)
    asking.read(view, MultiDict(fields))
    return urlencode(fields)


def _fields(query: str) -> list[tuple[str, str]]:
    """Return the fields of a query that are kept."""
    found = parse_qsl(query)
    return [one for one in found if one[0] in KEPT or one[0].startswith(asking.PREFIX)]


def _check_name(name: str) -> None:
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        reason = Reason(
            N_("A kept list has a name of 1 to %(limit)s characters."), {"limit": LONGEST_NAME}
        )
        raise Refused(reason, {"name": [reason]})


def _check_number(view: str, name: str) -> None:
    others = select(func.count(KeptList.id)).where(
        KeptList.user_id == g.user.id, KeptList.view == view, KeptList.name != name
    )
    if (database_session().scalar(others) or 0) >= MOST:
        reason = Reason(
            N_("You keep %(limit)s lists here already: delete one first."), {"limit": MOST}
        )
        raise Refused(reason, {"_": [reason]})
