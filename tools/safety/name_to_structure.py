"""Systematic names by OPSIN, where its Python package and a Java runtime are installed; nothing is guessed where they are not."""

from __future__ import annotations

import importlib
import shutil
import warnings
from functools import lru_cache
from typing import Any

from core.errors import StructureError
from tools.structures.parse import parse_smiles


@lru_cache(maxsize=1)
def _opsin() -> Any:
    """The function of the package ``py2opsin``, or None."""
    if shutil.which("java") is None:
        return None
    try:
        return importlib.import_module("py2opsin").py2opsin
    except (ImportError, AttributeError):
        return None


@lru_cache(maxsize=1024)
def smiles_of_name(name: str) -> str:
    """The SMILES of a systematic name; '' where OPSIN is not there, fails or does not know the name."""
    opsin = _opsin()
    if opsin is None or not name.strip():
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = opsin(chemical_name=name, output_format="SMILES")
        if not isinstance(found, str) or not found.strip():
            return ""
        parse_smiles(found.strip())
        return found.strip()
    except (StructureError, OSError, RuntimeError, ValueError):
        return ""
