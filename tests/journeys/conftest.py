"""The databases of these tests: a working county, or several, without the application."""

from tests.peopled import _peopled_stores, door
from tests.places import _place_stores, place

__all__ = ["_peopled_stores", "_place_stores", "door", "place"]
