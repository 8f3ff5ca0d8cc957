"""The shapes of requests and answers, for the OpenAPI document.

What comes in is checked by the rules (every reason, in the reader's language); these shapes
tell a client what to send and what to expect, and a test holds the answers against them.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from app.uploads import KINDS

PARTY_KINDS = ("person", "organisation")
MONTH = validate.Regexp(r"^\d{4}-(0[1-9]|1[0-2])$")
MOMENT = {"description": "ISO 8601; without a zone it is Asia/Shanghai"}


class Error(Schema):
    """A refusal."""

    message = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    version = fields.Integer(metadata={"description": "With 409: the present version"})


class Credentials(Schema):
    """Who signs in."""

    username = fields.String(required=True)
    password = fields.String(required=True)
    provider = fields.String(required=True, validate=validate.OneOf(("db",)))
    refresh = fields.Boolean()


class Tokens(Schema):
    """What opens the other paths, as `Authorization: Bearer <access_token>`."""

    access_token = fields.String(required=True)
    refresh_token = fields.String()


class Applicant(Schema):
    """A party as it is registered."""

    kind = fields.String(required=True, validate=validate.OneOf(PARTY_KINDS))
    name = fields.String(required=True, validate=validate.Length(1, 100))
    id_number = fields.String(allow_none=True)
    credit_code = fields.String(allow_none=True)
    phone = fields.String(allow_none=True, metadata={"description": "Needed without an address"})
    address = fields.String(allow_none=True, validate=validate.Length(max=200))


class Opponent(Applicant):
    """The other side; need not be reachable."""


class Referral(Schema):
    """Which body referred the matter here, and under which number."""

    body = fields.String(required=True, validate=validate.Length(1, 120))
    number = fields.String(allow_none=True, validate=validate.Length(max=60))


class ContestedAct(Schema):
    """An act that was served already: its remedies run from that day."""

    kind = fields.String(allow_none=True, validate=validate.Length(max=40))
    body = fields.String(required=True, validate=validate.Length(1, 120))
    served_on = fields.Date(allow_none=True)
    period_told = fields.Raw(
        allow_none=True, metadata={"description": "Words, a number of days, or whether any"}
    )


class KnownFacts(Schema):
    """What is known of a dispute so far."""

    jurisdiction = fields.String()
    applicant = fields.Nested(Applicant(partial=True))
    co_applicants = fields.List(fields.Nested(Applicant), validate=validate.Length(max=100))
    opponent = fields.Nested(Opponent(partial=("phone",)), allow_none=True)
    employer = fields.String(allow_none=True, validate=validate.Length(max=120))
    visited_at = fields.String(metadata=MOMENT)
    channel = fields.String(metadata={"description": "visit, phone, letter, online, referral"})
    referred_from = fields.Nested(Referral, allow_none=True)
    category = fields.Integer()
    aspect = fields.String(allow_none=True)
    insurance = fields.List(fields.String())
    payer_kind = fields.String(allow_none=True)
    insured_at = fields.String(allow_none=True, validate=validate.Length(max=120))
    period_from = fields.String(allow_none=True, validate=MONTH)
    period_to = fields.String(allow_none=True, validate=MONTH)
    amount = fields.String(allow_none=True, metadata={"description": "Yuan, as in 12345.60"})
    persons = fields.Integer(
        allow_none=True, metadata={"description": "How many persons it is about"}
    )
    content = fields.String(validate=validate.Length(1, 4000))
    claim = fields.String(allow_none=True, validate=validate.Length(max=1000))
    contested_act = fields.Nested(ContestedAct, allow_none=True)
    linked = fields.String(
        allow_none=True,
        validate=validate.Length(max=40),
        metadata={"description": "The number of the earlier case of this matter, or none"},
    )


class Registration(KnownFacts):
    """A registration."""

    jurisdiction = fields.String(required=True)
    applicant = fields.Nested(Applicant, required=True)
    visited_at = fields.String(required=True, metadata=MOMENT)
    channel = fields.String(required=True)
    category = fields.Integer(required=True)
    insurance = fields.List(fields.String(), required=True, validate=validate.Length(1))
    content = fields.String(required=True, validate=validate.Length(1, 4000))


class RouteReason(Schema):
    """Why a body is competent."""

    clause = fields.String(required=True, metadata={"description": "As the document numbers it"})
    clauses = fields.List(fields.String())
    text = fields.String(required=True)
    rule = fields.String(allow_none=True)
    units = fields.List(fields.String())
    insurances = fields.List(fields.String())
    gap = fields.Boolean(metadata={"description": "The document leaves this open"})


class Route(Schema):
    """Who is competent, and why. Without a proposal the office decides."""

    units = fields.List(fields.String(), required=True)
    advisers = fields.List(fields.String(), required=True)
    tier = fields.String(required=True, allow_none=True)
    reasons = fields.List(fields.Nested(RouteReason), required=True)
    gap = fields.Boolean(metadata={"description": "The document leaves this open"})
    facts = fields.Raw()
    runners_up = fields.List(fields.Raw())
    notes = fields.List(fields.String())


class Similar(Schema):
    """An open case of the same applicant and category within sight."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    stage = fields.String(required=True)
    holder = fields.String(required=True)
    registrar = fields.String(required=True)
    registered_at = fields.DateTime(required=True)


class KnownRoute(Route):
    """Who is competent for the facts known so far, and what may be the same matter."""

    similar = fields.List(fields.Nested(Similar), required=True)


