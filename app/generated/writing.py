"""Adding, changing and deleting on the generated screens: checked, recorded, nothing lost.

A form carries the digest of the row that it was drawn from. Where the row has changed meanwhile,
nothing is written: the page shows both values and keeps what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder import expose
from flask_babel import gettext
from sqlalchemy import UniqueConstraint, exists, select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.errors import N_, FieldReasons, NotYours, Reason, Refused
from app.generated import changes, forms, kinds
from app.generated.counties import PLACE, PLACES
from app.generated.forms import RecordForms, Related
from app.generated.listing import RowLink
from app.generated.rights import NOT_OPEN, permitted
from app.models import Model
from app.screens import fields as screen_fields
from app.security.posts import chosen_post, database_session


@dataclass(frozen=True)
class Clash:
    """A column that somebody changed meanwhile: what stands there now, and what was typed."""

    label: str
    theirs: str
    mine: str


class Writing:
    """The writing half of a generated view."""

    #: Column → the table whose key it holds (see `forms.Related`).
    related: ClassVar[Mapping[str, Related]] = {}
    add_columns: Any = ()
    edit_columns: Any = ()

    def _init_writing(self: Any) -> None:
        """Settle which columns each form asks for."""
        for form in ("add", "edit"):
            parts = getattr(self, f"{form}_fieldsets")
            if parts:
                setattr(self, f"{form}_columns", [c for _, part in parts for c in part["fields"]])
        self.description_columns = dict(self.description_columns or {})
        self.validators_columns = dict(self.validators_columns or {})

    def _init_forms(self: Any) -> None:
        converter = RecordForms(self)
        self.add_form = converter.form(self.add_columns)
        self.edit_form = converter.form(self.edit_columns)

    # --- what a view may say of its own

    def may_write(self: Any, row: Any) -> bool:
        """Return whether the acting post may change this row, which it can see."""
        return True

    def prepare(self: Any, row: Any, is_new: bool) -> None:
        """Fill what the form does not ask for."""

    def problems(self: Any, row: Any, is_new: bool) -> FieldReasons:
        """Return what is wrong with the row as a whole, by column; `_` for the row itself."""
        return {}

    def warnings(self: Any, row: Any, is_new: bool) -> list[Reason]:
        """Return what the writer should know first; saving takes a second press then."""
        return []

    def in_use(self: Any, row: Any) -> Reason | None:
        """Return why the row cannot be deleted; by default, that another table points to it."""
        for column in _pointing_to(self.datamodel.obj):
            # Past the scope of the session: what is out of sight is in use all the same.
            query = select(exists().where(column == row.id))
            if database_session().connection().scalar(query):
                return Reason(
                    N_("“%(name)s” is in use; let it end by a date instead."),
                    {"name": self.name_of(row)},
                )
        return None

    # --- links

    def can_add(self: Any) -> bool:
        """Return whether the acting post may add a row."""
        return bool(self.may("can_add"))

    def writing_links(self: Any, row: Any) -> list[RowLink]:
        """Return the links by which the acting post changes the row, in the list and beside it."""
        if self.may("can_edit") and self.may_write(row):
            return [RowLink(gettext("Change"), self.url("edit", pk=row.id))]
        return []

    def deleting_links(self: Any, row: Any) -> list[RowLink]:
        """Return the link that deletes the row, where nothing uses it."""
        if self.may("can_delete") and self.may_write(row) and self.in_use(row) is None:
            return [RowLink(gettext("Delete"), self.url("delete", pk=row.id))]
        return []

    def to_write(self: Any, pk: str) -> Any:
        """Return a row that the acting post may change; raises NotFound or NotYours."""
        row = self.found(pk, to_write=request.method == "POST")
        if not self.may_write(row):
            raise NotYours(Reason(NOT_OPEN))
        return row

    # --- adding

    @expose("/add", methods=["GET", "POST"])
    @permitted
    def add(self: Any) -> ResponseReturnValue:
        """Draw the empty form, or add the row that it describes."""
        place = self._place_to_add()
        if place is None and self.of_places:
            return self._ask_for_place()
        row = self.datamodel.obj(**({PLACE: place} if self.of_places else {}))
        form = self.add_form()
        if not _is_sent(form):
            return self._form_page(form, None)
        return self._save(form, row, is_new=True)

    def _place_to_add(self: Any) -> int | None:
        """Return the county for which a row is added."""
        actor = chosen_post()
        if actor is not None:
            return int(actor.jurisdiction_id)
        chosen = request.values.get(PLACE, "")
        pk = int(chosen) if re.fullmatch(r"[0-9]{1,10}", chosen) else 0
        found = PLACES.one(self, pk) if kinds.fits(pk) else None
        if found is None:
            known = PLACES.found(self, "")
            found = known[0] if len(known) == 1 else None
        return found[0] if found else None

    def _ask_for_place(self: Any) -> ResponseReturnValue:
        words = forms.searched(PLACE)
        return self.render_template(
            "generated/place.html",
            view=self,
            title=self.add_title,
            places=PLACES.found(self, words),
            words=words,
            back=self.back_url(),
        )

    # --- changing

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @permitted
    def edit(self: Any, pk: str) -> ResponseReturnValue:
        """Draw the row's form, or change the row."""
        row = self.to_write(pk)
        form = self.edit_form(obj=row)
        if not _is_sent(form):
            return self._form_page(form, row)
        return self._save(form, row, is_new=False)

    def _save(self: Any, form: Any, row: Any, *, is_new: bool) -> ResponseReturnValue:
        """Write what the form says, or draw it again with what stands against it."""
        old = None if is_new else row
        if not form.validate() or not _is_chosen(self, form):
            return self._form_page(form, old), 422
        draft = self._draft(form, row, is_new)
        if not is_new and request.form.get("_drawn") != changes.fingerprint(row):
            return self._form_page(form, old, clashes=self._clashes(row, draft)), 409
        loose = _tell(form, self._all_problems(draft, is_new))
        if loose or form.errors:
            return self._form_page(form, old, loose=loose), 422
        warned = [one.say(gettext) for one in self.warnings(draft, is_new)]
        if warned and not request.form.get("_sure"):
            return self._form_page(form, old, warned=warned), 422
        return self._write(form, row, draft, is_new)

    def _draft(self: Any, form: Any, row: Any, is_new: bool) -> Any:
        """Return a copy of the row, outside the database, with what the form says."""
        draft = self.datamodel.obj(
            **{
                one.key: getattr(row, one.key)
                for one in row.__mapper__.column_attrs
                if not is_new or getattr(row, one.key) is not None
            }
        )
        for one in form:
            if one.name in row.__mapper__.column_attrs:
                setattr(draft, one.name, _stored(row, one))
        self.prepare(draft, is_new)
        return draft

    def _all_problems(self: Any, draft: Any, is_new: bool) -> FieldReasons:
        found = dict(self.problems(draft, is_new))
        for names in _unique(self.datamodel.obj):
            if self._is_double(draft, names):
                shown = next(n for n in names if n in self.add_columns or n == names[-1])
                text = N_("There is such an entry already.")
                found.setdefault(shown, []).append(Reason(text))
        return found

    def _is_double(self: Any, draft: Any, names: Sequence[str]) -> bool:
        model = self.datamodel.obj
        query = select(model.id).where(*(getattr(model, n) == getattr(draft, n) for n in names))
        if draft.id is not None:
            query = query.where(model.id != draft.id)
        return database_session().scalar(query.limit(1)) is not None

    def _clashes(self: Any, row: Any, draft: Any) -> list[Clash]:
        """Return both values of every column that the form would change."""
        return [
            Clash(
                str(self.label_columns[name]),
                self.cell(row, name).text,
                self.cell(draft, name).text,
            )
            for name in self.edit_columns
            if getattr(row, name) != getattr(draft, name)
        ]

    def _write(self: Any, form: Any, row: Any, draft: Any, is_new: bool) -> ResponseReturnValue:
        """Write the row and who did it in one commit."""
        before = {} if is_new else changes.columns_of(row)
        for one in row.__mapper__.column_attrs:
            if one.key != "id":
                setattr(row, one.key, getattr(draft, one.key))
        session = database_session()
        session.add(row)
        try:
            session.flush()
            self.record(row, before)
            session.commit()
        except IntegrityError:
            session.rollback()
            loose = [gettext("There is such an entry already.")]
            return self._form_page(form, None if is_new else row, loose=loose), 422
        self.saved(row, is_new)
        return redirect(self.after_url(row), 303)

    def record(self: Any, row: Any, before: Mapping[str, Any]) -> None:
        """Keep what was changed, and by whom, in the same transaction."""
        found = changes.difference(before, changes.columns_of(row))
        found.pop("id", None)
        if found:
            changes.record(row, found, clock.now())

    def saved(self: Any, row: Any, is_new: bool) -> None:
        """Say what was done."""
        text = gettext("Added: %(name)s.") if is_new else gettext("Saved: %(name)s.")
        flash(text % {"name": self.name_of(row)}, "success")

    def after_url(self: Any, row: Any) -> str:
        """Return where to go once a row was written; the superuser stays with its county."""
        if self.of_places and chosen_post() is None:
            return f"{self.back_url()}?_flt_eq_{PLACE}={row.jurisdiction_id}"
        return str(self.back_url())

    # --- deleting

    @expose("/delete/<pk>", methods=["GET", "POST"])
    @permitted
    def delete(self: Any, pk: str) -> ResponseReturnValue:
        """Ask first; delete what nothing uses, by POST alone."""
        row = self.to_write(pk)
        reason = self.in_use(row)
        if reason is not None:
            raise Refused(reason, {})
        if request.method != "POST":
            return self.render_template(
                "generated/delete.html",
                view=self,
                title=self.name_of(row),
                row=row,
                back=self.back_url(),
            )
        name = self.name_of(row)
        before = changes.columns_of(row)
        changes.record(row, {key: [value, None] for key, value in before.items()}, clock.now())
        database_session().delete(row)
        database_session().commit()
        flash(gettext("Deleted: %(name)s.", name=name), "success")
        return redirect(self.back_url(), 303)

    # --- the page of a form

    def _form_page(self: Any, form: Any, row: Any | None, **more: Any) -> ResponseReturnValue:
        """Draw the form; `more` holds clashes, loose errors, or warnings to confirm."""
        drawn = {one.name: one for one in forms.drawn(self, form)}
        parts = (self.edit_fieldsets if row is not None else self.add_fieldsets) or [
            ("", {"fields": list(drawn)})
        ]
        sections = [
            (title, part.get("description", ""), [drawn[c] for c in part["fields"]])
            for title, part in parts
        ]
        asides = [*self.asides(row), *changes.changes_of(self, row)] if row is not None else []
        return self.render_template(
            self.edit_template,
            view=self,
            row=row,
            title=self.edit_title if row is not None else self.add_title,
            name=self.name_of(row) if row is not None else "",
            chip=self.chip(row) if row is not None else None,
            sections=sections,
            errors=screen_fields.summary(list(drawn.values()), more.get("loose", ())),
            clashes=more.get("clashes", ()),
            warned=more.get("warned", ()),
            drawn=changes.fingerprint(row) if row is not None else "",
            place=self._place_to_add() if row is None and self.of_places else None,
            find=request.form.get("_find", ""),
            asides=asides,
            back=self.back_url(),
        )


