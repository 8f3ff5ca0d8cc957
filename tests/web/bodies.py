"""Request bodies for the tests of the REST interface, valid as they are; persons are invented."""

from __future__ import annotations

import io
from typing import Any

PERSON = {
    "kind": "person",
    "name": "张晓梅",
    "id_number": "140525200002290016",
    "phone": "13800000001",
    "address": "某镇某村",
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"


def a_registration(**over: Any) -> dict[str, Any]:
    """Return the body of a registration; a field set to None is left out."""
    body = {
        "jurisdiction": "zezhou",
        "applicant": PERSON,
        "employer": "示例机械有限公司",
        "visited_at": "2024-11-04T08:40",
        "channel": "visit",
        "category": 4,
        "insurance": ["pension"],
        "period_from": "2024-03",
        "period_to": "2024-10",
        "amount": "12345.60",
        "content": "对单位申报的缴费基数有异议。",
    } | over
    return {name: value for name, value in body.items() if value is not None}


def an_upload(
    content: bytes = PDF, name: str = "材料.pdf", kind: str | None = "evidence"
) -> dict[str, Any]:
    """Return the fields of an upload, for the `data` of a request."""
    fields: dict[str, Any] = {"file": (io.BytesIO(content), name)}
    return fields if kind is None else fields | {"kind": kind}


def registered(unit: Any, /, **over: Any) -> dict[str, Any]:
    """Register as that unit and return the answer."""
    answer = unit.post("/api/v1/case/", a_registration(**over))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.json
    return found


def act(unit: Any, case_id: int, key: str, inputs: dict[str, Any] | None = None) -> Any:
    """Do an act on the case's present version and return the answer."""
    version = unit.get(f"/api/v1/case/{case_id}").json["result"]["version"]
    body = {"version": version, "inputs": inputs or {}}
    return unit.post(f"/api/v1/case/{case_id}/action/{key}", body)


def inputs_of(unit: Any, case_id: int, key: str, /, **given: Any) -> dict[str, Any]:
    """Return the required inputs of an offered act, filled in plainly; `given` ones win."""
    offers = unit.get(f"/api/v1/case/{case_id}/action/").json["result"]
    schema = next(one for one in offers if one["key"] == key)["inputs"]
    needed = schema.get("required", [])
    return {name: _plain(schema["properties"][name]) for name in needed} | given


def _plain(schema: dict[str, Any]) -> Any:
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("type") == "array":
        return schema["items"].get("enum", [])[:1]
    if schema.get("format") == "date":
        return "2024-11-04"
    if schema.get("type") == "integer":
        return schema.get("minimum", 1)
    return True if schema.get("type") == "boolean" else "经核查，情况属实。"
