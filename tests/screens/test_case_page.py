"""The case page: what stands there for whom, and the panel of an act."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from tests.conftest import csrf_token
from tests.screens.desk import Clerk, blocked, offered, stage, version, words

Seat = Callable[[str], Clerk]


def test_stage_buttons_and_clauses_stand_on_the_page(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    page = tax.page(f"/case/{tax.register()}")
    assert stage(page) == "registered"
    assert {"accept", "decline", "transfer"} <= offered(page)
    assert 'class="law"' in page


def test_a_case_goes_from_registration_to_the_archive_in_the_browser(clerk: Seat) -> None:
    tax, office = clerk("zezhou-tax"), clerk("zezhou-office")
    case = tax.register()
    assert stage(tax.done(case, "accept")) == "handling"
    assert stage(tax.done(case, "resolve", decision="Pay back.")) == "decided"
    assert stage(tax.done(case, "serve", method="direct", served_on="2024-11-04")) == "served"
    assert stage(tax.done(case, "archive")) == "archived"
    assert stage(office.done(case, "archive")) == "archived"
    assert not offered(tax.page(f"/case/{case}")) & {"resolve", "serve", "amend", "extend"}


def test_what_is_mine_but_not_yet_possible_is_greyed_with_its_reason(clerk: Seat) -> None:
    hrss = clerk("zezhou-hrss")
    case = hrss.register(category="7", insurance=["pension", "medical"], then="accept")
    page = hrss.done(case, "start_joint", units=["tax", "medical"])
    assert "issue_reply" in blocked(page)
    assert "issue_reply" not in offered(page)
    why = re.findall(r'id="why-issue_reply">(.*?)</div>', page, re.DOTALL)[0]
    assert len(words(why)) > 5


def without_nonce(page: str) -> str:
    """Return a page without the one word that differs in every answer."""
    return re.sub(r'nonce="[^"]*"', "", page)


def test_a_unit_that_takes_no_part_finds_no_such_case(clerk: Seat) -> None:
    tax, court = clerk("zezhou-tax"), clerk("zezhou-court")
    case = tax.register()
    page = without_nonce(court.page(f"/case/{case}", 404))
    unknown = without_nonce(court.page("/case/987654321", 404))
    assert unknown.replace("987654321", str(case)) == page
    assert court.send(f"/case/{case}/do/accept", {"version": "1"}).status_code == 404
    assert court.send(f"/case/{case}/preview/accept", {}).status_code == 404
    assert court.send(f"/case/{case}/attachment", {}).status_code == 404


def test_a_unit_that_handed_the_case_on_sees_no_later_file(clerk: Seat) -> None:
    petition, medical = clerk("zezhou-petition"), clerk("zezhou-medical")
    case = petition.register(category="8", insurance=["medical"])
    petition.done(case, "transfer", unit="medical", reason="Not ours.")
    file = (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "later-evidence.pdf")
    added = medical.send(f"/case/{case}/attachment", {"file": file, "kind": "evidence"})
    assert added.status_code == 303
    assert "later-evidence" in medical.page(f"/case/{case}")
    assert "later-evidence" not in petition.page(f"/case/{case}")


def test_a_unit_that_handed_the_case_on_sees_no_later_paper_and_no_later_act(clerk: Seat) -> None:
    petition, medical = clerk("zezhou-petition"), clerk("zezhou-medical")
    case = petition.register(category="8", insurance=["medical"])
    petition.done(case, "transfer", unit="medical", reason="Not ours.")
    medical.done(case, "accept")
    full = medical.done(case, "resolve", decision="The secret decision.")
    page = petition.page(f"/case/{case}")
    paper = max(map(int, re.findall(r'href="/document/(\d+)"', full)))
    assert stage(page) == "decided"
    assert "The secret decision." not in page
    assert f"/document/{paper}" not in page
    petition.page(f"/document/{paper}", 404)
    petition.page(f"/document/{paper}/file?format=docx", 404)
    assert "The secret decision." in medical.page(f"/document/{paper}")


def test_a_missing_input_is_told_beside_its_field_and_what_was_typed_is_kept(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register()
    answer = tax.do(case, "transfer", unit="medical")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#f-reason"' in page
    assert 'id="f-reason-err"' in page
    assert re.search(r'value="medical" checked', page)
    assert stage(page) == "registered"


def test_whoever_comes_second_keeps_what_was_typed(clerk: Seat) -> None:
    first, second = clerk("zezhou-tax"), clerk("zezhou-tax-clerk")
    case = first.register(then="accept")
    stale = version(second.page(f"/case/{case}?do=resolve"))
    first.done(case, "amend", field="employer", value="Vinegar Works", reason="A slip.")
    answer = second.send(
        f"/case/{case}/do/resolve", {"version": stale, "decision": "Typed for an hour."}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Typed for an hour.</textarea>" in page
    assert version(page) == str(int(stale) + 1)
    assert stage(page) == "handling"


def test_sending_the_form_again_after_a_stale_version_goes_through(clerk: Seat) -> None:
    first, second = clerk("zezhou-tax"), clerk("zezhou-tax-clerk")
    case = first.register(then="accept")
    second.page(f"/case/{case}?do=resolve")
    first.done(case, "amend", field="employer", value="Vinegar Works", reason="A slip.")
    assert stage(second.done(case, "resolve", decision="Pay back.")) == "decided"


def test_the_panel_says_what_will_happen_before_the_button_is_pressed(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register()
    answer = tax.send(f"/case/{case}/preview/transfer", {"unit": "medical", "reason": "Theirs."})
    seen = words(answer.get_data(as_text=True))
    medical = clerk("zezhou-medical")
    assert answer.status_code == 200
    assert "2024" not in seen.partition(":")[0]
    assert len(re.findall(r'class="see', answer.get_data(as_text=True))) >= 4
    medical.page(f"/case/{case}", 404)  # nothing has happened


def test_without_script_the_preview_comes_with_the_page(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register()
    page = tax.send(
        f"/case/{case}/do/transfer", {"version": "1", "unit": "hrss", "reason": "x", "look": "1"}
    ).get_data(as_text=True)
    assert stage(page) == "registered"
    assert re.search(r'value="hrss" checked', page)


def test_rows_of_a_group_can_be_added_and_blank_ones_do_not_count(clerk: Seat) -> None:
    tax, office, leader = clerk("zezhou-tax"), clerk("zezhou-office"), clerk("zezhou-leader")
    case = tax.register(then="accept")
    tax.done(case, "escalate", reason="Hard.")
    leader.done(case, "approve", opinion="Agreed.")
    rows = {
        "tasks.0.unit": "",
        "tasks.0.task": "",
        "tasks.0.due_on": "",
        "tasks.2.unit": "finance",
        "tasks.2.task": "Check the account.",
        "tasks.2.due_on": "2024-11-20",
    }
    filled = {"units": ["tax"], "conclusions": "Tax decides.", "due_on": "2024-11-20", **rows}
    more = office.do(case, "record_minutes", **filled, _more="tasks").get_data(as_text=True)
    assert 'name="tasks.1.unit"' in more
    assert "Check the account." in more
    office.done(case, "record_minutes", **filled)
    assert "Check the account." in clerk("zezhou-finance").page(f"/case/{case}")


def test_an_act_that_is_nobody_s_or_does_not_exist_is_refused_in_words(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register()
    answer = tax.send(f"/case/{case}/do/resolve", {"version": "1", "decision": "x"})
    assert answer.status_code == 403
    assert stage(tax.page(f"/case/{case}")) == "registered"
    assert tax.send(f"/case/{case}/do/no_such", {"version": "1"}).status_code == 404


def _upload(clerk: Clerk, case: int, name: str, content: bytes) -> tuple[int, str]:
    data = {
        "csrf_token": csrf_token(clerk.browser.get("/me/")),
        "kind": "evidence",
        "file": (io.BytesIO(content), name),
    }
    answer = clerk.browser.post(
        f"/case/{case}/attachment", data=data, content_type="multipart/form-data"
    )
    return answer.status_code, answer.get_data(as_text=True)


def test_a_file_joins_the_case_and_comes_back_under_its_name(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register()
    assert _upload(tax, case, "proof.pdf", b"%PDF-1.4\n%%EOF\n")[0] == 303
    link = re.findall(r'href="(/attachment/\d+/file)"', tax.page(f"/case/{case}"))[0]
    answer = tax.browser.get(link)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.startswith(b"%PDF-1.4")
    answer.close()
    clerk("zezhou-court").page(link, 404)


def test_a_file_that_is_not_taken_is_told_beside_its_field(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    status, page = _upload(tax, tax.register(), "proof.pdf", b"MZ\x90\x00")
    assert status == 422
    assert 'id="up-file-err"' in page


def test_the_days_that_count_are_numbered(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    page = tax.page(f"/case/{tax.register()}")
    ruler = re.findall(r'<table class="days">.*?</table>', page, re.DOTALL)[0]
    assert re.findall(r"<b>(\d+)</b>", ruler) == ["1", "2", "3", "4", "5"]
    assert 'class="last"' in ruler or "counted last" in ruler


def test_an_id_that_cannot_be_one_is_no_case(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    for odd in ("x", "-1", "9" * 30, "1.5"):
        tax.page(f"/case/{odd}", 404)
        tax.page(f"/document/{odd}", 404)
