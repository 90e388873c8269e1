"""LaTeX in references as plain text: accents, Greek letters, sub- and superscripts, braces."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307", "u": "\u0306",
    "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "d": "\u0323",
}  # fmt: skip
_LETTERS = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "i": "ı",
    "j": "ȷ",
}
_SYMBOLS = {
    "degree": "°", "circ": "°", "pm": "±", "times": "×", "cdot": "·", "sim": "∼", "approx": "≈", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "textdegree": "°", "rightarrow": "→", "infty": "∞", "textendash": "–", "textemdash": "—", "mu": "μ", "textmu": "µ", "deg": "°", "to": "→",
}  # fmt: skip
_GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
]
_SYMBOLS |= {name: unicodedata.lookup(f"GREEK SMALL LETTER {name.replace('lambda', 'lamda').upper()}") for name in _GREEK}
_SYMBOLS |= {name.title(): unicodedata.lookup(f"GREEK CAPITAL LETTER {name.replace('lambda', 'lamda').upper()}") for name in _GREEK}
_SUPER = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_SUB = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def plain_latex(text: str) -> str:
    """``text`` without LaTeX: accents on their letters, '$_2$' as '₂', Greek letters; commands that are not known lose their name alone."""
    text = re.sub(r"\\([\"'`^~=.])\s*\{?\s*\\?([A-Za-z])\s*\}?", lambda m: _accented(m[2], m[1]), text)
    text = re.sub(r"\\([uvHckrd])(?:\s*\{\s*\\?([A-Za-z])\s*\}|\s+([A-Za-z])\b)", lambda m: _accented(m[2] or m[3], m[1]), text)
    text = re.sub(r"\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j)(?![A-Za-z])\s?(?:\{\})?", lambda m: _LETTERS[m[1]], text)
    text = re.sub(r"\\([A-Za-z]+)(?:\{\})?", lambda m: _SYMBOLS.get(m[1], " "), text)
    text = re.sub(r"\^\{?([\d+-]+|°)\}?", lambda m: m[1].translate(_SUPER), text)
    text = re.sub(r"(?<=[A-Za-z)\]$}])_\{?(\d+)\}?", lambda m: m[1].translate(_SUB), text)
    text = re.sub(r"\$_(\d)", lambda m: m[1].translate(_SUB), text)
    text = re.sub(r"\\([&%$#_{}])", "\0\\1", text)
    text = re.sub(r"(?<!\0)[{}$]", "", text).replace("\0", "").replace("---", "—").replace("--", "–").replace("~", " ")
    return text.replace("``", "“").replace("''", "”")


def _accented(letter: str, accent: str) -> str:
    return unicodedata.normalize("NFC", letter + _ACCENTS[accent])
