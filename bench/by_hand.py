"""The least that can be done: the same reads and writes in hand-written SQL, driver only.

sqlite3 for SQLite, psycopg for PostgreSQL; no ORM, no rules, no rights, no web. The statements
read what the product's answer holds and write the rows that its act writes.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from app import clock
from bench.ask import Ask

QUEUE = """
SELECT t.id, t.kind, t.due_on, t.note, c.id, c.number, c.stage, c.holder, c.category, p.name
FROM task t JOIN case_file c ON c.id = t.case_id
JOIN party p ON p.case_id = c.id AND p.jurisdiction_id = c.jurisdiction_id
WHERE t.jurisdiction_id = ? AND t.body = ? AND t.state = 'open' AND p.role = 'applicant'
ORDER BY t.due_on, t.id LIMIT 51"""
_SEEN = """
c.jurisdiction_id = ? AND EXISTS (SELECT 1 FROM case_access a
WHERE a.jurisdiction_id = ? AND a.body = ? AND a.case_id = c.id)"""
LIST = f"""
SELECT c.id, c.number, c.stage, c.holder, c.category, c.insurance, c.due_on, p.name, p.phone
FROM case_file c JOIN party p ON p.case_id = c.id AND p.jurisdiction_id = c.jurisdiction_id
WHERE {_SEEN} AND p.role = 'applicant' ORDER BY c.id DESC LIMIT 25"""
COUNT = f"""
SELECT count(*) FROM (SELECT c.id FROM case_file c WHERE {_SEEN} LIMIT 10001) AS listed"""
CASE = "SELECT * FROM case_file WHERE jurisdiction_id = ? AND id = ?"
PART = "SELECT * FROM {} WHERE jurisdiction_id = ? AND case_id = ? ORDER BY id"
PARTIES, TASKS, PAPERS, EVENTS = (
    PART.format(name) for name in ("party", "task", "paper", "event")
)
DUE = """
SELECT min(due_on) FROM task WHERE jurisdiction_id = ? AND case_id = ? AND state = 'open'"""
SERIES = """
INSERT INTO number_series (jurisdiction_id, issuer, kind, year, last) VALUES (?, ?, ?, ?, 1)
ON CONFLICT (jurisdiction_id, issuer, kind, year) DO UPDATE SET last = number_series.last + 1
RETURNING last"""
PAPER = """
INSERT INTO paper (jurisdiction_id, case_id, seq, body, kind, title, number, year, serial, state,
addressee, issued_at, content, content_hash) VALUES (?,?,?,?,?,?,?,?,?,'issued',?,?,?,?)"""
EVENT = """
INSERT INTO event (jurisdiction_id, case_id, seq, body, key, actor, user_id, at, stage_before,
stage_after, inputs, changes, algorithm, previous_hash, hash)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,'sha256',?,?)"""
NOTICE = """
INSERT INTO notice (jurisdiction_id, body, case_id, seq, action, at) VALUES (?,?,?,?,?,?)"""
UPDATE = "UPDATE case_file SET version = ?, head_hash = ? WHERE id = ? AND version = ?"
HEAD = (
    "SELECT version, head_hash, stage, number FROM case_file WHERE jurisdiction_id = ? AND id = ?"
)


Rows = list[Any]


class ByHand:
    """A connection of the driver's own, and how many statements went over it."""

    def __init__(self, url: str) -> None:
        self.statements = 0
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
            self.connection.isolation_level = None
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
        else:
            self.connection = psycopg.connect(url, autocommit=True)

    def say(self, statement: str, values: Sequence[Any]) -> Rows:
        """Return the rows of a statement."""
        self.statements += 1
        if not self.is_sqlite:
            statement = statement.replace("?", "%s")
        cursor = self.connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def workloads(self) -> dict[str, Callable[[Ask], int]]:
        """Return by name what does one piece of work and tells its statements."""
        return {
            "todo": self.todo,
            "list": self.list,
            "case": self.case,
            "history": self.history,
            "act": self.act,
        }

    def todo(self, ask: Ask) -> int:
        """Read a page of a body's queue."""
        self.statements = 0
        rows = self.say(QUEUE, (ask.place, ask.body))
        assert rows
        return self.statements

    def list(self, ask: Ask) -> int:
        """Read the newest 25 cases that a body sees, and how many there are, up to a limit."""
        self.statements = 0
        seen = (ask.place, ask.place, ask.body)
        assert self.say(COUNT, seen)
        assert self.say(LIST, seen)
        return self.statements

    def case(self, ask: Ask) -> int:
        """Read one case with its parties and next due date."""
        self.statements = 0
        key = (ask.place, ask.case_id)
        assert all([self.say(CASE, key), self.say(PARTIES, key), self.say(DUE, key)])
        return self.statements

    def history(self, ask: Ask) -> int:
        """Read one case with everything that a page shows of it."""
        self.statements = 0
        key = (ask.place, ask.case_id)
        found = [self.say(one, key) for one in (CASE, PARTIES, TASKS, PAPERS, EVENTS)]
        assert all(found)
        return self.statements

    def act(self, ask: Ask) -> int:
        """Issue a numbered paper in a case: chained event, notice, version checked."""
        self.statements = 0
        at = clock.now()
        self.connection.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        version, head, stage, number = self.say(HEAD, (ask.place, ask.case_id))[0]
        seq = version + 1
        [(serial,)] = self.say(SERIES, (ask.place, "office", "urge_note", at.year))
        content = json.dumps({"title": "t", "number": serial, "case_number": number, "to": ask.to})
        content_hash = hashlib.sha256(content.encode()).hexdigest()
        moment = at.isoformat(sep=" ")
        key = (ask.place, ask.case_id, seq)
        words = (ask.to, moment, content, content_hash)
        self.say(
            PAPER,
            (*key, "office", "urge_note", "t", f"{serial}", at.year, serial, *words),
        )
        inputs, changes = json.dumps({"unit": ask.to}), json.dumps({"papers": content_hash})
        facts = (inputs, changes)
        chained = json.dumps([number, seq, "urge", *facts, head])
        head_hash = hashlib.sha256(chained.encode()).hexdigest()
        self.say(
            EVENT,
            (*key, "office", "urge", "t", None, moment, stage, stage, *facts, head, head_hash),
        )
        self.say(NOTICE, (ask.place, ask.to, ask.case_id, seq, "urge", moment))
        self.say(UPDATE, (seq, head_hash, ask.case_id, version))
        self.connection.execute("COMMIT")
        return self.statements

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()
