"""Malformed requests: each gets a clear 4xx in JSON and changes nothing; never a 500."""

from __future__ import annotations

import json

import pytest

from tests.web.bodies import PERSON, a_registration, registered

CASES = "/api/v1/case/"
ODD_IDS = (
    *("0", "-1", "x", "1e3", "1.5", "99999999999999999999", "2147483648", "%00", "%FF"),
    *("１", "%C0%80", "1%20OR%201=1", "'", "..", "%2e%2e", "a" * 3000),
)
ODD_JSON = (
    *(b"", b"{", b"[]", b"null", b"7", b'"x"', b"{]", b"\xff\xfe{}", b'{"a": "\xff"}'),
    *(b'{"a": NaN}', b'{"a": Infinity}', b'{"a": ' + b"1" * 5000 + b"}", b"[" * 100_000),
    *(b'{"a": "\\ud800"}', b'{"\\udfff": 1}', b"\x00", b"a=1&b=2", b"<xml/>"),
)
ODD_VALUES = (
    *(None, True, 0, -1, 1.5, 10**18, "", " ", "x", "\x00", "'; drop table case_file; --"),
    *("{{7*7}}", "<script>alert(1)</script>", "字" * 5000, [], {}, [[]], [{}], {"a": {"b": []}}),
    *(["pension"] * 1000, {"kind": {"name": []}}),
)


def refused(answer):
    """Assert that it is a 4xx with a sentence in JSON."""
    text = answer.get_data(as_text=True)
    assert 400 <= answer.status_code < 500, f"{answer.status_code} {text[:200]}"
    assert answer.is_json, text[:200]
    assert answer.json["message"]
    assert "Traceback" not in text
    assert "sqlalchemy" not in text.lower()
    return answer.status_code


def test_odd_ids_are_not_found(rest):
    tax = rest("zezhou-tax")
    paths = [
        f"{CASES}{odd}{part}"
        for odd in ODD_IDS
        for part in ("", "/action/", "/event/", "/task/", "/clock/", "/document/", "/attachment/")
    ]
    paths += [
        f"/api/v1/{kind}/{odd}/file" for odd in ODD_IDS for kind in ("attachment", "document")
    ]
    for path in paths:
        assert refused(tax.get(path)) == 404, path
    for odd in ODD_IDS:
        body = {"version": 1, "inputs": {}}
        assert refused(tax.post(f"{CASES}{odd}/action/accept", body)) == 404


def test_odd_bodies_cannot_be_read(rest):
    tax = rest("zezhou-tax")
    case_id = registered(tax)["id"]
    paths = (CASES, "/api/v1/route/", f"{CASES}{case_id}/action/accept")
    as_json = {"Content-Type": "application/json"}
    for path in paths:
        for odd in ODD_JSON:
            assert refused(tax.post(path, data=odd, headers=as_json)) == 400, odd[:40]
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", ""):
            sent = json.dumps(a_registration())
            assert refused(tax.post(path, data=sent, headers={"Content-Type": kind})) == 400
        huge = json.dumps({"content": "x" * 2_000_000})
        assert refused(tax.post(path, data=huge, headers=as_json)) == 413
    assert tax.get(f"{CASES}{case_id}").json["result"]["version"] == 1


def test_an_odd_value_in_any_field_of_a_registration_is_no_fault(rest):
    tax = rest("zezhou-tax")
    before = tax.get(CASES).json["count"]
    taken = 0
    for field in a_registration():
        for odd in ODD_VALUES:
            answer = tax.post(CASES, a_registration() | {field: odd})
            taken += answer.status_code == 201
            assert answer.status_code == 201 or refused(answer) == 422, (field, odd)
    for field in PERSON:
        for odd in ODD_VALUES:
            answer = tax.post(CASES, a_registration(applicant=PERSON | {field: odd}))
            taken += answer.status_code == 201
            assert answer.status_code == 201 or refused(answer) == 422, (field, odd)
    assert tax.get(CASES).json["count"] == before + taken


def test_an_odd_value_in_routing_is_no_fault(rest):
    tax = rest("zezhou-tax")
    for field in a_registration():
        for odd in ODD_VALUES:
            answer = tax.post("/api/v1/route/", {field: odd})
            assert answer.status_code == 200 or refused(answer) == 422, (field, odd)


