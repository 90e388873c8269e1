"""Letters of a PDF: Bitstream Vera, which reportlab brings, and what is written for signs that it lacks."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

#: Signs that the font lacks and what says the same.
_SAID = {"→": "->", "⟶": "->", "←": "<-", "‑": "-", "⁻": "-", "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "▸": "-"}


@lru_cache(maxsize=1)
def signs() -> frozenset[int]:
    """The fonts are made known to reportlab; the signs that they have."""
    for name, file in (("Vera", "Vera.ttf"), ("VeraBd", "VeraBd.ttf"), ("VeraIt", "VeraIt.ttf"), ("VeraBI", "VeraBI.ttf")):
        pdfmetrics.registerFont(TTFont(name, file))
    pdfmetrics.registerFontFamily("Vera", normal="Vera", bold="VeraBd", italic="VeraIt", boldItalic="VeraBI")
    return frozenset(pdfmetrics.getFont("Vera").face.charToGlyph)


def printable(value: object) -> str:
    """``value`` as the font can show it: Greek letters by name, any other sign that it lacks as its number ([U+4E2D])."""
    return "".join(_sign(c) for c in str(value))


def _sign(sign: str) -> str:
    if ord(sign) in signs() or sign in "\n\t":
        return sign
    name = unicodedata.name(sign, "")
    if name.startswith("GREEK ") and " LETTER " in name:
        word = name.partition(" LETTER ")[2].partition(" WITH ")[0].lower()
        return word.capitalize() if "CAPITAL" in name else word
    return _SAID.get(sign, f"[U+{ord(sign):04X}]")
