"""Writes a migration from the difference between the models and the newest migration.

    python tools/migration.py "Add case.suspended_at, so a date can wait for a court"

Works on a throw-away SQLite file. Read what it wrote before you commit it; tests/test_setup.py
tries it on both databases, there and back.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from alembic import command  # noqa: E402  # the root must be importable first
from alembic.util import CommandError  # noqa: E402

from app import database  # noqa: E402


def next_number() -> str:
    """Return the number of the next migration: 0001, 0002 and so on."""
    have = [int(path.name[:4]) for path in (ROOT / "migrations" / "versions").glob("[0-9]*_*.py")]
    return f"{max(have, default=0) + 1:04d}"


def write(message: str) -> Path:
    """Write the migration and return its file."""
    number = next_number()
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:50].rstrip("_")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/scratch.db"
        if number != "0001":
            database.upgrade(url)
        engine = database.make_engine(url, foreign_keys=False)
        with engine.begin() as connection:
            config = database.alembic_config(connection)
            config.set_main_option("file_template", f"{number}_{slug}")
            command.revision(config, message.rstrip("."), autogenerate=True, rev_id=number)
        engine.dispose()
    path = ROOT / "migrations" / "versions" / f"{number}_{slug}.py"
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "check", "--fix", "--quiet", str(path)], check=True)
    subprocess.run([*ruff, "format", "--quiet", str(path)], check=True)
    return path


def main() -> int:
    """Return the exit code; a missing message is a refusal that says how to call this."""
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        print(
            'Say what the migration does: make migration m="Add what, so that".', file=sys.stderr
        )
        return 1
    try:
        print(write(message).relative_to(ROOT))
    except (CommandError, database.DatabaseProblem) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
