"""Accounts: the check at the door, the lock after wrong passwords, start passwords, sessions.

An account that has no row in `account_state` yet has done nothing wrong, owes nothing, and its
sessions carry the stamp 0. Nobody learns from an answer whether a name is an account: a wrong
password, an unknown name and a locked account get the same words and the same work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask_appbuilder.security.sqla.models import Role, User
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from werkzeug.security import check_password_hash, generate_password_hash

from app.errors import N_, Reason
from app.records import AccountState
from app.security.sight import AnySession

#: So many wrong passwords in a row lock an account for so long (DESIGN, 01-login).
MOST_WRONG = 5
LOCKED_FOR = timedelta(minutes=15)
SHORTEST = 10
LONGEST = 128
#: Under this address stand the accounts of the demonstration; outside one none of them gets in.
DEMO_MAIL = "@demo.invalid"
#: The one answer to whoever is not let in.
NOT_RIGHT = N_(
    "The user name or the password is not right. "
    "After five wrong passwords in a row an account waits for 15 minutes."
)
#: What a start password is made of: no sign that is taken for another one on paper.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 3, 4
#: What a user name is made of.
NAME = re.compile(r"[^\W_][\w.-]{2,39}")

#: Insert-or-leave is spoken differently by the two databases.
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True)
class Standing:
    """What a request must know of its account: the stamp of its sessions, what it owes."""

    stamp: int = 0
    must_change: bool = False


def load(session: AnySession, user_id: int) -> tuple[User, Standing] | None:
    """Return an active account with its standing, in one statement; None where there is none."""
    query = (
        select(User, AccountState.stamp, AccountState.must_change)
        .outerjoin(AccountState, AccountState.user_id == User.id)
        .where(User.id == user_id, User.active.is_(True))
    )
    row = session.execute(query).one_or_none()
    return (row[0], Standing(row[1] or 0, bool(row[2]))) if row else None


# --- the check


def sign_in(session: AnySession, username: str, password: str, now: datetime) -> User | None:
    """Return the account whose name and password these are, or None; commits what it counts.

    The slow check holds no lock. What it found counts in the order of the commits: of many
    tries at once, too, only those before the fifth wrong one can succeed.
    """
    query = select(User.id, User.password, User.active).where(
        func.lower(User.username) == username.lower()
    )
    row = session.execute(query.order_by(User.id).limit(1)).one_or_none()
    session.rollback()
    known = row if row is not None and row.active and row.password else None
    is_right = check_password_hash(known.password if known else _nobody(), password)
    if known is None:
        _work_for_nothing(session)
        return None
    if not _count(session, known.id, is_right, now):
        return None
    user = session.get_one(User, known.id)
    user.login_count = (user.login_count or 0) + 1
    user.last_login = now.replace(tzinfo=None)
    session.commit()
    return user


def confirms(session: AnySession, user_id: int, password: str, now: datetime) -> bool:
    """Return whether the signed-in person knows the present password; a wrong one is counted.

    Commits. Whoever found a screen left open must not find the password by trying.
    """
    kept = session.scalar(select(User.password).where(User.id == user_id))
    session.rollback()
    return _count(session, user_id, check_password_hash(kept or _nobody(), password), now)


def _count(session: AnySession, user_id: int, is_right: bool, now: datetime) -> bool:
    """Count a try, and return whether it opens the door; commits."""
    state = _own(session, user_id)
    if state.locked_until is not None and now < state.locked_until:
        _work_for_nothing(session)
        return False
    state.failed = 0 if is_right else state.failed + 1
    state.locked_until = None
    if state.failed >= MOST_WRONG:
        state.failed, state.locked_until = 0, now + LOCKED_FOR
    session.commit()
    return is_right


def _own(session: AnySession, user_id: int) -> AccountState:
    """Return the account's state, made where it is not there, and locked until the commit."""
    insert = _INSERT[session.get_bind().dialect.name](AccountState.__table__)
    made = insert.values(user_id=user_id, must_change=False, failed=0, stamp=0)
    session.execute(made.on_conflict_do_nothing(index_elements=["user_id"]))
    query = select(AccountState).where(AccountState.user_id == user_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


@cache
def _nobody() -> str:
    """Return a hash to check for an unknown name, which so costs what a known one does."""
    return generate_password_hash("nobody")


def _work_for_nothing(session: AnySession) -> None:
    """Write and commit as a counted try does, changing nothing: the time tells nothing either."""
    first = select(func.min(User.id)).scalar_subquery()
    session.execute(
        update(User)
        .where(User.id == first)
        .values(login_count=User.login_count)
        .execution_options(synchronize_session=False)
    )
    session.commit()


# --- passwords


def start_password(draw: Callable[[Sequence[str]], str]) -> str:
    """Return a password to read out once; `draw` picks one sign (60 bits in all)."""
    groups = ("".join(draw(SIGNS) for _ in range(GROUP)) for _ in range(GROUPS))
    return "-".join(groups)


def faults(password: str, username: str, present: str | None = None) -> list[Reason]:
    """Return why a password is not taken; `present` is the one it takes the place of."""
    found = []
    if len(password) < SHORTEST:
        text = N_("The password has %(has)s characters and needs at least %(least)s")
        found.append(Reason(text, {"has": len(password), "least": SHORTEST}))
    if len(password) > LONGEST or not password.isprintable():
        text = N_("The password has at most %(most)s characters, all of them visible")
        found.append(Reason(text, {"most": LONGEST}))
    if password.strip().lower() == username.lower():
        found.append(Reason(N_("The user name is known to others and is no password")))
    if present is not None and password == present:
        found.append(Reason(N_("This is the present password; choose another one")))
    return found


def set_password(session: AnySession, user_id: int, password: str, *, is_start: bool) -> int:
    """Give an account a password; its older sessions and tokens end. Return the new stamp.

    A start password (`is_start`) was set by somebody else and must be changed before anything.
    A lock ends with it. The caller commits.
    """
    state = _own(session, user_id)
    session.execute(
        update(User)
        .where(User.id == user_id)
        .values(password=generate_password_hash(password))
        .execution_options(synchronize_session="fetch")
    )
    state.must_change, state.failed, state.locked_until = is_start, 0, None
    state.stamp += 1
    return state.stamp


# --- new accounts


def open_account(
    session: AnySession, username: str, person: str, role: str, password: str
) -> User:
    """Add an account with a start password for somebody who holds a post; the caller commits.

    `role` is the name of the Flask-AppBuilder role of that post.
    """
    known = session.scalar(select(Role).where(Role.name == role)) or Role(name=role)
    user = User(
        first_name=person,
        last_name="",
        username=username,
        email=f"{username}@account.invalid",
        active=True,
        roles=[known],
    )
    session.add(user)
    session.flush()
    set_password(session, user.id, password, is_start=True)
    return user


def name_faults(session: AnySession, username: str) -> list[Reason]:
    """Return why a user name is not taken: its form, or somebody who has it already."""
    if not NAME.fullmatch(username):
        text = N_("A user name has 3 to 40 letters, digits, dots or dashes, as in zhang-san")
        return [Reason(text)]
    same = select(User.id).where(func.lower(User.username) == username.lower())
    if session.scalar(same.limit(1)) is not None:
        return [Reason(N_("This user name is taken; choose another one"))]
    return []
