"""Terms on the generated screens: dated, never deleted, each kept by whom it belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.directory import directory_of, jurisdiction_of
from app.models import Appointment, Jurisdiction
from app.records import RecordChange
from app.security.posts import posts_of
from tests.conftest import Rest, csrf_token
from tests.screens.desk import Clerk, words
from tests.web.bodies import a_registration

Seat = Callable[[str], Clerk]
VIEWS = ("memberview", "coordinatorview", "signatoryview", "clerkview")
TODAY = date(2024, 11, 4)


def terms(session: Any, post: str, body: str | None = None, place: str = "zezhou") -> Any:
    """Return the terms of a post in a county, in their order."""
    query = (
        select(Appointment)
        .join(Jurisdiction, Jurisdiction.id == Appointment.jurisdiction_id)
        .where(Jurisdiction.key == place, Appointment.post == post)
        .order_by(Appointment.position, Appointment.id)
    )
    if body is not None:
        query = query.where(Appointment.body_key == body)
    found = session.scalars(query).all()
    session.remove()
    return found


def place_of(session: Any, key: str = "zezhou") -> Jurisdiction:
    found = jurisdiction_of(session, key)
    session.remove()
    return found


def form_of(seat: Clerk, path: str) -> dict[str, str]:
    """Return what a form would send as it was drawn."""
    page = seat.page(path)
    form = page[page.index('class="card record-form"') :] if "record-form" in page else page
    inputs = re.findall(r'<input[^>]* name="([\w.]+)"[^>]* value="([^"]*)"([^>]*)', form)
    # Boxes and buttons of choice send nothing unless they are on.
    radios = set(re.findall(r'<input type="(?:radio|checkbox)" name="([\w.]+)"', form))
    found = {
        name: value for name, value, rest in inputs if name not in radios or "checked" in rest
    }
    for name, inside in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option value="([^"]*)"[^>]* selected', inside)
        found[name] = chosen[0] if chosen else ""
    found["csrf_token"] = csrf_token(seat.browser.get(path))
    return found


def send(seat: Clerk, path: str, **typed: str) -> Any:
    """Fill in the form at a path and send it."""
    form = form_of(seat, path) | typed
    return seat.browser.post(path, data=form)


# --- who sees and keeps what


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("who", ["zezhou-tax", "zezhou-tax-clerk", "zezhou-office", "admin"])
def test_each_list_opens_with_its_rows(clerk: Seat, view: str, who: str) -> None:
    seat = clerk(who)
    page = seat.page(f"/{view}/list/")
    assert "data-row" in page
    first = re.findall(rf"/{view}/show/\d+", page)[0]
    seat.page(first)


@pytest.mark.parametrize("view", ["coordinatorview", "signatoryview", "clerkview"])
def test_a_unit_lists_its_own_people_and_the_office_everybodys(clerk: Seat, session, view) -> None:
    post = {"clerkview": "clerk"}.get(view, view.removesuffix("view"))
    hrss, tax = terms(session, post, "hrss")[0], terms(session, post, "tax")[0]
    foreign = terms(session, post, "tax", "xiaoyi")[0]
    for who in ("zezhou-tax", "zezhou-tax-clerk"):
        seat = clerk(who)
        page = seat.page(f"/{view}/list/?size=100")
        assert f"/{view}/show/{tax.id}" in page
        assert f"/{view}/show/{hrss.id}" not in page
        for method in ("show", "edit", "end"):
            answer = seat.browser.get(f"/{view}/{method}/{hrss.id}")
            assert answer.status_code in (403, 404), method
    page = clerk("zezhou-office").page(f"/{view}/list/?size=100")
    assert f"/{view}/show/{hrss.id}" in page
    assert f"/{view}/show/{foreign.id}" not in page
    assert f"/{view}/show/{foreign.id}" in clerk("admin").page(
        f"/{view}/list/?size=100&_flt_eq_jurisdiction_id={foreign.jurisdiction_id}"
    )


@pytest.mark.parametrize("view", ["coordinatorview", "signatoryview", "clerkview"])
def test_the_office_reads_a_units_terms_and_changes_only_its_own(
    clerk: Seat, session, view: str
) -> None:
    post = {"clerkview": "clerk"}.get(view, view.removesuffix("view"))
    theirs = terms(session, post, "hrss")[0]
    office = clerk("zezhou-office")
    office.page(f"/{view}/show/{theirs.id}")
    for method in ("edit", "end"):
        office.page(f"/{view}/{method}/{theirs.id}", 403)
        assert office.send(f"/{view}/{method}/{theirs.id}", {"until_on": "2024-11-05"}).status_code
    assert terms(session, post, "hrss")[0].until_on is None


@pytest.mark.parametrize("view", ["coordinatorview", "signatoryview", "memberview"])
def test_clerks_leaders_and_auditors_only_read(clerk: Seat, session, view: str) -> None:
    for who in ("zezhou-tax-clerk", "zezhou-leader", "zezhou-auditor"):
        seat = clerk(who)
        assert f"/{view}/add" not in seat.page(f"/{view}/list/")
        seat.page(f"/{view}/add", 403)
        assert seat.send(f"/{view}/add", {}).status_code == 403


def test_a_second_post_adds_no_right_to_the_first(clerk: Seat, session) -> None:
    """The office's account is a clerk of the tax bureau, too: as that clerk it keeps nobody."""
    office = clerk("zezhou-office")
    coordinator = terms(session, "coordinator", "office")[0]
    theirs = terms(session, "coordinator", "hrss")[0]
    office.page("/coordinatorview/add")
    office.page(f"/coordinatorview/edit/{coordinator.id}")
    second = re.findall(r'name="post" value="(\d+)"', office.page("/todo/"))[0]
    assert office.send("/acting/", {"post": second}).status_code == 303
    for path in (
        "/coordinatorview/add",
        f"/coordinatorview/edit/{coordinator.id}",
        f"/coordinatorview/end/{coordinator.id}",
        "/people/",
        "/people/nobody/cases",
    ):
        assert office.browser.get(path).status_code in (403, 404), path
    page = office.page("/coordinatorview/list/?size=100")
    assert f"/show/{theirs.id}" not in page
    assert f"/show/{coordinator.id}" not in page
    assert "/people/" not in page


