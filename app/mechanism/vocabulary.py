"""The fixed words that a profile combines, and the shape of each word's argument.

The loader checks profiles against these declarations and `app.rules` gives each word its
function (a test holds the two together). A new word is one line here and one function there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Shapes of arguments, and what the loader makes of each (`app.mechanism.words`):
#: none → None · task, stage, tier, paper, post, action, kind, level, attribute, role, fact, op,
#: text → str · stages, tiers, tasks, papers → tuple[str, ...] · count → int · flag → bool ·
#: who (a who-expression) → tuple[Term, ...] · whos → tuple[tuple[Term, ...], ...] ·
#: test (a condition) → Term · tests → tuple[Term, ...] · choice (input → choice or choices) →
#: Mapping[str, tuple[str, ...]] · literal (a value that a fact is compared with) ·
#: input TYPES (`$name` of an input of the same act, of one of these types) → str ·
#: value TYPES (a relation, `$name` of such an input, or `none`) → Term or "none" ·
#: way (a tier, `$name` of a choice among tiers, or `none`) → str or Term


@dataclass(frozen=True)
class Word:
    """A word with its argument: a bare shape, or named fields with a shape each.

    `main` is the field that a bare argument fills: `{close: decision}` is
    `{close: {task: decision}}`.
    """

    shape: str = "none"
    fields: Mapping[str, str] = field(default_factory=dict)
    main: str = ""
    optional: frozenset[str] = frozenset()
    help: str = ""


def _word(help: str, shape: str = "none") -> Word:
    return Word(shape=shape, help=help)


def _fields(help: str, main: str = "", optional: str = "", **fields: str) -> Word:
    return Word("fields", fields, main, frozenset(optional.split()), help)


#: Who: relations to the case. Each gives a set of bodies and posts; a list is any of them.
WHO: Mapping[str, Word] = {
    "actor": _word("who performs this act"),
    "registrar": _word("the body that registered the case"),
    "holder": _word("the body that has the case now"),
    "acceptor": _word("the accepting body; where nobody accepted, the registering one"),
    "lead": _word("the body that leads the joint handling"),
    "office": _word("the bodies of kind office"),
    "applicant": _word("the applicant"),
    "outside": _word("a body outside the mechanism (a court, a reconsideration body)"),
    "admin": _word("the acting body, where the actor is its administrator"),
    "seen": _word("the bodies that see the whole case now"),
    "owner": _word("who owes an open task of this kind", "task"),
    "owed": _word(
        "who owes a task of this kind, owed it until this act, or has fulfilled it in this round",
        "task",
    ),
    "fulfilled": _word("who has fulfilled a task of this kind in this round", "task"),
    "busy": _word("who owes any open task"),
    "post": _word("the holders of a post", "post"),
    "attached": _word(
        "the post, spoken of its holder who is attached to this case; nobody where none is",
        "post",
    ),
    "role": _word("who decides, handles, leads, replies … on the case's tier", "role"),
    "competent": _word("the deciding bodies that the routing names for this case"),
    "kind": _word("the bodies of a kind", "kind"),
    "level": _word("the bodies of a level: village, town, county, prefecture", "level"),
    "parent": _word("the bodies directly above these", "who"),
    "children": _word("the bodies directly below these", "who"),
    "bodies": _word(
        "the bodies with an attribute (deciding, advising, registering, member)", "attribute"
    ),
    "author": _word("who may still void an act of its own by another"),
    "input": _word("the bodies chosen in an input of this act", "input unit units"),
    "every": _word("those who are in every one of these", "whos"),
    "without": _fields("those of the first without those of the second", who="who", minus="who"),
}

#: Relations that speak of the bodies of one kind, of which there must be some.
NEEDS_KIND: Mapping[str, str] = {"office": "office"}

#: Conditions: `needs` of an action and `when` of an effect, a paper, a branch.
TESTS: Mapping[str, Word] = {
    "done": _fields(
        "at least one task of the kind is fulfilled in this round",
        "task",
        "of",
        task="task",
        of="who",
    ),
    "none_open": _fields("no task of the kind is open", "task", "of", task="task", of="who"),
    "open": _fields("a task of the kind is open", "task", "of", task="task", of="who"),
    "acted": _word("the act has been done in this round", "action"),
    "fewer": _fields("the act has been done fewer times than this", act="action", than="count"),
    "stage": _word("the case stands at one of these stages", "stages"),
    "tier": _word("the case goes one of these ways", "tiers"),
    "meets": _word("the facts of the case meet the criteria of the tier", "tier"),
    "same_day": _word("it is still the day of the registration"),
    "paused": _word("the due dates are paused (true) or run (false)", "flag"),
    "routed": _word("the routing names a deciding body (true) or none (false)", "flag"),
    "off_route": _word("the actor's body is not among those the routing names", "flag"),
    "exists": _word("the expression names somebody", "who"),
    "authority": _word("the actor holds the post, or a recorded authorisation for it", "post"),
    "chosen": _word("an input of this act has this choice", "choice"),
    "fact": _fields("a fact of the case compares so", name="fact", op="op", value="literal"),
    "all": _word("all of these hold", "tests"),
    "any": _word("one of these holds", "tests"),
    "not": _word("this does not hold", "test"),
}

#: What an act changes. Beside any of them may stand `when`, a condition.
EFFECTS: Mapping[str, Word] = {
    "set": _fields(
        "sets tier, holder, acceptor or lead",
        optional="tier holder acceptor lead",
        tier="way",
        holder="value unit",
        acceptor="value unit",
        lead="value unit",
    ),
    "open": _fields(
        "opens a task of the kind for each of these",
        optional="due note paper",
        task="task",
        to="who",
        due="input date",
        note="input text line",
        paper="input paper",
    ),
    "close": _fields(
        "fulfils open tasks of the kind (`of` whom)", "task", "of", task="task", of="who"
    ),
    "void": _fields("voids open tasks of the kind", "task", "of", task="task", of="who"),
    "move": _fields("hands open tasks of the kind to another", task="task", to="who"),
    "entrust": _fields(
        "gives each row of a group input its task: a note and date on an open task of `onto`, "
        "else one of `otherwise`",
        **{"from": "input group", "onto": "task", "otherwise": "task"},
    ),
    "person": _word("sets who handles the case inside the acting body", "value person"),
    "attach": _fields(
        "attaches one holder of a post to this case", post="post", person="input person"
    ),
    "pause": _word("stops the due dates from today"),
    "resume": _word("lets the due dates run again from today"),
    "extend": _fields(
        "adds to the length of the actor's open tasks that can be extended", days="input days"
    ),
    "amend": _fields(
        "changes a fact, with before and after in the log",
        fact="input fact",
        value="input text line",
    ),
    "undo": _word("takes back an act: its tasks, its papers", "input event"),
    "settle": _word("fulfils the one open task that is chosen in an input", "input task"),
    "supersede": _word(
        "marks the decision that an objection speaks of as superseded", "input task paper"
    ),
    "invite": _word("lets these bodies see the whole case from now on", "who"),
    "hand": _fields("hands papers of these kinds to these bodies", to="who", papers="papers"),
    "new_round": _word("begins a new round: earlier decisions stand, new ones are owed"),
}

#: Types of inputs; `candidates` ones take `among`.
INPUTS: Mapping[str, Word] = {
    "unit": _word("one body out of `among`"),
    "units": _word("one or more bodies out of `among`"),
    "person": _word("a person: `among` people or signatories of the acting body, or {post: …}"),
    "text": _word("words, several lines"),
    "line": _word("words, one line"),
    "date": _word("a day"),
    "days": _word("a whole number of days"),
    "money": _word("an amount in yuan"),
    "bool": _word("yes or no"),
    "choice": _word("one of `choices`"),
    "paper": _word("an issued paper that can be objected to"),
    "task": _word("an open task of the kind in `among`"),
    "event": _word("an act that can be taken back"),
    "fact": _word("a fact that can be amended"),
    "attachment": _word("a file of the case"),
    "attachments": _word("files of the case"),
    "group": _word("rows of the inputs in `fields`"),
}

#: Attributes a body may have (`bodies: deciding`).
ATTRIBUTES = ("deciding", "advising", "registering", "member")
#: Roles a tier fills in.
ROLES = ("decides", "handles", "leads", "replies", "serves", "archives")
#: Conditions on a candidate body: it has a current contact person with a telephone.
HAVING = ("contact",)
#: Kinds and levels of bodies.
BODY_KINDS = (
    "bureau",
    "office",
    "group",
    "town",
    "village",
    "zone",
    "centre",
    "committee",
    "platform",
    "union",
    "venue",
)
LEVELS = ("village", "town", "county", "prefecture")
#: Facts of a case that `fact` compares, and how.
FACTS = (
    "category",
    "insurance",
    "aspect",
    "period_from",
    "period_to",
    "amount",
    "payer_kind",
    "channel",
    "applicant_kind",
    "persons",
    "units",
)
#: Those of them that are numbers, and those among which more than one may be true.
NUMBER_FACTS = ("category", "amount", "persons", "units")
LIST_FACTS = ("insurance",)
#: The conditions that ask nothing but facts, of which the criteria of a tier are made.
CRITERIA = ("fact", "all", "any", "not")
FACT_OPS = ("=", "in", "has", ">=", "known")
#: When the fees of a dispute fell due, seen from the reform.
ERAS = ("before", "after", "across")
#: What `decides` and `joins` may name besides bodies: the body that runs the insurance.
AGENCY = "agency"
BASES = ("law", "local", "proposal")
#: Sections of a profile that may carry out a clause as a whole.
SECTIONS = ("basis", "valid", "bodies", "posts", "members", "routing", "groups")
UNITS = ("workday", "day", "month", "hour")
STATES = ("open", "waiting", "finished")
SIGHTS = ("full", "bundle", "none")
STAGE_TONES = ("neutral", "primary", "special", "ok", "warn", "danger")
ACTION_TONES = ("plain", "main", "danger")
#: Where the candidates of a person come from, besides the holders of a post.
PEOPLE = ("signatories", "people")
#: Words that papers and screens take from the profile, each with the fields of its form.
WORDS: Mapping[str, tuple[str, ...]] = {
    "proposal": (),
    "month": ("year", "month"),
    "date": ("year", "month", "day"),
    "moment": ("year", "month", "day", "hour", "minute"),
    "range": ("first", "last"),
    "yuan": ("amount",),
    "comma": (),
    "unknown": (),
}
PARTIES = ("applicant", "outside", "clock")
APPLICANT_KINDS = ("person", "organisation")
CHANNELS = ("visit", "phone", "letter", "online", "referral")
#: Forms of numbers: the fields each may hold. Without year and serial no number is unique.
NUMBERING: Mapping[str, tuple[str, ...]] = {
    "case": ("place", "prefix", "year", "serial"),
    "paper": ("prefix", "series", "year", "serial"),
}
#: Facts of a registration that `amend` changes, as the forms name them.
AMENDABLE = (
    "content",
    "claim",
    "employer",
    "applicant.name",
    "applicant.phone",
    "applicant.address",
    "amount",
    "period_from",
    "period_to",
    "category",
    "insurance",
)
#: The number of the latest paper of a kind, as `{number_of_minutes}`.
NUMBER_OF = "number_of_"
#: The papers of a kind in this round, with their numbers, as `{list_of_opinion}`.
LIST_OF = "list_of_"
#: Fields that every paper may hold, besides numbers and lists of other papers and the inputs of
#: the acts that make it.
PAPER_FIELDS = (
    "case_number",
    "applicant",
    "applicant_kind",
    "applicant_id",
    "applicant_phone",
    "applicant_address",
    "employer",
    "category",
    "aspect",
    "insurance",
    "period",
    "amount",
    "content",
    "claim",
    "visited_at",
    "channel",
    "registrar",
    "registered_by",
    "registered_at",
    "first_person",
    "insured_at",
    "persons",
    "holder",
    "lead",
    "way",
    "issuer",
    "actor",
    "person",
    "today",
    "due",
    "basis",
    "document",
    "contested_act",
    "contact_unit",
    "contact_name",
    "contact_phone",
    "contact_address",
    "decisions",
    "served_papers",
    "papers",
    "mechanism",
    "place",
)
