"""How Alembic runs here: on a connection that app.database hands over, inside its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from flask_appbuilder.security.sqla import models as security_models

from app import database, models, records  # noqa: F401  # all tables must be known

METADATA = database.Model.metadata
# Importing them put their tables into the metadata: Flask-AppBuilder's users, roles and
# permissions are migrated here, too.
OWNED = (models.Case, security_models.User)


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Return whether a table is compared: those that only the database has are not."""
    return kind != "table" or name in METADATA.tables or name == "alembic_version"


def include_object(item: Any, _name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Return whether a part of a table is compared: an index of the other database is not."""
    own = item.info.get("dialect") if kind == "index" else None
    return own in (None, context.get_context().dialect.name)


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write our own column types as what they are in the database, free of the application."""
    if kind == "type" and item.__class__.__module__.startswith("app."):
        autogen.imports.add("import sqlalchemy as sa")
        return f"sa.{item.impl!r}"
    return False


def run() -> None:
    """Run the migrations asked for."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        render_as_batch=True,
        include_name=include_name,
        include_object=include_object,
        render_item=render_item,
        transactional_ddl=True,
        user_module_prefix="app.",
    )
    context.run_migrations()


run()
