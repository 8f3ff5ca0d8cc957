"""Rights and menus agree: nothing offered is refused, nothing open is left out of the menu."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.deploy import synchronise_rights
from app.generated.rights import SUPERUSER, roles
from app.models import Appointment, Jurisdiction
from tests.generated.conftest import Reader

UNITS = {
    "zezhou": ("gov", "tax", "justice", "finance", "hrss", "medical", "petition", "court"),
    "xiaoyi": (
        *("tax", "hrss", "medical", "politics", "justice", "petition", "approval", "platform"),
    ),
}
POSTS = ("office", "leader", "deputy", "auditor")
ACCOUNTS = (
    "admin",
    *(f"{place}-{unit}" for place, units in UNITS.items() for unit in units),
    *(f"{place}-{unit}-clerk" for place, units in UNITS.items() for unit in units),
    *(f"{place}-{post}" for place in UNITS for post in POSTS),
)


def menu_of(page: str) -> set[str]:
    """Return the addresses in the menu of a page."""
    side = re.search(r'(?s)<nav class="side.*?</nav>', page)
    assert side is not None
    return set(re.findall(r'<a href="([^"]+)"', side.group(0)))


#: Rights do not ask which database holds them: all on the one, each kind of post on the other.
SEATS = (
    *(("sqlite", account) for account in ACCOUNTS),
    *(("postgresql", f"zezhou-{one}") for one in ("tax-clerk", "tax", "office", "auditor")),
    ("postgresql", "admin"),
)


@pytest.mark.parametrize(("database_kind", "account"), SEATS, indirect=["database_kind"])
def test_a_role_can_open_all_its_menu_and_nothing_else_that_is_listed(
    reader: Callable[[str], Reader], views: list[Any], account: str
) -> None:
    who = reader(account)
    menu = menu_of(who.get("/help/").get_data(as_text=True))
    assert len(menu) > 5
    for url in menu:
        assert who.get(url).status_code == 200, f"{url} is in the menu of {account}"
    for url in {view.url("list") for view in views} - menu:
        assert who.get(url).status_code in (403, 404), (
            f"{url} is open, but in no menu of {account}"
        )


@pytest.mark.parametrize("account", ["zezhou-tax-clerk", "zezhou-auditor", "admin", "xiaoyi-hrss"])
def test_every_button_of_a_list_opens_and_no_other_form_does(
    reader: Callable[[str], Reader], views: list[Any], account: str
) -> None:
    who = reader(account)
    for view in views:
        answer = who.get(view.url("list"))
        if answer.status_code != 200:
            assert who.get(view.url("add")).status_code in (403, 404)
            continue
        page = answer.get_data(as_text=True)
        adds = f'href="{view.url("add")}"' in page
        assert (who.get(view.url("add")).status_code == 200) == adds, view.url("add")
        for url in set(re.findall(rf'href="({view.route_base}/(?:edit|end|show)/\d+)"', page)):
            assert who.get(url).status_code in (200, 302), url


def test_deployment_gives_each_role_exactly_what_the_views_declare(
    app: Any, session: Any, views: list[Any]
) -> None:
    manager = app.extensions["appbuilder"].sm
    declared = {type(view).__name__: view.grants for view in views}
    for role, kind in {**roles(session), "Admin": SUPERUSER}.items():
        pairs = {
            (one.permission.name, one.view_menu.name)
            for one in manager.find_role(role).permissions
            if one.view_menu.name in declared
        }
        wanted = {
            (permission, name)
            for name, grants in declared.items()
            for permission in grants.get(kind, ())
        }
        assert pairs == wanted, role


def test_a_right_that_was_added_by_hand_is_gone_after_the_next_deployment(
    app: Any, session: Any
) -> None:
    manager = app.extensions["appbuilder"].sm
    pair = manager.find_permission_view_menu("can_edit", "UnitView")
    manager.add_permission_role(manager.find_role("unit clerk"), pair)
    synchronise_rights(app)
    session.commit()
    assert pair not in manager.find_role("unit clerk").permissions


def test_the_superuser_sees_the_reference_data_of_all_counties_and_no_case(
    reader: Callable[[str], Reader],
) -> None:
    admin = reader("admin")
    rows = " ".join(admin.rows("/categoryview/list/"))
    assert "泽州县" in rows
    assert "孝义市" in rows
    for name in ("case", "task", "paper", "event", "attachment", "notice"):
        assert admin.get(f"/{name}view/list/").status_code == 403


@pytest.mark.parametrize("account", ["admin", "zezhou-tax-clerk", "zezhou-auditor"])
def test_the_tabs_of_a_phone_are_the_first_of_the_menu_and_the_own_page(
    reader: Callable[[str], Reader], account: str
) -> None:
    who = reader(account)
    page = who.get("/help/").get_data(as_text=True)
    tabs = re.search(r'(?s)<nav class="tabs.*?</nav>', page)
    assert tabs is not None
    *first, own = re.findall(r'<a href="([^"]+)"', tabs.group(0))
    assert set(first) <= menu_of(page)
    assert 2 <= len(first) <= 3
    assert "Categories" in who.text(own) or account != "admin", "the rest of the menu is there"
    assert all(who.get(url).status_code == 200 for url in [*first, own])


def test_the_superuser_chooses_one_county_by_a_filter(
    reader: Callable[[str], Reader], ask: Callable[[Any], list[Any]]
) -> None:
    [(place,)] = ask(select(Jurisdiction.id).where(Jurisdiction.key == "xiaoyi"))
    rows = reader("admin").rows("/unitview/list/", _flt_eq_jurisdiction_id=place)
    assert rows
    assert all("孝义" in row for row in rows)


def test_a_clerk_reads_the_own_county_alone(
    reader: Callable[[str], Reader], ask: Callable[[Any], list[Any]]
) -> None:
    clerk = reader("zezhou-tax-clerk")
    [(other,)] = ask(select(Jurisdiction.id).where(Jurisdiction.key == "xiaoyi"))
    assert "孝义" not in " ".join(clerk.rows("/unitview/list/"))
    assert clerk.rows("/unitview/list/", _flt_eq_jurisdiction_id=other) == []


def test_rights_of_two_posts_never_add_up(
    reader: Callable[[str], Reader], ask: Callable[[Any], list[Any]]
) -> None:
    """The tax bureau's officer who also sits in the office sees by one post at a time."""
    who = reader("zezhou-office")
    posts = ask(
        select(Appointment.id, Appointment.body_key)
        .join(User, User.id == Appointment.user_id)
        .where(User.username == "zezhou-office")
    )
    assert {body for _, body in posts} == {"office", "tax"}
    page = who.get("/caseview/list/").get_data(as_text=True)
    for post, body in [*posts, *posts]:
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        who.client.post("/acting/", data={"post": post, "csrf_token": token[1]})
        assert ("All cases" in who.text("/caseview/list/")) == (body == "office")


