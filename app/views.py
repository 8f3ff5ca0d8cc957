"""The generated screens: which there are, and how they enter the application."""

from __future__ import annotations

from flask import current_app
from flask_appbuilder import AppBuilder

from app.generated import rest
from app.generated.case_parts import (
    AttachmentView,
    EventView,
    NoticeView,
    PaperView,
    TaskView,
)
from app.generated.cases import CaseView
from app.generated.kept import kept
from app.generated.looks import LookView
from app.generated.mechanisms import DutyView, MechanismView, VersionView
from app.generated.members import MemberView
from app.generated.people import ClerkView, CoordinatorView, SignatoryView
from app.generated.places import CalendarView, CategoryView, SeriesView, UnitView

#: Every generated view, in the order of the menu. Registration, menu, rights, REST follow.
VIEWS = (
    MemberView,
    CoordinatorView,
    SignatoryView,
    ClerkView,
    UnitView,
    CategoryView,
    CalendarView,
    SeriesView,
    DutyView,
    MechanismView,
    VersionView,
    CaseView,
    TaskView,
    PaperView,
    EventView,
    AttachmentView,
    NoticeView,
    LookView,
)


def register(appbuilder: AppBuilder) -> None:
    """Register the generated views with Flask-AppBuilder, each with its REST resource."""
    current_app.register_blueprint(kept)
    current_app.extensions["generated"] = [appbuilder.add_view_no_menu(one) for one in VIEWS]
    for view in current_app.extensions["generated"]:
        if view.resource:
            appbuilder.add_api(rest.api_of(view))
