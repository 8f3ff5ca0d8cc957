"""The frozen objects that a profile becomes: what a mechanism is, in the order of its file.

All are immutable; a mechanism is known by its identity, so one in memory serves all requests.
Keys are stable names in English; labels are the county's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from app.mechanism.remedy import NO_REMEDIES, Remedies

#: The clause shown where the document names none (a proposal of the profile).
PROPOSAL = "proposal"


def _nothing() -> Mapping[str, Any]:
    """Return a mapping that is empty and stays so."""
    return MappingProxyType({})


Basis = Literal["law", "local", "proposal"]
Unit = Literal["workday", "day", "month", "hour"]


@dataclass(frozen=True)
class Term:
    """One word of the vocabulary with its argument: `{open: decision}` → Term("open", "decision").

    `when` is the condition under which an effect takes place; `line` is where the word stands.
    """

    word: str
    arg: Any = None
    when: Term | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Source:
    """The government document that a profile was read from; `file`, beside it, holds its text."""

    title: str
    number: str = ""
    issued_on: date | None = None
    file: str = ""


@dataclass(frozen=True)
class Clause:
    """A place in the document: its own numbering as printed, and a short title.

    `text` quotes it, word for word. Acts, tasks, papers and duties name the clause that they
    carry out; `section` names a section of the profile that does as a whole (the validity, the
    member list). One that nothing carries out is not `operative`, and `why` says the reason.
    """

    key: str
    shown: str
    title: str
    text: tuple[str, ...] = ()
    section: str = ""
    operative: bool = True
    why: str = ""


@dataclass(frozen=True)
class Body:
    """A body that takes part: a bureau, the office, a venue. Attributes are what `bodies:` asks.

    `deciding` bodies issue decisions and count towards “two or more”; `advising` ones are
    asked; `registering` ones register. `prefix` opens the numbers of its papers. A group
    inside a body issues its papers in that body's name and series (`issues_as`).
    """

    key: str
    name: str
    short: str
    kind: str
    level: str = "county"
    parent: str | None = None
    seat: str | None = None
    prefix: str = ""
    issues_as: str | None = None
    clause: str | None = None
    deciding: bool = False
    advising: bool = False
    registering: bool = False
    member: bool = False
    sees_all: bool = False

    @property
    def works(self) -> bool:
        """Return whether it has people who act; a venue or a group that only meets has none."""
        issues = bool(self.prefix or self.issues_as)
        return issues or self.registering or self.deciding or self.advising or self.is_office

    @property
    def is_office(self) -> bool:
        """Return whether it is the office, which issues papers without any other attribute."""
        return self.kind == "office"


@dataclass(frozen=True)
class Post:
    """A post held by dated persons: leader, deputy, auditor. It acts in its own name."""

    key: str
    label: str
    body: str
    clause: str | None = None
    acts: bool = True
    sees_all: bool = False


@dataclass(frozen=True)
class Member:
    """A starting row of the member list: who holds a post, with title and unit."""

    post: str
    name: str
    title: str
    unit: str | None = None


@dataclass(frozen=True)
class Category:
    """A kind of dispute; `aspects` are what can be told apart within it, key → label."""

    key: int
    label: str
    short: str
    clause: str
    aspects: Mapping[str, str] = field(default_factory=_nothing)


@dataclass(frozen=True)
class Reform:
    """When unified collection began: the month from which the new duties hold.

    `months` maps insurance key → YYYY-MM, `default` serves the others.
    """

    default: str
    months: Mapping[str, str]
    basis: Basis
    clause: str


@dataclass(frozen=True)
class Row:
    """One routing row. Empty sets mean “any”. First matching row wins, per insurance.

    `decides` and `joins` name bodies or `agency` (the body that runs this insurance).
    """

    key: str
    categories: frozenset[int]
    clauses: tuple[str, ...]
    text: str
    insurances: frozenset[str] = frozenset()
    eras: frozenset[str] = frozenset()
    aspects: frozenset[str] = frozenset()
    decides: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    advises: tuple[str, ...] = ()
    gap: bool = False
    line: int = 0


@dataclass(frozen=True)
class Routing:
    """Who is competent: the rows, the body that runs each insurance, the reform dates."""

    rows: tuple[Row, ...]
    agencies: Mapping[str, str]
    reform: Reform | None
    default_clause: str
    default_text: str


@dataclass(frozen=True)
class Stage:
    """Where a case as a whole stands. `state`: open, waiting (for an approval) or finished.

    `said` tells the applicant the same in plain words; without it the label serves.
    """

    key: str
    label: str
    state: Literal["open", "waiting", "finished"]
    icon: str = "circle"
    tone: str = "neutral"
    said: str = ""


@dataclass(frozen=True)
class Tier:
    """A way that a case goes, and who decides, handles, leads, replies … on it.

    The roles are who-expressions (see vocabulary). `steps` are the stages of its usual
    course, for the drawing on the case page. The last way whose `criteria` the facts meet is
    proposed; where they meet none, the first way without criteria is the usual one. Its
    volumes are kept as `retention` says: D10 or D30 (years), Y (permanently).
    """

    key: str
    label: str
    clause: str
    roles: Mapping[str, tuple[Term, ...]]
    steps: tuple[str, ...]
    criteria: tuple[Term, ...] = ()
    retention: str = "D10"


@dataclass(frozen=True)
class Period:
    """A length of time with its legal basis: 15 workdays, `proposal`, clause.

    A length of 0 days is the day itself. `warn` is how many working days before the last one
    the handler is told of it, `missed` which bodies or posts when it has passed; left out, see
    app.rules.warnings.
    """

    length: int
    unit: Unit
    basis: Basis
    clause: str
    warn: int | None = None
    missed: tuple[str, ...] | None = None


@dataclass(frozen=True)
class TaskKind:
    """Something that one body, post or the applicant owes. `acts` fulfil it, the usual first.

    `sight` is what it lets its owner see of the case, while it owes and after: the whole case
    (full: a deciding party), what is handed to it (bundle: an adviser), or nothing of itself.
    What the law alone measures no pause of the case stops (`pauses` false). Tasks of one
    `channel` are steps of something that goes on beside the case, shown as one chain.
    """

    key: str
    label: str
    acts: tuple[str, ...] = ()
    due: Period | None = None
    sight: Literal["full", "bundle", "none"] = "none"
    extendable: bool = False
    clause: str = PROPOSAL
    pauses: bool = True
    channel: str = ""


@dataclass(frozen=True)
class Ask:
    """An input of an action. `type` is a word of the vocabulary (unit, units, text, date …).

    `required`: True, False, or a condition (a Term): then it is required where that holds.
    `only_for` maps another input to the choice for which alone this one is needed.
    """

    key: str
    type: str
    label: str
    required: bool | Term = True
    among: tuple[Term, ...] = ()
    excluding: tuple[Term, ...] = ()
    having: str | None = None
    choices: Mapping[str, str] = field(default_factory=_nothing)
    default: Any = None
    only_for: tuple[str, str] | None = None
    min: int | None = None
    max: int | None = None
    fields: tuple[Ask, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class Make:
    """A paper that an act issues: once, or once for `each` of a who-expression."""

    paper: str
    each: tuple[Term, ...] = ()
    when: Term | None = None


@dataclass(frozen=True)
class Turn:
    """A branch of `then`: the stage (or `back`) where the condition holds."""

    stage: str
    when: Term | None = None


@dataclass(frozen=True)
class Action:
    """What somebody may do to a case: a button, a REST call and a permission in one entry."""

    key: str
    label: str
    clause: str
    origin: frozenset[str]
    by: tuple[Term, ...]
    asks: tuple[Ask, ...] = ()
    needs: tuple[Term, ...] = ()
    does: tuple[Term, ...] = ()
    makes: tuple[Make, ...] = ()
    tells: tuple[Term, ...] = ()
    then: tuple[Turn, ...] = ()
    per: Mapping[str, Mapping[str, str]] = field(default_factory=_nothing)
    tone: str = "plain"
    line: int = 0


@dataclass(frozen=True)
class PaperKind:
    """An official paper: title, series mark (none: not numbered), addressee, words.

    `number` overrides the mechanism's form of numbers; `decision` marks what can be objected
    to; `form` prints rows as a table; `text` holds paragraphs with {fields}. `group` is the
    part of the volume that it is filed in.
    """

    key: str
    title: str
    to: tuple[Term, ...] = ()
    series: str = ""
    number: str = ""
    decision: bool = False
    form: bool = False
    rows: tuple[tuple[str, str], ...] = ()
    text: tuple[str, ...] = ()
    copies: tuple[Term, ...] = ()
    clause: str = PROPOSAL
    group: str | None = None


@dataclass(frozen=True, eq=False)
class Mechanism:
    """A county's whole mechanism, read from its profile."""

    key: str
    name: str
    place: str
    place_code: str
    source: Source
    valid_from: date
    valid_until: date | None
    basis: tuple[str, ...]
    numbering: Mapping[str, str]
    vocabulary: Mapping[str, Mapping[str, str]]
    clauses: Mapping[str, Clause]
    bodies: Mapping[str, Body]
    posts: Mapping[str, Post]
    members: tuple[Member, ...]
    categories: Mapping[int, Category]
    insurances: Mapping[str, str]
    routing: Routing
    tiers: Mapping[str, Tier]
    stages: Mapping[str, Stage]
    tasks: Mapping[str, TaskKind]
    register: Action
    actions: Mapping[str, Action]
    papers: Mapping[str, PaperKind]
    #: The parts of a volume in their order, key → label; none where it has no parts.
    groups: Mapping[str, str]
    remedies: Remedies = NO_REMEDIES
    digest: str = ""
    #: Where each clause is named, as dotted paths of the profile, in its order.
    cited: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)

    def clause_shown(self, key: str) -> str:
        """Return the document's own numbering of a clause, or the word for a proposal."""
        if key == PROPOSAL:
            return self.vocabulary["words"]["proposal"]
        return self.clauses[key].shown

    def issuer_of(self, principal: str) -> str:
        """Return in whose name and series a body or post issues its papers."""
        body = self.bodies.get(principal)
        return (body.issues_as if body else None) or principal

    def label_of(self, principal: str) -> str:
        """Return the short label of a body, a post or an outside party."""
        if principal in self.bodies:
            return self.bodies[principal].short
        if principal in self.posts:
            return self.posts[principal].label
        return self.vocabulary["parties"].get(principal, principal)

    @cached_property
    def working(self) -> tuple[str, ...]:
        """Return the keys of the bodies whose people act (see `Body.works`)."""
        return tuple(key for key, body in self.bodies.items() if body.works)

    @cached_property
    def registering(self) -> tuple[str, ...]:
        """Return the keys of the bodies that register, in the profile's order."""
        return tuple(key for key, body in self.bodies.items() if body.registering)
