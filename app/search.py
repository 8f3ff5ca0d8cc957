"""Finding cases by words: number, names, employer, content; telephone and ID by their index.

Chinese is written without blanks, so that a text is cut into overlapping pairs of characters: a
word of two characters is one pair, a longer one a row of pairs. Both databases index the same
words (`records.CaseSearch`). Long numbers stand there under a key, never as digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from unicodedata import normalize

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    bindparam,
    cast,
    column,
    exists,
    false,
    func,
    inspect,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import selectinload

from app.columns import blind_index
from app.database import INSERT, upsert
from app.models import Case, CaseAccess, Event, Party
from app.records import FTS_TABLE, CaseSearch
from app.rules import identity
from app.rules.shapes import EVERYTHING
from app.security.sight import AnySession, Scope, scope_of

#: What is read of a query, and of a word that is not Chinese.
LONGEST, LONGEST_WORD = 60, 40
#: So many digits in a row may be somebody's number: they are indexed under the key.
SECRET = 7
#: How many cases are taken up at a time by `catch_up`.
BATCH = 500
#: From so many hits on they are looked for among the newest cases first (PostgreSQL).
MANY = 1000

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_RUN = re.compile(f"(?P<han>[{_HAN}]+)|(?P<digits>[0-9]+)|(?P<other>(?:(?![{_HAN}])[^\\W\\d_])+)")
_PHONE = re.compile(r"[\d\-+() ]{7,20}", re.ASCII)
_ID_NUMBER = re.compile(r"\d{17}x", re.ASCII)
#: A key in letters: no database takes it for a number, and no text contains it.
_AS_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_KEY_LENGTH = 20

#: Facts whose change changes what a case is found by.
_OF_CASE = ("number", "employer", "content", "parties")
_OF_PARTY = ("name", "phone", "id_number", "credit_code")


# --- what a case is found by


def words(case: Any, parties: Sequence[Any]) -> list[str]:
    """Return the words of a case, in their order; facts of a row or of a plain object."""
    found = [*_of_number(case.number), *_cut(case.employer), *_cut(case.content)]
    for one in parties:
        found += [*_cut(one.name), *_cut(one.credit_code or ""), *_of_party(one)]
    return found


def row(case: Any, parties: Sequence[Any]) -> dict[str, Any]:
    """Return the row of a case for a bulk insert into `CaseSearch`."""
    return {
        "case_id": case.id,
        "jurisdiction_id": case.jurisdiction_id,
        "words": words(case, parties),
    }


def keep(session: AnySession, case: Case) -> None:
    """Write what a stored case is found by, in the transaction of the act that changed it."""
    values = row(case, case.parties)
    session.execute(upsert(session, CaseSearch, values, key=("case_id",)))


def is_touched(case: Case) -> bool:
    """Return whether something that a case is found by has changed since the last flush."""
    parts: list[tuple[Any, Sequence[str]]] = [(case, _OF_CASE)]
    parts += [(party, _OF_PARTY) for party in case.parties]
    return any(
        inspect(part).attrs[name].history.has_changes() for part, names in parts for name in names
    )


def catch_up(session: AnySession) -> int:
    """Take up the cases that have no words yet, as after an upgrade; return how many.

    Commits batch by batch: what was interrupted goes on at the next start.
    """
    missing = select(Case).where(~exists().where(CaseSearch.__table__.c.case_id == Case.id))
    query = missing.order_by(Case.id).limit(BATCH).options(selectinload(Case.parties))
    # Another process may start at the same time, or an act write the words first.
    take_up = INSERT[session.get_bind().dialect.name](
        CaseSearch.__table__
    ).on_conflict_do_nothing()
    done = 0
    while cases := session.scalars(query).all():
        session.execute(take_up, [row(case, case.parties) for case in cases])
        session.commit()
        session.expunge_all()
        done += len(cases)
    return done


def _of_number(number: str) -> list[str]:
    """Return the words of a case number, and those of its short form: 2024-12 for 2024-000012."""
    short = re.sub(r"(?<!\d)0+(?=\d)", "", number)
    return [*_cut(number), *(_cut(short) if short != number else ())]


def _of_party(party: Party) -> list[str]:
    """Return the keys of a party's numbers, whole and by the last four digits of the telephone."""
    keys = [_key(party.id_index)] if party.id_index else []
    if party.phone:
        keys.append(_secret(party.phone))
        keys += [_secret(digits) for digits in re.findall(rf"\d{{{SECRET},}}", party.phone)]
        keys.append(_last_four(re.sub(r"\D", "", party.phone)[-4:]))
    return list(dict.fromkeys(keys))


