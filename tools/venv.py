"""Makes .venv and keeps it in step with the pinned requirements.

    python3 tools/venv.py run    what the running system needs
    python3 tools/venv.py dev    that, and what tests and checks need

Runs on the bare interpreter, so it uses the standard library alone. What is installed is known by
the hash of the requirements file, not by its date: a checkout of the same pins installs nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
FILES = {"run": "requirements.txt", "dev": "requirements-dev.txt"}
OLDEST = (3, 11)


def digest(name: str) -> str:
    """Return the hash of a requirements file's bytes."""
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def installed() -> dict[str, str]:
    """Return file name → hash of what is installed; nothing where the environment is broken."""
    try:
        subprocess.run([PYTHON, "-c", "import pip"], check=True, capture_output=True)
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}


def create() -> None:
    """Make an empty environment in place of whatever is there."""
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)


def install(name: str) -> None:
    """Install a requirements file; every package must match its recorded hash."""
    print(
        f"Installing {name} into .venv; the first time this takes about half a minute.", flush=True
    )
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq"]
    subprocess.run([*pip, "install", "--require-hashes", "-r", str(ROOT / name)], check=True)


def ensure(kind: str) -> None:
    """Bring .venv to the state of the requirements for this kind; two calls at once take turns."""
    VENV.mkdir(exist_ok=True)
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        have = installed()
        name = FILES[kind]
        if have.get(name) == digest(name):
            return
        if not have:
            create()
        install(name)
        # The development file repeats the pins of the other one, so it satisfies both.
        done = FILES.values() if kind == "dev" else [name]
        STAMP.write_text(json.dumps({file: digest(file) for file in done}))


def main() -> int:
    """Return the exit code; every failure is one sentence."""
    if sys.version_info < OLDEST:
        print("Python 3.11 or newer is needed: try PYTHON=python3.11 make run.", file=sys.stderr)
        return 1
    if len(sys.argv) != 2 or sys.argv[1] not in FILES:
        print(f"Say which requirements are wanted: {' or '.join(FILES)}.", file=sys.stderr)
        return 1
    try:
        ensure(sys.argv[1])
    except subprocess.CalledProcessError as failure:
        what = " ".join(str(word) for word in failure.cmd[:5])
        print(
            f"{what} ended with {failure.returncode}: see its message above, then run make again.",
            file=sys.stderr,
        )
        return 1
    except OSError as failure:
        print(
            f".venv cannot be written ({failure}): check its owner and the free space.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
