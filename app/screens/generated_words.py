"""Words of Flask-AppBuilder that its own catalogue lacks, or says otherwise than we do.

Nothing reads this list at run time: it brings the words into our catalogue, which comes after
Flask-AppBuilder's and therefore wins.
"""

from __future__ import annotations

from app.errors import N_

WORDS = (
    N_("Invalid login. Please try again."),
    N_("Access is Denied"),
    N_("Added Row"),
    N_("Changed Row"),
    N_("Deleted Row"),
    N_("List Groups"),
    N_("Groups"),
    N_("No records found"),
    N_("Add Filter"),
    N_("User confirmation needed"),
    N_("Already exists."),
)