def _cut(text: str) -> Iterator[str]:
    """Yield the words of a text: pairs of Chinese characters, numbers, other words."""
    for run in _RUN.finditer(_uniform(text)):
        yield from _CUTS[run.lastgroup or ""](run[0])


def _uniform(text: str) -> str:
    return normalize("NFKC", text).lower()


def _pairs(run: str) -> list[str]:
    """Return the pairs of a run, and its last character, so that each character begins a word."""
    return [first + second for first, second in pairwise(run)] + [run[-1]]


def _number(run: str) -> list[str]:
    return [_secret(run) if len(run) >= SECRET else run]


def _other(run: str) -> list[str]:
    return [run[:LONGEST_WORD]]


_CUTS: Mapping[str, Callable[[str], list[str]]] = {
    "han": _pairs,
    "digits": _number,
    "other": _other,
}


def _secret(text: str) -> str:
    """Return the key of a number that nobody may read in the index."""
    return _key(blind_index(text) or "")


def _last_four(digits: str) -> str:
    return _secret(f"last four: {digits}")


def _key(index: str) -> str:
    return index[:_KEY_LENGTH].translate(_AS_LETTERS)


# --- what is asked for


@dataclass(frozen=True)
class Phrase:
    """Words in a row; the last one of an `is_open` phrase is the beginning of a word."""

    words: tuple[str, ...]
    is_open: bool = False


#: All of these, each in one of its readings.
Wanted = Sequence[Sequence[Phrase]]


def read(asked: str) -> Wanted:
    """Return what a query asks for; nothing where it holds neither letter nor digit."""
    text = " ".join(_uniform(asked[: 4 * LONGEST]).split())[:LONGEST]
    phone = _phone(text)
    if phone:
        return [_readings(text.replace(" ", ""))]
    read_words = [_readings(word) for word in text.split(" ")]
    return [readings for readings in read_words if readings]


def _readings(word: str) -> list[Phrase]:
    """Return the ways in which one word may be meant."""
    runs = list(_RUN.finditer(word))
    if not runs:
        return []
    last = runs[-1]
    found = list(_cut(word))
    is_pairs = last.lastgroup == "han" and len(last[0]) > 1
    # The last character alone ends a run of the text; a word may stand inside one.
    phrases = [Phrase(tuple(found[:-1] if is_pairs else found), _is_open(last))]
    if re.fullmatch(r"\d{4}", word, re.ASCII):
        phrases.append(Phrase((_last_four(word),)))
    if _ID_NUMBER.fullmatch(word):
        phrases.append(Phrase((_secret(word.upper()),)))
    if re.fullmatch(r"0\d{1,5}", word, re.ASCII) and word.strip("0"):
        phrases.append(Phrase((word.lstrip("0"),)))
    phone = _phone(word)
    if phone:
        phrases.append(Phrase((_secret(phone),)))
    return list(dict.fromkeys(phrases))


def _is_open(last: re.Match[str]) -> bool:
    """Return whether the last run may be the beginning of a longer one."""
    if last.lastgroup == "han":
        return len(last[0]) == 1
    return last.lastgroup == "other"


def _phone(text: str) -> str:
    """Return a telephone number in its uniform form; empty where the text is none."""
    if not _PHONE.fullmatch(text):
        return ""
    try:
        return identity.check_phone(text).value
    except identity.Invalid:
        return ""


