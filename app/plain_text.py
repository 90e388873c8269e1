"""Text for a stream that cannot show every character: an ASCII terminal reads '337 +/- 22 degC', not an error."""

from __future__ import annotations

import codecs
import io
import os
import unicodedata
from typing import TextIO

#: Name of the codec error handler that writes what a stream cannot show in other characters.
ERRORS = "molwright.plain"

_PLAIN = str.maketrans(
    {
        "±": "+/-", "°": "deg", "×": "x", "·": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "→": "->", "←": "<-",
        "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "†": "!", "‡": "[m]", "§": "[t]", "¶": "[s]", "✓": "yes", "✗": "no", "“": '"', "”": '"', "„": '"', "‘": "'",
        "’": "'",
        "µ": "u", "μ": "u", "ß": "ss", "•": "*", "√": "sqrt ", "€": "EUR", "∞": "inf", "\N{NO-BREAK SPACE}": " ", "─": "-",
    }
)  # fmt: skip


def plain(text: str) -> str:
    """``text`` in ASCII: signs by what they are read as, letters without their accents, Greek letters by name, the rest as ``\\uXXXX``."""
    return "".join(_plain_letter(c) for c in text.translate(_PLAIN))


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    name = unicodedata.name(letter, "")
    if name.startswith("GREEK ") and " LETTER " in name:
        spelt = name.split(" LETTER ")[1].split(" WITH ")[0].lower().replace("lamda", "lambda")
        return spelt.capitalize() if name.startswith("GREEK CAPITAL") else spelt
    simple = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
    return simple if simple.isascii() and simple else letter.encode("ascii", "backslashreplace").decode()


def writable(text: str, encoding: str) -> str:
    """``text`` as a stream of this encoding shows it: unchanged where it can, else what it lacks in other characters."""
    return text.encode(encoding, ERRORS).decode(encoding)


def never_fail(*streams: TextIO) -> None:
    """Let each stream write what it cannot encode in plain characters instead of raising UnicodeEncodeError."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ERRORS)


def as_utf8(arguments: list[str]) -> list[str]:
    """Arguments of the command line read as UTF-8, whatever the locale says of them."""
    return [os.fsencode(given).decode("utf-8", "surrogateescape") for given in arguments]


def _handle(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


codecs.register_error(ERRORS, _handle)
