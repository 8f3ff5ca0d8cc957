"""The `q` of a list: what it may ask for, and how everything else is refused."""

from __future__ import annotations

import prison
import pytest
from sqlalchemy import select

from app.api.query import LARGEST_PAGE, PAGE_SIZE, read_query
from app.errors import Unreadable
from app.models import Case


def sql(query):
    """Return the statement of the page as text, with its values in it."""
    statement = query.cut(query.narrow(select(Case.id)))
    return " ".join(str(statement.compile(compile_kwargs={"literal_binds": True})).split())


@pytest.mark.parametrize("raw", [None, "", "()", "{}"])
def test_nothing_asked_is_the_first_page_newest_first(raw):
    query = read_query(raw)
    assert (query.page, query.page_size) == (0, PAGE_SIZE)
    assert "ORDER BY case_file.id DESC LIMIT 25 OFFSET 0" in sql(query)


def test_rison_and_json_mean_the_same():
    asked = {"page": 2, "page_size": 10, "order_column": "number", "order_direction": "asc"}
    rison = read_query(prison.dumps(asked))
    json = read_query(
        '{"page": 2, "page_size": 10, "order_column": "number", "order_direction": "asc"}'
    )
    assert sql(rison) == sql(json)
    assert "ORDER BY case_file.number, case_file.id LIMIT 10 OFFSET 20" in sql(rison)


def test_a_page_is_never_larger_than_a_hundred():
    assert read_query("(page_size:1000000)").page_size == LARGEST_PAGE == 100


@pytest.mark.parametrize(
    ("operator", "value", "condition"),
    [
        ("eq", "handling", "case_file.stage = 'handling'"),
        ("in", ["handling", "joint"], "case_file.stage IN ('handling', 'joint')"),
        ("gt", "a", "case_file.stage > 'a'"),
        ("lt", "z", "case_file.stage < 'z'"),
    ],
)
def test_filters_narrow_by_plain_columns(operator, value, condition):
    asked = {"filters": [{"col": "stage", "opr": operator, "value": value}]}
    assert condition in sql(read_query(prison.dumps(asked)))


def test_several_filters_hold_together():
    asked = {
        "filters": [
            {"col": "category", "opr": "eq", "value": 4},
            {"col": "holder", "opr": "eq", "value": "tax"},
            {"col": "registered_at", "opr": "gt", "value": "2024-11-04"},
        ]
    }
    query = read_query(prison.dumps(asked))
    assert len(query.filters) == 3


@pytest.mark.parametrize(
    "raw",
    [
        "(",
        ")",
        "!(",
        "(page:",
        "(page:0",
        "'",
        "(page:0)x",
        "(filters:!((col:stage))",
        "{",
        "[]",
        "null",
        "7",
        "word",
        "!t",
        "\x00",
        "\ud800",
        "(" * 3000,
        '{"page":' * 600,
        "a" * 5000,
    ],
)
def test_broken_rison_is_refused(raw):
    with pytest.raises(Unreadable) as refusal:
        read_query(raw)
    assert refusal.value.status == 400
    assert refusal.value.reason.say()


@pytest.mark.parametrize(
    "asked",
    [
        {"page": -1},
        {"page": "0"},
        {"page": 1.5},
        {"page": True},
        {"page": 10**20},
        {"page": None},
        {"page_size": 0},
        {"page_size": -1},
        {"page_size": "many"},
        {"page_size": 10**30},
        {"order_column": "id_number"},
        {"order_column": "phone"},
        {"order_column": "content"},
        {"order_column": "no_such"},
        {"order_column": ["id"]},
        {"order_column": {"id": 1}},
        {"order_direction": "up"},
        {"order_direction": 1},
        {"columns": ["id"]},
        {"keys": ["none"]},
        {"select": "1;drop table case_file"},
        {"filters": "stage"},
        {"filters": {"col": "stage"}},
        {"filters": [1]},
        {"filters": [{"col": "stage", "value": "x"}]},
        {"filters": [{"col": "stage", "opr": "eq", "value": "x", "or": 1}]},
        {"filters": [{"col": "stage", "opr": "sw", "value": "x"}]},
        {"filters": [{"col": "stage", "opr": "eq", "value": "x"}] * 21},
    ],
)
def test_what_is_not_named_is_refused(asked):
    with pytest.raises(Unreadable):
        read_query(prison.dumps(asked))


@pytest.mark.parametrize(
    "hidden", ["id_number", "phone", "content", "more", "amount", "head_hash", "applicant.name"]
)
def test_hidden_columns_cannot_be_filtered_by(hidden):
    with pytest.raises(Unreadable) as refusal:
        read_query(prison.dumps({"filters": [{"col": hidden, "opr": "eq", "value": "14"}]}))
    assert "stage" in str(refusal.value)


@pytest.mark.parametrize(
    ("column", "operator", "value"),
    [
        ("stage", "eq", 5),
        ("stage", "eq", None),
        ("stage", "eq", ["a"]),
        ("stage", "eq", "x" * 201),
        ("stage", "eq", "a\x00b"),
        ("stage", "in", "a"),
        ("stage", "in", []),
        ("stage", "in", ["a"] * 101),
        ("stage", "in", [["a"]]),
        ("category", "eq", "4"),
        ("category", "eq", True),
        ("category", "eq", 10**20),
        ("id", "gt", 2**31),
        ("registered_at", "gt", "yesterday"),
        ("registered_at", "gt", 20241104),
        ("registered_at", "lt", "0001-01-01T00:00+14:00"),
        ("registered_at", "lt", "9999-12-31T23:59-12:00"),
    ],
)
def test_a_value_that_does_not_fit_its_column_is_refused(column, operator, value):
    asked = {"filters": [{"col": column, "opr": operator, "value": value}]}
    with pytest.raises(Unreadable) as refusal:
        read_query(prison.dumps(asked))
    assert column in str(refusal.value)
