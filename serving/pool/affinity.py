"""Which server is likely to hold the beginning of a prompt in its prefix cache."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from serving.pool.config import AffinityConfig

if TYPE_CHECKING:
    from serving.pool.endpoint import Endpoint


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(_text(v) for v in value)
    if isinstance(value, Mapping):
        return _text(value.get("text", ""))
    return ""


def prefix_key(body: Mapping[str, Any], config: AffinityConfig) -> bytes | None:
    """A hash of the beginning of the first message (or prompt), or None where it is too short for a cache to matter."""
    if not config.enabled:
        return None
    messages = body.get("messages")
    if isinstance(messages, list) and messages and isinstance(messages[0], Mapping):
        text = _text(messages[0].get("content"))
    else:
        text = _text(body.get("prompt"))
    if not text or len(text) < config.min_chars:
        return None
    return hashlib.sha256(text[: config.prefix_chars].encode("utf-8", "surrogatepass")).digest()


def preferred(key: bytes, endpoints: Iterable[Endpoint]) -> Endpoint | None:
    """The endpoint of highest rendezvous score (weighted; when one leaves, only its own keys move). None if there are none.

    Weighted rendezvous hashing: score = -weight / ln(u), u uniform in (0, 1) from a hash of the key and the endpoint's name.
    """

    def score(endpoint: Endpoint) -> float:
        digest = hashlib.sha256(key + endpoint.name.encode()).digest()
        u = (int.from_bytes(digest[:8], "big") + 0.5) / 2.0**64
        return -endpoint.config.weight / math.log(min(max(u, 1e-18), 1.0 - 1e-15))

    return max(endpoints, key=score, default=None)
