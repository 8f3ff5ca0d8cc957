"""What a profile must say to make sense, as far as it can be told without running it."""

from __future__ import annotations

from app.mechanism.schema import Mechanism
from app.mechanism.shapes import Reader
from app.mechanism.yaml_reader import Table


def check_semantics(r: Reader, mechanism: Mechanism, root: Table) -> None:
    """Tell the reader of what is said nowhere, or contradicts itself."""
