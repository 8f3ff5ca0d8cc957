"""What stands round every page: county, acting post, menu with counts, theme, log-in door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import get_locale, gettext
from sqlalchemy import func, select

from app.directory import directory_of
from app.errors import AppError
from app.generated import menu
from app.mechanism.schema import Mechanism
from app.models import Jurisdiction, Notice, Task
from app.reminders import addressed_to
from app.screens.desk import Desk, desk, session
from app.screens.door import Door, door
from app.security.posts import my_posts

#: What a reader may choose; the first is the default.
THEMES = ("light", "dark")
DENSITIES = ("normal", "compact")
SWITCH = ("on", "off")
#: A badge says how many wait up to here; beyond it only that they are many.
MOST_COUNTED = 99
#: The list of cases: all of them, those of the unit, and what a search finds.
CASES = "CaseView.list"
LANGUAGE_TAGS = {"zh": "zh-CN"}
POST_ICONS = {"office": "sitemap"}


@dataclass(frozen=True)
class Entry:
    """A line of the menu."""

    label: str
    icon: str
    url: str
    count: str = ""
    hot: bool = False
    current: bool = False
    go: str = ""


@dataclass(frozen=True)
class Group:
    """Lines of the menu under one title."""

    title: str
    entries: list[Entry]


@dataclass(frozen=True)
class Post:
    """A post that the account holds; `key` is the appointment's id."""

    key: int | None
    unit: str
    post: str
    icon: str


class Frame:
    """The frame of one page; what costs a statement is read only where a page shows it."""

    def __init__(self) -> None:
        self.lang = LANGUAGE_TAGS.get(language(), language())
        self.theme = cookie("theme", THEMES)
        self.density = cookie("density", DENSITIES)
        self.keys_on = cookie("keys", SWITCH) == "on"
        self.here = request.full_path.rstrip("?") if request.method == "GET" else request.path
        self.query = request.args.get("q", "")[:60]
        self.is_demo = bool(current_app.config.get("DEMO"))
        self.is_known = bool(getattr(g, "user", None)) and not g.user.is_anonymous
        self.user = g.user.get_full_name() if self.is_known else ""
        self.who = g.user.id if self.is_known else ""
        self._desk = _desk_or_none() if self.is_known else None
        self.home = url_for("screens.todo") if self._desk else "/"
        self.help_url = url_for("screens.help_page")
        self.acting_url = url_for("screens.act_for")
        self.theme_url = url_for("screens.set_theme")
        self.logout_url = "/logout/"
        self.login_url = "/login/"
        self.search_url = url_for(CASES) if self._desk else ""
        self.notices_url = url_for("screens.notices") if self._desk else ""

    @property
    def place(self) -> str:
        """Return the name of the county."""
        return self._desk.world.mechanism.place if self._desk else ""

    @property
    def source(self) -> str:
        """Return the mechanism and the number of its document, for the foot of the page."""
        if self._desk is None:
            return ""
        return _source_words(self._desk.world.mechanism)

    @property
    def languages(self) -> list[Any]:
        """Return the other languages."""
        return [
            {"key": key, "label": known["name"], "url": f"/lang/{key}"}
            for key, known in current_app.config["LANGUAGES"].items()
            if key != language()
        ]

    @property
    def account(self) -> list[dict[str, str]]:
        """Return what stands under the reader's name."""
        label = gettext("My data and password")
        return [{"label": label, "icon": "id-badge", "url": url_for("screens.account")}]

    @property
    def acting(self) -> Post | None:
        """Return the post that is acted for."""
        return _post(self._desk, self._desk.actor) if self._desk else None

    @property
    def others(self) -> list[Post]:
        """Return the account's other posts."""
        if self._desk is None:
            return []
        return [_post(self._desk, one) for one in my_posts() if one != self._desk.actor]

    @property
    def notices(self) -> str:
        """Return how many notices the acting post has not read."""
        return counts(self._desk)[1] if self._desk else ""

    @property
    def menu(self) -> list[Group]:
        """Return the sidebar: our own screens first, then the generated ones."""
        groups = [Group("", _work(self._desk))] if self._desk else []
        groups += _generated()
        if self._desk:
            groups.append(Group(gettext("Evaluation"), _evaluation()))
            groups.append(Group(gettext("Look up"), _look_up(self._desk)))
        return [group for group in groups if group.entries]

    @property
    def tabs(self) -> list[Entry]:
        """Return the phone's four tabs: the work of a post, else the parts of the menu."""
        if self._desk is None:
            first = [group.entries[0] for group in _generated()]
        else:
            first = _work(self._desk)
        own = _entry(gettext("Mine"), "circle-user", "screens.mine")
        return [*first[:3], own] if first else []

    @property
    def door(self) -> Door:
        """Return what the log-in page shows."""
        return door()


