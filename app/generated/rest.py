"""REST of the generated records: list and show under /api/v1/, by the same rights and reach.

The form is Flask-AppBuilder's: `q` in Rison, {count, ids, result} and {id, result}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import Response, request
from flask_appbuilder.api import expose
from marshmallow import Schema
from marshmallow import fields as shapes
from werkzeug.datastructures import MultiDict

from app.api.base import Api, Operation, authenticate
from app.api.query import read_record_query
from app.api.schemas import Error
from app.errors import N_, NotYours, Reason, Unreadable
from app.generated import asked as asking
from app.generated import kinds
from app.generated.rights import NOT_OPEN

Q = "Rison with page, page_size (at most 100), order_column, order_direction, filters"


class RecordList(Schema):
    """One page of records."""

    count = shapes.Integer(metadata={"description": "exact up to 10 000"})
    ids = shapes.List(shapes.Integer())
    result = shapes.List(shapes.Dict())


class RecordAnswer(Schema):
    """One record."""

    id = shapes.Integer()
    result = shapes.Dict()


class RecordApi(Api):
    """The records of one generated view; `view` is that view."""

    view: ClassVar[Any]
    operations: ClassVar[Mapping[str, Operation]] = {}

    @expose("/", methods=("GET",))
    def list(self) -> Response:
        """Answer one page of the records within reach."""
        self._enter("can_list")
        asked, size, offset = read_query(self.view, request.args.get("q"))
        count, _ = self.view.counted(asked)
        rows = self.view.rows(asked, offset, size)
        self.view.prepare_rows(rows)
        found: Response = self.response(
            200,
            count=count,
            ids=[row.id for row in rows],
            result=[self._record(row, self.view.all_columns) for row in rows],
        )
        return found

    @expose("/<record_id>", methods=("GET",))
    def get(self, record_id: str) -> Response:
        """Answer one record within reach."""
        self._enter("can_show")
        row = self.view.found(record_id)
        self.view.prepare_rows([row])
        found: Response = self.response(
            200, id=row.id, result=self._record(row, self.view.show_columns)
        )
        return found

    list.operation = Operation(
        "The records within reach", {200: RecordList, 400: Error}, query={"q": Q}
    )
    get.operation = Operation("One record", {200: RecordAnswer, 404: Error})

    def _enter(self, permission: str) -> None:
        """Let in whoever holds the permission on the view, the superuser without a post too."""
        authenticate()
        if not self.view.may(permission):
            raise NotYours(Reason(NOT_OPEN))

    def _record(self, row: Any, columns: Any) -> dict[str, Any]:
        """Return a record: the columns as they are kept, and in words what is none."""
        model = self.view.datamodel.obj
        kept = {one.key for one in model.__mapper__.column_attrs}
        return {
            "id": row.id,
            **{
                key: kinds.plain(getattr(row, key) if key in kept else self.view.value(row, key))
                for key in columns
            },
        }


def read_query(view: Any, raw: str | None) -> tuple[asking.Asked, int, int]:
    """Return what `q` asks the view for, the size of the page and where it begins."""
    given = read_record_query(raw)
    size = given.page_size
    args: MultiDict[str, str] = MultiDict()
    if given.order_column:
        mark = "-" if given.is_descending else ""
        args["sort"] = mark + given.order_column
    for column, operator, value in given.filters:
        args.add(f"{asking.PREFIX}{operator}_{column}", value)
    offset = given.page * size
    if offset >= asking.MOST_ROWS:
        text = N_("Pages end at row %(limit)s; narrow the list by filters.")
        raise Unreadable(Reason(text, {"limit": asking.MOST_ROWS}))
    return asking.read(view, args), size, offset


def api_of(view: Any) -> type[RecordApi]:
    """Return the resource of a view."""
    return type(
        f"{type(view).__name__}Api",
        (RecordApi,),
        {
            "view": view,
            "resource_name": view.resource,
            "openapi_spec_tag": "Records",
            "__doc__": f"The records of {view.resource}.",
        },
    )
