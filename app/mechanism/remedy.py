"""What a profile says of remedies: the ways out of a decision, and where each of them leads.

The law gives them, not the notice; which body is above which is the county's to say. What is
never to be offered is refused when the profile is read (`app.mechanism.remedies`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.mechanism.schema import Period


@dataclass(frozen=True)
class Way:
    """A remedy: in what words papers offer it, within what time, by what law.

    Its time runs from the service of the decision; where it comes `after` another way, from
    what that one has brought, so that no last day follows from the service. `kind` is what the
    parties' objections of this kind are recorded as.
    """

    key: str
    label: str
    text: str
    due: Period
    law: str
    kind: str = ""
    after: str | None = None


@dataclass(frozen=True)
class Addressee:
    """To whom a way leads."""

    body: str
    address: str = ""


@dataclass(frozen=True)
class Recourse:
    """The ways out of the papers of some issuers.

    `known_by` are words by which the issuer of an act from outside the mechanism is recognised.
    """

    key: str
    issuers: tuple[str, ...]
    papers: tuple[str, ...]
    ways: Mapping[str, Addressee]
    known_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remedies:
    """The remedies of a mechanism: the forms that papers print, the ways, and who has which.

    `untold` is the longest time in which an act may be contested that told of no remedy; a notice
    posted in public serves after `public`; `decided` is by kind of objection within what time
    the law wants it decided; `otherwise` serves an act whose issuer is not recognised.
    """

    notice: str = ""
    between: str = ""
    last_day: str = ""
    contested: str = ""
    untold: Period | None = None
    public: Period | None = None
    decided: Mapping[str, Period] = field(default_factory=lambda: MappingProxyType({}))
    ways: Mapping[str, Way] = field(default_factory=lambda: MappingProxyType({}))
    given: Mapping[str, Recourse] = field(default_factory=lambda: MappingProxyType({}))
    otherwise: Mapping[str, Addressee] = field(default_factory=lambda: MappingProxyType({}))
    never: tuple[str, ...] = ()


#: A profile without the section tells of none.
NO_REMEDIES = Remedies()