def context() -> dict[str, Any]:
    """Return the frame for the templates; made once a request, when a page asks for it."""
    if "frame" not in g:
        g.frame = Frame()
    return {"frame": g.frame}


def cookie(name: str, allowed: tuple[str, ...]) -> str:
    """Return what the reader chose, or the default; anything else is ignored."""
    value = request.cookies.get(name, "")
    return value if value in allowed else allowed[0]


def _desk_or_none() -> Desk | None:
    try:
        return desk()
    except AppError:
        return None


def _source_words(mechanism: Mechanism) -> str:
    return f"{mechanism.name} \N{MIDDLE DOT} {mechanism.source.number}".rstrip(" \N{MIDDLE DOT}")


def _post(here: Desk, one: Any) -> Post:
    world = here.world
    if one.jurisdiction_id != here.actor.jurisdiction_id:
        place = session().get(Jurisdiction, one.jurisdiction_id)
        world = directory_of(session(), place)
    roles = {"clerk": gettext("clerk"), "admin": gettext("administrator")}
    known = world.mechanism.posts.get(one.acting_for)
    if known is not None:
        unit = world.body_short(known.body)
        return Post(one.appointment_id, unit, known.label, "user-tie")
    icon = POST_ICONS.get(world.mechanism.bodies[one.acting_for].kind, "building-columns")
    unit = world.body_short(one.acting_for)
    return Post(one.appointment_id, unit, roles.get(one.role, ""), icon)


def _work(here: Desk) -> list[Entry]:
    """Return the daily work of the acting post."""
    waiting = counts(here)[0]
    entries = [_entry(gettext("To-do"), "inbox", "screens.todo", waiting, go="todo")]
    body = here.world.mechanism.bodies.get(here.me)
    if body is not None and body.registering:
        entries.append(
            _entry(
                gettext("Register a dispute"), "pen-to-square", "screens.register", go="register"
            )
        )
    label = gettext("All cases") if here.sees_all else gettext("Cases of this unit")
    entries.append(_entry(label, "folder-open", CASES))
    entries.append(_entry(gettext("Handed-out tasks"), "list-check", "screens.handed_list"))
    return entries


def _look_up(here: Desk) -> list[Entry]:
    key = here.world.mechanism.key
    page = url_for("screens.mechanism_page", key=key)
    return [
        Entry(
            gettext("The mechanism"),
            "diagram-project",
            page,
            current=request.path == page,
        ),
        _entry(gettext("Late fee"), "calculator", "screens.late_fee"),
        _entry(gettext("Help"), "circle-question", "screens.help_page"),
    ]


def _evaluation() -> list[Entry]:
    return [
        _entry(gettext("Figures and charts"), "chart-column", "screens.dashboard"),
        _entry(gettext("Regular evaluation"), "scale-balanced", "screens.evaluation"),
    ]


def counts(here: Desk) -> tuple[str, str]:
    """Return how many open tasks and unread notices the post has, up to what a badge can say.

    One statement for both, once a request; both counts end at MOST_COUNTED.
    """
    if "counts" not in g:
        place = here.actor.jurisdiction_id
        owed = select(Task.id).where(
            Task.jurisdiction_id == place, Task.body == here.me, Task.state == "open"
        )
        unread = select(Notice.id).where(
            Notice.jurisdiction_id == place,
            Notice.body == here.me,
            Notice.read_at.is_(None),
            addressed_to(here.actor),
        )
        row = session().execute(select(_up_to_badge(owed), _up_to_badge(unread))).one()
        g.counts = (_count(row[0]), _count(row[1]))
    found: tuple[str, str] = g.counts
    return found


def _up_to_badge(query: Any) -> Any:
    some = query.limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _count(number: int | None) -> str:
    if not number:
        return ""
    return str(number) if number <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _entry(label: str, icon: str, endpoint: str, count: str = "", go: str = "") -> Entry:
    url = url_for(endpoint)
    is_current = request.path == url
    return Entry(label, icon, url, count, bool(count), is_current, go)


def _generated() -> list[Group]:
    """Return the generated screens that this account may open, by the parts of the menu."""
    return [Group(title, [_of_menu(one) for one in lines]) for title, lines in menu.groups()]


def _of_menu(one: menu.MenuLine) -> Entry:
    return Entry(one.label, one.icon, one.url, current=one.is_current)


def language() -> str:
    found = get_locale()
    return found.language if found else "en"