def test_over_rest_a_second_post_adds_no_right_either(rest, session) -> None:
    office = rest("zezhou-office")
    as_office = office.get("/api/v1/coordinator/").json["count"]
    header = {"X-Acting-For": "tax"}
    as_clerk = office.get("/api/v1/coordinator/", headers=header).json["count"]
    assert as_clerk == len(terms(session, "coordinator", "tax"))
    assert as_office == len(terms(session, "coordinator")) > as_clerk


# --- coordinators


def test_an_administrator_adds_a_coordinator_whom_papers_can_name(clerk: Seat, session) -> None:
    answer = send(
        clerk("zezhou-tax"),
        "/coordinatorview/add",
        body_key="tax",
        person="New Contact",
        phone="0356-2030777",
        from_on="2024-11-04",
    )
    assert answer.status_code == 303, words(answer.get_data(as_text=True))
    row = terms(session, "coordinator", "tax")[-1]
    assert (row.person, row.post, row.body_key) == ("New Contact", "coordinator", "tax")
    world = directory_of(session, place_of(session))
    assert [one.name for one in world._holders("tax", "coordinator", TODAY)][-1] == "New Contact"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"phone": ""}, "phone"),
        ({"phone": "0356-20300"}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"person": ""}, "person"),
        ({"body_key": "hrss"}, "body_key"),
        ({"body_key": ""}, "body_key"),
        ({"from_on": ""}, "from_on"),
        ({"from_on": "yesterday"}, "from_on"),
        ({"until_on": "2024-11-01"}, "until_on"),
    ],
)
def test_a_slip_in_a_term_is_told_beside_its_field(clerk: Seat, session, typed, field) -> None:
    before = len(terms(session, "coordinator"))
    good = {
        "body_key": "tax",
        "person": "New Contact",
        "phone": "0356-2030777",
        "from_on": "2024-11-04",
    }
    answer = send(clerk("zezhou-tax"), "/coordinatorview/add", **good | typed)
    assert answer.status_code == 422
    assert f'id="f-{field}-err"' in answer.get_data(as_text=True)
    assert len(terms(session, "coordinator")) == before


