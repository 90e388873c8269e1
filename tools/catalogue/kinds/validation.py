"""The tests that several kinds make of what a spec may ask for. Each raises SpecError; ``what`` begins its message."""

from __future__ import annotations

import math

from rdkit import Chem, rdBase

from core.errors import SpecError, StructureError
from core.spec import Condition
from tools.catalogue.kinds.base import Terms
from tools.catalogue.property import Property
from tools.groups.groups import GROUPS, Group, compile_smarts, resolve_group
from tools.structures.names import common_names
from tools.structures.parse import parse_polymer, parse_smiles

#: Longest SMARTS that is accepted, in characters.
MAX_SMARTS = 2000


def require_structure(smiles: str, what: str) -> None:
    """``smiles`` must be a readable molecule or repeat unit."""
    try:
        if smiles.count("*") == 2:
            parse_polymer(smiles)
        else:
            parse_smiles(smiles)
    except StructureError as error:
        raise SpecError(f"{what}: {error}") from error


def require_smarts(smarts: str, what: str) -> None:
    """``smarts`` must be a readable pattern of at most ``MAX_SMARTS`` characters."""
    if len(smarts) > MAX_SMARTS:
        raise SpecError(f"{what}: a SMARTS of {len(smarts)} characters is longer than the {MAX_SMARTS} allowed")
    try:
        compile_smarts(smarts)
    except StructureError as error:
        raise SpecError(f"{what}: {error}") from error


def require_elements(symbols: list[str], what: str) -> None:
    """Each of ``symbols`` must be that of an element."""
    table = Chem.GetPeriodicTable()
    for symbol in symbols:
        with rdBase.BlockLogs():
            try:
                known = table.GetAtomicNumber(symbol) > 0
            except RuntimeError:
                known = False
        if not known:
            raise SpecError(f"{what}: {symbol!r} is no element symbol")


def require_property(name: str, terms: Terms, what: str) -> Property:
    """The property ``name``, which must be registered and defined for the candidate class."""
    definition = terms.catalogue[name]
    if terms.candidate_class not in definition.classes:
        raise SpecError(f"{what}: {definition.label} is not defined for the class '{terms.candidate_class}'")
    return definition


def require_group(name: str, what: str) -> Group:
    """The group called ``name``, which must be registered."""
    group = GROUPS.get(name) or resolve_group(name)
    if group is None:
        raise SpecError(f"{what}: {name!r} is no registered group; give its SMARTS")
    return group


def finite_numbers(condition: Condition) -> list[float]:
    """The numbers of a comparison, which must be finite."""
    numbers = [n for n in (condition.value, condition.low, condition.high) if n is not None]
    if any(not math.isfinite(n) for n in numbers):
        raise SpecError("a comparison holds a number that is not finite")
    return numbers


def named_structure(text: str) -> tuple[str, str] | None:
    """(name, SMILES) of a common compound; ('', the text) for a readable SMILES; None for anything else."""
    named = common_names().get(" ".join(text.lower().split()))
    if named is not None:
        return text, named[1]
    try:
        parse_smiles(text, allow_dummies=True)
    except StructureError:
        return None
    return "", text
