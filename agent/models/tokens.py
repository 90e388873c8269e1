"""An estimate, on the safe side, of how many tokens a text has before a server has counted them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

#: Bytes of UTF-8 a token. English prose has about four characters a token in common vocabularies, SMILES and JSON have two to three.
BYTES_PER_TOKEN = 3
#: Tokens that a chat template adds to a message for its role and its start and end marks.
PER_MESSAGE = 6


def estimate_tokens(text: str) -> int:
    """Tokens of ``text``, estimated as a third of its UTF-8 bytes, rounded up."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)


def estimate_request(messages: Sequence[dict[str, Any]], *extra: Any) -> int:
    """The estimated tokens of a prompt, with those of the schemas in ``extra``."""
    parts = [_text(m) for m in messages] + [json.dumps(e, ensure_ascii=False) for e in extra if e]
    return sum(estimate_tokens(p) for p in parts) + PER_MESSAGE * len(messages)


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    calls = message.get("tool_calls")
    return str(content) + str(message.get("reasoning_content") or "") + (json.dumps(calls, ensure_ascii=False) if calls else "")