class Registered(Schema):
    """A case that was just registered."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    stage = fields.String(required=True)
    version = fields.Integer(required=True)
    route = fields.Nested(Route, required=True)


class ShownApplicant(Schema):
    """The applicant as a case shows it; numbers are masked in lists."""

    kind = fields.String(required=True)
    name = fields.String(required=True)
    id_number = fields.String(allow_none=True)
    credit_code = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    address = fields.String()


class Case(Schema):
    """A case: where it stands, who has it, until when."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    jurisdiction = fields.String(required=True)
    stage = fields.String(required=True)
    version = fields.Integer(required=True)
    tier = fields.String(required=True, allow_none=True)
    holder = fields.String(required=True)
    lead = fields.String(required=True, allow_none=True)
    registrar = fields.String(required=True)
    acceptor = fields.String(required=True, allow_none=True)
    due = fields.Date(required=True, allow_none=True)
    paused = fields.Boolean(required=True)
    registered_at = fields.DateTime(required=True)
    visited_at = fields.DateTime(required=True)
    channel = fields.String(required=True)
    category = fields.Integer(required=True)
    aspect = fields.String(required=True, allow_none=True)
    insurance = fields.List(fields.String(), required=True)
    period_from = fields.String(required=True, allow_none=True)
    period_to = fields.String(required=True, allow_none=True)
    amount = fields.String(required=True, allow_none=True)
    employer = fields.String(required=True)
    applicant = fields.Nested(ShownApplicant, required=True)


class FullCase(Case):
    """One case with all its facts."""

    sight = fields.String(validate=validate.OneOf(("full", "bundle", "progress")))
    mechanism_version = fields.Integer()
    content = fields.String()
    more = fields.Raw(metadata={"description": "Claim, opponent, contested act and the like"})
    parties = fields.List(fields.Raw())
    route = fields.Nested(Route)


class CaseAnswer(Schema):
    """One case."""

    id = fields.Integer(required=True)
    result = fields.Nested(FullCase, required=True)


class CaseList(Schema):
    """One page of the cases within sight."""

    count = fields.Integer(required=True)
    ids = fields.List(fields.Integer(), required=True)
    result = fields.List(fields.Nested(Case), required=True)


class PaperRef(Schema):
    """A kind of paper that an act makes."""

    kind = fields.String(required=True)
    title = fields.String(required=True)


class Action(Schema):
    """An act that may be done now."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    clause = fields.String(required=True)
    inputs = fields.Dict(required=True, metadata={"description": "JSON Schema of the inputs"})
    documents = fields.List(fields.Nested(PaperRef), required=True)


class BlockedAction(Schema):
    """An act that is the caller's, but not yet."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    clause = fields.String(required=True)
    why = fields.List(fields.String(), required=True)


class ActionList(Schema):
    """What the caller may do now, and what is blocked and why."""

    result = fields.List(fields.Nested(Action), required=True)
    blocked = fields.List(fields.Nested(BlockedAction), required=True)


class Act(Schema):
    """An act to be done: the version it was decided on, and its inputs."""

    version = fields.Integer(required=True, validate=validate.Range(0, 2**31 - 1))
    inputs = fields.Dict()


class Document(Schema):
    """An official document."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    title = fields.String(required=True)
    issuer = fields.String()
    addressee = fields.String()
    issued_at = fields.DateTime()


class IssuedDocument(Schema):
    """A document that an act has just issued."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)


class Done(Schema):
    """What an act has done."""

    stage = fields.String(required=True)
    version = fields.Integer(required=True)
    event = fields.Integer(required=True)
    documents = fields.List(fields.Nested(IssuedDocument), required=True)


class Event(Schema):
    """An act that happened."""

    id = fields.Integer(required=True)
    key = fields.String(required=True)
    actor = fields.String(required=True)
    acting_for = fields.String(required=True)
    at = fields.DateTime(required=True)
    version = fields.Integer()
    stage = fields.String()
    voids = fields.Integer(
        allow_none=True, metadata={"description": "The version of the act that this one voids"}
    )
    hash = fields.String()


class Attachment(Schema):
    """A file of the case."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    sm3 = fields.String(required=True)
    media_type = fields.String()
    added_by = fields.String()
    body = fields.String()
    added_at = fields.DateTime()


class Upload(Schema):
    """A file to be kept with the case."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))


class EventList(Schema):
    """The events, oldest first."""

    count = fields.Integer(required=True)
    result = fields.List(fields.Nested(Event), required=True)


class DocumentList(Schema):
    """The documents, oldest first."""

    count = fields.Integer(required=True)
    result = fields.List(fields.Nested(Document), required=True)


class AttachmentList(Schema):
    """The files, oldest first."""

    count = fields.Integer(required=True)
    result = fields.List(fields.Nested(Attachment), required=True)


class ToDo(Schema):
    """Something the caller owes, with the case it belongs to."""

    task = fields.Integer(required=True)
    kind = fields.String(required=True)
    label = fields.String(required=True)
    due = fields.Date(required=True, allow_none=True)
    case = fields.Nested(Case(only=("id", "number", "stage", "holder")), required=True)


class ToDoList(Schema):
    """A part of the queue, most urgent first; `next` goes into `after`."""

    result = fields.List(fields.Nested(ToDo), required=True)
    next = fields.String(required=True, allow_none=True)
