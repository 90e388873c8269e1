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
#: Method (or '*'), address and what it demands; '{name}' stands for one part of an address, '*' at the end for whatever lies beneath it. The
#: first that fits counts.
DEMANDS: tuple[tuple[str, str, Demand], ...] = (
    # the person's own
    ("POST", "/sign-out", "self"),
    ("*", "/me*", "self"),
    ("*", "/api/v1/me*", "self"),
    # people
    ("*", "/admin*", "people"),
    ("*", "/api/v1/admin*", "people"),
    ("POST", "/fleet*", "people"),
    ("POST", "/api/v1/fleet*", "people"),
    # opinions and measured values
    ("POST", "/runs/{run}/review*", "review"),
    ("POST", "/api/v1/runs/{run}/decisions*", "review"),
    ("POST", "/api/v1/runs/{run}/measurements*", "review"),
    # what the whole team uses
    ("POST", "/models*", "keep"),
    ("POST", "/lists*", "keep"),
    ("*", "/api/v1/lists*", "keep"),
    ("*", "/api/v1/models*", "keep"),
    ("POST", "/literature/questions*", "self"),
    ("POST", "/api/v1/literature/questions*", "self"),
    ("POST", "/literature*", "keep"),
    ("*", "/api/v1/literature*", "keep"),
    ("POST", "/evaluations*", "evaluate"),
    ("*", "/api/v1/evaluations*", "evaluate"),
    # of a run that one may see: a question about it, its repetition
    ("POST", "/runs/{run}/candidates/{key}/ask", "self"),
    ("POST", "/runs/{run}/replays", "self"),
    ("POST", "/api/v1/runs/{run}/replays", "self"),
    # runs, specifications, libraries, files of structures
    ("POST", "/runs*", "start"),
    ("POST", "/api/v1/runs*", "start"),
    ("PUT", "/api/v1/runs/{run}/access", "start"),
    ("DELETE", "/api/v1/runs/{run}", "start"),
    ("POST", "/templates*", "start"),
    ("*", "/api/v1/templates*", "start"),
    ("POST", "/libraries*", "start"),
    ("*", "/api/v1/libraries*", "start"),
    ("POST", "/api/v1/screens*", "start"),
    ("POST", "/structures/files*", "start"),
    ("*", "/api/v1/structures/tables*", "start"),
    ("POST", "/structures/computations*", "start"),
    ("*", "/api/v1/structures/computations*", "start"),
    # asked with a POST, because it is long; nothing changes
    ("POST", "/goals*", "look"),
    ("POST", "/core*", "look"),
    ("POST", "/structures*", "look"),
    ("POST", "/api/v1/specs*", "look"),
    ("POST", "/api/v1/structures*", "look"),
)


def demanded(method: str, path: str) -> Demand | None:
    """What a request demands; None where the table does not know it and it may change something."""
    for wanted, pattern, demand in DEMANDS:
        if wanted in ("*", method) and _compiled(pattern).fullmatch(path):
            return "look" if demand in ("start", "keep", "evaluate") and method in SAFE else demand
    return "look" if method in SAFE else None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\}|\*$)", pattern)
    return re.compile("".join("(/.*)?" if p == "*" else "[^/]+" if p.startswith("{") else re.escape(p) for p in parts), re.DOTALL)
