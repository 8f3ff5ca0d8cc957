"""What the tests of publishing start from: a county's door, and accounts at the screens."""

from tests.peopled import _peopled_stores, door
from tests.screens.conftest import clerk

__all__ = ["_peopled_stores", "clerk", "door"]
