"""From an archived case to its package: the volumes of each archiving body, and what is missing.

A body's volume holds what the body sees of the case, by the rule of sight; content that two
volumes share lies in the package once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select

from app import files, ledger, printing, uploads, workflow
from app.archive.package import Dossier, Filed, write_package
from app.archive.volume import Item, Volume
from app.database import turned_to_write
from app.directory import Directory
from app.documents.sheet import layout, split_lines
from app.errors import N_, Reason, Refused
from app.models import Attachment, Case, Entry, Event, MechanismVersion, Paper, Task
from app.rules.chain import ALGORITHM, links, plain
from app.rules.composition import Composer
from app.rules.shapes import ZONE
from app.security.sight import AnySession, everything, sees

#: The act that closes a body's volume (CONTRACT.md).
ARCHIVE = "archive"
EXPORT = "export"
CONTENT, MATERIAL = "content", "attachments"


@dataclass(frozen=True)
class Shelf:
    """Where files are kept, and the fonts of papers."""

    folder: Path
    fonts: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Shelf:
        """Return the shelf of an instance, by its settings."""
        return cls(uploads.folder_of(settings), settings["DOC_FONT_DIR"])


@dataclass(frozen=True)
class _Held:
    """A case with all its parts, and its directory."""

    case: Case
    world: Directory
    #: The number of the mechanism's version by which the case was handled.
    version: int
    attachments: Sequence[Attachment]


def export(
    session: AnySession,
    case: Case,
    out: IO[bytes],
    *,
    body: str | None,
    shelf: Shelf,
    now: datetime,
) -> None:
    """Write the package of a case, all volumes or one body's, and note it in the chain.

    Raises Refused where no volume is closed yet, or the body has none. Commits.
    """
    with everything(session):
        held = _hold(session, case)
        bodies = _bodies(held, body)
        for paper in held.case.papers:
            printing.issued(session, paper, folder=shelf.folder, fonts=shelf.fonts, now=now)
        held = _hold(session, case)
        manifest = write_package(_dossier(session, held, bodies, shelf, now), out)
    facts = {"manifest": manifest, "bodies": bodies}
    with turned_to_write(session):
        workflow.note(session, case.id, EXPORT, facts, body=bodies[0], now=now)


def volume_tasks(world: Directory, case: Case) -> list[Task]:
    """Return the tasks to close a volume, of all bodies and rounds, oldest first."""
    kinds = {key for key, kind in world.mechanism.tasks.items() if ARCHIVE in kind.acts}
    return [task for task in case.tasks if task.kind in kinds and task.state != "void"]


def _hold(session: AnySession, case: Case) -> _Held:
    found = ledger.whole(session, case)
    query = select(Attachment).where(
        Attachment.jurisdiction_id == case.jurisdiction_id, Attachment.case_id == case.id
    )
    attachments = session.scalars(query.order_by(Attachment.id)).all()
    version = session.get_one(MechanismVersion, case.mechanism_version_id).number
    return _Held(found, workflow.directory_for(session, found), version, attachments)


def _bodies(held: _Held, wanted: str | None) -> list[str]:
    """Return the bodies whose volumes go into the package."""
    tasks = volume_tasks(held.world, held.case)
    closed = list(dict.fromkeys(task.body for task in tasks if task.state == "done"))
    waiting = [held.world.body_name(task.body) for task in tasks if task.state == "open"]
    if wanted is not None and wanted in closed:
        return [wanted]
    if wanted is None and closed and not waiting:
        return closed
    if waiting:
        text = N_("%(case)s is not archived yet: %(bodies)s still have to close their volume")
        raise _refused(text, case=held.case.number, bodies=waiting)
    if closed:
        names = [held.world.body_name(key) for key in closed]
        text = N_("%(body)s keeps no volume of %(case)s; those who do: %(bodies)s")
        raise _refused(text, body=wanted, case=held.case.number, bodies=names)
    raise _refused(N_("%(case)s is not archived yet"), case=held.case.number)


def _refused(text: str, **params: Any) -> Refused:
    reason = Reason(text, params)
    return Refused(reason, {"_": [reason]})


# --- what goes into it


def _dossier(
    session: AnySession, held: _Held, bodies: Sequence[str], shelf: Shelf, now: datetime
) -> Dossier:
    filed = [*_papers(session, held, bodies, shelf), *_materials(held, bodies, shelf)]
    filed = [one for one in filed if one.bodies]
    facts = _facts(held)
    shown = _shown(held, facts)
    return Dossier(
        facts=facts,
        files=filed,
        records=_records(session, held.case),
        volumes=[_volume(held, body, filed, shown) for body in bodies],
        at=now.astimezone(ZONE),
        fonts=shelf.fonts,
    )


def _papers(session: AnySession, held: _Held, bodies: Sequence[str], shelf: Shelf) -> list[Filed]:
    """Return the papers in the order of the volume: by its parts where there are parts."""
    groups = list(held.world.mechanism.groups)

    def place(paper: Paper) -> tuple[int, int]:
        kind = held.world.mechanism.papers[paper.kind]
        return (groups.index(kind.group) if kind.group in groups else len(groups), paper.id)

    papers = sorted(held.case.papers, key=place)
    made = printing.noted(session, papers[0])
    found = []
    for number, paper in enumerate(papers, 1):
        noted = made[paper.id]
        source = files.path_of(shelf.folder, noted["sha256"])
        item = _item(
            source,
            path=f"{CONTENT}/{number:04}.pdf",
            kind="paper",
            title=paper.title,
            number=paper.number or "",
            issuer=held.world.body_name(paper.body),
            on=_day(paper.issued_at),
            pages=int(noted["pages"]),
            remark=layout()["stamps"].get(paper.state, ""),
        )
        found.append(Filed(item, source, _seers(held, paper, bodies), paper.seq))
    return found


def _materials(held: _Held, bodies: Sequence[str], shelf: Shelf) -> list[Filed]:
    found = []
    for number, added in enumerate(held.attachments, 1):
        source = files.path_of(shelf.folder, added.sha256)
        ending = files.ending_of(added.name)
        item = _item(
            source,
            path=f"{MATERIAL}/{number:04}{'.' if ending else ''}{ending}",
            kind="attachment",
            title=added.name,
            number="",
            issuer=held.world.body_name(added.body),
            on=_day(added.added_at),
            pages=0,
        )
        found.append(Filed(item, source, _seers(held, added, bodies), added.seq))
    return found


def _item(source: Path, **about: Any) -> Item:
    found = files.measured(source)
    return Item(size=found.size, sha256=found.sha256, sm3=found.sm3, **about)


def _seers(held: _Held, part: Any, bodies: Sequence[str]) -> frozenset[str]:
    """Return the bodies in whose volumes a part belongs: those that see it.

    The note on a volume belongs to its own alone.
    """
    mechanism = held.world.mechanism
    notes = {made.paper for made in mechanism.actions[ARCHIVE].makes}
    if isinstance(part, Paper) and part.kind in notes:
        return frozenset(bodies) & {part.body}
    rows = {row.body: row for row in held.case.access}
    known = mechanism.bodies
    return frozenset(body for body in bodies if known[body].sees_all or sees(rows.get(body), part))


def _records(session: AnySession, case: Case) -> list[dict[str, Any]]:
    """Return the chain as it was hashed, oldest first."""
    entries = session.scalars(
        select(Entry)
        .where(Entry.jurisdiction_id == case.jurisdiction_id, Entry.case_id == case.id)
        .order_by(Entry.id)
    ).all()
    chain = links(case.number, case.events, entries)
    return [{"hash": link.hash, "facts": plain(link.facts)} for link in chain]


# --- what it says of the case


def _facts(held: _Held) -> dict[str, str]:
    """Return the metadata of the case, by the names of the verifier."""
    case, mechanism = held.case, held.world.mechanism
    tier = mechanism.tiers.get(case.tier or "")
    return {
        "number": case.number,
        "title": f"{case.applicant.name} {mechanism.categories[case.category].label}",
        "jurisdiction": mechanism.key,
        "mechanism": mechanism.name,
        "mechanism_version": str(held.version),
        "category": mechanism.categories[case.category].label,
        "applicant": case.applicant.name,
        "responsible": held.world.body_name(case.acceptor or case.registrar),
        "registered_on": _day(case.registered_at).isoformat(),
        "closed_on": _closed(case).isoformat(),
        "retention": tier.retention if tier else "D10",
        "head": case.head_hash,
        "algorithm": ALGORITHM,
    }


def _shown(held: _Held, facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what the cover of a volume says of the case, in the county's words."""
    case, mechanism = held.case, held.world.mechanism
    words, composer = layout()["filing"], Composer(mechanism.vocabulary["words"])
    tier = mechanism.tiers.get(case.tier or "")
    values = {
        "number": case.number,
        "applicant": case.applicant.name,
        "category": facts["category"],
        "insurance": composer.listed([mechanism.insurances[key] for key in case.insurance]),
        "way": tier.label if tier else "",
        "registered": composer.day(_day(case.registered_at)),
        "closed": composer.day(_closed(case)),
        "retention": words["retention"][facts["retention"]],
    }
    return [(words["facts"][name], value) for name, value in values.items() if value]


