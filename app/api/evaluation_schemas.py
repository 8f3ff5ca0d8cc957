"""The shapes of the evaluation's answers, for the OpenAPI document."""

from __future__ import annotations

from marshmallow import Schema, fields

FIGURE = {"description": "A number, an amount as a decimal text, or null of nothing"}


class Period(Schema):
    """For which place, body and days the figures are."""

    jurisdiction = fields.String(required=True)
    own = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Whose own figures they are; null for the whole jurisdiction"},
    )
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")


class Indicator(Schema):
    """A figure with what it was divided from."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    value = fields.Raw(required=True, allow_none=True, metadata=FIGURE)
    numerator = fields.Raw(required=True, allow_none=True, metadata=FIGURE)
    denominator = fields.Integer(required=True, allow_none=True)
    formula = fields.String(required=True)
    measure = fields.String(required=True)
    clauses = fields.List(fields.String(), required=True)


class Evaluation(Period):
    """The indicators of a period."""

    result = fields.List(fields.Nested(Indicator), required=True)


class Series(Schema):
    """One figure of every row."""

    key = fields.String(required=True)
    label = fields.String(required=True)


class Row(Schema):
    """A bar of a chart: a figure for each series, null where there is nothing."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    figures = fields.List(fields.Float(allow_none=True), required=True)


class ChartTable(Schema):
    """The table behind a chart."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    series = fields.List(fields.Nested(Series), required=True)
    rows = fields.List(fields.Nested(Row), required=True)
    total = fields.List(fields.Float(), required=True, allow_none=True)


class Chart(Period):
    """A chart of a period."""

    result = fields.Nested(ChartTable, required=True)


class ChartTitle(Schema):
    """A chart that there is."""

    key = fields.String(required=True)
    title = fields.String(required=True)


class ChartList(Schema):
    """The charts that there are."""

    result = fields.List(fields.Nested(ChartTitle), required=True)
