"""Structures of CAS numbers, from the tables of the package ``chemicals`` where it is installed (MIT licence; identifiers of PubChem); nothing is guessed where it is not.

The files are read as they lie in the package, without importing it: about 75,000 numbers, a second.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path

#: How the tables are had.
INSTALL = "pip install chemicals"
_VALID = re.compile(r"(\d{2,7})-(\d{2})-(\d)")
_KEY = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")


def is_cas(text: str) -> bool:
    """Whether a text is a CAS number whose last digit is its check digit."""
    found = _VALID.fullmatch(text)
    return found is not None and sum(n * int(d) for n, d in enumerate(reversed(found[1] + found[2]), 1)) % 10 == int(found[3])


def installed() -> bool:
    """Whether the tables are there."""
    return bool(_tables())


def skeletons_of(numbers: Collection[str]) -> dict[str, str]:
    """The first block of the InChIKey of each of ``numbers`` that the tables know; {} where they are not there."""
    wanted, found = set(numbers), dict[str, str]()
    for table in _tables() if wanted else ():
        with table.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                cells = line.split("\t", 7)
                if len(cells) > 6 and cells[1] in wanted and _KEY.fullmatch(cells[6]):
                    found.setdefault(cells[1], cells[6].split("-")[0])
    return found


def _tables() -> list[Path]:
    spec = find_spec("chemicals")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return sorted(path for place in places for path in (Path(place) / "Identifiers").glob("*.tsv"))
