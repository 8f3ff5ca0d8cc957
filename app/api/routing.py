"""Routing without registering: who would be competent for the facts that are known so far."""

from __future__ import annotations

from flask import Response

from app import clock, workflow
from app.api import shown
from app.api.base import Api, endpoint, json_object
from app.api.schemas import Error, KnownFacts, KnownRoute
from app.rules.shapes import Actor


class RouteApi(Api):
    """Proposals of who is competent."""

    resource_name = "route"
    openapi_spec_tag = "Routing"

    @endpoint(
        "/",
        "POST",
        summary="Who is competent for these facts, and why",
        answers={200: KnownRoute, 400: Error, 413: Error, 422: Error},
        body=KnownFacts,
    )
    def post(self, actor: Actor) -> Response:
        """Answer the proposal for a registration, or for as much of one as is known."""
        body, now = json_object(), clock.now()
        found = workflow.route(self.session, actor, body, now)
        same = workflow.similar(self.session, actor, body, now)
        answer: Response = self.response(
            200, **shown.route(found), similar=[shown.similar(one) for one in same]
        )
        return answer
