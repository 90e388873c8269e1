"""What a structure is called, by the names that ship."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from tools.structures import names

#: Tables with a column ``inchikey``, the best known names first.
TABLES = (*names.TABLES, "wider_names.tsv")


def name_of(key: str) -> str:
    """The main name of the structure with this InChIKey; '' where none ships, and for a key of another kind (a polymer's, a racemate's).

    The same configuration is meant: neither enantiomer is called by the other's name, nor a structure drawn flat by that of one of its stereoisomers.
    """
    if len(key) != 27:
        return ""
    for table in TABLES:
        content = _content(table)
        place = content.find(b"\t" + key.encode())
        if place >= 0:
            line = content[content.rfind(b"\n", 0, place) + 1 : place]
            return line.split(b"\t", 1)[0].decode()
    return ""


@lru_cache(maxsize=1)
def catalogued() -> frozenset[str]:
    """The InChIKeys of all structures with a name."""
    return frozenset(key.decode() for table in TABLES for key in re.findall(rb"\t([A-Z]{14}-[A-Z]{10}-[A-Z])\b", _content(table)))


@lru_cache(maxsize=len(TABLES))
def _content(table: str) -> bytes:
    """The bytes of a table, which are looked through as they are: to take them apart would take longer than all the names of a report."""
    file = resources.files("tools.structures").joinpath(table)
    return file.read_bytes() if file.is_file() else b""
