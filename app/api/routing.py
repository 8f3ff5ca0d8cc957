"""Routing without registering: who would be competent for the facts that are known so far."""

from __future__ import annotations

from flask import Response

from app import clock, workflow
from app.api import shown
from app.api.base import Api, endpoint, json_object
from app.api.schemas import Error, KnownFacts, Route
from app.rules.shapes import Actor


class RouteApi(Api):
    """Proposals of who is competent."""

    resource_name = "route"
    openapi_spec_tag = "Routing"

    @endpoint(
        "/",
        "POST",
        summary="Who is competent for these facts, and why",
        answers={200: Route, 400: Error, 413: Error, 422: Error},
        body=KnownFacts,
    )
    def post(self, actor: Actor) -> Response:
        """Answer the proposal for a registration, or for as much of one as is known."""
        found = workflow.route(self.session, actor, json_object(), clock.now())
        answer: Response = self.response(200, **shown.route(found))
        return answer
