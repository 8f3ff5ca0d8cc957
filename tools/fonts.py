"""Cuts the fonts of official papers out of Debian's fonts-noto-cjk.

    python tools/fonts.py /usr/share/fonts/opentype/noto

Regular holds GBK, Bold, for titles, GB 2312; both hold the General Standard table of 2013
(app/documents/fonts/standard.txt), from which names are taken. They are under the SIL Open
Font License. Run it only when the fonts are to change: other bytes here
make other PDF files.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

FOLDER = Path(__file__).resolve().parent.parent / "app" / "documents" / "fonts"
#: Which of the faces in the collection is that of simplified Chinese.
FACE = 2
LATIN = {chr(code) for code in range(0x20, 0x7F)} | {"\N{YEN SIGN}"}


def characters(encoding: str) -> set[str]:
    """Return the characters that a two-byte encoding can write."""
    pairs = (bytes([high, low]) for high in range(0x81, 0xFF) for low in range(0x40, 0xFF))
    found = (pair.decode(encoding, errors="ignore") for pair in pairs)
    return {one for one in found if len(one) == 1}


def cut(source: Path, target: Path, wanted: set[str]) -> None:
    """Write a font with the wanted characters alone."""
    options = subset.Options(
        font_number=FACE, layout_features=[], hinting=False, desubroutinize=True
    )
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(sorted(wanted)))
    cutter.subset(font)
    subset.save_font(font, str(target), options)


def main() -> int:
    """Return the exit code."""
    if len(sys.argv) != 2:
        print("Say where fonts-noto-cjk lies: python tools/fonts.py FOLDER", file=sys.stderr)
        return 1
    noto = Path(sys.argv[1])
    standard = set((FOLDER / "standard.txt").read_text(encoding="utf-8")) - {"\n"}
    plain = LATIN | standard | characters("gb2312")
    cut(noto / "NotoSerifCJK-Bold.ttc", FOLDER / "NotoSerifSC-Bold.otf", plain)
    cut(
        noto / "NotoSerifCJK-Regular.ttc",
        FOLDER / "NotoSerifSC-Regular.otf",
        plain | characters("gbk"),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
