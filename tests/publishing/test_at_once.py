"""Two superusers who press “publish” in the same moment."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from app.generated import rights
from app.models import MechanismVersion
from app.records import MechanismDraft
from app.screens import mechanism_edit
from tests.publishing.test_screens import PUBLISH, REVIEW, Seat, all_of, save, seen, typed
from tests.publishing.test_versions_by_day import changed

#: How long the first one waits for the second at the place where they are to meet.
TOGETHER = 5.0


def meeting(at: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function, begun by both at once."""
    both = threading.Barrier(2)

    def met(*args: Any, **more: Any) -> Any:
        both.wait(TOGETHER)
        return at(*args, **more)

    return met


def test_a_draft_that_two_publish_at_once_becomes_one_version(
    clerk: Seat, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats = [clerk("admin"), clerk("admin")]
    save(seats[0], changed())
    form = {"seen": seen(seats[0].page(REVIEW)), "first_day": "2024-11-04", "agreed": "1"}
    monkeypatch.setattr(mechanism_edit, "review", meeting(mechanism_edit.review))
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda seat: seat.send(PUBLISH, form), seats))
    assert [one.status_code for one in answers] == [303, 303]
    assert sorted(one.location for one in answers) == ["/mechanism/zezhou", REVIEW]
    assert len(all_of(app, MechanismVersion)) == 3
    assert all_of(app, MechanismDraft) == []


def test_two_counties_that_are_published_at_once_both_get_their_roles(
    clerk: Seat, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats, keys = [clerk("admin"), clerk("admin")], ["xiaoyi", "zezhou"]
    for key in keys:
        path = f"/mechanism/{key}/draft"
        data = {"profile": with_a_new_post(seats[0].page(path), key), "seen": ""}
        assert seats[0].send(path, data).status_code == 303
    stamps = [seen(seats[0].page(f"/mechanism/{key}/draft/review")) for key in keys]
    monkeypatch.setattr(rights, "synchronise", meeting(rights.synchronise))

    def publish(number: int) -> Any:
        form = {"seen": stamps[number], "first_day": "2024-11-04", "agreed": "1"}
        return seats[number].send(f"/mechanism/{keys[number]}/draft/publish", form)

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(publish, range(2)))
    assert [one.location for one in answers] == ["/mechanism/xiaoyi", "/mechanism/zezhou"]
    with app.app_context():
        manager = app.extensions["appbuilder"].sm
        for key in keys:
            role = manager.find_role(f"chief_of_{key}")
            assert role is not None
            assert role.permissions
        app.extensions["lianchu.session"].remove()


def with_a_new_post(page: str, key: str) -> str:
    """Return the county's profile with one more post that sees everything."""
    text = typed(page)
    [line] = re.findall(r"(?m)^  auditor: .*$", text)
    other = {"auditor": f"chief_of_{key}", "\u8003\u6838\u76d1\u7763": "\u5de1\u89c6"}
    more = line
    for old, new in other.items():
        more = more.replace(old, new)
    return text.replace(line, f"{line}\n{more}")