def test_the_last_coordinator_ends_only_after_the_warning_and_blocks_transfers(
    clerk: Seat, session, rest: Callable[[str], Rest]
) -> None:
    row = terms(session, "coordinator", "hrss")[0]
    revision = place_of(session).revision
    hrss = clerk("zezhou-hrss")
    path = f"/coordinatorview/end/{row.id}"
    warned = send(hrss, path, until_on="2024-11-03")
    assert warned.status_code == 422
    assert 'name="_sure"' in warned.get_data(as_text=True)
    assert terms(session, "coordinator", "hrss")[0].until_on is None
    done = send(hrss, path, until_on="2024-11-03", _sure="1")
    assert done.status_code == 303
    assert terms(session, "coordinator", "hrss")[0].until_on == date(2024, 11, 3)
    assert place_of(session).revision > revision
    tax = rest("zezhou-tax")
    made = tax.post("/api/v1/case/", a_registration())
    offers = tax.get(f"/api/v1/case/{made.json['id']}/action/").json
    transfer = next(one for one in offers["result"] if one["key"] == "transfer")
    assert "hrss" not in transfer["inputs"]["properties"]["unit"]["enum"]


def test_a_coordinator_with_a_successor_ends_without_a_warning(clerk: Seat, session) -> None:
    old = terms(session, "coordinator", "hrss")[0]
    hrss = clerk("zezhou-hrss")
    more = {"person": "Heir", "phone": "0356-2030777", "from_on": "2024-11-04"}
    assert send(hrss, "/coordinatorview/add", body_key="hrss", **more).status_code == 303
    done = send(hrss, f"/coordinatorview/end/{old.id}", until_on="2024-11-04")
    assert done.status_code == 303
    page = hrss.page("/coordinatorview/list/?_flt_on_term=2024-11-04")
    assert old.person in page
    assert "Heir" in page
    assert old.person not in hrss.page("/coordinatorview/list/?_flt_on_term=2024-11-05")


def test_a_last_day_typed_into_the_form_warns_like_ending(clerk: Seat, session) -> None:
    row = terms(session, "coordinator", "court")[0]
    court = clerk("zezhou-court")
    path = f"/coordinatorview/edit/{row.id}"
    assert send(court, path, until_on="2024-12-31").status_code == 422
    assert send(court, path, until_on="2024-12-31", _sure="1").status_code == 303
    assert terms(session, "coordinator", "court")[0].until_on == date(2024, 12, 31)


def test_the_last_signatory_and_administrator_are_warned_of(clerk: Seat, session) -> None:
    tax = clerk("zezhou-tax")
    for view, post in (("signatoryview", "signatory"), ("clerkview", "admin")):
        row = terms(session, post, "tax")[0]
        answer = send(tax, f"/{view}/end/{row.id}", until_on="2024-12-31")
        assert answer.status_code == 422
        assert 'name="_sure"' in answer.get_data(as_text=True)


def test_whoever_still_has_open_cases_is_warned_of_and_loses_every_right_after_the_day(
    clerk: Seat, session, rest: Callable[[str], Rest], clock
) -> None:
    system = rest("zezhou-tax-clerk")
    made = system.post("/api/v1/case/", a_registration())
    row = next(one for one in terms(session, "clerk", "tax") if one.user_id is not None)
    tax = clerk("zezhou-tax")
    path = f"/clerkview/end/{row.id}"
    assert send(tax, path, until_on="2024-11-04").status_code == 422
    assert send(tax, path, until_on="2024-11-04", _sure="1").status_code == 303
    assert system.get("/api/v1/todo/").status_code == 200
    clock.move(days=1)
    assert rest("zezhou-tax-clerk").get("/api/v1/todo/").status_code == 403
    assert f'value="{made.json["id"]}"' in tax.page("/people/nobody/cases")


def test_nothing_of_a_term_is_deleted_and_every_change_is_kept(clerk: Seat, session) -> None:
    row = terms(session, "coordinator", "tax")[0]
    tax = clerk("zezhou-tax")
    for path in (f"/coordinatorview/delete/{row.id}", f"/memberview/delete/{row.id}"):
        assert tax.browser.get(path).status_code in (403, 404)
        assert tax.send(path, {}).status_code in (403, 404)
    assert send(tax, f"/coordinatorview/edit/{row.id}", person="Corrected").status_code == 303
    kept = session.scalars(select(RecordChange).order_by(RecordChange.id.desc())).first()
    assert kept.changes == {"person": [row.person, "Corrected"]}
    assert kept.acting_for == "tax"
    assert row.person in tax.page(f"/coordinatorview/show/{row.id}")


# --- members


def add_member(seat: Clerk, session: Any, **typed: str) -> Any:
    place = place_of(session)
    path = f"/memberview/add?jurisdiction_id={place.id}"
    good = {"person": "New Member", "post": "leader", "from_on": "2024-12-01", "title": "Head"}
    return send(seat, path, **good | typed)


