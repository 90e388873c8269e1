"""Text that was retrieved or brought by a user, marked as data before it goes into a prompt."""

from __future__ import annotations

import hashlib
import re

#: Our own marks, and the control marks of chat templates (<|im_end|>, </s>, [/INST]), which servers may read inside a message too.
_MARK = re.compile(
    r"<(?=\s*/?\s*data\b|\||｜|/?s>|/?tool_call\b|(?:start|end)_of_turn>)|\[(?=/?(?:INST|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS|THINK)\])",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SOURCE_CHARACTERS = 120


def fence(text: object, source: object = "text") -> str:
    """``text`` between delimiters that carry a hash of it, so that nothing inside can close them; ``source`` says where it is from.

    The delimiter is ``<data id="..." source="...">`` and ``</data id="...">`` with 4 hexadecimal digits of the SHA-256 of source and
    text. The same text gives the same fence. Inside the text, data marks and the control marks of chat templates are written with
    ``‹`` in place of ``<`` (``⁅`` in place of ``[``).
    """
    inner = _MARK.sub(lambda found: "‹" if found[0] == "<" else "⁅", _CONTROL.sub(" ", str(text)))
    label = re.sub(r'["<>\s]+', " ", _CONTROL.sub(" ", str(source))).strip()[:_SOURCE_CHARACTERS] or "text"
    mark = hashlib.sha256(f"{label}\n{inner}".encode("utf-8", "surrogatepass")).hexdigest()[:4]
    return f'<data id="{mark}" source="{label}">\n{inner}\n</data id="{mark}">'
