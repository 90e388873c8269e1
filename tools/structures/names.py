"""Common compounds by name: solvents, drugs, dyes, monomers, natural products (table: ``common_names.tsv``)."""

from __future__ import annotations

from functools import lru_cache

from core import data
from core.errors import ConfigurationError


@lru_cache(maxsize=1)
def common_names() -> dict[str, tuple[str, str]]:
    """Every name and synonym, lower case, with (main name, SMILES). Raises ConfigurationError if a name occurs twice."""
    names: dict[str, tuple[str, str]] = {}
    for row in data.rows("tools.structures", "common_names.tsv"):
        for word in (row["name"], *filter(None, row["synonyms"].split(";"))):
            key = word.strip().lower()
            if key in names:
                raise ConfigurationError(f"common_names.tsv: {key!r} occurs twice")
            names[key] = (row["name"], row["smiles"])
    return names
