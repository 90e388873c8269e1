"""What is known already: the shipped known compounds, the structure that a goal names, and the user's own list."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from pydantic import Field
from rdkit import Chem

from core.candidate import Candidate
from core.errors import StructureError, UsageError
from core.model import Model
from core.spec import DesignSpec
from tools.catalogue.shipped import shipped
from tools.predictors.known.apply import sets_with
from tools.predictors.known.index import known_set, sets_of
from tools.ranking.shortlist import Known
from tools.structures.naming import catalogued, name_of

if TYPE_CHECKING:
    from tools.files.records import Entry

#: How the source of a value begins that people of this team have entered.
TEAM = "your team"
#: More structures than this are refused; their keys are stored with the run.
MAX_STRUCTURES = 200_000
#: Faulty entries that are stored with their reason; the others are counted.
FAULTS_KEPT = 100


def _nothing(value: object) -> bool:
    return not value


class KnownSet(Model):
    """A user's list of known structures as it was read: the content that a run records."""

    source: str = Field(description="Name of the file.")
    sha256: str = Field(description="SHA-256 of the file's bytes.")
    structures: dict[str, str] = Field(description="Tautomer-independent key (or polymer key) to the name in the file, or its place there.")
    unreadable: int = Field(default=0, ge=0, description="Entries that could not be read.")
    faults: list[str] = Field(default_factory=list, description="The first of these, each with its place and the reason.")
    notes: list[str] = Field(default_factory=list, description="What a person should know of how the file was read.")
    values: dict[str, dict[str, tuple[float, int, float]]] = Field(
        default_factory=dict,
        exclude_if=_nothing,
        description="Measured values of predicted properties, by property and structure key: median in the property's unit, number, half of the range.",
    )
    sources: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        exclude_if=_nothing,
        description="Where each of them is from, where that is not this list: 'your team, 2026-11-30'.",
    )
    solvents: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        exclude_if=_nothing,
        description="The solvent in which each was measured, as canonical SMILES, of properties that depend on it; absent where it is not stated.",
    )
    excluded: list[str] = Field(
        default_factory=list,
        exclude_if=_nothing,
        description="Keys of those structures that are not listed whatever the rule: people have decided on them already.",
    )


