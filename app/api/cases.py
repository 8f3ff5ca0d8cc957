"""Cases: the list, one of them, and registering a new one."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app import clock, hindsight, search, workflow
from app.api import shown
from app.api.base import Api, endpoint, idempotency_key, json_object, row_id
from app.api.query import read_query
from app.api.schemas import CaseAnswer, CaseList, Error, Registered, Registration
from app.models import Case, MechanismVersion
from app.rules.shapes import Actor

Q = "Rison with page, page_size (at most 100), order_column, order_direction, filters"
WORDS = (
    "what a case must hold, by number, names, employer, content, telephone (whole or its last "
    "four digits) or whole ID number; several words must all stand there"
)
RETRY = "1 to 80 visible characters; the same key with the same request gets the first answer"


class CaseApi(Api):
    """The cases that the caller sees, and nothing else."""

    resource_name = "case"
    openapi_spec_tag = "Cases"

    @endpoint(
        "/",
        summary="The cases within sight, newest first unless asked otherwise",
        answers={200: CaseList, 400: Error},
        query={"q": Q, "words": WORDS},
    )
    def list(self, _actor: Actor) -> Response:
        """Answer one page of cases, with the exact count."""
        asked = read_query(request.args.get("q"))
        query, key = asked.narrow(select(Case)), None
        query = query.where(*hindsight.not_later(self.session, asked.names))
        words = request.args.get("words", "").strip()
        if words:
            found = search.hits(self.session, words)
            query, key = query.join(found, found.c.case_id == Case.id), found.c.newest
        count = self.session.scalar(query.with_only_columns(func.count(Case.id))) or 0
        query = asked.cut(query, key).options(selectinload(Case.parties))
        cases = self.session.scalars(query).all()
        return self.response(
            200,
            count=count,
            ids=[case.id for case in cases],
            result=[shown.case_row(case) for case in hindsight.as_seen(self.session, cases)],
        )

    @endpoint(
        "/<case_id>",
        summary="One case",
        answers={200: CaseAnswer, 404: Error},
    )
    def get(self, _actor: Actor, case_id: str) -> Response:
        """Answer one case with as much of its facts as the caller sees."""
        case = workflow.find(self.session, row_id(case_id))
        sight = shown.width(self.session, case)
        (seen,) = hindsight.as_seen(self.session, [case])
        return self.response(
            200, id=case.id, result=shown.case_whole(seen, sight, self._version(case))
        )

    @endpoint(
        "/",
        "POST",
        summary="Registers a dispute",
        answers={201: Registered, 400: Error, 409: Error, 413: Error, 422: Error},
        headers={"Idempotency-Key": RETRY},
        body=Registration,
    )
    def post(self, actor: Actor) -> Response:
        """Register, and answer the new case with who is competent for it."""
        key, body = idempotency_key(), json_object()
        done = workflow.register(self.session, actor, body, now=clock.now(), idempotency_key=key)
        return self.response(
            201,
            id=done.case_id,
            number=done.number,
            stage=done.stage,
            version=done.version,
            route=shown.route(done.route),
        )

    def _version(self, case: Case) -> int:
        """Return the number of the mechanism version that the case runs by."""
        found: Any = self.session.get(MechanismVersion, case.mechanism_version_id)
        return int(found.number)
