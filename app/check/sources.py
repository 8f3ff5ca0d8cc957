"""The government document beside a profile: its sentences, and which clause quotes each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from app.check.findings import Notes
from app.errors import N_
from app.mechanism.problems import quoted
from app.mechanism.schema import Mechanism

#: A document is a few pages; more than this is none.
MOST_BYTES = 1024 * 1024
#: A sentence ends with a full stop or a semicolon; what does not is a heading or a list of names.
_SENTENCE = re.compile("[^\u3002\uff1b]+[\u3002\uff1b]")
_BLANK = re.compile(r"\s+")
#: Words of a sentence that a message repeats.
_SHOWN = 24


def read_source(mechanism: Mechanism, path: Path | None) -> str | None:
    """Return the text of the document beside a profile; None where there is none to be read."""
    if path is None or not mechanism.source.file:
        return None
    file = path.parent / mechanism.source.file
    try:
        return file.read_bytes()[:MOST_BYTES].decode("utf-8", "replace")
    except OSError:
        return None


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a document, headings and lists of names left out."""
    for line in text.splitlines():
        for found in _SENTENCE.findall(line):
            yield found.strip()


def squeezed(text: str) -> str:
    """Return a text without its blanks and line breaks, which typesetting put in."""
    return _BLANK.sub("", text)


def unquoted(mechanism: Mechanism, text: str) -> list[str]:
    """Return the sentences of the document that no clause quotes from."""
    quotes = [squeezed(one) for clause in mechanism.clauses.values() for one in clause.text]
    return [
        sentence
        for sentence in sentences(text)
        if not any(one in squeezed(sentence) or squeezed(sentence) in one for one in quotes)
    ]


def tell_clauses(
    notes: Notes, mechanism: Mechanism, path: Path | None = None, document: str | None = None
) -> None:
    """Tell of clauses that nothing carries out, and of quotations that are none.

    The document is handed in, or lies beside the profile at `path`; without either it is not
    looked for.
    """
    text = read_source(mechanism, path) if document is None else document or None
    for key, clause in mechanism.clauses.items():
        is_carried = key in mechanism.cited or bool(clause.section)
        params = {"clause": quoted(key), "shown": clause.shown}
        if clause.operative and not is_carried:
            what = N_("nothing carries out the clause %(clause)s (%(shown)s)")
            mend = N_("name it where it is carried out, or write operative: false and why")
            notes.warn(f"clauses.{key}", what, mend, params)
        elif not clause.operative and is_carried:
            what = N_("the clause %(clause)s is not operative, yet something carries it out")
            mend = N_("take operative and why out, or do not name it elsewhere")
            notes.tell(f"clauses.{key}", what, mend, params)
    if text is not None:
        _quotations(notes, mechanism, text)
    elif mechanism.source.file and (path is not None or document is not None):
        what = N_("the document %(file)s cannot be read beside the profile")
        mend = N_("put the text of the document there, or take source.file out")
        notes.warn("source.file", what, mend, {"file": quoted(mechanism.source.file)})


def _quotations(notes: Notes, mechanism: Mechanism, text: str) -> None:
    whole = squeezed(text)
    for key, clause in mechanism.clauses.items():
        for one in clause.text:
            if squeezed(one) not in whole:
                what = N_("the document does not say %(words)s")
                mend = N_("quote it word for word, or correct the clause")
                notes.tell(f"clauses.{key}.text", what, mend, {"words": quoted(one)})
    missing = unquoted(mechanism, text)
    if missing and any(clause.text for clause in mechanism.clauses.values()):
        what = N_("no clause quotes %(n)s sentences of the document; the first is %(words)s")
        mend = N_("quote from each under clauses, as carried out or as not operative")
        params: dict[str, object] = {"n": len(missing), "words": quoted(missing[0][:_SHOWN])}
        notes.warn("clauses", what, mend, params)
