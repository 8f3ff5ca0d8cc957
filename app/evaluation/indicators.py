"""The indicators of the regular evaluation, each declared once (Z5-4; DOMAIN.md, section 6).

An indicator is a number, or one number divided by another. Each number says from which rows it
is counted and under which condition. Figures stand for the day on which they are drawn and are
never typed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.errors import N_
from app.evaluation import conditions as when
from app.evaluation.conditions import (
    ACCEPT,
    AMOUNT,
    ARCHIVE,
    DECLINE,
    ELEMENTS_ASKED,
    ELEMENTS_FILLED,
    EXTEND,
    FILE,
    OBJECT,
    OUTCOME,
    PAUSE,
    REGISTER,
    REOPEN,
    RETURN,
    SERVE,
    SET_ASIDE,
    TRANSFER,
    URGE,
    Number,
    of_acts,
    of_cases,
    of_done,
    of_due,
    of_handled,
    of_open,
    owed,
)
from app.evaluation.counting import overdue
from app.evaluation.days import Days

Measure = Literal["cases", "tasks", "acts", "share", "each", "workdays", "yuan"]


@dataclass(frozen=True)
class Indicator:
    """A figure of the evaluation. `label` and `formula` are source strings to translate.

    `acts` are those it speaks of: the clauses of the mechanism behind them are its source.
    """

    key: str
    label: str
    measure: Measure
    formula: str
    acts: tuple[str, ...]
    numerator: Number
    denominator: Number | None = None


@dataclass(frozen=True)
class OfDays:
    """An indicator of how long handling took, from how often it took how many days."""

    key: str
    label: str
    formula: str
    figures: Callable[[Days], tuple[Any, Any]]
    measure: Measure = "workdays"
    acts: tuple[str, ...] = ()


# --- the declarations

INDICATORS: Sequence[Indicator] = (
    Indicator(
        "registered",
        N_("Registrations"),
        "cases",
        N_("cases registered in the period"),
        (REGISTER,),
        of_cases(),
    ),
    Indicator(
        "unfinished_rate",
        N_("Still in hand"),
        "share",
        N_("of the cases registered, those not finished today"),
        (REGISTER,),
        of_cases(when.unfinished),
        of_cases(),
    ),
    Indicator(
        "same_day_rate",
        N_("Registered on the day of the visit"),
        "share",
        N_("of the cases registered, those registered on the day on which the applicant came"),
        (REGISTER,),
        of_cases(when.same_day),
        of_cases(),
    ),
    Indicator(
        "complete_rate",
        N_("Data elements filled in"),
        "share",
        N_("aspect, period from and to, amount and employer: those filled in ÷ 5 a case"),
        (REGISTER,),
        ELEMENTS_FILLED,
        ELEMENTS_ASKED,
    ),
    Indicator(
        "amount",
        N_("Amount in dispute"),
        "yuan",
        N_("sum of the amounts of the cases registered"),
        (REGISTER,),
        AMOUNT,
    ),
    Indicator(
        "proposal_kept_rate",
        N_("Accepted as proposed"),
        "share",
        N_("of the registered cases accepted, those accepted by the unit proposed first"),
        (ACCEPT,),
        of_cases(when.as_proposed),
        of_cases(when.accepted),
    ),
    Indicator(
        "joint_rate",
        N_("Handled jointly"),
        "share",
        N_("of the registered cases whose way is known, those that several units handle"),
        (ACCEPT,),
        of_cases(when.joint),
        of_cases(when.on_a_way),
    ),
    Indicator(
        "highest_way_rate",
        N_("Gone the last way"),
        "share",
        N_("of the registered cases whose way is known, those on the mechanism's last way"),
        (ACCEPT,),
        of_cases(when.highest),
        of_cases(when.on_a_way),
    ),
    Indicator(
        "accepted_rate",
        N_("Accepted"),
        "share",
        N_("acceptances ÷ acceptances and refusals to accept"),
        (ACCEPT, DECLINE),
        of_acts(ACCEPT),
        of_acts(ACCEPT, DECLINE),
    ),
    Indicator(
        "declined_rate",
        N_("Not accepted"),
        "share",
        N_("refusals to accept ÷ acceptances and refusals to accept"),
        (ACCEPT, DECLINE),
        of_acts(DECLINE),
        of_acts(ACCEPT, DECLINE),
    ),
    Indicator(
        "acceptance_on_time_rate",
        N_("Accepted or passed on in time"),
        "share",
        N_("of the tasks to accept or pass on that were fulfilled, those by their due day"),
        (ACCEPT,),
        of_done(owed(ACCEPT, when.in_time)),
        of_done(owed(ACCEPT)),
    ),
    Indicator(
        "transfers",
        N_("Transfers"),
        "acts",
        N_("transfers from unit to unit"),
        (TRANSFER,),
        of_acts(TRANSFER),
    ),
    Indicator(
        "returns_each",
        N_("Returns per transfer"),
        "each",
        N_("returns to the office ÷ transfers"),
        (RETURN, TRANSFER),
        of_acts(RETURN),
        of_acts(TRANSFER),
    ),
    Indicator(
        "handled",
        N_("Decided"),
        "tasks",
        N_("handling tasks fulfilled: decisions and joint replies"),
        (),
        of_handled(),
    ),
    Indicator(
        "on_time_rate",
        N_("Decided in time"),
        "share",
        N_("of what was decided, that by its due day, with extensions and pauses"),
        (),
        of_handled(when.in_time),
        of_handled(),
    ),
    Indicator(
        "on_time_unextended_rate",
        N_("Decided in time without an extension"),
        "share",
        N_("of what was decided, that by its due day and never extended"),
        (),
        of_handled(when.in_time_unextended),
        of_handled(),
    ),
    Indicator(
        "extended_rate",
        N_("Extended"),
        "share",
        N_("of what was decided, that whose due day had been extended"),
        (EXTEND,),
        of_handled(when.extended),
        of_handled(),
    ),
    Indicator(
        "paused_rate",
        N_("With a pause"),
        "share",
        N_("of what was decided, that with a pause while it was handled"),
        (PAUSE,),
        of_handled(when.paused),
        of_handled(),
    ),
    Indicator(
        "first_contact_rate",
        N_("Decided where it was registered"),
        "share",
        N_("of what was decided, that by the unit that had registered the case"),
        (),
        of_handled(when.by_the_first),
        of_handled(),
    ),
    Indicator(
        "due_kept_rate",
        N_("Due days kept"),
        "share",
        N_("tasks due in the period: fulfilled in time ÷ fulfilled or overdue"),
        (),
        of_due(when.in_time),
        of_due(when.ended_or_missed),
    ),
    Indicator(
        "overdue_rate",
        N_("Overdue now"),
        "share",
        N_("of the tasks begun in the period and still open, those past their due day"),
        (URGE,),
        of_open(overdue),
        of_open(),
    ),
    Indicator(
        "urged",
        N_("Urged"),
        "acts",
        N_("times that the office urged a unit"),
        (URGE,),
        of_acts(URGE),
    ),
    Indicator(
        "served_on_time_rate",
        N_("Served in time"),
        "share",
        N_("of the services fulfilled, those by their due day"),
        (SERVE,),
        of_done(owed(SERVE, when.in_time)),
        of_done(owed(SERVE)),
    ),
    Indicator(
        "served_at_first_rate",
        N_("Served at the first attempt"),
        "share",
        N_("of the services fulfilled, those without a failed attempt before"),
        (SERVE,),
        of_done(owed(SERVE, when.at_first)),
        of_done(owed(SERVE)),
    ),
    Indicator(
        "filed_on_time_rate",
        N_("Reported to the office in time"),
        "share",
        N_("of the reports due to the office in the period, those made by their due day"),
        (FILE,),
        of_due(owed(FILE, when.in_time)),
        of_due(owed(FILE, when.ended_or_missed)),
    ),
    Indicator(
        "archived_on_time_rate",
        N_("Archived in time"),
        "share",
        N_("of the volumes due in the period, those archived by their due day"),
        (ARCHIVE,),
        of_due(owed(ARCHIVE, when.in_time)),
        of_due(owed(ARCHIVE, when.ended_or_missed)),
    ),
    Indicator(
        "objections_each",
        N_("Objections per service"),
        "each",
        N_("objections recorded ÷ services"),
        (OBJECT, SERVE),
        of_acts(OBJECT),
        of_acts(SERVE),
    ),
    Indicator(
        "set_aside_rate",
        N_("Set aside"),
        "share",
        N_("of the outcomes of remedies, those that set a decision aside"),
        (OUTCOME,),
        SET_ASIDE,
        of_acts(OUTCOME),
    ),
    Indicator(
        "reopened",
        N_("Handled again"),
        "acts",
        N_("cases reopened after a decision was set aside"),
        (REOPEN,),
        of_acts(REOPEN),
    ),
)


OF_DAYS: Sequence[OfDays] = (
    OfDays(
        "days_mean",
        N_("Working days to decide, mean"),
        N_("working days from start to decision without pauses, together ÷ number decided"),
        lambda days: (days.mean, days.total),
    ),
    OfDays(
        "days_median",
        N_("Working days to decide, median"),
        N_("the middle one of the working days to decide, in order"),
        lambda days: (days.median, None),
    ),
    OfDays(
        "days_p90",
        N_("Working days to decide, nine in ten"),
        N_("nearest rank: nine in ten took no more working days than this"),
        lambda days: (days.p90, None),
    ),
)
