"""Addresses and connection strings as they may be shown: without what they keep secret, however they are spelt.

Rather too much is hidden than too little: between the name of the user and the last ``@`` nothing is kept, so that a password with an
``@``, a ``/`` or a ``:`` in it, which is no valid address, does not show either.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

HIDDEN = "(hidden)"

_SECRET = re.compile(r"pass|pwd|secret|token|api_?key|credential|private", re.IGNORECASE)
#: ``name=value`` of a query or of a libpq connection string, whose values may stand in quotes.
_PAIR = re.compile(r"(?P<name>[^\s?&;=,]+)(?P<sign>\s*=\s*)(?P<value>'(?:\\.|[^'\\])*'?|\"(?:\\.|[^\"\\])*\"?|[^\s&;]*)")
#: Everything from the scheme to the last ``@``. One slash is a slip of whoever wrote it, and its password is no less secret.
_USER = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*:/{1,3})(?P<user>.*)@", re.DOTALL)
_AFTER_NAME = re.compile(r":|%3a", re.IGNORECASE)


def masked(text: str) -> str:
    """``text`` with the secrets of every address in it replaced by ``(hidden)``.

    Hidden are what follows the user's name before an ``@``, and the value of each ``name=value`` whose name says that it is secret. A user
    without a password is shown for databases; for web addresses it may be a token and is hidden.
    """
    return _PAIR.sub(_pair, _USER.sub(_user, text))


def _user(found: re.Match[str]) -> str:
    scheme, given = found["scheme"], found["user"]
    name = _AFTER_NAME.split(given, maxsplit=1)[0]
    if scheme.lower().startswith("http"):
        return f"{scheme}{HIDDEN}@"
    after = given[len(name) :]
    return found[0] if after in ("", ":***") else f"{scheme}{name}:{HIDDEN}@"  # *** is how SQLAlchemy hides one


def _pair(found: re.Match[str]) -> str:
    if not _SECRET.search(unquote(found["name"])) or found["value"] == "":
        return found[0]
    return f"{found['name']}{found['sign']}{HIDDEN}"
