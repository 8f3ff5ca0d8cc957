"""The way to the rows of a generated screen: bounded, in few statements, always by a SELECT.

Flask-AppBuilder loads listed relations row by row, counts over the whole column list and reads a
row by its primary key past every rule; here relations come with one statement each, counting
ends at a limit, and one row is selected like many, so that sight narrows it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import selectinload

from app.security.posts import database_session


class RecordInterface(SQLAInterface):
    """The rows of one table, as the session's scope lets them be seen."""

    def select(self) -> Select[Any]:
        """Return the query of all rows."""
        return select(self.obj)

    def counted(self, query: Select[Any], limit: int) -> tuple[int, bool]:
        """Return how many rows the query finds, and whether there are more than the limit."""
        some = query.with_only_columns(self.obj.id).order_by(None).limit(limit + 1).subquery()
        found = database_session().scalar(select(func.count()).select_from(some)) or 0
        return min(found, limit), found > limit

    def page(
        self,
        query: Select[Any],
        order: Sequence[ColumnElement[Any]],
        offset: int,
        limit: int,
        relations: Sequence[str] = (),
    ) -> list[Any]:
        """Return some rows in an order, each with the relations named."""
        loads = [selectinload(getattr(self.obj, name)) for name in relations]
        query = query.options(*loads).order_by(*order).offset(offset).limit(limit)
        return list(database_session().scalars(query).unique())

    def one(self, query: Select[Any], pk: int) -> Any | None:
        """Return the row of that key where the query finds it."""
        return database_session().scalars(query.where(self.obj.id == pk)).unique().one_or_none()
