"""Cases over REST: registering, one case, the list, what each post sees of it."""

from __future__ import annotations

import json

import pytest

from tests.web.bodies import PERSON, a_registration, act, inputs_of, registered

CASES = "/api/v1/case/"


def test_a_registration_answers_the_case_and_who_is_competent(rest):
    answer = rest("zezhou-tax").post(CASES, a_registration())
    assert answer.status_code == 201
    assert set(answer.json) == {"id", "number", "stage", "version", "route"}
    assert (answer.json["stage"], answer.json["version"]) == ("registered", 1)
    assert answer.json["route"]["units"] == ["tax"]
    assert all(reason["clause"] for reason in answer.json["route"]["reasons"])


def test_one_case_comes_whole_to_who_sees_it_whole(rest):
    tax = rest("zezhou-tax")
    case_id = registered(tax, claim="退回多缴的费款")["id"]
    answer = tax.get(f"{CASES}{case_id}").json
    case = answer["result"]
    assert answer["id"] == case["id"] == case_id
    assert case["holder"] == case["registrar"] == "tax"
    assert (case["stage"], case["version"], case["lead"]) == ("registered", 1, None)
    assert case["sight"] == "full"
    assert case["amount"] == "12345.60"
    assert case["visited_at"] == "2024-11-04T08:40:00+08:00"
    assert case["registered_at"] == "2024-11-04T09:00:00+08:00"
    assert case["due"] == "2024-11-11"
    assert case["applicant"]["id_number"] == PERSON["id_number"]
    assert case["applicant"]["phone"] == PERSON["phone"]
    assert case["more"]["claim"] == "退回多缴的费款"
    assert case["paused"] is False


def test_a_list_masks_the_numbers_of_persons(rest):
    tax = rest("zezhou-tax")
    registered(tax)
    page = tax.get(CASES).json
    shown = page["result"][0]["applicant"]
    assert shown["id_number"] == "140525********0016"
    assert shown["phone"] == "138****0001"
    assert PERSON["id_number"] not in json.dumps(page)


def test_a_list_counts_exactly_and_within_sight(rest):
    tax, court = rest("zezhou-tax"), rest("zezhou-court")
    before = court.get(CASES).json["count"]
    mine = tax.get(CASES).json["count"]
    ids = [registered(tax)["id"] for _ in range(3)]
    page = tax.get(f"{CASES}?q=(page_size:2)").json
    assert page["count"] == mine + 3
    assert page["ids"] == [row["id"] for row in page["result"]] == [ids[2], ids[1]]
    assert court.get(CASES).json["count"] == before


def test_a_list_is_ordered_filtered_and_paged(rest):
    tax = rest("zezhou-tax")
    ids = [registered(tax)["id"] for _ in range(3)]
    asked = (
        f"(filters:!((col:id,opr:in,value:!({','.join(map(str, ids))}))),"
        "order_column:number,order_direction:asc,page:1,page_size:2)"
    )
    page = tax.get(f"{CASES}?q={asked}").json
    assert page["count"] == 3
    assert page["ids"] == [ids[2]]


def test_a_unit_that_is_no_party_finds_nothing_of_a_case(rest):
    case = registered(rest("zezhou-tax"))
    court = rest("zezhou-court")
    unknown = court.get(f"{CASES}999999")
    for path in ("", "/action/", "/event/", "/task/", "/clock/", "/document/", "/attachment/"):
        answer = court.get(f"{CASES}{case['id']}{path}")
        assert (answer.status_code, answer.data) == (unknown.status_code, unknown.data)
    refused = court.post(f"{CASES}{case['id']}/action/accept", {"version": 1, "inputs": {}})
    assert refused.status_code == 404
    assert case["number"] not in court.get(CASES).get_data(as_text=True)
    narrowed = f"(filters:!((col:number,opr:eq,value:'{case['number']}')))"
    assert court.get(f"{CASES}?q={narrowed}").json == {"count": 0, "ids": [], "result": []}


