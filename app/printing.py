"""The issued copy of a paper: its PDF is made once, kept, and noted in the chain.

Whoever asks first has it made; afterwards the kept file is sent, so that fonts that change
later change no paper. Where the file is lost it is made again, and must be the same.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from app import files, ledger, workflow
from app.clock import CHINA
from app.database import turned_to_write
from app.documents.pdf import write_pdf
from app.documents.printer import pages_of
from app.errors import N_, Conflict, NotFound, Reason
from app.models import Paper
from app.security.sight import AnySession

KIND = "file"
#: No paper comes near it; it only bounds what is written to the disk.
MOST_BYTES = 64 * 1024 * 1024


def issued(session: AnySession, paper: Paper, *, folder: Path, fonts: str, now: datetime) -> Path:
    """Return where the issued PDF of a paper within sight is kept, made now where it is not.

    `folder` is where files are kept, `fonts` the folder of DOC_FONT_DIR. Commits. Raises Refused
    where no font has a character, Conflict where a lost file comes out differently.
    """
    known = noted(session, paper).get(paper.id)
    if known is not None:
        try:
            return files.path_of(folder, known["sha256"])
        except NotFound:
            pass
    made = write_pdf(paper.content, issued_at=paper.issued_at.astimezone(CHINA), fonts=fonts)
    stored = files.store(folder, BytesIO(made), MOST_BYTES)
    if known is None:
        _note(session, paper, made, stored, now)
    elif stored.sha256 != known["sha256"]:
        text = N_("The issued file of this paper is lost, and other fonts are installed since")
        raise Conflict(Reason(text))
    return files.path_of(folder, stored.sha256)


def noted(session: AnySession, paper: Paper) -> dict[int, dict[str, Any]]:
    """Return what the chain says of the issued files of a paper's case, by paper.

    Each is {"sha256", "size", "pages", "content"}; a paper whose file is unmade is not there.
    """
    found = ledger.noted(session, paper.jurisdiction_id, paper.case_id, KIND)
    return {facts["paper"]: facts for facts in found}


def _note(
    session: AnySession, paper: Paper, made: bytes, stored: files.Stored, now: datetime
) -> None:
    facts = {
        "paper": paper.id,
        "content": paper.content_hash,
        "sha256": stored.sha256,
        "size": stored.size,
        "pages": pages_of(made),
    }
    with turned_to_write(session):
        workflow.note(session, paper.case_id, KIND, facts, body=paper.body, now=now, once="paper")