def test_a_post_that_the_account_does_not_hold_gives_no_right_and_no_reach(
    reader: Callable[[str], Reader], views: list[Any], rest: Callable[[str], Any]
) -> None:
    """A header is anybody's to write: it must not lift the bounds of the county."""
    who, token = reader("zezhou-tax"), rest("zezhou-tax")
    for view in views:
        for wanted in ("nonsense", "office", "xiaoyi-tax"):
            for page in ("list", "add"):
                answer = who.client.get(view.url(page), headers={"X-Acting-For": wanted})
                assert answer.status_code in (403, 404), f"{view.url(page)} as {wanted}"
            if view.resource:
                answer = token.get(f"/api/v1/{view.resource}/", headers={"X-Acting-For": wanted})
                assert answer.status_code == 403, f"{view.resource} as {wanted}"


def test_an_account_whose_term_has_ended_keeps_no_right_of_its_former_post(
    reader: Callable[[str], Reader], views: list[Any], rest: Callable[[str], Any], app: Any
) -> None:
    who, token = reader("zezhou-tax"), rest("zezhou-tax")
    assert token.get("/api/v1/clerk/").status_code == 200
    with app.app_context():
        session = app.extensions["lianchu.session"]
        for row in session.scalars(
            select(Appointment)
            .join(User, User.id == Appointment.user_id)
            .where(User.username == "zezhou-tax")
        ):
            row.until_on = row.from_on
        session.commit()
    for view in views:
        for page in ("list", "add"):
            assert who.get(view.url(page)).status_code in (403, 404), view.url(page)
    assert token.get("/api/v1/clerk/").status_code == 403