# --- asking the database


def hits(session: AnySession, asked: str) -> Subquery:
    """Return the cases that hold the words, as something to join: one row a case.

    `case_id` joins them; `newest` orders them, highest first, which the index gives without
    reading the rest. Words without a letter or digit find nothing. Who may see a case is the
    rule of sight, on the query of cases that this is joined to. A body that handed a case on
    does not see what was amended afterwards (app.hindsight), and so may not find it by words
    that may have come later: such a case it finds by its whole number alone.
    """
    wanted = read(asked)
    find = _HITS[session.get_bind().dialect.name] if wanted else _nothing
    found = find(session, wanted)
    scope = scope_of(session)
    if scope.sees_all or scope.is_system:
        return found.subquery("hits")
    case_id = found.selected_columns.case_id
    known = or_(~amended_later(scope, case_id), _is_number(case_id, asked))
    return found.where(known).subquery("hits")


def amended_later(scope: Scope, case_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return whether facts of a case were amended after the scope's body handed it on."""
    seen: Any = CaseAccess.__table__.c
    acts: Any = Event.__table__.c
    return exists().where(
        seen.jurisdiction_id == scope.jurisdiction_id,
        seen.body == scope.principal,
        seen.case_id == case_id,
        seen.seen_through < EVERYTHING,
        acts.jurisdiction_id == seen.jurisdiction_id,
        acts.case_id == seen.case_id,
        acts.seq > seen.seen_through,
        acts.changes["facts"].as_string().is_not(None),
    )


def _is_number(case_id: ColumnElement[int], asked: str) -> ColumnElement[bool]:
    case: Any = Case.__table__.c
    return exists().where(case.id == case_id, case.number == asked.strip())


def _nothing(_session: AnySession, _wanted: Wanted) -> Select[Any]:
    found: Any = CaseSearch.__table__.c.case_id
    return select(found.label("case_id"), found.label("newest")).where(false())


def _sqlite_hits(_session: AnySession, wanted: Wanted) -> Select[Any]:
    index = table(FTS_TABLE, column("rowid"), column(FTS_TABLE))
    asked = " AND ".join(f"({' OR '.join(map(_fts, readings))})" for readings in wanted)
    # The plus keeps SQLite from asking the index for each case in turn, which takes seconds.
    keys: Any = (
        literal_column(f"+{FTS_TABLE}.rowid").label("case_id"),
        index.c.rowid.label("newest"),
    )
    return select(*keys).where(index.c[FTS_TABLE].op("MATCH")(asked))


def _fts(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.words)}"{"*" if phrase.is_open else ""}'


def _postgresql_hits(session: AnySession, wanted: Wanted) -> Select[Any]:
    found: Any = CaseSearch.__table__.c
    asked = " & ".join(f"({' | '.join(map(_tsquery, readings))})" for readings in wanted)
    # Written into the statement, so that PostgreSQL plans for these words and not for any.
    written = bindparam(None, asked, String, literal_execute=True)
    holds = found.words.op("@@")(cast(written, TSQUERY))
    some = select(found.case_id).where(holds).limit(MANY).subquery()
    are_many = session.scalar(select(func.count()).select_from(some)) == MANY
    # Many hits are met soon on the way from the newest case down. Of few, PostgreSQL thinks the
    # same, because it knows nothing of rare words, and reads all cases: the sum keeps it from it.
    newest = found.case_id if are_many else found.case_id + 0
    return select(found.case_id, newest.label("newest")).where(holds)


def _tsquery(phrase: Phrase) -> str:
    return f"({' <-> '.join(phrase.words)}{':*' if phrase.is_open else ''})"


_HITS: Mapping[str, Callable[[AnySession, Wanted], Select[Any]]] = {
    "sqlite": _sqlite_hits,
    "postgresql": _postgresql_hits,
}
