"""The databases of these tests: several working counties, without the application."""

from tests.places import _place_stores, place

__all__ = ["_place_stores", "place"]
