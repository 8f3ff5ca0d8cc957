"""The shapes of what is owed and until when: tasks, due dates, their days one by one."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

CLOCK_STATES = ("running", "paused", "met", "missed", "void", "over")


def _due_at() -> fields.DateTime:
    return fields.DateTime(
        allow_none=True, metadata={"description": "The moment at which a period of hours ends"}
    )


class Task(Schema):
    """Something owed."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    label = fields.String()
    owner = fields.String(required=True)
    state = fields.String(required=True)
    due = fields.Date(required=True, allow_none=True)
    due_at = _due_at()


class PeriodDay(Schema):
    """A day of a period: whether it counted, what had run by its end, why, by what source."""

    on = fields.Date(required=True)
    counted = fields.Boolean(required=True)
    ran = fields.Integer(required=True)
    kind = fields.String(required=True)
    why = fields.String(required=True)
    source = fields.String(required=True)
    provisional = fields.Boolean(required=True)


class Clock(Schema):
    """A due date that runs, rests, was met or was missed; or the last day of a remedy.

    A remedy has its label, body and address, the document it is against (none: the act that was
    received before) and its recipient (none: every applicant); it runs or is over.
    """

    id = fields.Raw(required=True, metadata={"description": "Number of a task, key of a remedy"})
    key = fields.String(required=True)
    due = fields.Date(required=True)
    due_at = _due_at()
    state = fields.String(required=True, validate=validate.OneOf(CLOCK_STATES))
    source = fields.String(required=True)
    basis = fields.String()
    provisional = fields.Boolean()
    explained = fields.List(fields.Nested(PeriodDay))
    label = fields.String()
    body = fields.String()
    address = fields.String()
    document = fields.Integer(allow_none=True)
    recipient = fields.String(allow_none=True)


# `from` is a word of Python: it can be declared only so.
Clock._declared_fields["from"] = fields.Date(required=True)


class TaskList(Schema):
    """The tasks, oldest first."""

    count = fields.Integer(required=True)
    result = fields.List(fields.Nested(Task), required=True)


class ClockList(Schema):
    """The due dates, oldest first."""

    count = fields.Integer(required=True)
    result = fields.List(fields.Nested(Clock), required=True)
