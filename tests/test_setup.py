"""Settings, database and tools: a start that cannot succeed says why in one sentence."""

from __future__ import annotations

import re
import socket
import stat
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from babel.messages.catalog import Catalog
from sqlalchemy import Engine, Sequence, select, text

import config
from app import clock as wall
from app import database
from tests.conftest import START, Clock, NetworkRefused
from tools import messages

LONG = "0123456789abcdef" * 4


def settings(folder: Path, **environ: str) -> dict[str, Any]:
    """Load the settings from these variables alone."""
    return config.load(environ={"INSTANCE_DIR": str(folder / "instance"), **environ})


def is_one_sentence(message: str) -> bool:
    """Return whether a message is one line: what is wrong, a colon, what to do."""
    return "\n" not in message and message.endswith(".") and ": " in message


# --- settings


def test_nothing_set_gives_a_local_server_on_sqlite_with_secrets_of_its_own(tmp_path):
    found = settings(tmp_path)
    assert (found["HOST"], found["PORT"], found["DEMO"]) == ("127.0.0.1", 8080, False)
    assert found["DATABASE_URL"] == f"sqlite:///{tmp_path}/instance/lianchu.db"
    for name in ("secret_key", "pii_key"):
        file = tmp_path / "instance" / name
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(file.read_text().strip()) == 64
    assert found["SECRET_KEY"] != found["PII_KEY"] != found["JWT_SECRET_KEY"]


def test_the_secrets_stay_the_same_at_the_next_start(tmp_path):
    first, second = settings(tmp_path), settings(tmp_path)
    assert (first["SECRET_KEY"], first["PII_KEY"]) == (second["SECRET_KEY"], second["PII_KEY"])


