"""What somebody asks for, a substance or a motif, as the keys by which mentions are found."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import StructureError, UsageError
from tools.groups.groups import compile_smarts, resolve_group
from tools.groups.matching import has_smarts
from tools.literature.chemistry.mentions import is_inchikey
from tools.literature.chemistry.names import abbreviations, dictionary, key_of, polymer_of, readable


def keys_of(what: str) -> tuple[list[str], list[str]]:
    """Keys, and names to look for beside them, of a name, abbreviation, SMILES, repeat unit or InChIKey; no keys where it is not known.

    Raises UsageError for an empty text.
    """
    asked = what.strip()
    if not asked:
        raise UsageError("name a substance")
    if is_inchikey(asked):
        return [asked], []
    known = dictionary().get(asked.lower()) or abbreviations().get(asked)
    first, dash, second = asked.partition("-")
    if known is None and dash:
        known = polymer_of(first, second)
    if known is not None:
        key = known.key or key_of(known.smiles)
        return ([key] if key else []), [known.name]
    if readable(asked) is not None and (key := key_of(asked)):
        return [key], []
    return [], [asked]


def keys_with_motif(motif: str, substances: Sequence[tuple[str, str]]) -> list[str]:
    """Of substances, given by key and SMILES, the keys of those that hold a group (its name, or SMARTS). UsageError for what is neither."""
    group = resolve_group(motif)
    smarts = group.smarts if group is not None else motif
    try:
        compile_smarts(smarts)
    except StructureError as error:
        raise UsageError(f"{motif!r} is neither the name of a group nor SMARTS") from error
    return [key for key, smiles in substances if (mol := readable(smiles)) is not None and has_smarts(mol, smarts)]
