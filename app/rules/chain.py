"""The chain of a case's events: each carries the hash of the one before (V22).

SHA-256 over the canonical JSON of the event's facts; the algorithm's name stands in the row,
so that another can follow.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

ALGORITHM = "sha256"
#: What JSON holds as it is: most of what is hashed.
_AS_IT_IS = frozenset({str, int, bool, float, type(None)})


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no blanks, Unicode as it is."""
    return _text(plain(value))


_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: dates as ISO texts, moments in UTC, amounts as texts."""
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict | Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value


def digest(value: Any) -> str:
    """Return the hash of a value's canonical JSON (64 hexadecimal digits)."""
    return digest_plain(plain(value))


def digest_plain(value: Any) -> str:
    """Return the hash of a value that is plain already."""
    return hashlib.sha256(_text(value).encode()).hexdigest()


def event_facts(case_number: str, event: Any) -> dict[str, Any]:
    """Return what an event's hash covers; plain, since inputs and changes are kept so."""
    return {
        "case": case_number,
        "seq": event.seq,
        "key": event.key,
        "actor": event.actor,
        "user": event.user_id,
        "body": event.body,
        "at": plain(event.at),
        "stage_before": event.stage_before,
        "stage_after": event.stage_after,
        "inputs": event.inputs,
        "changes": event.changes,
        "voids": event.voids_seq,
        "previous": event.previous_hash,
    }


def entry_facts(case_number: str, entry: Any) -> dict[str, Any]:
    """Return what the hash of an entry covers: what was noted after an act and is none itself."""
    return {
        "case": case_number,
        "after": entry.seq,
        "entry": entry.kind,
        "body": entry.body,
        "at": plain(entry.at),
        "facts": entry.facts,
        "previous": entry.previous_hash,
    }


@dataclass(frozen=True)
class Link:
    """A record of the chain, act or entry: how a report names it, what its hash covers."""

    name: str
    facts: dict[str, Any]
    previous_hash: str
    hash: str

    @property
    def fits(self) -> bool:
        """Return whether the record is as it was hashed."""
        return digest_plain(self.facts) == self.hash


def links(case_number: str, events: Iterable[Any], entries: Iterable[Any]) -> Iterator[Link]:
    """Return the records of a chain in their order: each act, then what was noted after it.

    Both come in their own order: events by seq, entries by id.
    """
    noted: dict[int, list[Any]] = {}
    for entry in entries:
        noted.setdefault(entry.seq, []).append(entry)
    for event in events:
        name = f"event {event.seq} ({event.key})"
        yield Link(name, event_facts(case_number, event), event.previous_hash, event.hash)
        for entry in noted.get(event.seq, ()):
            name = f"entry after event {event.seq} ({entry.kind})"
            yield Link(name, entry_facts(case_number, entry), entry.previous_hash, entry.hash)


def first_break(
    case_number: str,
    events: Sequence[Any],
    papers: Iterable[Any],
    entries: Iterable[Any] = (),
) -> str | None:
    """Return what does not fit in a case's chain, naming the first bad record; None if all fits.

    Covers changed, dropped, swapped and inserted records, and papers whose content was changed
    after their issue.
    """
    for expected, event in enumerate(events, 1):
        if event.seq != expected:
            return f"{case_number}: event {expected} is missing"
    previous = ""
    for link in links(case_number, events, entries):
        if link.previous_hash != previous or not link.fits:
            return f"{case_number}: {link.name} does not fit"
        previous = link.hash
    return _changed_paper(case_number, events, papers)


def _changed_paper(case_number: str, events: Iterable[Any], papers: Iterable[Any]) -> str | None:
    """Return the first paper that is not as its act issued it."""
    hashes = {event.seq: event.changes.get("papers", {}) for event in events}
    for paper in papers:
        if digest_plain(paper.content) != paper.content_hash:
            return f"{case_number}: paper {paper.number or paper.title} was changed"
        if paper.content_hash not in hashes.get(paper.seq, {}).values():
            return f"{case_number}: paper {paper.number or paper.title} is not in the chain"
    return None