def test_who_handed_a_case_on_keeps_stage_holder_and_due_day_with_numbers_masked(rest):
    petition, medical = rest("zezhou-petition"), rest("zezhou-medical")
    case_id = registered(petition, category=8, insurance=["medical"])["id"]
    inputs = inputs_of(petition, case_id, "transfer", unit="medical")
    assert act(petition, case_id, "transfer", inputs).status_code == 200
    assert act(medical, case_id, "accept").status_code == 200
    seen = petition.get(f"{CASES}{case_id}").json["result"]
    assert (seen["sight"], seen["stage"], seen["holder"]) == ("progress", "handling", "medical")
    assert seen["due"] == medical.get(f"{CASES}{case_id}").json["result"]["due"] is not None
    assert seen["applicant"]["id_number"] == "140525********0016"


def test_another_jurisdiction_is_refused_beside_its_field(rest):
    answer = rest("zezhou-tax").post(CASES, a_registration(jurisdiction="xiaoyi"))
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"jurisdiction"}


def test_a_refused_registration_names_every_field_and_takes_no_number(rest):
    tax = rest("zezhou-tax")
    first = registered(tax)["number"]
    answer = tax.post(
        CASES,
        a_registration(
            applicant=PERSON | {"id_number": "140525197001010019", "name": None},
            category=11,
            insurance=["lottery"],
            period_from="2024-10",
            period_to="2024-03",
            amount="-1.00",
        ),
    )
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {
        "applicant.id_number",
        "applicant.name",
        "category",
        "insurance",
        "period_to",
        "amount",
    }
    assert answer.json["message"]
    serial = int(first.rpartition("-")[2])
    assert registered(tax)["number"].endswith(f"{serial + 1:06d}")


def test_the_same_key_registers_once(rest):
    tax = rest("zezhou-tax")
    key = {"Idempotency-Key": "a-retry-of-one-visit"}
    before = tax.get(CASES).json["count"]
    first = tax.post(CASES, a_registration(), headers=key)
    second = tax.post(CASES, a_registration(), headers=key)
    assert first.status_code == second.status_code == 201
    assert first.json == second.json
    assert tax.get(CASES).json["count"] == before + 1
    other = tax.post(CASES, a_registration(content="另一件事"), headers=key)
    assert other.status_code == 409


@pytest.mark.parametrize("key", ["", " ", "a b", "键", "x" * 81, "a\tb"])
def test_an_odd_key_is_refused(rest, key):
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    answer = rest("zezhou-tax").post(CASES, a_registration(), headers=headers)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json["message"]


def test_a_post_that_registers_nothing_is_refused(rest):
    answer = rest("zezhou-leader").post(CASES, a_registration())
    assert answer.status_code == 403


def test_an_account_without_a_post_is_refused_with_the_reason(rest):
    answer = rest("admin").get(CASES)
    assert answer.status_code == 403
    assert answer.json["message"]


def test_another_post_than_ones_own_cannot_be_acted_for(rest):
    answer = rest("zezhou-tax").get(CASES, headers={"X-Acting-For": "court"})
    assert answer.status_code == 403


def test_routing_answers_for_as_much_as_is_known(rest):
    tax = rest("zezhou-tax")
    full = tax.post("/api/v1/route/", a_registration()).json
    assert full["units"] == ["tax"]
    known = {"category": 7, "insurance": ["medical"], "period_from": "2024-06"}
    part = tax.post("/api/v1/route/", known)
    assert part.status_code == 200
    assert {"units", "advisers", "tier", "reasons"} <= set(part.json)
    assert tax.post("/api/v1/route/", {}).status_code == 200


def test_routing_refuses_what_is_wrong_in_what_is_known(rest):
    answer = rest("zezhou-tax").post("/api/v1/route/", {"category": "7", "colour": 1})
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"category", "colour"}
