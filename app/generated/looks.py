"""Who looked at which case: the auditor's list; read only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import g
from flask_babel import lazy_gettext
from sqlalchemy import select

from app.generated.asked import Filter
from app.generated.case_parts import PartView, case_link
from app.generated.cases import bodies, body_short
from app.generated.interface import RecordInterface
from app.generated.rights import POST, READ
from app.models import Case
from app.records import CaseLook
from app.screens.desk import desk
from app.screens.looks import audits
from app.security.posts import chosen_post, database_session


class LookView(PartView):
    """Looks at cases, for the posts that read everything and do nothing."""

    datamodel = RecordInterface(CaseLook)
    resource = "look"
    icon = "eye"
    grants: ClassVar = {POST: READ}
    list_title = lazy_gettext("Looks at cases")
    intro = lazy_gettext(
        "Who opened which case, for which body or post: one line for a person, a case and an "
        "hour, and one for each time that numbers were shown in full."
    )
    list_columns = show_columns = ["at", "person", "acting_for", "case", "reason"]
    search_columns = ("acting_for", "person", "at")
    text_columns = ("person", "reason")
    order_columns = ("at",)
    label_columns = {
        "at": lazy_gettext("When"),
        "person": lazy_gettext("Person"),
        "acting_for": lazy_gettext("Acting for"),
        "case": lazy_gettext("Case"),
        "reason": lazy_gettext("Numbers shown in full, for"),
    }
    extra_filters: ClassVar = (
        Filter(
            "full",
            lazy_gettext("Numbers shown in full"),
            "bool",
            ("eq",),
            lambda _view, _operator, is_full: (CaseLook.reason != "") == is_full,
        ),
    )
    loads = ()
    choices: ClassVar = {"acting_for": bodies}
    words: ClassVar = {
        "acting_for": lambda view, row: body_short(view, row.acting_for),
        "case": lambda _view, row: case_link(g.looked_cases.get(row.case_id)),
    }

    def may(self, permission: str) -> bool:
        """Return whether the acting post holds the permission, and checks the others."""
        return super().may(permission) and chosen_post() is not None and audits(desk())

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        """Read the cases of these looks in one statement."""
        wanted = {row.case_id for row in rows}
        cases = database_session().scalars(select(Case).where(Case.id.in_(wanted)))
        g.looked_cases = {one.id: one for one in cases}
