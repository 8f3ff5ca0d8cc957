"""The least that a web application does: Flask, an automapped ORM, JSON; one client, no login.

It reads and writes the same tables as the product, without rights, rules, languages or pages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Flask, Response, jsonify, request
from sqlalchemy import MetaData, create_engine, event, exists, func, make_url, select
from sqlalchemy.ext.automap import automap_base
from sqlalchemy.orm import Session, sessionmaker

from app import clock
from bench.ask import Ask

TABLES = ("case_file", "case_access", "party", "task", "paper", "event", "notice", "number_series")


class WebFloor:
    """A small application on a copy of the database, and its client."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        self.engine = create_engine(address)
        self.statements = 0
        _set_up(self.engine, self._count)
        metadata = MetaData()
        metadata.reflect(self.engine, only=TABLES)
        for table in metadata.tables.values():
            # Columns alone: relationships of a reflected schema would only slow its start.
            for constraint in list(table.foreign_key_constraints):
                table.constraints.discard(constraint)
            for column in table.columns:
                column.foreign_keys.clear()
        base = automap_base(metadata=metadata)
        base.prepare()
        self.tables = base.classes
        self.client = _app(base.classes, sessionmaker(self.engine)).test_client()

    def _count(self, *_arguments: Any) -> None:
        self.statements += 1

    def workloads(self) -> dict[str, Callable[[Ask], int]]:
        """Return by name what does one piece of work and tells its statements."""
        return {
            "todo": lambda ask: self._get(f"/todo/{ask.place}/{ask.body}"),
            "list": lambda ask: self._get(f"/list/{ask.place}/{ask.body}"),
            "case": lambda ask: self._get(f"/case/{ask.place}/{ask.case_id}"),
            "history": lambda ask: self._get(f"/history/{ask.place}/{ask.case_id}"),
            "act": self._act,
        }

    def _get(self, path: str) -> int:
        self.statements = 0
        answer = self.client.get(path)
        assert answer.status_code == 200, path
        return self.statements

    def _act(self, ask: Ask) -> int:
        version = self.client.get(f"/version/{ask.case_id}").get_json()
        return self._post(ask, version)

    def _post(self, ask: Ask, version: int) -> int:
        self.statements = 0
        body = {"version": version, "unit": ask.to}
        answer = self.client.post(f"/act/{ask.place}/{ask.case_id}", json=body)
        assert answer.status_code == 200, answer.status
        return self.statements

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _set_up(engine: Any, count: Callable[..., None]) -> None:
    event.listen(engine, "before_cursor_execute", count)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def connect(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")


def _plain(row: Any) -> dict[str, Any]:
    return {
        column.key: value.isoformat() if isinstance(value, date) else value
        for column in row.__table__.columns
        if not isinstance(value := getattr(row, column.key), bytes | memoryview)
    }


def _line(task: Any, case: Any, party: Any) -> dict[str, Any]:
    """Return a line of the queue: what the product's answer holds, and the applicant's name."""
    return {
        "task": task.id,
        "kind": task.kind,
        "due": task.due_on.isoformat(),
        "note": task.note,
        "name": party.name,
        "case": {"id": case.id, "number": case.number, "stage": case.stage, "holder": case.holder},
    }


def _app(tables: Any, session_of: sessionmaker[Session]) -> Flask:
    app = Flask("floor")
    _reading(app, tables, session_of)
    _listing(app, tables, session_of)
    _writing(app, tables, session_of)
    return app


def _listing(app: Flask, tables: Any, session_of: sessionmaker[Session]) -> None:
    case, party, access = tables.case_file, tables.party, tables.case_access

    @app.get("/list/<int:place>/<body>")
    def page(place: int, body: str) -> Response:
        mine = exists().where(
            access.jurisdiction_id == place, access.body == body, access.case_id == case.id
        )
        seen = select(case.id).where(case.jurisdiction_id == place, mine)
        query = (
            select(case, party)
            .join(party, (party.case_id == case.id) & (party.jurisdiction_id == place))
            .where(case.jurisdiction_id == place, mine, party.role == "applicant")
            .order_by(case.id.desc())
            .limit(25)
        )
        with session_of() as session:
            some = seen.limit(10_001).subquery()
            count = session.scalar(select(func.count()).select_from(some))
            rows = [_plain(one) | {"name": who.name} for one, who in session.execute(query)]
            return jsonify({"count": count, "result": rows})


def _reading(app: Flask, tables: Any, session_of: sessionmaker[Session]) -> None:
    case, party, task = tables.case_file, tables.party, tables.task

    def parts(session: Session, model: Any, place: int, case_id: int) -> list[dict[str, Any]]:
        query = select(model).where(model.jurisdiction_id == place, model.case_id == case_id)
        return [_plain(row) for row in session.scalars(query.order_by(model.id))]

    def whole(session: Session, place: int, case_id: int) -> dict[str, Any]:
        query = select(case).where(case.jurisdiction_id == place, case.id == case_id)
        return _plain(session.scalars(query).one())

    @app.get("/todo/<int:place>/<body>")
    def todo(place: int, body: str) -> Response:
        query = (
            select(task, case, party)
            .join(case, case.id == task.case_id)
            .join(party, (party.case_id == case.id) & (party.jurisdiction_id == place))
            .where(task.jurisdiction_id == place, task.body == body, task.state == "open")
            .where(party.role == "applicant")
            .order_by(task.due_on, task.id)
            .limit(51)
        )
        with session_of() as session:
            rows = [_line(*found) for found in session.execute(query)]
        return jsonify(rows)

    @app.get("/case/<int:place>/<int:case_id>")
    def one(place: int, case_id: int) -> Response:
        due = select(func.min(task.due_on)).where(
            task.jurisdiction_id == place, task.case_id == case_id, task.state == "open"
        )
        with session_of() as session:
            found = whole(session, place, case_id)
            found["parties"] = parts(session, party, place, case_id)
            found["due"] = session.scalar(due)
        return jsonify(found)

    @app.get("/history/<int:place>/<int:case_id>")
    def history(place: int, case_id: int) -> Response:
        with session_of() as session:
            found = whole(session, place, case_id)
            for model in (party, task, tables.paper, tables.event):
                found[model.__table__.name] = parts(session, model, place, case_id)
        return jsonify(found)

    @app.get("/version/<int:case_id>")
    def version(case_id: int) -> Response:
        with session_of() as session:
            return jsonify(session.scalar(select(case.version).where(case.id == case_id)))


def _writing(app: Flask, tables: Any, session_of: sessionmaker[Session]) -> None:
    @app.post("/act/<int:place>/<int:case_id>")
    def act(place: int, case_id: int) -> tuple[Response, int]:
        asked, at = request.get_json(), clock.now()
        with session_of() as session:
            case = session.get(tables.case_file, case_id)
            if case is None or case.version != asked["version"]:
                return jsonify(message="stale"), 409
            where = {"issuer": "office", "kind": "urge_note", "year": at.year}
            series = session.scalars(
                select(tables.number_series).filter_by(jurisdiction_id=place, **where)
            ).first()
            if series is None:
                series = tables.number_series(jurisdiction_id=place, last=0, **where)
                session.add(series)
            series.last += 1
            session.add_all(_rows(tables, case, asked["unit"], series.last, at))
            session.commit()
            return jsonify(version=case.version), 200


def _rows(tables: Any, case: Any, unit: str, serial: int, at: datetime) -> list[Any]:
    """Return paper, event and notice of the act, and move the case on."""
    seq = case.version + 1
    key = {"jurisdiction_id": case.jurisdiction_id, "case_id": case.id, "seq": seq}
    content = {"title": "t", "number": serial, "case_number": case.number, "to": unit}
    content_hash = _hash(content)
    paper = tables.paper(
        **key,
        body="office",
        kind="urge_note",
        title="t",
        number=f"{serial}",
        year=at.year,
        serial=serial,
        state="issued",
        addressee=unit,
        issued_at=at,
        content=content,
        content_hash=content_hash,
    )
    made = tables.event(
        **key,
        body="office",
        key="urge",
        actor="t",
        at=at,
        stage_before=case.stage,
        stage_after=case.stage,
        inputs={"unit": unit},
        changes={"papers": content_hash},
        algorithm="sha256",
        previous_hash=case.head_hash,
    )
    made.hash = _hash([case.number, seq, "urge", made.inputs, made.changes, case.head_hash])
    case.version, case.head_hash = seq, made.hash
    return [paper, made, tables.notice(**key, body=unit, action="urge", at=at)]


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
