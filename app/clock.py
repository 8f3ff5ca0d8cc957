"""The wall clock. Nothing else reads it: rules are handed the time they decide by."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

#: Civil dates and times are those of China, wherever the server stands.
CHINA = ZoneInfo("Asia/Shanghai")


def _wall() -> datetime:
    """Return the machine's time."""
    return datetime.fromtimestamp(time.time(), CHINA)


_source: Callable[[], datetime] = _wall


def now() -> datetime:
    """Return the present moment with the zone Asia/Shanghai."""
    return _source().astimezone(CHINA)


def today() -> date:
    """Return the present civil date in China."""
    return now().date()


def set_clock(source: Callable[[], datetime] | None) -> None:
    """Read the time from another source from now on; None brings the wall clock back.

    The source returns aware moments. It is one for the whole process, so that every thread
    of a server under test sees the same time.
    """
    global _source
    _source = source or _wall