def read_known(path: Path) -> KnownSet:
    """Read a list of known structures, any file that :mod:`tools.files` reads; an entry with two '*' is a polymer.

    Columns that are called like a predicted property ('Tg (°C)', 'melting_point') hold measured values, which are read as those that an own model learns from. Raises NotFoundError or UsageError if the file cannot be read, is too long or holds no usable structure.
    """
    from tools.files.records import StructureFile, smiles_of
    from tools.structures.standardise import standardise

    found: dict[str, str] = {}
    unreadable = 0
    faults: list[str] = []
    measured: list[tuple[str, Entry]] = []
    file = StructureFile(path)
    for entry in file.entries():
        record = entry.record
        if len(found) >= MAX_STRUCTURES:
            raise UsageError(f"{path}: more than {MAX_STRUCTURES} structures")
        try:
            smiles = smiles_of(record)
            structure = standardise(smiles, "polymer" if smiles.count("*") == 2 else "molecule")
        except (StructureError, ValueError) as error:
            unreadable += 1
            if len(faults) < FAULTS_KEPT:
                faults.append(f"line {record.line}: {error}")
            continue
        found.setdefault(structure.dedup_key, record.name or f"line {record.line}")
        if any(_property_of(heading) for heading in entry.cells):
            measured.append((structure.key, entry))
    if not found:
        raise UsageError(f"{path}: no structure of it can be used{'; ' + faults[0] if faults else ''}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    values, notes = _measured_values(measured)
    return KnownSet(
        source=path.name,
        sha256=digest,
        structures=found,
        unreadable=unreadable,
        faults=faults,
        notes=[*file.notes(), *notes],
        values=values,
    )


@lru_cache(maxsize=256)
def _property_of(heading: str) -> str:
    """The predicted property that a column with this heading holds; ''."""
    from tools.files.headings import unit_in

    definition = shipped().resolve(unit_in(heading)[0].strip().replace("_", " ")) or shipped().resolve(heading)
    return definition.name if definition is not None and definition.kind == "predicted" else ""


def _measured_values(rows: Sequence[tuple[str, Entry]]) -> tuple[dict[str, dict[str, tuple[float, int, float]]], list[str]]:
    """What columns of measured values say, by property and structure key, and what a person should know of it; rows without a usable value are counted."""
    from tools.files.records import StructureTable
    from tools.predictors.user_models.values import ValueColumn

    headings = list(dict.fromkeys(h for _, entry in rows for h in entry.cells))
    table = StructureTable(headings, "", [entry for _, entry in rows])
    found: dict[str, dict[str, tuple[float, int, float]]] = {}
    notes: list[str] = []
    for heading in headings:
        name = _property_of(heading)
        if not name or name in found:
            continue
        definition = shipped()[name]
        column = ValueColumn(table, heading, definition.unit, log=False)
        each: dict[str, list[float]] = {}
        missing = 0
        for key, entry in rows:
            value = column.read(entry)
            if isinstance(value, str) or not definition.low <= value <= definition.high:
                missing += 1
                continue
            each.setdefault(key, []).append(value)
        found[name] = {key: (median(v), len(v), (max(v) - min(v)) / 2) for key, v in each.items()}
        notes.append(
            f"the column {heading!r} holds measured values of {definition.label}, in {definition.unit} where no unit is said: "
            f"{len(found[name])} structures, {missing} rows without a usable value"
        )
        notes += column.notes()
    return {name: values for name, values in found.items() if values}, notes


@lru_cache(maxsize=1)
def _shipped() -> dict[str, str]:
    """Canonical SMILES without stereochemistry to the name of a shipped known compound."""
    from tools.proposers.library.known import known_compounds

    return {str(Chem.MolToSmiles(k.mol, isomericSmiles=False)): k.name for k in known_compounds()}


def shipped_count() -> int:
    """Number of known compounds that ship with molwright; never 0."""
    return len(_shipped())


def known_to_user(candidates: Iterable[Candidate], known: KnownSet | None) -> dict[str, str]:
    """Those of ``candidates`` that are in the user's list, by key, with the name that the list gives them."""
    if known is None:
        return {}
    return {c.key: known.structures[c.dedup_key] for c in candidates if c.dedup_key in known.structures}


def known_to_all(candidates: Sequence[Candidate], spec: DesignSpec) -> dict[str, str]:
    """Those of ``candidates`` that ship as known compounds, or that the goal itself names, by key with a name. Molecules only."""
    named: dict[str, str] = {}
    if spec.reference is not None:
        mol = Chem.MolFromSmiles(spec.reference.smiles)
        if mol is not None:
            named[str(Chem.MolToSmiles(mol, isomericSmiles=False))] = spec.reference.name or "the structure that the goal names"
    found = {}
    for candidate in candidates:
        if candidate.candidate_class != "molecule":
            continue
        mol = Chem.MolFromSmiles(candidate.smiles)
        flat = str(Chem.MolToSmiles(mol, isomericSmiles=False)) if mol is not None else ""
        name = _shipped().get(flat) or named.get(flat)
        if name:
            found[candidate.key] = name
    return found


def what_is_known(candidates: Sequence[Candidate], spec: DesignSpec, own: KnownSet | None) -> Known:
    """What is known of ``candidates``: to the user (``own``), as a shipped compound or the goal's own structure, from the training sets, by its name.

    The sets are all that ship of the class, not only those of the properties that the spec asks for, and the measurements of the user's own
    models that it does ask for. What the user's list has a measured value of, of a property that is asked for, counts as measured, but what
    people have decided on is known to the user in any case. Raises PredictorError where a shipped file is missing or damaged.
    """
    sets = {**known_by_name(candidates), **known_to_sets(candidates, spec)}
    brought = own.values if own is not None else {}
    measured = {c.key for c in candidates if any(c.key in brought[name] for name in spec.property_names() if name in brought)}
    excluded = frozenset(own.excluded) if own is not None else frozenset[str]()
    decided = {c.key for c in candidates if c.dedup_key in excluded}
    user = {key: name for key, name in known_to_user(candidates, own).items() if key in decided or key not in measured}
    return Known(user, {k: v for k, v in known_to_all(candidates, spec).items() if k not in measured}, sets, excluded)


def known_by_name(candidates: Sequence[Candidate]) -> dict[str, str]:
    """Those of ``candidates`` that are catalogued under a name, by key with the words that say under which; molecules only."""
    return {c.key: f"it is catalogued as {name_of(c.key)}" for c in candidates if c.key in catalogued()}


def known_to_sets(candidates: Sequence[Candidate], spec: DesignSpec) -> dict[str, str]:
    """Those of ``candidates`` that stand in a training set, by key with the words that say in which; nothing for a new one."""
    names = sets_of(spec.candidate_class)
    found: dict[str, str] = {}
    for candidate in candidates:
        held = {
            _about_set(name): entry.same for name, entry in sets_with(candidate.key, candidate.smiles, candidate.candidate_class, names)
        }
        for value in candidate.properties.values():
            if value.measured is not None:
                held.setdefault(value.measured.source, value.measured.same)
        if held:
            same = [source for source, is_same in held.items() if is_same]
            team = [f"it was measured by {source}" for source in same if source.startswith(TEAM)]
            sets = [source for source in same if not source.startswith(TEAM)]
            said = [*([f"it stands in {'; '.join(sets)}"] if sets else []), *team]
            found[candidate.key] = "; ".join(said) if same else f"another form of it stands in {'; '.join(held)}"
    return found


def _about_set(name: str) -> str:
    held = known_set(name)
    return held.source if held is not None else name


def sets_count(spec: DesignSpec) -> int:
    """Number of structures of the shipped training sets that a list of ``spec`` is compared with; those of two sets count twice; 0 for none."""
    held = {s.source: len(s) for name in sets_of(spec.candidate_class) if (s := known_set(name)) is not None}
    return sum(held.values())
