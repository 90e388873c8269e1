"""What a terminal can show: text goes out in its encoding, data in UTF-8, and neither ends in a traceback.

A terminal without UTF-8 (``LC_ALL=C``) gets the nearest plain characters. Data that other programs read is never changed for it: JSON
escapes what the terminal cannot hold, every other form is written as UTF-8.
"""

from __future__ import annotations

import codecs
import json
import os
import sys
import unicodedata
from typing import Any, TextIO

_HANDLER = "molwright.readable"
_PLAIN = str.maketrans(
    {"°": "deg ", "·": "*", "×": "x", "–": "-", "—": "-", "−": "-", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "±": "+-"}
    | {"→": "->", "←": "<-", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "†": "+", "µ": "u", "μ": "u", "λ": "lambda", "│": "|"}
)


def _readable(error: UnicodeError) -> tuple[str, int]:
    """The nearest plain characters for those that an encoding does not have; ``?`` where there is none."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    plain = unicodedata.normalize("NFKD", lost.translate(_PLAIN))
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return kept.encode("ascii", "replace").decode("ascii"), error.end


def make_readable() -> None:
    """From now on stdout and stderr write what their encoding lacks in plain characters instead of raising UnicodeEncodeError.

    Arguments in UTF-8 are read as such, whatever the locale says.
    """
    sys.argv = [os.fsencode(given).decode("utf-8", "surrogateescape") for given in sys.argv]
    codecs.register_error(_HANDLER, _readable)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_HANDLER)


def json_text(data: Any, stream: TextIO) -> str:
    """``data`` as JSON that ``stream`` can write: characters that its encoding may lack are escaped."""
    return json.dumps(data, indent=2, ensure_ascii=not _is_unicode(stream))


def write_data(text: str) -> None:
    """Write ``text``, which is for programs, to stdout: as UTF-8 where the terminal's encoding is another."""
    if _is_unicode(sys.stdout) or not hasattr(sys.stdout, "buffer"):
        sys.stdout.write(text)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())


def _is_unicode(stream: TextIO) -> bool:
    return (stream.encoding or "utf-8").lower().replace("_", "-").startswith("utf")
