"""Reference structures from what a person gives: a file of structures, the name of a common compound, or a SMILES."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from core.errors import StructureError, UsageError
from tools.files.records import StructureFile, known_kind, smiles_of
from tools.structures.names import common_names
from tools.structures.standardise import standardise

#: Most references of one set.
MOST = 1000
#: Faulty entries that are listed.
FAULTS_KEPT = 100


@dataclass(frozen=True)
class References:
    """A set that was read.

    Attributes:
        name: what it is called: the file, or the compound.
        smiles: the distinct structures in their standard form, in the order of the file.
        unreadable: entries that could not be read.
        faults: the first of them with their line and the reason.
        notes: what a person should know of how the file was read.
    """

    name: str
    smiles: tuple[str, ...]
    unreadable: int = 0
    faults: tuple[str, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())


def read_references(text: str) -> References:
    """The references that ``text`` names: a file that :mod:`tools.files` reads, a common compound, or a SMILES.

    NotFoundError for a file that is not there, UsageError for one without a readable structure or with more than 1,000, and for a text that
    is nothing of these.
    """
    given = text.strip()
    path = Path(given)
    if path.is_file() or (known_kind(path) and _common(given) is None):
        return _read_file(path)
    return _named(given, "no file, no common compound and no SMILES")


def named_references(text: str) -> References:
    """The reference that ``text`` names, a common compound or a SMILES; no file is opened. UsageError for a text that is neither."""
    return _named(text.strip(), "no common compound and no SMILES")


def _named(given: str, nothing: str) -> References:
    named = _common(given)
    if named is not None:
        return References(named[0], (_standard(named[1]),))
    try:
        return References(given, (_standard(given),))
    except StructureError as error:
        raise UsageError(f"{given!r} is {nothing}: {error}") from error


def _common(given: str) -> tuple[str, str] | None:
    """Name and SMILES of the common compound that is called this."""
    return common_names().get(" ".join(given.lower().split()))


def _standard(smiles: str) -> str:
    return standardise(smiles, "polymer" if smiles.count("*") == 2 else "molecule").smiles


def _read_file(path: Path) -> References:
    file = StructureFile(path)
    found: dict[str, None] = {}
    faults: list[str] = []
    unreadable = 0
    for record in file.records():
        try:
            found.setdefault(_standard(smiles_of(record)))
        except (StructureError, ValueError) as error:
            unreadable += 1
            if len(faults) < FAULTS_KEPT:
                faults.append(f"line {record.line}: {error}")
        if len(found) > MOST:
            raise UsageError(f"{path} holds more than {MOST:,} different structures; a reference set is at most that large")
    if not found:
        raise UsageError(f"{path} holds no readable structure" + (f"; {faults[0]}" if faults else ""))
    return References(path.name, tuple(found), unreadable, tuple(faults), tuple(file.notes()))
