"""The inputs of an act as JSON Schema: every type, and what hangs on a choice."""

from __future__ import annotations

from datetime import date

import jsonschema
import pytest

from app.api.input_schema import schema_of
from app.mechanism.vocabulary import INPUTS
from app.rules.inputs import AskView

TODAY = date(2024, 11, 4)


def an_ask(key, kind, **more):
    return AskView(key=key, type=kind, label=f"<{key}>", **{"required": False} | more)


def accepts(asks, inputs):
    """Return whether the schema of these inputs takes the values."""
    schema = schema_of(asks, TODAY)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema).is_valid(inputs)


@pytest.mark.parametrize("kind", INPUTS)
def test_every_type_of_input_has_a_shape(kind):
    ask = an_ask("it", kind, choices=[("tax", "税务局")])
    found = schema_of([ask], TODAY)["properties"]["it"]
    assert found["title"] == "<it>"
    assert found["type"] in {"string", "integer", "boolean", "array"}


def test_choices_carry_their_keys_and_their_labels():
    ask = an_ask("unit", "unit", choices=[("tax", "税务局"), ("hrss", "人社局")], required=True)
    found = schema_of([ask], TODAY)["properties"]["unit"]
    assert found["enum"] == ["tax", "hrss"]
    assert found["x-labels"] == {"tax": "税务局", "hrss": "人社局"}


def test_several_units_are_a_list_of_at_least_one_where_required():
    choices = [("tax", "税务局"), ("hrss", "人社局")]
    needed = [an_ask("units", "units", choices=choices, required=True)]
    assert accepts(needed, {"units": ["tax", "hrss"]})
    assert not accepts(needed, {"units": []})
    assert not accepts(needed, {"units": ["court"]})
    assert accepts([an_ask("units", "units", choices=choices)], {"units": []})


def test_days_have_the_bounds_of_the_act_on_that_day():
    found = schema_of([an_ask("on", "date", min=0, max=30)], TODAY)["properties"]["on"]
    assert found["format"] == "date"
    assert (found["x-min"], found["x-max"]) == ("2024-11-04", "2024-12-04")


def test_files_are_ids_and_marked_as_files():
    schema = schema_of([an_ask("one", "attachment"), an_ask("more", "attachments")], TODAY)
    assert schema["properties"]["one"]["x-attachment"] is True
    assert schema["properties"]["more"]["items"]["x-attachment"] is True


def test_required_is_what_the_engine_requires():
    asks = [an_ask("reason", "text", required=True), an_ask("note", "line")]
    assert schema_of(asks, TODAY)["required"] == ["reason"]
    assert accepts(asks, {"reason": "不属本单位职责"})
    assert not accepts(asks, {"note": "x"})
    assert not accepts(asks, {"reason": "x", "other": 1})


def test_what_one_choice_needs_is_written_as_a_condition():
    asks = [
        an_ask("way", "choice", choices=[("post", "邮寄"), ("desk", "窗口")], required=True),
        an_ask("receipt", "line", only_for=("way", "desk")),
        an_ask("witness", "line", only_for=("way", "desk")),
    ]
    assert accepts(asks, {"way": "post"})
    assert not accepts(asks, {"way": "desk", "receipt": "1"})
    assert accepts(asks, {"way": "desk", "receipt": "1", "witness": "某人"})


def test_rows_are_lists_of_objects():
    fields = [
        an_ask("unit", "unit", choices=[("tax", "税务局")], required=True),
        an_ask("due_on", "date"),
    ]
    asks = [an_ask("tasks", "group", fields=fields)]
    assert accepts(asks, {"tasks": [{"unit": "tax", "due_on": "2024-12-01"}]})
    assert not accepts(asks, {"tasks": [{"due_on": "2024-12-01"}]})
    assert schema_of(asks, TODAY)["required"] == []


def test_help_and_default_are_shown():
    ask = an_ask("days", "days", help="工作日", default=5, min=1)
    found = schema_of([ask], TODAY)["properties"]["days"]
    assert (found["description"], found["default"], found["minimum"]) == ("工作日", 5, 1)
