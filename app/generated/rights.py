"""Which post may do what with which generated view, and how deployment gives it to the roles.

A view declares its grants; the roles of Flask-AppBuilder get exactly those pairs, so that what a
menu offers, what a page allows and what the table of permissions holds are one thing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import current_app, g, redirect, request
from flask_appbuilder.const import PERMISSION_PREFIX
from sqlalchemy import select

from app import database
from app.directory import ADMIN, CLERK, directory_of
from app.errors import N_, NotFound, NotYours, Reason
from app.models import Jurisdiction
from app.security.manager import allowed, forget_pairs
from app.security.posts import SUPERUSER as SUPERUSER_ROLE
from app.security.sight import AnySession

#: Who is granted something: a clerk or an administrator of a body, a post of the mechanism
#: (leader, deputy, auditor …), the superuser.
POST, SUPERUSER = "post", "superuser"

READ = ("can_list", "can_show")
WRITE = (*READ, "can_add", "can_edit")
FULL = (*WRITE, "can_delete")
DATED = (*WRITE, "can_end")
#: What everybody with a post may look at.
ALL_READ: Mapping[str, tuple[str, ...]] = {CLERK: READ, ADMIN: READ, POST: READ}

NOT_OPEN = N_("This is not open to your account.")
Method = TypeVar("Method", bound=Callable[..., Any])


def permitted(method: Method) -> Method:
    """Let only those in who hold can_<name of the method> on the view.

    Whoever is not signed in is led to the log-in page; others get 403.
    """
    permission = PERMISSION_PREFIX + method.__name__

    @functools.wraps(method)
    def guarded(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not g.user.is_authenticated:
            wanted = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(self.appbuilder.get_url_for_login_with(wanted))
        if not self.may(permission):
            raise NotYours(Reason(NOT_OPEN))
        return method(self, *args, **kwargs)

    guarded._permission_name = method.__name__  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def may(permission: str, view_name: str) -> bool:
    """Return whether the acting post holds the permission on the view."""
    return allowed(current_app.extensions["appbuilder"].sm, permission, view_name)


# --- deployment


def synchronise(appbuilder: Any, session: AnySession, views: Iterable[Any]) -> None:
    """Give each role exactly the pairs that the views declare.

    The superuser keeps what Flask-AppBuilder's own views grant; of ours the declared pairs only.
    Two that are published at once go one after the other; the caller commits.
    """
    declared = {view.__name__: view.grants for view in views}
    manager = appbuilder.sm
    database.take_turn(session, database.RIGHTS_LOCK)
    by_name = {(one.permission.name, one.view_menu.name): one for one in _all_pairs(manager)}
    for role, kind in roles(session).items():
        found = manager.find_role(role) or _new_role(manager, session, role)
        found.permissions = [
            by_name[permission, view]
            for view, grants in declared.items()
            for permission in grants.get(kind, ())
        ]
    superuser = manager.find_role(SUPERUSER_ROLE)
    superuser.permissions = [
        pair
        for (permission, view), pair in by_name.items()
        if view not in declared or permission in declared[view].get(SUPERUSER, ())
    ]
    forget_pairs(manager)


def _new_role(manager: Any, session: AnySession, name: str) -> Any:
    """Return a role of that name; Flask-AppBuilder's own way would commit and end the turn."""
    made = manager.role_model(name=name)
    session.add(made)
    return made


def _all_pairs(manager: Any) -> list[Any]:
    session = manager.session
    return [
        one
        for one in session.scalars(select(manager.permissionview_model)).unique()
        if one.permission is not None and one.view_menu is not None
    ]


def roles(session: AnySession) -> dict[str, str]:
    """Return the role of each kind of post, and what it is granted as."""
    found = {f"unit {CLERK}": CLERK, f"unit {ADMIN}": ADMIN}
    for place in session.scalars(select(Jurisdiction)).all():
        try:
            posts = directory_of(session, place).mechanism.posts
        except NotFound:
            continue
        found |= {key: POST for key, post in posts.items() if post.acts or post.sees_all}
    return found
