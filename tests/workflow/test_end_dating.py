"""V16: a body or a kind of dispute ends by a date; what was begun with it goes on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.database import write_transaction
from app.errors import Refused
from app.models import Body, CategoryRow
from app.security.sight import Scope, see
from tests.factories import Door, at


def end(door: Door, model: type, on: date, **where: object) -> None:
    """End-date one row of the superuser's tables."""
    with write_transaction():
        door.session.rollback()
        see(door.session, Scope.system())
        row = door.session.scalars(select(model).filter_by(**where)).one()
        row.retired_on = on
        door.session.commit()


def test_v16_a_retired_kind_is_not_registered_any_more_and_old_cases_go_on(door: Door) -> None:
    case_id = door.register("tax", category=4).case_id
    end(door, CategoryRow, date(2024, 11, 5), code=4)
    assert door.register("tax", category=4).number, "today is its last day"
    door.now = at("2024-11-05")
    with pytest.raises(Refused) as refusal:
        door.register("tax", category=4)
    assert list(refusal.value.errors) == ["category"]
    door.do(case_id, "tax", "accept")
    assert door.case(case_id).stage == "handling"


def test_v16_a_retired_body_is_no_choice_any_more_and_its_cases_keep_its_name(door: Door) -> None:
    held = door.register("medical", category=8, insurance=["medical"]).case_id
    other = door.register("petition", category=8, insurance=["medical"]).case_id
    end(door, Body, date(2024, 11, 4), key="medical")
    offer = door.offers(other, "petition").find("transfer")
    assert offer is not None
    assert offer.asks[0].values == ["tax", "hrss"]
    assert door.case(held).holder == "medical"
    assert "return_to_office" in door.keys(held, "medical"), "what it has can be handed on"
