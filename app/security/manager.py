"""Flask-AppBuilder's security manager, with what it does badly mended in one place.

Rights go by the acting post alone: the roles of two posts never add up. The (permission, view)
pairs are read once per request instead of one query per button (FLASK_APPBUILDER 3b).
"""

from __future__ import annotations

from typing import Any

from flask import g, has_request_context, redirect, session
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.views import expose
from flask_login import logout_user
from werkzeug.wrappers import Response

from app.security.posts import SUPERUSER, chosen_post


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
        """Return the one role of the acting post; superusers keep theirs."""
        roles = super().get_user_roles(user)
        if not user.is_authenticated:
            return list(roles)
        held = [role for role in roles if role.name == SUPERUSER]
        if held:
            return held
        post = chosen_post() if has_request_context() else None
        return [role for role in roles if post is not None and role.name == role_of(post)]

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


def _pairs(manager: Any, user: Any) -> set[tuple[str, str]]:
    """Return the (permission, view) pairs of the acting post, read once per request."""
    if "permission_pairs" not in g:
        roles = manager.get_user_roles(user)
        g.permission_pairs = (
            {pair for pairs in manager.get_user_roles_permissions(user).values() for pair in pairs}
            if roles
            else set()
        )
    found: set[tuple[str, str]] = g.permission_pairs
    return found
