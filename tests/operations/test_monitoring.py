"""What the county's monitoring asks: alive, ready, figures; and whether no number is missing."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any, NamedTuple

import pytest
from sqlalchemy import delete, select, update

from app import columns, database
from app.api import readiness
from app.api.metrics import MOST_WORKERS, Figures
from app.clock import CHINA
from app.keeping.series import gaps
from app.models import CalendarRow, Jurisdiction, NumberSeries, Paper
from app.security.sight import Scope, see
from tests.databases import SECRETS


def test_a_system_in_order_is_ready_and_says_what_was_looked_at(client):
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json["status"] == "ready"
    assert answer.json["checks"].keys() == {"database", "disk", "keys", "calendar"}
    assert set(answer.json["checks"].values()) == {"ok"}


class Usage(NamedTuple):
    """What a disk says of itself."""

    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("free", "status", "told"),
    [(10 * 2**20, 503, "10 MB"), (500 * 2**20, 200, "500 MB"), (2 * 2**30, 200, "ok")],
)
def test_a_disk_that_is_nearly_full_is_told_and_a_full_one_is_a_fault(
    client, monkeypatch, free, status, told
):
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda _path: Usage(0, 0, free))
    answer = client.get("/ready")
    assert answer.status_code == status
    assert told in answer.json["checks"]["disk"]


def test_a_key_that_does_not_open_the_personal_data_is_a_fault(client):
    columns.set_keys("another key of more than thirty-two characters")
    try:
        answer = client.get("/ready")
    finally:
        columns.set_keys(SECRETS["PII_KEY"])
    assert answer.status_code == 503
    assert "PII_KEY" in answer.json["message"]


def test_a_year_without_holidays_is_told_and_no_fault(client, session, clock):
    with database.write_transaction():
        session.execute(delete(CalendarRow.__table__))
        session.commit()
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert "2024" in answer.json["checks"]["calendar"]


def test_in_december_the_next_years_holidays_are_asked_for(client, clock):
    clock.move(to=datetime(2026, 12, 1, 9, tzinfo=CHINA))
    assert "2027" in client.get("/ready").json["checks"]["calendar"]


def test_a_database_out_of_order_is_not_asked_further(client, monkeypatch):
    monkeypatch.setattr(database, "is_current", lambda _engine: False)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json["checks"].keys() == {"database", "disk"}
    assert answer.json["message"] == answer.json["checks"]["database"]


# --- figures


def told(figures: Figures) -> dict[str, float]:
    """Return the figures by their names."""
    lines = [line for line in figures.text().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_the_figures_of_all_processes_stand_in_every_answer():
    figures = Figures()
    for worker in range(3):
        child = os.fork()
        if child == 0:
            figures.enter(worker, 3)
            for _ in range(worker + 1):
                figures.count("GET", 200, 0.2)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
    figures.enter(0, 3)
    assert told(figures)['lianchu_requests_total{method="GET",status="200"}'] == 6


def test_the_last_worker_has_room_of_its_own():
    figures = Figures()
    figures.enter(MOST_WORKERS - 1, MOST_WORKERS)
    figures.count("BREW", 599, 99)
    assert told(figures)['lianchu_requests_total{method="other",status="599"}'] == 1
    assert told(figures)["lianchu_errors_total"] == 1


def test_answers_are_told_by_how_long_they_took():
    figures = Figures()
    for seconds in (0.01, 0.05, 0.3, 9.0):
        figures.count("GET", 200, seconds)
    found = told(figures)
    name = "lianchu_request_seconds"
    assert [found[f'{name}_bucket{{le="{limit}"}}'] for limit in ("0.05", "0.5", "+Inf")] == [
        2,
        3,
        4,
    ]
    assert found[f"{name}_count"] == 4
    assert found[f"{name}_sum"] == pytest.approx(9.36)


def test_the_metrics_tell_the_room_on_the_disk_and_the_processes(client):
    text = client.get("/metrics").get_data(as_text=True)
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(lines["lianchu_disk_free_bytes"]) > 0
    assert lines["lianchu_workers"] == "1"
    assert float(lines["lianchu_start_time_seconds"]) > 0


# --- numbers


def found(session: Any) -> list[str]:
    """Return what does not fit in the numbers of all counties."""
    see(session, Scope.system())
    places = session.scalars(select(Jurisdiction).order_by(Jurisdiction.id)).all()
    return [gap for place in places for gap in gaps(session, place)]


def test_no_number_of_the_demonstration_is_missing(session):
    assert found(session) == []


@pytest.mark.parametrize("kind", ["case", "transfer_notice"])
def test_a_number_that_was_given_and_is_not_there_is_told(session, kind):
    with database.write_transaction():
        series = NumberSeries.__table__
        session.execute(update(series).where(series.c.kind == kind).values(last=series.c.last + 1))
        session.commit()
    assert found(session)
    assert all("numbers were given" in gap for gap in found(session))


def test_a_paper_with_a_number_that_was_never_given_is_told(session):
    with database.write_transaction():
        papers = Paper.__table__
        highest = select(papers.c.id).where(papers.c.serial.is_not(None)).limit(1)
        session.execute(
            update(papers).where(papers.c.id == highest.scalar_subquery()).values(serial=9999)
        )
        session.commit()
    (gap,) = found(session)
    assert "up to 9999" in gap
