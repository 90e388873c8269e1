"""Structures of systematic names by OPSIN, where the package py2opsin and Java are there; nothing without them."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path

from tools.literature.chemistry.names import readable


@lru_cache(maxsize=1)
def available() -> bool:
    """Whether names can be read: the package py2opsin is installed and Java is on the path."""
    return importlib.util.find_spec("py2opsin") is not None and shutil.which("java") is not None


def structures(names: tuple[str, ...]) -> dict[str, str]:
    """SMILES of the names that OPSIN reads; {} where it is not there."""
    if not names or not available():
        return {}
    from py2opsin import py2opsin

    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:  # its own place: several workers ask side by side
        warnings.simplefilter("ignore")
        read = py2opsin(list(names), tmp_fpath=str(Path(folder) / "names.txt"))
    answers = read if isinstance(read, list) else [read]
    return {name: smiles for name, smiles in zip(names, answers, strict=False) if smiles and readable(smiles) is not None}
