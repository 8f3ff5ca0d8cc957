"""The start of the system as `make run` does it: from nothing to answers, then an orderly end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

import config
from app import database, serve

STARTS_WITHIN = 60
#: Two seconds are promised and 0.4 measured; a machine that runs other tests gets more.
STOPS_WITHIN = 6


def free_port() -> int:
    """Return a port that nobody serves on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def begin(root: Path, **environ: object) -> subprocess.Popen[str]:
    """Start the server as a process of its own."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-m", "app.serve"],
        cwd=root,
        env=clean | {name: str(value) for name, value in environ.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(port: int, path: str) -> int | None:
    """Return the status of a page; None where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as page:
            return int(page.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return None


@contextmanager
def served(root: Path, **environ: object) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run the server until the block ends; give its port and process."""
    port = free_port()
    process = begin(root, PORT=port, **environ)
    try:
        end = time.monotonic() + STARTS_WITHIN
        while answer(port, "/ready") != 200:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < end, "it does not become ready"
        yield port, process
    finally:
        process.kill()
        process.communicate()


def refusal(process: subprocess.Popen[str]) -> str:
    """Return the one line that a failed start says."""
    _, said = process.communicate(timeout=STARTS_WITHIN)
    assert process.returncode == 1
    assert said.count("\n") == 1, said
    assert "Traceback" not in said
    return said.strip()


def stop(process: subprocess.Popen[str]) -> tuple[float, str]:
    """Tell the server to end; return how long that took and what it printed."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=STARTS_WITHIN)
    return time.monotonic() - began, printed


@pytest.mark.parametrize("workers", [1, 2])
def test_the_server_comes_up_answers_and_ends_when_it_is_told_to(
    root, empty_database, tmp_path, workers
):
    environ = {"DATABASE_URL": empty_database, "INSTANCE_DIR": tmp_path, "WEB_WORKERS": workers}
    with served(root, **environ) as (port, process):
        assert answer(port, "/health") == 200
        assert answer(port, "/login/") == 200
        taken, printed = stop(process)
        assert process.returncode == 0
        assert taken < STOPS_WITHIN
        assert f"http://127.0.0.1:{port}/" in printed
        assert answer(port, "/health") is None


def test_a_second_start_loads_nothing_again_and_keeps_the_data(root, empty_database, tmp_path):
    environ = {"DATABASE_URL": empty_database, "INSTANCE_DIR": tmp_path}
    engine = database.make_engine(empty_database)

    def loaded() -> object:
        with engine.connect() as connection:
            return connection.execute(text("SELECT stamp, at FROM deployment")).one()

    with served(root, **environ):
        first = loaded()
    with served(root, **environ):
        assert loaded() == first
    engine.dispose()


def test_an_occupied_port_is_said_and_nothing_else_is_begun(root, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refusal(begin(root, PORT=port, INSTANCE_DIR=tmp_path))
    assert f"Port {port} is in use" in said
    assert not (tmp_path / "lianchu.db").exists()


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DATABASE_URL": "postgresql://county@127.0.0.1:1/lianchu"}, "DATABASE_URL"),
        ({"INSTANCE_DIR": "/dev/null/instance"}, "INSTANCE_DIR"),
        ({"HOST": "192.0.2.1"}, "HOST"),
    ],
)
def test_a_start_that_cannot_succeed_is_one_sentence(root, tmp_path, environ, named):
    found = {"PORT": free_port(), "INSTANCE_DIR": tmp_path} | environ
    assert named in refusal(begin(root, **found))


def test_a_port_that_only_the_system_may_use_is_a_sentence_of_its_own():
    denied = PermissionError(13, "Permission denied")
    assert "above 1023" in serve._why_not("127.0.0.1", 80, denied)


def test_the_stamp_changes_with_what_a_deployment_would_load(tmp_path):
    def stamp(**environ: str) -> str:
        return serve.stamp(config.load(environ={"INSTANCE_DIR": str(tmp_path), **environ}))

    plain = stamp()
    assert stamp() == plain
    assert len({plain, stamp(DEMO="1"), stamp(DEMO="1", DEMO_PASSWORD="Another-2024!")}) == 3


def test_a_wrong_key_for_sealed_data_is_refused_before_anything_is_written(app, session):
    from app import columns
    from tests.databases import SECRETS

    serve.check_key(session.get_bind())
    columns.set_keys("not the key that sealed it, not the key that sealed it")
    try:
        with pytest.raises(config.StartError, match="PII_KEY"):
            serve.check_key(session.get_bind())
    finally:
        columns.set_keys(SECRETS["PII_KEY"])