def test_a_single_post_has_one_holder_at_a_time_and_who_held_it_stays_known(
    clerk: Seat, session
) -> None:
    admin, old = clerk("admin"), terms(session, "leader")[0]
    refused = add_member(admin, session)
    assert refused.status_code == 422
    assert 'id="f-from_on-err"' in refused.get_data(as_text=True)
    assert send(admin, f"/memberview/end/{old.id}", until_on="2024-11-30").status_code == 303
    assert add_member(admin, session).status_code == 303
    for day, held, not_held in (
        ("2024-11-30", old.person, "New Member"),
        ("2024-12-01", "New Member", old.person),
    ):
        page = admin.page(
            f"/memberview/list/?_flt_on_term={day}&_flt_eq_post=leader"
            f"&_flt_eq_jurisdiction_id={old.jurisdiction_id}"
        )
        rows = page[page.index("<tbody") : page.index("</tbody")]
        assert held in rows
        assert not_held not in rows
    new = terms(session, "leader")[-1]
    assert old.person in admin.page(f"/memberview/show/{new.id}")


def test_a_post_of_several_takes_several_but_nobody_twice(clerk: Seat, session) -> None:
    admin = clerk("admin")
    assert add_member(admin, session, post="member").status_code == 303
    assert add_member(admin, session, post="member").status_code == 422
    assert add_member(admin, session, post="member", person="Another").status_code == 303
    assert all(one.body_key == "group" for one in terms(session, "member"))


def test_the_members_of_another_county_are_not_mixed_in(clerk: Seat, session) -> None:
    admin = clerk("admin")
    assert add_member(admin, session, post="king").status_code == 422
    xiaoyi = place_of(session, "xiaoyi")
    path = f"/memberview/add?jurisdiction_id={xiaoyi.id}"
    typed = {"person": "Other Leader", "post": "deputy", "from_on": "2024-12-01"}
    assert send(admin, path, **typed).status_code == 303
    assert "Other Leader" not in [one.person for one in terms(session, "deputy")]
    assert "Other Leader" in [one.person for one in terms(session, "deputy", None, "xiaoyi")]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"authority": ""}, "authority"),
        ({"until_on": ""}, "until_on"),
        ({"stands_in_for": "deputy"}, "stands_in_for"),
        ({"stands_in_for": "king"}, "stands_in_for"),
    ],
)
def test_an_authorisation_has_its_dates_and_its_paper(
    clerk: Seat, session, typed: dict[str, str], field: str
) -> None:
    answer = authorise(clerk("admin"), session, **typed)
    assert answer.status_code == 422
    assert f'id="f-{field}-err"' in answer.get_data(as_text=True)


def authorise(admin: Clerk, session: Any, **typed: str) -> Any:
    deputy = next(one for one in terms(session, "deputy") if one.user_id is not None)
    good = {
        "person": deputy.person,
        "post": "deputy",
        "from_on": "2024-11-04",
        "until_on": "2024-11-10",
        "stands_in_for": "leader",
        "authority": "Paper 38 of 2024",
    }
    return add_member(admin, session, **good | typed)


@pytest.mark.clause("Z4.2.2-2")
def test_a_deputy_approves_only_while_the_authorisation_runs(clerk: Seat, session, clock) -> None:
    deputy = next(one for one in terms(session, "deputy") if one.user_id is not None)
    place = place_of(session)
    assert not directory_of(session, place).stands_for(deputy.id, "leader", TODAY)
    done = authorise(clerk("admin"), session)
    assert done.status_code == 303, words(done.get_data(as_text=True))
    row = terms(session, "deputy")[-1]
    assert (row.user_id, row.stands_in_for, row.authority) == (
        deputy.user_id,
        "leader",
        "Paper 38 of 2024",
    )
    world = directory_of(session, place_of(session))
    days = [date(2024, 11, 3), TODAY, date(2024, 11, 10), date(2024, 11, 11)]
    assert [world.stands_for(deputy.id, "leader", day) for day in days] == [
        False,
        True,
        True,
        False,
    ]
    assert len(posts_of(session, deputy.user_id, TODAY)) == 1
    names = [one.name for one in world.holders("deputy", TODAY)]
    assert names.count(deputy.person) == 1
    session.remove()
    assert "Paper 38 of 2024" in clerk("zezhou-auditor").page(f"/memberview/show/{row.id}")
