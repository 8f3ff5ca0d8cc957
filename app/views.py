"""The generated screens, and the menu of each role."""

from __future__ import annotations

from flask_appbuilder import AppBuilder


def register(appbuilder: AppBuilder) -> None:
    """Register the generated views with Flask-AppBuilder."""
