"""The right side of the action panel: what pressing the button will do, before it is pressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext

from app.mechanism.schema import Mechanism
from app.rules.preview import Preview, TaskView
from app.screens import words
from app.screens.formats import date_short


@dataclass(frozen=True)
class Line:
    """One line of a section."""

    text: str
    strong: str = ""
    clause: words.Clause | None = None


@dataclass(frozen=True)
class Section:
    """What will happen in one respect."""

    icon: str
    title: str
    lines: Sequence[Line]
    tone: str = ""


def sections(mechanism: Mechanism, seen: Preview) -> list[Section]:
    """Return the sections of a preview: papers, who is told, due dates, stage, what stays."""
    found = [
        _cautions(seen),
        _papers(seen),
        _told(seen),
        _opens(mechanism, seen.opens),
        _ends(seen.ends),
        _stage(seen),
        _unfilled(seen),
        _for_good(),
    ]
    return [one for one in found if one is not None]


def _cautions(seen: Preview) -> Section | None:
    if not seen.cautions:
        return None
    lines = [Line(text) for text in seen.cautions]
    return Section("triangle-exclamation", gettext("Please note"), lines, "stop")


def _papers(seen: Preview) -> Section | None:
    if not seen.papers:
        return None
    number = len(seen.papers)
    title = ngettext("%(num)s paper is issued", "%(num)s papers are issued", number)
    lines = [
        Line(gettext("%(paper)s, to %(who)s", paper=p.title, who=p.to) if p.to else p.title)
        for p in seen.papers
    ]
    return Section("file-lines", title, lines)


def _told(seen: Preview) -> Section | None:
    if not seen.told:
        return None
    title = gettext("%(n)s are told", n=len(seen.told))
    return Section("bell", title, [Line(words.listed(list(seen.told)))])


def _opens(mechanism: Mechanism, tasks: Sequence[TaskView]) -> Section | None:
    if not tasks:
        return None
    lines = [
        Line(
            gettext("%(who)s: %(act)s", who=one.owner, act=one.label),
            gettext("until %(day)s", day=date_short(one.due_on)) if one.due_on else "",
            words.clause_by_words(mechanism, one.clause),
        )
        for one in tasks
    ]
    return Section("clock", gettext("Begins to run"), lines)


def _ends(tasks: Sequence[TaskView]) -> Section | None:
    if not tasks:
        return None
    lines = [Line(gettext("%(who)s: %(act)s", who=one.owner, act=one.label)) for one in tasks]
    return Section("circle-check", gettext("Is done with"), lines)


def _stage(seen: Preview) -> Section | None:
    if seen.stage_before == seen.stage_after:
        return None
    text = gettext(
        "from “%(first)s” to “%(last)s”", first=seen.stage_before, last=seen.stage_after
    )
    return Section("route", gettext("The case moves on"), [Line(text)])


def _unfilled(seen: Preview) -> Section | None:
    """Say that the picture is not whole while required inputs are missing."""
    if not seen.errors:
        return None
    text = gettext("Fill in the left side: names and dates appear here.")
    return Section("pen", gettext("Not all is known yet"), [Line(text)])


def _for_good() -> Section:
    text = gettext("The entry and its papers stay. A slip is mended by a further entry.")
    return Section("ban", gettext("Nothing is deleted"), [Line(text)], "stop")


def panel(act: dict[str, Any], mechanism: Mechanism, seen: Preview) -> dict[str, Any]:
    """Return what the preview's template needs."""
    return {
        "preview_title": gettext("Press “%(button)s”, and this happens", button=act["confirm"]),
        "preview": sections(mechanism, seen),
    }
