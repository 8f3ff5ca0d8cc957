"""Recordings: played in parts, only within sight, and put on their register."""

from __future__ import annotations

import hashlib
import io
import re

import pytest
from sqlalchemy import select

from app import database
from app.models import Case, Entry
from app.security.sight import Scope, see
from tests.screens.desk import Clerk, words
from tests.web.bodies import act, an_upload, inputs_of, registered

CASES = "/api/v1/case/"
SOUND = b"ID3\x04\0\0\0\0\0\0" + bytes(range(256)) * 40
FILM = b"\0\0\0\x20ftypisom\0\0\x02\0" + b"\1" * 5000
REGISTER = {
    "at": "2024-11-04 08:20",
    "place": "县税务局 3 号窗口",
    "recorder": "李明",
    "length": "12:05",
    "consent": "spoken",
    "carrier": "执法记录仪 07 号",
}


@pytest.fixture
def tax(rest):
    return rest("zezhou-tax")


@pytest.fixture
def case_id(tax):
    return registered(tax)["id"]


@pytest.fixture
def sound(tax, case_id):
    upload = an_upload(SOUND, "来访录音 11月4日.mp3", "recording")
    answer = tax.post(f"{CASES}{case_id}/attachment/", data=upload)
    assert answer.status_code == 201
    return answer.json["id"]


def part(client, file_id, given):
    """Return the answer to a request for a range, read to its end."""
    with client.get(f"/api/v1/attachment/{file_id}/file", headers={"Range": given}) as answer:
        return answer, answer.data