def _is_sent(form: Any) -> bool:
    """Return whether the form was sent to be saved, and not only to look for a related row."""
    return bool(form.is_submitted()) and "_find" not in request.form


def _is_chosen(view: Any, form: Any) -> bool:
    """Check that every related row is one that the acting post may choose, and every choice one.

    A value that the row holds already may stay.
    """
    wrong = [one for one in form if not _is_known(view, one)]
    for one in wrong:
        one.errors = [gettext("Please choose one of the list.")]
    return not wrong


def _is_known(view: Any, field: Any) -> bool:
    value = field.data
    if value is None or value == field.object_data:
        return True
    if field.name in view.related:
        return kinds.fits(value) and view.related[field.name].one(view, value) is not None
    if field.name in view.choices:
        return value in dict(view.choices[field.name](view))
    return True


def _stored(row: Any, field: Any) -> Any:
    """Return what the column keeps; nothing typed is an empty text where the table wants one."""
    column = row.__mapper__.columns[field.name]
    if field.data is None and not column.nullable and kinds.kind_of(column) == "text":
        return ""
    if field.data is None and not column.nullable and column.default is not None:
        return column.default.arg
    return field.data


def _tell(form: Any, problems: FieldReasons) -> list[str]:
    """Put each problem beside its field; return those that belong to none."""
    loose: list[str] = []
    for name, reasons in problems.items():
        said = [one.say(gettext) for one in reasons]
        if name in form:
            form[name].errors = [*form[name].errors, *said]
        else:
            loose += said
    return loose


def _unique(model: Any) -> list[list[str]]:
    """Return the sets of columns that no two rows may share."""
    table = model.__table__
    found = [
        [column.key for column in one.columns]
        for one in table.constraints
        if isinstance(one, UniqueConstraint)
    ]
    return found + [[column.key] for column in table.columns if column.unique]


def _pointing_to(model: Any) -> list[Any]:
    """Return the columns of other tables that hold the key of a row of this one."""
    return [
        column
        for table in Model.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table is model.__table__
    ]
