"""Acts: what the caller may do to a case now, and doing one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

from flask import Response
from flask_babel import gettext

from app import clock, workflow
from app.api.base import Api, endpoint, idempotency_key, json_object, row_id
from app.api.cases import RETRY
from app.api.input_schema import schema_of
from app.api.schemas import Act, ActionList, Done, Error
from app.errors import N_, Reason, Refused, Stale
from app.rules.engine import Offer
from app.rules.shapes import Actor

#: No case has it: an act with it is refused as stale, after every refusal that comes before.
NO_VERSION = -1
GREATEST_VERSION = 2**31 - 1


class ActionApi(Api):
    """The acts on a case."""

    resource_name = "case"
    openapi_spec_tag = "Actions"

    @endpoint(
        "/<case_id>/action/",
        summary="What the caller may do now, and what is theirs but blocked",
        answers={200: ActionList, 404: Error},
    )
    def list(self, actor: Actor, case_id: str) -> Response:
        """Answer the acts with the JSON Schema of their inputs, and every reason of a block."""
        case = workflow.find(self.session, row_id(case_id))
        now = clock.now()
        offers = workflow.available(self.session, actor, case, now)
        today = now.astimezone(clock.CHINA).date()
        return self.response(
            200,
            result=[_offer(one, today) for one in offers.now],
            blocked=[
                {
                    "key": one.key,
                    "label": one.label,
                    "clause": one.clause,
                    "why": [reason.say(gettext) for reason in one.why],
                }
                for one in offers.blocked
            ],
        )

    @endpoint(
        "/<case_id>/action/<key>",
        "POST",
        summary="Does one act",
        answers={
            200: Done,
            400: Error,
            403: Error,
            404: Error,
            409: Error,
            413: Error,
            422: Error,
        },
        headers={"Idempotency-Key": RETRY},
        body=Act,
    )
    def post(self, actor: Actor, case_id: str, key: str) -> Response:
        """Do one act in one transaction, and answer what it brought about."""
        number = row_id(case_id)
        workflow.find(self.session, number)
        retry, body = idempotency_key(), json_object()
        version, inputs, errors = _read(body)
        try:
            done = workflow.perform(
                self.session,
                actor,
                number,
                key,
                inputs,
                version=version,
                now=clock.now(),
                idempotency_key=None if errors else retry,
            )
        except Stale:
            if not errors:
                raise
            _refuse(errors)
        return self.response(
            200,
            stage=done.stage,
            version=done.version,
            event=done.event_id,
            documents=[
                {"id": one.id, "kind": one.kind, "number": one.number, "title": one.title}
                for one in done.papers
            ],
        )


def _offer(one: Offer, today: date) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "clause": one.clause,
        "inputs": schema_of(one.asks, today),
        "documents": [{"kind": paper.key, "title": paper.title} for paper in one.papers],
    }


def _read(body: Mapping[str, Any]) -> tuple[int, dict[str, Any], dict[str, list[Reason]]]:
    """Return version, inputs, and what is wrong with them.

    A body that is wrong gets NO_VERSION, so that out of sight, unknown and not yours come first,
    as they do for a body that is right.
    """
    errors: dict[str, list[Reason]] = {}
    version, inputs = body.get("version"), body.get("inputs", {})
    if isinstance(version, bool) or not isinstance(version, int) or not _fits(version):
        text = N_("version must be the case's version, a whole number, as the case shows it")
        errors["version"] = [Reason(text)]
    if not isinstance(inputs, dict):
        errors["inputs"] = [Reason(N_("inputs must be an object of the inputs by name"))]
    for name in list(body)[:20]:
        if name not in {"version", "inputs"}:
            text = N_("There is no field of this name; known are: %(names)s")
            errors[name[:40]] = [Reason(text, {"names": ["version", "inputs"]})]
    if errors:
        return NO_VERSION, {}, errors
    return int(version or 0), inputs, errors


def _fits(version: int) -> bool:
    return 0 <= version <= GREATEST_VERSION


def _refuse(errors: dict[str, list[Reason]]) -> NoReturn:
    reasons = [reason for found in errors.values() for reason in found]
    raise Refused(Reason("%(reasons)s", {"reasons": reasons}), errors) from None