def _volume(
    held: _Held, body: str, filed: Sequence[Filed], shown: Sequence[tuple[str, str]]
) -> Volume:
    act = _closing(held, body)
    name = held.world.body_name(body)
    own = [one for one in filed if body in one.bodies]
    late = [_supplement(one.item) for one in own if one.seq > act.seq]
    return Volume(
        body=body,
        name=name,
        facts=[*shown, (layout()["filing"]["facts"]["archive"], name)],
        note=" ".join(split_lines(act.inputs.get("note") or "")),
        filed_by=act.actor,
        filed_on=_day(act.at),
        items=[*(one.item for one in own if one.seq <= act.seq), *late],
    )


def _supplement(item: Item) -> Item:
    """Return an item that came after its volume was closed (V14): it follows, and says so."""
    words = layout()["filing"]["supplement"], item.remark
    return replace(item, remark=" ".join(word for word in words if word))


def _closing(held: _Held, body: str) -> Event:
    """Return the act with which a body closed its volume last."""
    acts = [one for one in held.case.events if one.key == ARCHIVE and one.body == body]
    return acts[-1]


def _closed(case: Case) -> date:
    """Return the day on which the last volume was closed."""
    return _day(max(event.at for event in case.events if event.key == ARCHIVE))


def _day(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()