def test_an_odd_value_in_any_input_of_an_act_is_no_fault(rest):
    tax = rest("zezhou-tax")
    case_id = registered(tax)["id"]
    for offer in tax.get(f"{CASES}{case_id}/action/").json["result"]:
        for field in offer["inputs"]["properties"]:
            for odd in ODD_VALUES:
                inputs = {field: odd, "no_such_input": odd}
                body = {"version": 1, "inputs": inputs}
                answer = tax.post(f"{CASES}{case_id}/action/{offer['key']}", body)
                assert refused(answer) == 422, (offer["key"], field, odd)
    assert tax.get(f"{CASES}{case_id}").json["result"]["version"] == 1


def test_an_odd_q_is_refused(rest):
    tax = rest("zezhou-tax")
    for odd in (
        *("(", "x", "!(", "(page:-1)", "(page_size:0)", "(order_column:id_number)"),
        *("(order_column:nope)", "(filters:!((col:phone,opr:eq,value:1)))", "{", "%FF", "%00"),
        *("(filters:!((col:stage,opr:eq,value:'%00')))", "(page:99999999999999999999)"),
    ):
        assert refused(tax.get(f"{CASES}?q={odd}")) == 400, odd


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer x"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer \xe9\xff"},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"Authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."},
    ],
)
def test_without_a_valid_token_nobody_is_signed_in(client, header):
    for path in (CASES, f"{CASES}1", "/api/v1/todo/", "/api/v1/_openapi"):
        answer = client.get(path, headers=header)
        assert refused(answer) == 401, (path, answer.data)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert refused(client.post(CASES, json=a_registration(), headers=header)) == 401


def test_an_odd_login_is_refused_in_words(client):
    as_json = {"Content-Type": "application/json"}
    account = {"username": "zezhou-tax", "password": "Demo-2024!", "provider": "db"}
    for odd in ODD_JSON:
        answer = client.post("/api/v1/security/login", data=odd, headers=as_json)
        assert refused(answer) == 400, odd[:40]
    for field in account:
        for odd in (None, 1, ["x"], {}, True):
            answer = client.post("/api/v1/security/login", json=account | {field: odd})
            assert refused(answer) == 400, (field, odd)
    for odd in ("\x00", "", "x" * 5000, "zezhou-tax\x00"):
        answer = client.post("/api/v1/security/login", json=account | {"username": odd})
        assert refused(answer) == 400, odd
        assert isinstance(answer.json["message"], str)
    wrong = client.post("/api/v1/security/login", json=account | {"password": "wrong"})
    assert refused(wrong) == 401


def test_a_refresh_token_opens_nothing(app, client):
    account = {"username": "zezhou-tax", "password": "Demo-2024!", "provider": "db"}
    answer = client.post("/api/v1/security/login", json=account | {"refresh": True})
    header = {"Authorization": f"Bearer {answer.json['refresh_token']}"}
    assert refused(client.get(CASES, headers=header)) == 401


def test_a_browsers_session_reads_and_writes_only_with_the_pages_token(login):
    browser = login("zezhou-tax")
    assert browser.get(CASES).status_code == 200
    before = browser.get(CASES).json["count"]
    assert refused(browser.post(CASES, json=a_registration())) == 403
    forged = {"X-CSRFToken": "forged"}
    assert refused(browser.post(CASES, json=a_registration(), headers=forged)) == 403
    assert browser.get(CASES).json["count"] == before


def test_a_token_wins_over_a_cookie_and_rights_never_add_up(login, rest):
    number = registered(rest("zezhou-tax"))["number"]
    browser = login("zezhou-tax")
    court = rest("zezhou-court").headers
    assert number in browser.get(CASES).get_data(as_text=True)
    assert number not in browser.get(CASES, headers=court).get_data(as_text=True)


def test_unknown_addresses_and_methods_are_answered_in_json(rest):
    tax = rest("zezhou-tax")
    for path in ("/api/v1/nothing/", "/api/v1/case/1/nothing/", "/api/", "/api/v2/case/"):
        assert refused(tax.get(path)) == 404
    answer = tax.client.delete(CASES, headers=tax.headers)
    assert refused(answer) == 405
    assert "GET" in answer.headers["Allow"]
    assert refused(tax.client.put(f"{CASES}1", headers=tax.headers, json={})) == 405
