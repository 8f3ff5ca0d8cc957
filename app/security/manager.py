"""Flask-AppBuilder's security manager, with what it does badly mended in one place.

Rights go by the acting post alone: the roles of two posts never add up. The (permission, view)
pairs are read once per request instead of one query per button (FLASK_APPBUILDER 3b).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask, current_app, g, has_request_context, redirect, request, session
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.views import expose
from flask_babel import lazy_gettext
from flask_jwt_extended import JWTManager
from flask_login import logout_user, user_logged_in
from werkzeug.wrappers import Response

from app import clock
from app.security import accounts
from app.security.posts import chosen_post, database_session, is_superuser, standing


class LoginView(AuthDBView):
    """The login form; signing out takes a POST, so that no link or image does it."""

    #: The same words for a wrong password, an unknown name and a locked account.
    invalid_login_message = lazy_gettext(accounts.NOT_RIGHT)

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> Any:
        """Draw the form, or sign in and go on to what was wanted, if an address can name it."""
        if not request.args.get("next", "").isprintable():
            return redirect(self.appbuilder.get_url_for_login)
        return super().login()

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        """End the session and go back to the login form."""

        logout_user()
        session.clear()
        return redirect(self.appbuilder.get_url_for_login)


class PostSecurityManager(SecurityManager):
    """Rights by the acting post, read once per request; accounts by `app.security.accounts`."""

    authdbview = LoginView

    def register_views(self) -> None:
        """Serve signing in alone: accounts are kept on our own pages, roles by the deployment."""
        self.appbuilder.add_api(self.security_api)
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)

    def auth_user_db(self, username: str, password: str) -> Any | None:
        """Return the account that signs in, by the form or over REST; None where it may not."""
        user = accounts.sign_in(database_session(), username, password, clock.now())
        return self.load_user(user.id, is_new=True) if user else None

    def load_user(self, pk: int, *, is_new: bool = False) -> Any | None:
        """Return the account of a browser's session, unless a newer password has ended it."""
        stamp = None if is_new else session.get("stamp", 0)
        return self._load(pk, stamp)

    def load_user_jwt(self, _header: Mapping[str, Any], token: Mapping[str, Any]) -> Any | None:
        """Return the account of a token, unless a newer password has ended it."""
        g.user = self._load(token["sub"], token.get("stamp", 0))
        return g.user

    def _load(self, pk: int | str, stamp: int | None) -> Any | None:
        found = accounts.load(database_session(), int(pk))
        if found is None or stamp not in (None, found[1].stamp):
            return None
        if found[0].email.endswith(accounts.DEMO_MAIL) and not current_app.config["DEMO"]:
            return None
        g.standing = found[1]
        return found[0]

    def create_jwt_manager(self, app: Flask) -> JWTManager:
        """Return the manager of tokens; a token carries the stamp, too."""
        manager = super().create_jwt_manager(app)
        manager.additional_claims_loader(lambda _identity: {"stamp": standing().stamp})
        return manager

    def get_user_roles(self, user: Any) -> list[Any]:
        """Return the one role of the acting post; without one only the superuser's counts.

        An account keeps the roles of posts that have ended, and a request may name a post that
        the account does not hold: neither gives any right.
        """
        if not (user.is_authenticated and has_request_context()):
            return list(super().get_user_roles(user))
        post = chosen_post()
        if post is None:
            return list(super().get_user_roles(user)) if is_superuser() else []
        role = self.find_role(role_of(post))
        return [role] if role is not None else []

    def _has_view_access(self, user: Any, permission_name: str, view_name: str) -> bool:
        pairs = _pairs(self, user)
        return (permission_name, view_name) in pairs

    def _get_user_permission_view_menus(
        self, user: Any, permission_name: str, view_menus_name: list[str]
    ) -> set[str]:
        if user is None:
            return set()
        pairs = _pairs(self, user)
        return {name for name in view_menus_name if (permission_name, name) in pairs}


@user_logged_in.connect
def _stamp_session(_app: Flask, **_more: Any) -> None:
    """Let a browser's session carry the stamp of the password it began with."""
    session["stamp"] = standing().stamp


def role_of(post: Any) -> str:
    """Return the name of the Flask-AppBuilder role that a post has."""
    return str(post.acting_for if post.role == "post" else f"unit {post.role}")


def allowed(manager: Any, permission: str, view_name: str) -> bool:
    """Return whether the acting post holds a permission on a view."""
    return (permission, view_name) in _pairs(manager, g.user)


def forget_pairs(manager: Any) -> None:
    """Drop the pairs that are kept in the process, once deployment has changed them."""
    _by_role.pop(manager, None)


def _pairs(manager: Any, user: Any) -> frozenset[tuple[str, str]]:
    """Return the (permission, view) pairs of the acting post.

    Those of a post stand in the code and are kept in the process; an account without a post
    (the superuser) has its roles read once per request.
    """
    post = chosen_post()
    if post is not None:
        kept = _by_role.setdefault(manager, {})
        if role_of(post) in kept:
            return kept[role_of(post)]
        pairs = _read(manager, user)
        # A post that came with a new version gets its role from the next deployment.
        if manager.find_role(role_of(post)) is not None:
            kept[role_of(post)] = pairs
        return pairs
    if "permission_pairs" not in g:
        g.permission_pairs = _read(manager, user)
    found: frozenset[tuple[str, str]] = g.permission_pairs
    return found


def _read(manager: Any, user: Any) -> frozenset[tuple[str, str]]:
    by_role = manager.get_user_roles_permissions(user) if manager.get_user_roles(user) else {}
    return frozenset(pair for pairs in by_role.values() for pair in pairs)


#: The pairs of each post's role, by security manager (one per application).
_by_role: WeakKeyDictionary[Any, dict[str, frozenset[tuple[str, str]]]] = WeakKeyDictionary()
