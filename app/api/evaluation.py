"""The evaluation over REST: indicators and charts of the caller's own sight."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext

from app import clock
from app.api.base import Api, endpoint
from app.api.evaluation_schemas import Chart, ChartList, Evaluation
from app.api.schemas import Error
from app.directory import directory_of
from app.errors import N_, NotFound, Reason
from app.evaluation import report
from app.evaluation.charts import BY_KEY, CHARTS, counted
from app.evaluation.counting import Reader, own_of, read_span
from app.evaluation.evaluating import evaluate
from app.rules.shapes import Actor
from app.security.posts import place_of

#: The parameters of every path here.
PERIOD = {
    "jurisdiction": "Its key; by default, and only, the caller's own",
    "from": "The first day; by default New Year's Day",
    "to": "The last day, included; by default today",
}


class EvaluationApi(Api):
    """The figures of the regular evaluation (Z5-4)."""

    resource_name = "evaluation"
    openapi_spec_tag = "Evaluation"

    @endpoint(
        "/",
        summary="The indicators of a period; a unit gets its own figures",
        answers={200: Evaluation, 404: Error, 422: Error},
        query=PERIOD,
    )
    def list(self, actor: Actor) -> Response:
        """Answer every indicator with what it was divided from, and its formula."""
        reader = self._reader(actor)
        found = [report.indicator_json(one, reader, gettext) for one in evaluate(reader)]
        answer: Response = self.response(200, **report.head_json(reader), result=found)
        return answer

    @endpoint(
        "/chart/",
        summary="Which charts there are",
        answers={200: ChartList},
    )
    def charts(self, _actor: Actor) -> Response:
        """Answer the keys and titles of the charts."""
        found = [{"key": one.key, "title": gettext(one.title)} for one in CHARTS]
        answer: Response = self.response(200, result=found)
        return answer

    @endpoint(
        "/chart/<key>",
        summary="The table behind a chart",
        answers={200: Chart, 404: Error, 422: Error},
        query=PERIOD,
    )
    def chart(self, actor: Actor, key: str) -> Response:
        """Answer the rows of one chart for a period."""
        if key not in BY_KEY:
            raise NotFound(Reason(N_("There is no chart “%(key)s”"), {"key": key[:40]}))
        reader = self._reader(actor)
        found = report.chart_json(counted(reader, BY_KEY[key]), gettext)
        answer: Response = self.response(200, **report.head_json(reader), result=found)
        return answer

    def _reader(self, actor: Actor) -> Reader:
        """Return for whom is counted; raises NotFound for any jurisdiction but the actor's."""
        place = place_of(self.session, actor.jurisdiction_id)
        wanted = request.args.get("jurisdiction")
        if place is None or wanted not in (None, "", place.key):
            text = N_("There is no jurisdiction “%(key)s”")
            raise NotFound(Reason(text, {"key": (wanted or "")[:40]}))
        world = directory_of(self.session, place)
        now = clock.now()
        span = read_span(request.args.get("from"), request.args.get("to"), now.date())
        own = own_of(world.mechanism, actor.acting_for)
        return Reader(self.session, world, own, span, now)
