"""The form of a profile as JSON Schema, by which editors complete keys and mark slips.

It tells what may stand where. What is mentioned yet not declared, and what contradicts itself,
the check of a profile tells.
"""

from __future__ import annotations

from app.mechanism import acts, asks, words
from app.mechanism.folder import SECTION
from app.mechanism.loader import PROFILE
from app.mechanism.schema import Mechanism
from app.mechanism.shapes import Schema, form_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> Schema:
    """Return the JSON Schema of a profile; what stands in itself lies under `$defs`.

    Papers may lie in files beside the profile, so none is asked for in the file itself.
    """
    form = form_schema(PROFILE, Mechanism)
    return {
        "$schema": DIALECT,
        "title": "The mechanism of a county (mechanism.yaml)",
        **form,
        "required": [key for key in form["required"] if key != SECTION],
        "$defs": {**words.definitions(), **asks.definitions(), **acts.definitions()},
    }
