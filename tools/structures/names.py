"""Compounds by name: solvents, drugs, dyes, monomers, natural products.

``common_names.tsv`` holds the compounds that are also proposed as known ones. ``further_names.tsv`` holds names only: they can be compared
with, kept or excluded. Its names and structures are from the package chemicals 1.3.3 (MIT licence; identifiers of PubChem); a row was
taken if the InChIKey of the structure is the one that the package gives for the name. ``verified_names.tsv`` holds further ones on which two
places agree, named in its last column: the systematic name as OPSIN reads it, PubChem (by the package chemicals), AqSolDB, DrugBank.
"""

from __future__ import annotations

from functools import lru_cache

from core import data
from core.errors import ConfigurationError

#: The tables, in the order in which they are read.
TABLES = ("common_names.tsv", "further_names.tsv", "verified_names.tsv")


@lru_cache(maxsize=1)
def common_names() -> dict[str, tuple[str, str]]:
    """Every name and synonym, lower case, with (main name, SMILES). Raises ConfigurationError if a name occurs twice."""
    names: dict[str, tuple[str, str]] = {}
    for row in (row for table in TABLES for row in data.rows("tools.structures", table)):
        for word in (row["name"], *filter(None, row["synonyms"].split(";"))):
            key = word.strip().lower()
            if key in names:
                raise ConfigurationError(f"compound names: {key!r} occurs twice")
            names[key] = (row["name"], row["smiles"])
    return names
