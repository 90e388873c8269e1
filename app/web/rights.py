"""What each address demands of whoever asks. One table, looked up before any handler runs.

What only reads demands 'look', which every role has: which runs it finds is decided in the store (``memory/sql/sharing.py``), which also lets
only the owner change a run. What may change something and is not in the table is for an admin alone, so a route of yours that changes
something gets a line here; a test names those that have none.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from core.people import Right

SAFE = ("GET", "HEAD", "OPTIONS")
#: Who has not signed in may ask for these alone.
PUBLIC = re.compile(r"/sign-in|/static/.*")

#: 'self': everybody with an account, for what is the person's own.
Demand = Right | Literal["self"]
#: Method (or '*'), address and what it demands; '{name}' stands for one part of an address, '*' at the end for whatever follows. The first that
#: fits counts.
DEMANDS: tuple[tuple[str, str, Demand], ...] = (
    # the person's own
    ("POST", "/sign-out", "self"),
    ("*", "/me*", "self"),
    ("*", "/api/v1/me*", "self"),
    # people
    ("*", "/admin*", "people"),
    ("*", "/api/v1/admin*", "people"),
    # asked with a POST, because it is long; nothing changes
    ("POST", "/goals*", "look"),
    ("POST", "/core*", "look"),
    ("POST", "/api/v1/specs*", "look"),
    ("POST", "/api/v1/structures*", "look"),
    # a question about a run that one may see
    ("POST", "/runs/{run}/candidates/{key}/ask", "self"),
    # runs, specifications, screens
    ("POST", "/runs*", "start"),
    ("POST", "/templates*", "start"),
    ("*", "/api/v1/templates*", "start"),
    ("POST", "/api/v1/runs*", "start"),
    ("PUT", "/api/v1/runs/{run}/access", "start"),
    ("DELETE", "/api/v1/runs/{run}", "start"),
    ("POST", "/api/v1/screens*", "start"),
)


def demanded(method: str, path: str) -> Demand | None:
    """What a request demands; None where the table does not know it and it may change something."""
    for wanted, pattern, demand in DEMANDS:
        if wanted in ("*", method) and _compiled(pattern).fullmatch(path):
            return "look" if demand == "start" and method in SAFE else demand
    return "look" if method in SAFE else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\}|\*$)", pattern)
    return re.compile("".join(".*" if p == "*" else "[^/]+" if p.startswith("{") else re.escape(p) for p in parts), re.DOTALL)
