"""Where log lines go: to standard error, one line each, for whoever keeps the server."""

from __future__ import annotations

import logging
import sys
from datetime import datetime

from app.clock import CHINA


class Line(logging.Formatter):
    """A line: time in China, level, where it comes from, what happened."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  # the standard library's name
        """Return the record's own time with its zone."""
        return datetime.fromtimestamp(record.created, CHINA).isoformat(timespec="milliseconds")


def set_up(level: int = logging.WARNING) -> None:
    """Send the records of every library to standard error from this level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Before the first accounts exist it advises a command that is not ours; app.deploy tells.
    logging.getLogger("flask_appbuilder.security.manager").setLevel(logging.ERROR)
