"""What a notice says: the act that happened, or what there is to tell of a due day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext

from app import reminders
from app.mechanism.schema import Mechanism
from app.models import Case, Notice
from app.screens import words
from app.screens.formats import date_short

#: The kinds of notices that are of no act, for a filter.
OF_DUE_DAYS: Mapping[str, Any] = {
    reminders.SOON: lazy_gettext("due soon"),
    reminders.TODAY: lazy_gettext("due today"),
    reminders.MISSED: lazy_gettext("overdue"),
    reminders.MOVED: lazy_gettext("due date moved"),
}


def notice_words(mechanism: Mechanism, case: Case, one: Notice, task_kind: str | None) -> str:
    """Return a notice in words; `task_kind` is None where its task is out of sight by now."""
    if one.action not in OF_DUE_DAYS:
        return words.action_label(mechanism, one.action, "", case.tier)
    task = mechanism.tasks[task_kind].label if task_kind else gettext("something owed")
    day = date_short(one.about_on)
    if one.action == reminders.SOON:
        return gettext("Due on %(day)s: %(task)s", day=day, task=task)
    if one.action == reminders.TODAY:
        return gettext("Due on this day, %(day)s, and not done: %(task)s", day=day, task=task)
    if one.action == reminders.MISSED:
        return gettext("Not done by %(day)s: %(task)s", day=day, task=task)
    return gettext("New due date, %(day)s: %(task)s", day=day, task=task)
