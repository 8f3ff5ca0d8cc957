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
    "acted": _word("the act has been done and not taken back, in whichever round", "action"),
    "fewer": _fields(
        "the act has been done fewer times than this, all rounds together",
        act="action",
        than="count",
    ),
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
        optional="due since within note paper",
        task="task",
        to="who",
        due="input date",
        since="input date",
        within="input choice",
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
    "caution": _fields(
        "warns, and does the act all the same, where an amount is `lower` `than` another, or a "
        "day comes after the end of an open task or of a way out of a paper",
        optional="lower than day task paper way",
        say="text",
        lower="input money",
        than="input money",
        day="input date",
        task="task",
        paper="input paper",
        way="input choice",
    ),
    "deliver": _fields(
        "records when the papers reached the applicants; the remedies' days run from then. `each` "
        "has rows of recipient and served_on; a notice `posted` in public serves when its time "
        "has run",
        optional="each posted",
        day="input date",
        each="input group",
        posted="input date",
    ),
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
    "party": _word("an applicant of the case, or one who joined it"),
    "event": _word("an act that can be taken back"),
    "fact": _word("a fact that can be amended"),
    "attachment": _word("a file of the case"),
    "attachments": _word("files of the case"),
    "group": _word("rows of the inputs in `fields`"),
}

#: Attributes a body may have (`bodies: deciding`).
ATTRIBUTES = ("deciding", "advising", "registering", "member")
#: Roles a tier fills in.
ROLES: Mapping[str, str] = {
    "decides": "who decides",
    "handles": "who handles it",
    "leads": "who leads",
    "replies": "who replies to the applicant",
    "serves": "who serves the reply",
    "archives": "who files the volume",
}
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
FACTS: Mapping[str, str] = {
    "category": "the number of the kind of dispute",
    "insurance": "the keys of the insurances",
    "aspect": "the key of the aspect",
    "period_from": "the first month, YYYY-MM",
    "period_to": "the last month, YYYY-MM",
    "amount": "the amount in yuan",
    "payer_kind": "the kind of payer",
    "channel": "how it was brought: visit, phone, letter, online, referral",
    "applicant_kind": "person or organisation",
    "persons": "how many persons are concerned, further applicants included",
    "units": "how many deciding bodies the routing names",
}
#: Those of them that are numbers, and those among which more than one may be true.
NUMBER_FACTS = ("category", "amount", "persons", "units")
LIST_FACTS = ("insurance",)
#: The conditions that ask nothing but facts, of which the criteria of a tier are made.
CRITERIA = ("fact", "all", "any", "not")
FACT_OPS: Mapping[str, str] = {
    "=": "is the value",
    "in": "is one of the values",
    "has": "contains the value (insurance)",
    ">=": "is known and at least the value",
    "known": "is known (true) or is not (false)",
}
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
#: How long a volume is kept, by the codes of DA/T 22-2015: 10 years, 30 years, for good.
RETENTIONS = ("D10", "D30", "Y")
ACTION_TONES = ("plain", "main", "danger")
#: Where the candidates of a person come from, besides the holders of a post.
PEOPLE = ("signatories", "people")
#: Words that papers and screens take from the profile, each with the fields of its form.
WORDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "proposal": ((), "shown where the notice names no clause"),
    "month": (("year", "month"), "a month"),
    "date": (("year", "month", "day"), "a day"),
    "moment": (("year", "month", "day", "hour", "minute"), "a day with its time"),
    "range": (("first", "last"), "from one month to another"),
    "yuan": (("amount",), "an amount"),
    "comma": ((), "what stands between the members of a list"),
    "unknown": ((), "shown where something is not known"),
}
#: Words that an older profile may lack; then the thing stands without them.
MAY_WORDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "provisional": (("day",), "a last day on a paper, reckoned before its year's notice is out"),
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
PAPER_FIELDS: Mapping[str, str] = {
    "case_number": "the number of the case",
    "applicant": "the applicant's name",
    "applicant_kind": "person or organisation, in the county's words",
    "applicant_id": "the ID number, masked, or the credit code",
    "applicant_phone": "the applicant's telephone, masked",
    "applicant_address": "the applicant's address",
    "employer": "the employer",
    "category": "the kind of dispute",
    "aspect": "the aspect within it",
    "insurance": "the insurances, as a list",
    "period": "the months in dispute",
    "amount": "the amount in dispute",
    "content": "what was reported",
    "claim": "what is asked for",
    "visited_at": "when the applicant came",
    "channel": "how the dispute was brought",
    "registrar": "the body that registered",
    "registered_by": "the person who registered",
    "registered_at": "when it was registered",
    "first_person": "who handles it in the registering body now",
    "insured_at": "where the person is insured",
    "persons": "the number of persons concerned",
    "holder": "the body that has the case",
    "lead": "the leading body",
    "way": "the tier that the case goes",
    "issuer": "the body in whose name the paper is issued",
    "actor": "the person who acts",
    "person": "who handles the case in the acting body",
    "today": "the day of the act",
    "due": "the last day (or moment) of what the act opens, else of what the actor owes",
    "basis": "what that due date rests on",
    "document": "the number of the notice",
    "contested_act": "the decision that was already served on the applicant",
    "contested_until": "the last days of the remedies against it",
    "remedies": "the remedies against this paper, as its issuer and kind have them",
    "remedies_of_decisions": "those of each decision of this round, one after another",
    "last_days": "the last days of the remedies, for each decision served and each recipient",
    "owed": "what the body chosen in `unit` owes in the case",
    "owed_until": "the last day of the most urgent of that",
    "overdue_days": "by how many calendar days it is late; empty while it is not",
    "contact_unit": "the body chosen in `unit` or `lead`, else the acting one",
    "contact_name": "its contact person",
    "contact_phone": "its contact's telephone",
    "contact_address": "its address",
    "decisions": "the decisions of this round, with their numbers",
    "served_papers": "the papers that go to the applicant",
    "papers": "all papers of the case, by the parts of the volume",
    "mechanism": "the name of the mechanism",
    "place": "the county",
}
