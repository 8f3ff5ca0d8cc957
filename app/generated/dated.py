"""Rows that hold from one day to another: they end, are never deleted, and keep their history.

Who held a post on the day of an approval stays true later (Z2): the list can be asked for a day,
a row ends by its last day, and two rows of one term are refused where only one may hold it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder import expose
from flask_babel import gettext, lazy_gettext
from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.errors import N_, FieldReasons, Reason
from app.generated import changes, kinds
from app.generated.asked import Filter
from app.generated.base import RecordView
from app.generated.changes import Aside
from app.generated.listing import RowLink
from app.generated.rights import permitted
from app.models import Jurisdiction
from app.screens.formats import date_day, date_full
from app.screens.words import Chip
from app.security.posts import database_session

#: Terms that the history beside a row names.
MOST_TERMS = 20
STATES = ("current", "ended", "coming")


def holds_on(model: Any, day: date) -> ColumnElement[bool]:
    """Return the condition that a row is in force on that day, both ends included."""
    return and_(model.from_on <= day, or_(model.until_on.is_(None), model.until_on >= day))


def state_of(row: Any, day: date) -> str:
    """Return whether a row is current, ended or coming on that day."""
    if row.from_on > day:
        return "coming"
    return "current" if row.until_on is None or row.until_on >= day else "ended"


def _in_state(view: Any, _operator: str, state: str) -> ColumnElement[bool]:
    model, today = view.datamodel.obj, view.today()
    known: Mapping[str, ColumnElement[bool]] = {
        "current": holds_on(model, today),
        "ended": model.until_on < today,
        "coming": model.from_on > today,
    }
    return known[state]


def _read_state(text: str) -> str:
    if text not in STATES:
        raise ValueError
    return text


def _states(_view: Any) -> list[tuple[str, str]]:
    return [
        ("current", gettext("in office")),
        ("ended", gettext("ended")),
        ("coming", gettext("coming")),
    ]


def _on_day(view: Any, _operator: str, day: date) -> ColumnElement[bool]:
    return holds_on(view.datamodel.obj, day)


def term_words(row: Any) -> str:
    """Return the first and the last day of a row in words."""
    first = date_full(row.from_on)
    if row.until_on is None:
        return gettext("from %(first)s", first=first)
    return gettext("%(first)s to %(last)s", first=first, last=date_full(row.until_on))


def state_chip(row: Any, today: date) -> Chip:
    """Return how a dated row stands today; a change that is near is named with its day."""
    state = state_of(row, today)
    if state == "coming":
        return Chip(gettext("from %(day)s", day=date_day(row.from_on)), "calendar-plus", "primary")
    if state == "ended":
        return Chip(gettext("ended"), "circle-minus")
    if row.until_on is not None:
        label = gettext("until %(day)s", day=date_day(row.until_on))
        return Chip(label, "calendar-xmark", "warn")
    return Chip(gettext("in office"), "circle-check", "ok")


def take_turn(jurisdiction_id: int) -> None:
    """Let those who write terms of a county do so one after another, each until the commit.

    Otherwise two who add the same post at once see no other term, and both hold it.
    """
    query = select(Jurisdiction.id).where(Jurisdiction.id == jurisdiction_id)
    database_session().execute(query.with_for_update(key_share=True))


class DatedView(RecordView):
    """A table of dated rows with from_on and until_on."""

    words: ClassVar[Mapping[str, Any]] = {
        "term": lambda _view, row: term_words(row),
        "state": lambda view, row: state_chip(row, view.today()),
    }
    extra_filters: ClassVar[Sequence[Filter]] = (
        Filter("state", lazy_gettext("State"), "choice", ("eq",), _in_state, _states, _read_state),
        Filter("term", lazy_gettext("In office on"), "date", ("on",), _on_day),
    )

    # --- what a view says of its own

    def history(self, row: Any) -> Select[Any] | None:
        """Return the rows that held the same before and after; None: the row has no history."""
        return None

    def history_title(self, row: Any) -> str:
        """Return the title of the history's card."""
        return gettext("Terms")

    def same_term(self, row: Any) -> Select[Any] | None:
        """Return the rows beside which this one may not hold; None where many may hold it."""
        return None

    def end_warnings(self, row: Any, last_day: date) -> list[Reason]:
        """Return what the writer should know before the row ends."""
        return []

    # --- the rules of dates

    def problems(self, row: Any, is_new: bool) -> FieldReasons:
        """Return what is wrong with the term: its order, or another one that overlaps it."""
        if row.until_on is not None and row.until_on < row.from_on:
            return {"until_on": [Reason(N_("The last day is before the first day."))]}
        other = self._overlapping(row)
        if other is None:
            return {}
        text = N_("%(person)s holds this %(term)s; let that term end first.")
        reason = Reason(text, {"person": str(other), "term": term_words(other)})
        return {"from_on": [reason]}

    def _overlapping(self, row: Any) -> Any | None:
        query = self.same_term(row)
        if query is None:
            return None
        take_turn(row.jurisdiction_id)
        model = self.datamodel.obj
        query = query.where(or_(model.until_on.is_(None), model.until_on >= row.from_on))
        if row.until_on is not None:
            query = query.where(model.from_on <= row.until_on)
        if row.id is not None:
            query = query.where(model.id != row.id)
        return database_session().scalars(query.limit(1)).first()

    def asides(self, row: Any) -> list[Aside]:
        """Return the terms of the same post, the newest first."""
        query = self.history(row)
        if query is None:
            return []
        model = self.datamodel.obj
        terms = database_session().scalars(query.order_by(model.from_on.desc()).limit(MOST_TERMS))
        lines = [(str(one), term_words(one), state_of(one, self.today())) for one in terms]
        return [Aside(self.history_title(row), lines)] if lines else []

    def chip(self, row: Any) -> Chip | None:
        """Return how the row stands today."""
        return state_chip(row, self.today())

    def is_past(self, row: Any) -> bool:
        """Return whether the term has ended."""
        return state_of(row, self.today()) == "ended"

    # --- ending

    def writing_links(self, row: Any) -> list[RowLink]:
        """Return change, and end while the term has no last day."""
        found = super().writing_links(row)
        if row.until_on is None and self.may("can_end") and self.may_write(row):
            found.append(RowLink(gettext("End"), self.url("end", pk=row.id)))
        return found

    @expose("/end/<pk>", methods=["GET", "POST"])
    @permitted
    def end(self, pk: str) -> ResponseReturnValue:
        """Ask for the last day, tell what follows from it, and let the row end."""
        row = self.to_write(pk)
        if request.method != "POST":
            return self._end_page(row, (self.today() - timedelta(1)).isoformat())
        typed = request.form.get("until_on", "").strip()
        last, wrong = self._last_day(row, typed)
        if last is None:
            return self._end_page(row, typed, wrong=wrong), 422
        take_turn(row.jurisdiction_id)
        if request.form.get("_drawn") != changes.fingerprint(row):
            wrong = gettext("Somebody changed this entry meanwhile; look at it, then go on.")
            return self._end_page(row, typed, wrong=wrong), 409
        warned = [one.say(gettext) for one in self.end_warnings(row, last)]
        if warned and not request.form.get("_sure"):
            return self._end_page(row, typed, warned=warned), 422
        before = changes.columns_of(row)
        row.until_on = last
        database_session().flush()
        self.record(row, before)
        database_session().commit()
        flash(
            gettext("%(name)s ends on %(day)s.", name=self.name_of(row), day=date_full(last)),
            "success",
        )
        return redirect(self.after_url(row), 303)

    def _last_day(self, row: Any, typed: str) -> tuple[date | None, str]:
        try:
            day = kinds.read_day(typed)
        except ValueError:
            return None, gettext("Give the last day as year-month-day, as in 2024-11-04.")
        if day < row.from_on:
            return None, gettext("The last day is before the first day.")
        return day, ""

    def _end_page(
        self, row: Any, typed: str, *, wrong: str = "", warned: Sequence[str] = ()
    ) -> str:
        page: str = self.render_template(
            "generated/end.html",
            view=self,
            title=gettext("End: %(name)s", name=self.name_of(row)),
            name=self.name_of(row),
            row=row,
            chip=self.chip(row),
            typed=typed,
            wrong=wrong,
            warned=warned,
            drawn=changes.fingerprint(row),
            asides=self.asides(row),
            back=self.back_url(),
        )
        return page
