"""`flask mechanism load`: the same rules as on screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from tests.factories import PROFILE
from tests.publishing.test_versions_by_day import OWN_DAYS, changed

SOURCE = "source.txt"


def load(app: Flask, tmp_path: Path, text: str, *more: str) -> Any:
    path = tmp_path / "mechanism.yaml"
    path.write_text(text, encoding="utf-8")
    (tmp_path / SOURCE).write_bytes((PROFILE.parent / SOURCE).read_bytes())
    return app.test_cli_runner().invoke(args=["mechanism", "load", str(path), *more])


def test_a_changed_profile_is_loaded_once_and_says_from_when_it_holds(
    app: Flask, tmp_path: Path
) -> None:
    first = load(app, tmp_path, changed(), "--from", "2025-01-06")
    assert "version 2 loaded; it holds from 2025-01-06" in first.output
    assert "warning: nobody holds" in first.output
    again = load(app, tmp_path, changed(), "--from", "2025-02-06")
    assert again.output.splitlines()[-1] == "version 2 is loaded already"


def test_a_day_in_the_past_is_refused_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    found = load(app, tmp_path, changed(), "--from", "2024-11-03")
    assert found.exit_code == 1
    assert "This day is past; choose today or a later day" in found.output


def test_what_is_not_sound_is_refused_line_by_line(app: Flask, tmp_path: Path) -> None:
    text = changed(OWN_DAYS, OWN_DAYS.replace("Z4.2a", "Z4.2zz"))
    found = load(app, tmp_path, text)
    assert found.exit_code == 1
    assert "mechanism.yaml:" in found.output
    assert "Z4.2zz" in found.output
    assert "loaded" not in found.output
