"""How many tokens a text has, before a server has counted them: an estimate on the safe side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

#: English prose has about four characters a token in common vocabularies, SMILES and JSON two to three.
BYTES_PER_TOKEN = 3
#: What a chat template adds to a message: role, start and end marks.
PER_MESSAGE = 6


def estimate_tokens(text: str) -> int:
    """Tokens of ``text``, estimated as a third of its UTF-8 bytes, rounded up."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)


def estimate_request(messages: Sequence[dict[str, Any]], *extra: Any) -> int:
    """Tokens of a prompt, estimated, with the schemas in ``extra``."""
    parts = [_text(m) for m in messages] + [json.dumps(e, ensure_ascii=False) for e in extra if e]
    return sum(estimate_tokens(p) for p in parts) + PER_MESSAGE * len(messages)


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    calls = message.get("tool_calls")
    return str(content) + (json.dumps(calls, ensure_ascii=False) if calls else "")
