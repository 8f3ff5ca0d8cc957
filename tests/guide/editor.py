"""What an editor makes of a profile: its text as JSON, against the schema that it was given."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

from app.mechanism.json_schema import json_schema
from app.mechanism.yaml_reader import Items, Node, Table, read_yaml

VALIDATOR = Draft202012Validator(json_schema())


def as_json(node: Node) -> Any:
    """Return a node as YAML 1.2 reads it."""
    if isinstance(node, Table):
        return {key: as_json(one) for key, one in node.nodes.items()}
    if isinstance(node, Items):
        return [as_json(one) for one in node.nodes]
    if node.is_nothing:
        return None
    if node.truth is not None:
        return node.truth
    return node.value if node.number is None else node.number


def marked(text: str) -> list[str]:
    """Return the places of a profile that an editor marks."""
    root, _ = read_yaml(text.encode(), "profile")
    return [error.json_path for error in VALIDATOR.iter_errors(as_json(root))]
