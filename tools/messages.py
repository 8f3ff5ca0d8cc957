"""Keeps the translations in step with the texts of the screens.

python tools/messages.py update    collect the texts into translations/*/LC_MESSAGES/messages.po
python tools/messages.py check     exit 1 with a line for each text without a good translation
python tools/messages.py compile   write the .mo files that the program reads, where they are old
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "translations"
#: Besides gettext and _: what marks a text that is translated later, at the edge.
KEYWORDS = DEFAULT_KEYWORDS | {"N_": None, "Reason": None, "lazy_gettext": None, "_l": None}
WIDTH = 99
#: English is the source and needs no catalogue.
LANGUAGES = ("zh",)


def template() -> Catalog:
    """Return a catalogue of every text in the program, in the order of the files."""
    with (ROOT / "babel.cfg").open() as settings:
        methods, options = parse_mapping_cfg(settings)
    found = Catalog(project="Lianchu", charset="utf-8")
    texts = extract_from_dir(ROOT, methods, options, KEYWORDS, comment_tags=("translators:",))
    for file, line, message, comments, context in sorted(texts, key=lambda text: text[:2]):
        # No line numbers: a change above a text must not change its catalogue.
        found.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return found


def catalogues() -> Iterator[tuple[Path, Catalog]]:
    """Yield each language's file and what it holds."""
    for language in LANGUAGES:
        path = FOLDER / language / "LC_MESSAGES" / "messages.po"
        if path.exists():
            with path.open("rb") as file:
                yield path, read_po(file, locale=language)
        else:
            yield path, Catalog(locale=language, project="Lianchu", charset="utf-8")


def update() -> int:
    """Add new texts, drop those that are gone; what is translated stays."""
    texts = template()
    for path, catalogue in catalogues():
        before = catalogue.creation_date, catalogue.revision_date
        catalogue.update(texts, no_fuzzy_matching=True)
        catalogue.creation_date, catalogue.revision_date = before
        written = BytesIO()
        write_po(written, catalogue, width=WIDTH, ignore_obsolete=True, include_lineno=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written.getvalue())
        empty = sum(1 for message in catalogue if message.id and not message.string)
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {empty} to translate")
    return 0


def is_translated(message: Message) -> bool:
    """Return whether every form of the text has words."""
    forms = [message.string] if isinstance(message.string, str) else message.string
    return bool(forms) and all(forms or [])


def holes(forms: object) -> set[str]:
    """Return the placeholders of a text, in whichever of its forms."""
    return set(re.findall(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}", str(forms)))


def faults(texts: Catalog, catalogue: Catalog) -> Iterator[str]:
    """Yield what is wrong with a language, one line for each text."""
    for wanted in texts:
        if not wanted.id:
            continue
        message = catalogue.get(wanted.id, wanted.context)
        if message is None:
            yield f"not collected yet: {wanted.id!r} (make messages)"
        elif not is_translated(message):
            yield f"not translated: {wanted.id!r}"
        elif message.fuzzy:
            yield f"marked as doubtful (fuzzy): {wanted.id!r}"
        elif holes(message.id) != holes(message.string):
            yield f"other placeholders than the source: {wanted.id!r}"


def check() -> int:
    """Return 1 where a text has no good translation, and name it."""
    texts = template()
    bad = 0
    for path, catalogue in catalogues():
        for line in faults(texts, catalogue):
            print(f"{path.relative_to(ROOT)}: {line}")
            bad += 1
    if not bad:
        print(f"{len(texts)} texts are translated.")
    return 1 if bad else 0


def compile_all() -> int:
    """Write the compiled catalogues that are older than their source."""
    for path, catalogue in catalogues():
        compiled = path.with_suffix(".mo")
        if not path.exists():
            continue
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            draft = compiled.with_suffix(".draft")
            with draft.open("wb") as file:
                write_mo(file, catalogue)
            draft.rename(compiled)
    return 0


COMMANDS = {"update": update, "check": check, "compile": compile_all}

if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) == 2 else ""
    if asked not in COMMANDS:
        sys.exit(f"Say what to do: {', '.join(COMMANDS)}.")
    sys.exit(COMMANDS[asked]())
