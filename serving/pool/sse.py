"""Server-sent events of an OpenAI-compatible stream: passed on whole, read only as far as needed."""

from __future__ import annotations

import json
from typing import Any

MAX_EVENT_BYTES = 2 * 1024 * 1024


class EventReader:
    """Cuts a byte stream into blocks of complete events and notes what they say.

    ``data_events``: events with data other than [DONE]; ``done``: whether [DONE] was seen; ``usage``: the last usage object; ``error``: the
    error object of an event that reports one.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self.data_events = 0
        self.done = False
        self.usage: dict[str, Any] | None = None
        self.error: dict[str, Any] | None = None

    def feed(self, chunk: bytes) -> bytes:
        """Take bytes; give back every event that is complete now, unchanged, or b"". Raises ValueError for an endless event."""
        buffer = self._buffer + chunk if self._buffer else chunk
        end = max(buffer.rfind(b"\n\n") + 2 if b"\n\n" in buffer else 0, buffer.rfind(b"\r\n\r\n") + 4 if b"\r\n\r\n" in buffer else 0)
        block, self._buffer = buffer[:end], buffer[end:]
        if len(self._buffer) > MAX_EVENT_BYTES:
            raise ValueError(f"an event of more than {MAX_EVENT_BYTES} bytes")
        self._note(block)
        return block

    def finish(self) -> bytes:
        """The stream ended: a last event without its empty line counts if it is [DONE]; anything else incomplete is dropped."""
        rest, self._buffer = self._buffer, b""
        if rest.strip() == b"data: [DONE]":
            self.done = True
            return b"data: [DONE]\n\n"
        return b""

    def _note(self, block: bytes) -> None:
        for line in block.splitlines():
            if not line.startswith(b"data:"):
                continue
            data = line[5:].strip()
            if data == b"[DONE]":
                self.done = True
                continue
            self.data_events += 1
            if b'"usage"' in data or b'"error"' in data:
                self._note_object(data)

    def _note_object(self, data: bytes) -> None:
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict):
            if isinstance(value.get("usage"), dict):
                self.usage = value["usage"]
            if isinstance(value.get("error"), dict) and not value.get("choices"):
                self.error = value["error"]
