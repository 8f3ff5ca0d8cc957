"""The names of columns on the generated screens, said once; a view may call one otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

COLUMNS: Mapping[str, Any] = {
    "jurisdiction_id": lazy_gettext("County"),
    "place": lazy_gettext("County"),
    "key": lazy_gettext("Key"),
    "name": lazy_gettext("Name"),
    "short": lazy_gettext("Short name"),
    "kind": lazy_gettext("Kind"),
    "address": lazy_gettext("Address"),
    "position": lazy_gettext("Order"),
    "retired_on": lazy_gettext("No longer from"),
    "state": lazy_gettext("State"),
    "body_key": lazy_gettext("Unit"),
    "body": lazy_gettext("Unit"),
    "post": lazy_gettext("Post"),
    "person": lazy_gettext("Person"),
    "title": lazy_gettext("Title"),
    "phone": lazy_gettext("Telephone"),
    "is_full_time": lazy_gettext("Full time"),
    "user_id": lazy_gettext("Account"),
    "stands_in_for": lazy_gettext("Stands in for"),
    "authority": lazy_gettext("Appointed by"),
    "from_on": lazy_gettext("First day"),
    "until_on": lazy_gettext("Last day"),
    "term": lazy_gettext("Term"),
    "code": lazy_gettext("Number"),
    "label": lazy_gettext("Name"),
    "on": lazy_gettext("Day"),
    "source": lazy_gettext("Source"),
    "number": lazy_gettext("Number"),
    "case": lazy_gettext("Case"),
    "at": lazy_gettext("Time"),
}
