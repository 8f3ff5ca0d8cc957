"""The OpenAPI document tells the truth: every path, every status, every shape of an answer."""

from __future__ import annotations

import jsonschema
import pytest

from app.api import APIS
from tests.web.bodies import a_registration, act, an_upload, inputs_of, registered

CASES = "/api/v1/case/"


@pytest.fixture
def document(rest):
    answer = rest("zezhou-tax").get("/api/v1/_openapi")
    assert answer.status_code == 200
    return answer.json


def shape(document, path, method, status):
    """Return the JSON Schema that the document promises for an answer."""
    operation = document["paths"][path][method]
    promised = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    return {**promised, "components": _nullable(document["components"])}


def _nullable(part):
    """Return an OpenAPI 3.0 part as JSON Schema, which says null in its own way."""
    if isinstance(part, list):
        return [_nullable(one) for one in part]
    if not isinstance(part, dict):
        return part
    part = {name: _nullable(one) for name, one in part.items()}
    if part.pop("nullable", False):
        return {"anyOf": [part, {"type": "null"}]}
    return part


def test_every_path_of_ours_is_in_the_document_and_no_other_case_path(app, document):
    ours = {f"/api/v1/{api.resource_name}/" for api in APIS}
    described = {path for path in document["paths"] if path.startswith(tuple(ours))}
    served = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(tuple(ours))
    }
    assert described == served
    assert "/api/v1/case/{case_id}/action/{key}" in described
    assert "/api/v1/document/{document_id}/file" in described


def test_every_operation_says_what_it_needs_and_answers(document):
    for path, operations in document["paths"].items():
        if not path.startswith(tuple(f"/api/v1/{api.resource_name}/" for api in APIS)):
            continue
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["security"] == [{"jwt": []}], where
            assert {"401", "403", "500"} <= set(operation["responses"]), where
            named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
            assert all(f"{{{name}}}" in path for name in named), where
            assert path.count("{") == len(named), where
            if method == "post":
                assert operation["requestBody"]["content"], where


def test_answers_have_the_promised_shape(rest, document):
    tax = rest("zezhou-tax")
    case_id = registered(tax)["id"]
    act(tax, case_id, "accept")
    tax.post(f"{CASES}{case_id}/attachment/", data=an_upload())
    gets = {
        "/api/v1/case/": CASES,
        "/api/v1/case/{case_id}": f"{CASES}{case_id}",
        **{
            f"/api/v1/case/{{case_id}}/{part}/": f"{CASES}{case_id}/{part}/"
            for part in ("action", "event", "task", "clock", "document", "attachment")
        },
        "/api/v1/todo/": "/api/v1/todo/",
    }
    for path, url in gets.items():
        answer = tax.get(url)
        assert answer.status_code == 200, url
        jsonschema.validate(answer.json, shape(document, path, "get", 200))
    posts = {
        ("/api/v1/case/", CASES, 201): a_registration(),
        ("/api/v1/route/", "/api/v1/route/", 200): a_registration(),
        ("/api/v1/route/", "/api/v1/route/", 422): {"category": "x"},
        ("/api/v1/case/", CASES, 422): {},
    }
    for (path, url, status), body in posts.items():
        answer = tax.post(url, body)
        assert answer.status_code == status
        jsonschema.validate(answer.json, shape(document, path, "post", status))


def test_an_act_and_an_upload_answer_as_promised(rest, document):
    tax = rest("zezhou-tax")
    case_id = registered(tax)["id"]
    done = act(tax, case_id, "accept", inputs_of(tax, case_id, "accept"))
    path = "/api/v1/case/{case_id}/action/{key}"
    jsonschema.validate(done.json, shape(document, path, "post", 200))
    stale = tax.post(f"{CASES}{case_id}/action/resolve", {"version": 1, "inputs": {}})
    jsonschema.validate(stale.json, shape(document, path, "post", 409))
    kept = tax.post(f"{CASES}{case_id}/attachment/", data=an_upload())
    path = "/api/v1/case/{case_id}/attachment/"
    jsonschema.validate(kept.json, shape(document, path, "post", 201))


def test_a_valid_registration_fits_the_promised_body(document):
    described = document["paths"]["/api/v1/case/"]["post"]["requestBody"]["content"]
    schema = described["application/json"]["schema"]
    whole = {**schema, "components": _nullable(document["components"])}
    jsonschema.validate(a_registration(), whole)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(a_registration(content=None), whole)


def test_the_inputs_of_every_offer_are_a_valid_json_schema(rest):
    tax = rest("zezhou-tax")
    case_id = registered(tax)["id"]
    for offer in tax.get(f"{CASES}{case_id}/action/").json["result"]:
        jsonschema.Draft202012Validator.check_schema(offer["inputs"])
        jsonschema.validate(inputs_of(tax, case_id, offer["key"]), offer["inputs"])
