"""Flask-AppBuilder's security manager, with what it does badly mended in one place.

Rights go by the acting post alone: the roles of two posts never add up. The (permission, view)
pairs are read once per request instead of one query per button (FLASK_APPBUILDER 3b).
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from flask import g, has_request_context, redirect, session
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.views import expose
from flask_login import logout_user
from werkzeug.wrappers import Response

from app.security.posts import chosen_post


class LoginView(AuthDBView):
    """The login form; signing out takes a POST, so that no link or image does it."""

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        """End the session and go back to the login form."""

        logout_user()
        session.clear()
        return redirect(self.appbuilder.get_url_for_login)


class PostSecurityManager(SecurityManager):
    """Rights by the acting post, read once per request."""

    authdbview = LoginView

    def get_user_roles(self, user: Any) -> list[Any]:
        """Return the one role of the acting post; whoever holds none keeps the account's."""
        post = chosen_post() if user.is_authenticated and has_request_context() else None
        if post is None:
            return list(super().get_user_roles(user))
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


def role_of(post: Any) -> str:
    """Return the name of the Flask-AppBuilder role that a post has."""
    return str(post.acting_for if post.role == "post" else f"unit {post.role}")


def _pairs(manager: Any, user: Any) -> frozenset[tuple[str, str]]:
    """Return the (permission, view) pairs of the acting post.

    Those of a post stand in the code and are kept in the process; an account without a post
    (the superuser) has its roles read once per request.
    """
    post = chosen_post()
    if post is not None:
        kept = _by_role.setdefault(manager, {})
        if role_of(post) not in kept:
            kept[role_of(post)] = _read(manager, user)
        return kept[role_of(post)]
    if "permission_pairs" not in g:
        g.permission_pairs = _read(manager, user)
    found: frozenset[tuple[str, str]] = g.permission_pairs
    return found


def _read(manager: Any, user: Any) -> frozenset[tuple[str, str]]:
    by_role = manager.get_user_roles_permissions(user) if manager.get_user_roles(user) else {}
    return OWN_ACCOUNT | {pair for pairs in by_role.values() for pair in pairs}


#: What every account may do: change its own password.
OWN_ACCOUNT = frozenset(
    {
        ("can_this_form_get", "ResetMyPasswordView"),
        ("can_this_form_post", "ResetMyPasswordView"),
    }
)
#: The pairs of each post's role, by security manager (one per application).
_by_role: WeakKeyDictionary[Any, dict[str, frozenset[tuple[str, str]]]] = WeakKeyDictionary()
