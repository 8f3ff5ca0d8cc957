"""Acts over REST: what is offered, doing one, and refusals in the order of the contract."""

from __future__ import annotations

import pytest

from tests.web.bodies import act, inputs_of, registered

CASES = "/api/v1/case/"


@pytest.fixture
def tax(rest):
    return rest("zezhou-tax")


@pytest.fixture
def case_id(tax):
    return registered(tax)["id"]


def test_offers_carry_label_clause_schema_and_papers(tax, case_id):
    offers = {one["key"]: one for one in tax.get(f"{CASES}{case_id}/action/").json["result"]}
    assert {"accept", "transfer", "decline"} <= set(offers)
    for one in offers.values():
        assert one["label"]
        assert one["clause"]
        assert one["inputs"]["type"] == "object"
    assert "medical" in offers["transfer"]["inputs"]["properties"]["unit"]["enum"]
    assert offers["accept"]["documents"]


def test_what_is_blocked_says_why(rest):
    hrss = rest("zezhou-hrss")
    case_id = registered(hrss, category=7)["id"]
    assert act(hrss, case_id, "accept").status_code == 200
    inputs = inputs_of(hrss, case_id, "start_joint", units=["tax"])
    assert act(hrss, case_id, "start_joint", inputs).status_code == 200
    blocked = {
        one["key"]: one["why"] for one in hrss.get(f"{CASES}{case_id}/action/").json["blocked"]
    }
    assert blocked["issue_reply"]


def test_an_act_answers_stage_version_event_and_papers(tax, case_id):
    answer = act(tax, case_id, "accept")
    assert answer.status_code == 200
    assert (answer.json["stage"], answer.json["version"]) == ("handling", 2)
    events = tax.get(f"{CASES}{case_id}/event/").json["result"]
    assert [one["key"] for one in events] == ["register", "accept"]
    assert events[1]["id"] == answer.json["event"]
    assert events[1]["acting_for"] == "tax"
    assert answer.json["documents"][0]["number"]


def test_refusals_come_in_the_order_of_the_contract(rest, tax, case_id):
    wrong = {"version": "1", "inputs": []}
    path = f"{CASES}{case_id}/action"
    assert rest("zezhou-court").post(f"{path}/accept", wrong).status_code == 404
    assert tax.post(f"{path}/no_such", wrong).status_code == 404
    assert rest("zezhou-auditor").post(f"{path}/accept", wrong).status_code == 403
    stale = tax.post(f"{path}/accept", {"version": 0, "inputs": {"no_such": 1}})
    assert (stale.status_code, stale.json["version"]) == (409, 1)
    assert stale.json["message"]
    fields = tax.post(f"{path}/accept", wrong)
    assert fields.status_code == 422
    assert set(fields.json["errors"]) == {"version", "inputs"}
    late = tax.post(f"{path}/serve", {"version": 1, "inputs": {}})
    assert late.status_code in (403, 422)
    assert tax.get(f"{CASES}{case_id}").json["result"]["version"] == 1


@pytest.mark.parametrize("version", [None, True, "1", 1.0, [1], -1, 2**31, 10**20])
def test_a_version_that_is_no_whole_number_is_refused_beside_it(tax, case_id, version):
    body = {"version": version, "inputs": {}}
    answer = tax.post(f"{CASES}{case_id}/action/accept", body)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"version"}
    assert tax.get(f"{CASES}{case_id}").json["result"]["stage"] == "registered"


def test_other_fields_of_the_body_are_refused(tax, case_id):
    body = {"version": 1, "inputs": {}, "stage": "archived"}
    answer = tax.post(f"{CASES}{case_id}/action/accept", body)
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"stage"}


def test_missing_and_wrong_inputs_are_named(tax, case_id):
    answer = tax.post(f"{CASES}{case_id}/action/transfer", {"version": 1, "inputs": {}})
    assert answer.status_code == 422
    assert {"unit", "reason"} <= set(answer.json["errors"])
    inputs = {"unit": "nowhere", "reason": "不属本单位职责"}
    answer = tax.post(f"{CASES}{case_id}/action/transfer", {"version": 1, "inputs": inputs})
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"unit"}


def test_the_same_key_acts_once(tax, case_id):
    path, body = f"{CASES}{case_id}/action/accept", {"version": 1, "inputs": {}}
    key = {"Idempotency-Key": "once"}
    first, second = tax.post(path, body, headers=key), tax.post(path, body, headers=key)
    assert first.status_code == second.status_code == 200
    assert first.json == second.json
    assert len(tax.get(f"{CASES}{case_id}/event/").json["result"]) == 2


def test_tasks_clocks_and_documents_have_the_shape_of_the_contract(tax, case_id):
    act(tax, case_id, "accept")
    tasks = tax.get(f"{CASES}{case_id}/task/").json
    assert tasks["count"] == len(tasks["result"])
    mine = {one["kind"]: one for one in tasks["result"]}
    assert mine["acceptance"]["state"] == "done"
    assert (mine["own_case"]["owner"], mine["own_case"]["state"]) == ("tax", "open")
    assert mine["registration_notice"]["due"] is None
    clocks = {one["key"]: one for one in tax.get(f"{CASES}{case_id}/clock/").json["result"]}
    assert clocks["acceptance"]["state"] == "met"
    assert clocks["own_case"]["state"] == "running"
    assert clocks["own_case"]["from"] == "2024-11-04"
    assert clocks["own_case"]["due"] == "2024-11-25"
    assert clocks["own_case"]["source"]
    papers = tax.get(f"{CASES}{case_id}/document/").json["result"]
    assert all({"id", "kind", "number", "state", "title"} <= set(one) for one in papers)


def test_a_clock_is_missed_the_day_after_it_was_due(rest, case_id, clock):
    clock.move(days=7)
    tax = rest("zezhou-tax")
    acceptance = tax.get(f"{CASES}{case_id}/clock/").json["result"][0]
    assert (acceptance["due"], acceptance["state"]) == ("2024-11-11", "running")
    clock.move(days=1)
    tax = rest("zezhou-tax")
    assert tax.get(f"{CASES}{case_id}/clock/").json["result"][0]["state"] == "missed"


def test_a_fresh_registration_is_in_the_office_queue_at_once(rest):
    office = rest("zezhou-office")
    number = registered(rest("zezhou-petition"))["number"]
    queue, after = [], ""
    while True:
        page = office.get(f"/api/v1/todo/?after={after}").json
        queue += page["result"]
        after = page["next"]
        if not after:
            break
    assert number in {one["case"]["number"] for one in queue}
    keys = [(one["due"] or "9999", one["task"]) for one in queue]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))


def test_the_queue_comes_in_pages(rest, monkeypatch):
    monkeypatch.setattr("app.api.todo.PAGE", 2)
    tax = rest("zezhou-tax")
    for _ in range(3):
        registered(tax)
    first = tax.get("/api/v1/todo/").json
    assert len(first["result"]) == 2
    second = tax.get("/api/v1/todo/", query_string={"after": first["next"]}).json
    assert not {one["task"] for one in first["result"]} & {one["task"] for one in second["result"]}


@pytest.mark.parametrize(
    "after", ["x", "2024-11-04", "2024-02-30.1", "2024-11-04.99999999999", "9", "\ud800"]
)
def test_a_queue_goes_on_only_where_a_page_ended(rest, after):
    answer = rest("zezhou-tax").get(
        "/api/v1/todo/", query_string={"after": after.encode("utf-8", "surrogatepass")}
    )
    assert answer.status_code == 400
    assert answer.json["message"]
