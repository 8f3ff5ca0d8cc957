"""The database of these tests: a working county, without the application."""

from tests.peopled import _peopled_stores, door

__all__ = ["_peopled_stores", "door"]
