"""Two lists of words beside each other: what differs, and what only one has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.errors import N_, Reason

Said = Reason | str
T = TypeVar("T")


@dataclass(frozen=True)
class Difference:
    """One thing that differs: its section and subject, and what each mechanism says of it.

    An empty list says that there is nothing of the kind.
    """

    section: Reason
    subject: Reason
    here: Sequence[Said]
    there: Sequence[Said]


def differing(
    section: Reason, subject: Reason, here: Sequence[Said], there: Sequence[Said]
) -> Iterator[Difference]:
    """Yield a difference where the two say other things; the order does not matter."""
    if sorted(map(str, here)) != sorted(map(str, there)):
        yield Difference(section, subject, list(here), list(there))


def only_in(
    section: Reason, here: Mapping[str, T], there: Mapping[str, T], label: Callable[[T], Said]
) -> Iterator[Difference]:
    """Yield what only one of the two has, all of it together."""
    left = [label(one) for key, one in here.items() if key not in there]
    right = [label(one) for key, one in there.items() if key not in here]
    yield from differing(section, Reason(N_("only here")), left, right)