@pytest.mark.parametrize(
    ("given", "content", "shown"),
    [
        ("bytes=0-99", SOUND[:100], f"bytes 0-99/{len(SOUND)}"),
        ("bytes=5000-", SOUND[5000:], f"bytes 5000-{len(SOUND) - 1}/{len(SOUND)}"),
        ("bytes=-10", SOUND[-10:], f"bytes {len(SOUND) - 10}-{len(SOUND) - 1}/{len(SOUND)}"),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(tax, sound, given, content, shown):
    answer, found = part(tax, sound, given)
    assert answer.status_code == 206
    assert found == content
    assert answer.headers["Content-Range"] == shown
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.mimetype == "audio/mpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "%E6%9D%A5%E8%AE%BF" in answer.headers["Content-Disposition"]


def test_a_part_beyond_the_end_is_told(tax, sound):
    answer, _ = part(tax, sound, f"bytes={len(SOUND)}-")
    assert answer.status_code == 416


def test_a_stranger_gets_no_part_and_learns_nothing(rest, sound):
    court = rest("zezhou-court")
    answer, found = part(court, sound, "bytes=0-9")
    unknown, nothing = part(court, 999999, "bytes=0-9")
    assert (answer.status_code, found) == (unknown.status_code, nothing)
    assert answer.status_code == 404


def test_a_body_that_handed_the_case_on_gets_no_part_of_a_later_recording(rest):
    petition, medical = rest("zezhou-petition"), rest("zezhou-medical")
    case_id = registered(petition, category=8, insurance=["medical"])["id"]
    inputs = inputs_of(petition, case_id, "transfer", unit="medical")
    assert act(petition, case_id, "transfer", inputs).status_code == 200
    upload = an_upload(SOUND, "后.mp3", "recording")
    later = medical.post(f"{CASES}{case_id}/attachment/", data=upload).json["id"]
    assert part(petition, later, "bytes=0-9")[0].status_code == 404
    assert part(medical, later, "bytes=0-9")[0].status_code == 206


def test_both_digests_are_answered_and_noted_in_the_chain(tax, session, case_id, sound):
    listed = tax.get(f"{CASES}{case_id}/attachment/").json["result"][0]
    see(session, Scope.system())
    noted = session.scalar(select(Entry).where(Entry.case_id == case_id))
    digests = {name: hashlib.new(name, SOUND).hexdigest() for name in ("sha256", "sm3")}
    assert {name: listed[name] for name in digests} == digests
    assert noted.kind == "material"
    assert noted.facts == {"attachment": sound, "size": len(SOUND), **digests}
    assert session.get(Case, case_id).head_hash == noted.hash


# --- the page


def brought(clerk: Clerk, case: int, name: str, content: bytes) -> str:
    """Bring a file at the screen and return the case page."""
    data = {"file": (io.BytesIO(content), name), "kind": "recording"}
    assert clerk.send(f"/case/{case}/attachment", data).status_code == 303
    return clerk.page(f"/case/{case}")


def register_url(page: str) -> str:
    """Return where the register of the newest recording stands."""
    return re.findall(r'href="(/attachment/\d+/recording)"', page)[0]


@pytest.fixture
def seat(login):
    return lambda name: Clerk(login(name))


def test_sound_and_film_have_their_player_on_the_case_page(seat):
    tax = seat("zezhou-tax")
    case = tax.register()
    page = brought(tax, case, "录音.mp3", SOUND)
    (source,) = re.findall(r'<audio class="player" controls preload="none" src="([^"]+)"', page)
    with tax.browser.get(source, headers={"Range": "bytes=0-3"}) as answer:
        assert (answer.status_code, answer.data) == (206, SOUND[:4])
    assert "<video" in brought(tax, case, "录像.mp4", FILM)
    unplayed = brought(tax, case, "录音.amr", b"#!AMR\n" + b"\0" * 40)
    assert unplayed.count('class="player"') == 2
    policy = tax.browser.get(f"/case/{case}").headers["Content-Security-Policy"]
    assert "media-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_paper_has_no_player(seat):
    tax = seat("zezhou-tax")
    case = tax.register()
    data = {"file": (io.BytesIO(b"%PDF-1.4\n"), "a.pdf"), "kind": "evidence"}
    tax.send(f"/case/{case}/attachment", data)
    assert 'id="recordings"' not in tax.page(f"/case/{case}")


# --- the register


def test_the_register_is_filled_in_mended_and_printed(seat, session):
    tax = seat("zezhou-tax")
    case = tax.register()
    url = register_url(brought(tax, case, "录音.mp3", SOUND))
    empty = words(tax.page(url))
    assert hashlib.new("sm3", SOUND).hexdigest() in empty
    assert REGISTER["place"] not in empty
    assert tax.send(url, REGISTER).status_code == 303
    shown = words(tax.page(url))
    assert REGISTER["place"] in shown
    assert "0:12:05" in shown
    tax.send(url, REGISTER | {"place": "县政务服务中心"})
    assert "县政务服务中心" in words(tax.page(url))
    see(session, Scope.system())
    query = select(Entry.facts).where(Entry.case_id == case, Entry.kind == "recording")
    first, second = session.scalars(query.order_by(Entry.id)).all()
    assert first["seconds"] == 725
    assert (first["place"], second["place"]) == (REGISTER["place"], "县政务服务中心")
    session.rollback()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("at", ""),
        ("at", "yesterday"),
        ("at", "2024-11-05 09:00"),
        ("place", " "),
        ("place", "长" * 101),
        ("recorder", ""),
        ("length", "0:00"),
        ("length", "12"),
        ("length", "5:61"),
        ("consent", ""),
        ("consent", "maybe"),
        ("carrier", ""),
    ],
)
def test_what_is_wrong_in_a_register_stands_beside_its_field(seat, field, value):
    tax = seat("zezhou-tax")
    url = register_url(brought(tax, tax.register(), "录音.mp3", SOUND))
    answer = tax.send(url, REGISTER | {field: value})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert f'id="f-{field}-err"' in page
    other = "recorder" if field == "carrier" else "carrier"
    assert f'value="{REGISTER[other]}"' in page
    assert "0:12:05" not in tax.page(url)


def test_only_who_brought_the_recording_keeps_its_register(seat):
    tax, office, court = (seat(f"zezhou-{one}") for one in ("tax", "office", "court"))
    url = register_url(brought(tax, tax.register(), "录音.mp3", SOUND))
    assert 'id="fill"' in tax.page(url)
    assert 'id="fill"' not in office.page(url)
    assert office.send(url, REGISTER).status_code == 403
    court.page(url, 404)
    assert court.send(url, REGISTER).status_code == 404


def test_a_paper_has_no_register(seat):
    tax = seat("zezhou-tax")
    case = tax.register()
    data = {"file": (io.BytesIO(b"%PDF-1.4\n"), "a.pdf"), "kind": "evidence"}
    tax.send(f"/case/{case}/attachment", data)
    file_id = re.findall(r"/attachment/(\d+)/file", tax.page(f"/case/{case}"))[0]
    tax.page(f"/attachment/{file_id}/recording", 404)


def test_register_and_material_leave_a_chain_that_holds(app, seat):
    tax = seat("zezhou-tax")
    url = register_url(brought(tax, tax.register(), "录音.mp3", SOUND))
    tax.send(url, REGISTER)
    database.start_request(writes=False)
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 0, result.output