def test_a_secret_that_others_can_read_is_closed_to_them(tmp_path):
    settings(tmp_path)
    (tmp_path / "instance" / "secret_key").chmod(0o644)
    settings(tmp_path)
    assert stat.S_IMODE((tmp_path / "instance" / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "８０８０"),
        ("WEB_WORKERS", "0"),
        ("WEB_WORKERS", "many"),
        ("DEMO", "perhaps"),
        ("SERVER_TIMING", "2"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "lianchu.db"),
        ("SECRET_KEY", "short"),
        ("PII_KEY", "short"),
        ("INSTANCE_DIR", "/dev/null/instance"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence_that_names_it(tmp_path, name, value):
    with pytest.raises(config.StartError) as refusal:
        settings(tmp_path, **{name: value})
    assert name in refusal.value.message
    assert is_one_sentence(refusal.value.message)


def test_a_secret_key_that_stands_in_the_repository_is_refused_outside_the_demonstration(tmp_path):
    published = "this sentence stands in a test of the repository"
    with pytest.raises(config.StartError, match="repository"):
        settings(tmp_path, SECRET_KEY=published)
    assert settings(tmp_path, SECRET_KEY=published, DEMO="1")["SECRET_KEY"] == published


def test_an_empty_secret_file_is_refused_because_what_it_sealed_would_be_lost(tmp_path):
    settings(tmp_path)
    (tmp_path / "instance" / "pii_key").write_text("")
    with pytest.raises(config.StartError, match="backup"):
        settings(tmp_path)


def test_an_override_takes_the_place_of_the_environment(tmp_path):
    found = config.load(
        {"PORT": 9000, "DEMO": True, "SECRET_KEY": LONG, "PII_KEY": LONG, "TESTING": True},
        {"PORT": "1", "INSTANCE_DIR": str(tmp_path)},
    )
    assert (found["PORT"], found["DEMO"], found["TESTING"]) == (9000, True, True)
    assert found["SECRET_KEY"] == LONG
    assert not list(tmp_path.glob("*_key")), "no secret is made where one is given"


def test_responses_are_timed_under_demo_or_on_request_only(tmp_path):
    assert settings(tmp_path, DEMO="1")["SERVER_TIMING"] is True
    assert settings(tmp_path, SERVER_TIMING="1")["SERVER_TIMING"] is True
    assert settings(tmp_path)["SERVER_TIMING"] is False


def test_cookies_go_over_https_alone_where_a_proxy_speaks_it(tmp_path):
    assert settings(tmp_path)["SESSION_COOKIE_SECURE"] is False
    assert settings(tmp_path, TRUSTED_PROXY="127.0.0.1")["SESSION_COOKIE_SECURE"] is True


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_through_its_newest_driver(tmp_path, scheme):
    url = settings(tmp_path, DATABASE_URL=f"{scheme}://county@127.0.0.1/lianchu")["DATABASE_URL"]
    engine = database.make_engine(url)
    assert engine.url.render_as_string() == "postgresql+psycopg://county@127.0.0.1/lianchu"


# --- database


@pytest.fixture
def engine(empty_database):
    made = database.make_engine(empty_database)
    yield made
    made.dispose()


def test_the_migrations_make_what_the_models_say(engine):
    with engine.connect() as connection:
        command.check(database.alembic_config(connection))
    assert database.is_current(engine)
    database.require_current(engine)


def test_the_migrations_go_back_to_nothing_and_forth_again(engine, empty_database):
    with engine.begin() as connection:
        command.downgrade(database.alembic_config(connection), "base")
    assert not database.is_current(engine)
    with pytest.raises(database.DatabaseProblem, match="make run"):
        database.require_current(engine)
    database.upgrade(empty_database)
    assert database.is_current(engine)


def test_a_second_migration_changes_nothing(engine, empty_database):
    database.upgrade(empty_database)
    assert database.is_current(engine)


def test_every_sequence_that_a_table_draws_from_exists(engine):
    if engine.dialect.name == "sqlite":
        return  # it has none and needs none
    wanted = {
        column.default.name
        for table in database.Model.metadata.tables.values()
        for column in table.columns
        if isinstance(column.default, Sequence)
    }
    with engine.connect() as connection:
        have = set(connection.scalars(text("SELECT sequencename FROM pg_sequences")))
    assert wanted <= have


def test_a_database_of_a_newer_version_is_refused_and_left_alone(engine, empty_database):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(database.DatabaseProblem) as refusal:
        database.upgrade(empty_database)
    assert "newer version" in str(refusal.value)
    assert is_one_sentence(str(refusal.value))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////dev/null/lianchu.db",
        "sqlite:///{folder}/a-letter.txt",
        "postgresql://county:no-secret-here@127.0.0.1:1/lianchu",
        "postgresql://[",
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence_without_its_password(tmp_path, url):
    (tmp_path / "a-letter.txt").write_text("Dear county office, " * 100)
    with pytest.raises(database.DatabaseProblem) as refusal:
        database.upgrade(url.format(folder=tmp_path))
    assert is_one_sentence(str(refusal.value))
    assert "DATABASE_URL" in str(refusal.value)
    assert "no-secret-here" not in str(refusal.value)


def test_sqlite_writes_ahead_checks_references_and_waits_its_turn(tmp_path):
    engine = database.make_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.connect() as connection:
        wanted = {
            "journal_mode": "wal",
            "synchronous": 1,
            "foreign_keys": 1,
            "busy_timeout": 15000,
        }
        for pragma, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    engine.dispose()


def add_one(engine: Engine) -> None:
    """Raise the counter by what was read, in one transaction (the lock is PostgreSQL's)."""
    read = select(text("n")).select_from(text("counter")).with_for_update()
    with database.write_transaction(), engine.begin() as connection:
        value = connection.scalar(read)
        connection.execute(text("UPDATE counter SET n = :n"), {"n": value + 1})


def test_writers_at_the_same_time_take_turns_and_lose_nothing(engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def work() -> None:
        for _ in range(25):
            add_one(engine)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT n FROM counter")) == 100


def test_a_request_counts_its_own_statements_and_not_the_beginning_of_a_transaction(engine):
    database.start_request(writes=False)
    assert database.timing() == (0.0, 0)
    with engine.connect() as connection:
        connection.execute(select(1))
        connection.execute(select(2))
    ms, statements = database.timing()
    assert statements == 2
    assert ms > 0
    database.start_request(writes=False)
    assert database.timing() == (0.0, 0)


# --- tools and tests themselves


def pins(path: Path) -> dict[str, str]:
    """Return package → version of a requirements file."""
    found = re.findall(r"^([a-z0-9.-]+)==(\S+) \\$", path.read_text(), re.M)
    return dict(found)


def test_both_requirements_files_pin_the_same_versions(root):
    run, dev = pins(root / "requirements.txt"), pins(root / "requirements-dev.txt")
    assert len(run) > 40
    assert run.items() <= dev.items()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_a_hash_and_no_file_names_a_registry(root, name):
    written = (root / name).read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", written)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in written


@pytest.mark.parametrize(
    "name", ["run", "test", "fast", "check", "bench", "messages", "migration"]
)
def test_make_help_lists_the_command(root, name):
    shown = subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True, check=True)
    assert f"make {name} " in shown.stdout


def test_imports_point_one_way(root):
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-logo"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        (None, "not collected"),
        ("", "not translated"),
        ("承办单位", "placeholder"),
        ("承办单位：%(unit)s", None),
    ],
)
def test_a_text_without_a_good_translation_is_named(translation, fault):
    texts, chinese = Catalog(), Catalog(locale="zh")
    texts.add("Held by %(unit)s")
    if translation is not None:
        chinese.add("Held by %(unit)s", translation)
    found = list(messages.faults(texts, chinese))
    assert bool(found) == bool(fault)
    assert not fault or fault in found[0]


def test_the_clock_stands_where_the_test_put_it(clock: Clock):
    assert wall.now() == START
    assert wall.today().isoformat() == "2024-11-04"
    clock.move(days=1, hours=2)
    assert wall.now() == START + timedelta(days=1, hours=2)


def test_the_civil_day_is_that_of_china(clock: Clock):
    clock.move(to=datetime.fromisoformat("2024-12-31T16:30:00+00:00"))
    assert wall.today().isoformat() == "2025-01-01"


def test_no_test_can_leave_this_machine():
    with socket.socket() as outgoing, pytest.raises(NetworkRefused):
        outgoing.connect(("192.0.2.1", 80))
