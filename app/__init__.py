"""The application: `create_app` is the only place that wires its parts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_appbuilder import AppBuilder
from flask_wtf import CSRFProtect

import config
from app import columns, database
from app.security import looks, sight
from app.security.posts import enter
from app.uploads import PATH_END

#: Methods that change nothing; all others open a transaction that writes.
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def create_app(overrides: Mapping[str, Any] | None = None) -> Flask:
    """Return the application with these settings over those of the environment."""
    settings = config.load(overrides)
    app = Flask(__name__)
    app.config.update(settings)
    app.config.update(
        FAB_SECURITY_MANAGER_CLASS="app.security.manager.PostSecurityManager",
        FAB_INDEX_VIEW="app.screens.home.HomeView",
        FAB_BASE_TEMPLATE="screen.html",
    )
    columns.set_keys(settings["PII_KEY"])
    engine = database.make_engine(settings["DATABASE_URL"])
    session = database.make_session(engine)
    sight.install(session)
    app.extensions["lianchu.session"] = session
    CSRFProtect(app)
    app.url_value_preprocessor(_limit_body)
    _enter_requests(app, session)
    with app.app_context():
        appbuilder = AppBuilder()
        appbuilder.init_app(app, session)
        app.before_request(enter)
        _register_parts(app, appbuilder)
    _leave_requests(app, session)
    looks.install(app)
    return app


def _register_parts(app: Flask, appbuilder: AppBuilder) -> None:
    """Register screens, generated views, REST and command line."""
    from app import api, cli, screens, views

    for blueprint in screens.BLUEPRINTS:
        app.register_blueprint(blueprint)
    screens.install(app)
    views.register(appbuilder)
    api.register(app, appbuilder, screens.error_page)
    cli.register(app)


def _limit_body(_endpoint: str | None, _values: Any) -> None:
    """Let a body be longer where recordings are brought; before anything reads the form."""
    if request.path.rstrip("/").endswith(PATH_END):
        request.max_content_length = current_app.config["MAX_UPLOAD_LENGTH"]


def _enter_requests(app: Flask, session: Any) -> None:
    """Begin each request with a fresh session that sees nothing, and a clock at zero."""

    @app.before_request
    def begin() -> None:
        session.remove()
        database.start_request(writes=request.method not in SAFE)
        sight.see(session, sight.NOTHING)
        g.csp_nonce = secrets.token_urlsafe(16)

    app.jinja_env.globals["csp_nonce"] = lambda: g.get("csp_nonce", "")


def _leave_requests(app: Flask, session: Any) -> None:
    """Put the headers on each answer, and give the session back."""

    @app.after_request
    def headers(response: Response) -> Response:
        policy = (
            "default-src 'self'; img-src 'self' data:; media-src 'self'; object-src 'none'; "
            "base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'; "
            f"script-src 'self' 'nonce-{g.get('csp_nonce', '')}'"
        )
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if request.endpoint and not request.endpoint.endswith("static"):
            response.headers.setdefault("Cache-Control", "no-store")
        if app.config["SERVER_TIMING"]:
            spent, statements = database.timing()
            response.headers["Server-Timing"] = f'db;dur={spent:.1f};desc="{statements}"'
        return response

    @app.teardown_appcontext
    def give_back(_error: BaseException | None) -> None:
        session.remove()
