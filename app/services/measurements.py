"""Measured values of candidates: entered, read from files, listed, handed out as files, the training files of own models among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app import wiring
from app.services.feedback import FeedbackService, checked_text, compared_with, named_candidate
from app.services.lists import Upload, on_disk
from core.candidate import Candidate
from core.errors import NotFoundError, StructureError, UsageError
from core.feedback import Said
from core.interfaces import RunFilter, RunStore
from core.review import MEASURED, Compared, Coverage, FeedbackEntry, GivenValue, MeasuredValue, coverage_of, in_force
from core.settings import Settings

if TYPE_CHECKING:
    from app.services.measurement_files import MeasuredColumn
    from tools.catalogue.property import Property
    from tools.files.numbers import Notation
    from tools.files.records import Entry, StructureTable
    from tools.ranking.novelty import KnownSet
    from tools.workspace import Workspace

#: Most records of one file of measurements.
MOST_ROWS = 5000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class ReadFile:
    """What came of a file of measurements.

    Attributes:
        kept: ids of the entries, in the order of the file.
        left_out: line and reason of each row, or value of one, that is not kept.
        notes: how the file was read.
    """

    kept: list[str]
    left_out: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class MeasurementService:
    """Keeps measured values of candidates, in one store."""

    def __init__(self, settings: Settings, store: RunStore, *, clock: Callable[[], datetime] = wiring.now) -> None:
        self.settings = settings
        self.store = store
        self._people = FeedbackService(settings, store, clock=clock)

    def add(self, run_id: str, candidate: str, given: GivenValue, author: str = "") -> Compared:
        """Keep a measured value of a candidate, named by rank, key or SMILES; returns it beside the prediction.

        ``author``: the user of the settings unless given. Raises UsageError, and UnitError for a unit that does not fit, for what cannot be
        read; NotFoundError for a run, a candidate or a property that does not exist.
        """
        run = self.store.run(run_id)
        found = named_candidate(self.store, run.run_id, candidate)
        measured = read_value(given, found, workspace=wiring.open_workspace(self.settings))
        said = Said(found.key, MEASURED, "", self._people.author(author), self._people.now(), _content(measured))
        (entry_id,) = self.store.add_feedback(run.run_id, said)
        return next(c for c in self.of_run(run.run_id)[0] if c.id == entry_id)

    def of_run(self, run_id: str) -> tuple[list[Compared], list[Coverage]]:
        """The measured values of a run beside their predictions, the oldest first, and how the predictions held by property. NotFoundError."""
        run = self.store.run(run_id)
        entries = [e for e in in_force(self.store.feedback(run.run_id)) if e.measured is not None]
        spec = self.store.spec(run.run_id) if run.spec_version else None
        candidates = (
            {c.key: c for c in self.store.candidates(run.run_id, keys=list(dict.fromkeys(e.key for e in entries)))} if entries else {}
        )
        found = [compared_with(e, candidates[e.key], spec) for e in entries if e.key in candidates]
        return found, coverage_of(found)

    def everywhere(self, property_name: str = "") -> list[tuple[str, FeedbackEntry]]:
        """The measured values of all runs, each with its run, the oldest first; ``property_name``: of that property alone. NotFoundError."""
        wanted = self.property_named(property_name) if property_name else ""
        return [(run, e) for run, e in self.store.measured(RunFilter()) if e.measured is not None and wanted in ("", e.measured.property)]

    def as_known(self, solvent_smiles: str = "", given: KnownSet | None = None) -> KnownSet:
        """What was measured in any run as known values of a new one, beside the user's own list; see :func:`app.services.team_values.team_values`."""
        from app.services.team_values import team_values

        return team_values(self.store.measured(RunFilter()), solvent_smiles, given)

    def table(self, property_name: str = "", run_id: str = "") -> str:
        """Measured values as CSV, of all runs or of one; UsageError where there are none.

        With ``property_name`` it is a training file for an own model (``molwright models train``): a column of that name, its unit and its
        relation beside it; limits are in it, and not learnt.
        """
        run = self.store.run(run_id).run_id if run_id else ""
        found = [(r, e) for r, e in self.everywhere(property_name) if run in ("", r)]
        if not found:
            raise UsageError(f"nothing was measured{f' of {property_name}' if property_name else ''}{f' in run {run}' if run else ''}")
        from app.services.measurement_files import as_csv

        return as_csv(found, self.property_named(property_name) if property_name else "")

    def read(self, run_id: str, path: Path, author: str = "") -> ReadFile:
        """Keep the measured values of a file of structures, of those structures that the run evaluated.

        Either each row names the ``property`` and the ``value``, as :meth:`table` writes them, or columns are called like properties
        ('Tg (°C)', 'melting point / K'). Columns of relation, unit, spread, solvent, conditions, note, measured_by and measured_on go with
        them. What is kept already is not kept twice. Raises NotFoundError or UsageError for a file that cannot be used at all.
        """
        from app.services.measurement_files import columns_of
        from tools.files.records import StructureFile

        run = self.store.run(run_id)
        table = StructureFile(path).table(MOST_ROWS)
        columns = columns_of(table, wiring.open_workspace(self.settings).catalogue)
        return self._kept(run.run_id, table, columns, self._people.author(author))

    def read_upload(self, run_id: str, upload: Upload, author: str = "") -> ReadFile:
        """As :meth:`read`, for a file that came with a request."""
        with on_disk(upload) as path:
            return self.read(run_id, path, author)

    def _kept(self, run_id: str, table: StructureTable, columns: Sequence[MeasuredColumn], author: str) -> ReadFile:
        workspace, at = wiring.open_workspace(self.settings), self._people.now()
        left_out: list[tuple[int, str]] = []
        structures: list[tuple[Entry, str]] = []
        for entry in table.entries:
            try:
                structures.append((entry, _key_of(entry)))
            except (StructureError, ValueError) as error:
                left_out.append((entry.record.line, str(error)))
        there = {c.key: c for c in self.store.candidates(run_id, keys=list(dict.fromkeys(k for _, k in structures)))} if structures else {}
        seen = {_same(e.key, e.measured) for e in in_force(self.store.feedback(run_id)) if e.measured is not None}
        said: list[Said] = []
        for entry, key in structures:
            if key not in there:
                left_out.append((entry.record.line, "this run did not evaluate the structure"))
                continue
            for column in columns:
                try:
                    given = column.read(entry)
                    if given is None:
                        continue
                    measured = read_value(given, there[key], workspace=workspace, notation=column.notation)
                except UsageError as error:
                    left_out.append((entry.record.line, str(error)))
                    continue
                if _same(key, measured) in seen:
                    left_out.append((entry.record.line, f"{measured.property}: kept already"))
                    continue
                seen.add(_same(key, measured))
                said.append(Said(key, MEASURED, "", author, at, _content(measured)))
        kept = self.store.add_feedback(run_id, *said) if said else []
        return ReadFile(kept, sorted(left_out), [*table.notes, *(note for c in columns for note in c.notes)])

    def property_named(self, word: str) -> str:
        """The name of the property that ``word`` means. NotFoundError for none, UsageError for one that has no numbers."""
        return _numeric(word, wiring.open_workspace(self.settings)).name


def read_value(given: GivenValue, candidate: Candidate, *, workspace: Workspace, notation: Notation | None = None) -> MeasuredValue:
    """What was measured of ``candidate``, in the unit of the property. Raises UsageError, UnitError, NotFoundError."""
    from tools.catalogue.measured import ALONE, entered

    definition = _numeric(given.property, workspace)
    mass = candidate.properties.get("molecular_weight")
    found = entered(
        definition,
        given.value,
        unit=given.unit,
        qualifier=given.qualifier,
        spread=given.spread,
        units=workspace.catalogue.units,
        molar_mass=mass.number if mass is not None and mass.number else _molar_mass(candidate),
        notation=notation or ALONE,
    )
    solvent, solvent_name = _solvent(definition, given.solvent)
    if given.measured_on and not _is_day(given.measured_on):
        raise UsageError(f"the day {given.measured_on[:20]!r} is not of the form YYYY-MM-DD")
    return MeasuredValue(
        property=definition.name,
        value=found.value,
        unit=definition.unit,
        qualifier=found.qualifier,
        spread=found.spread,
        given=found.given,
        solvent=solvent,
        solvent_name=solvent_name,
        conditions=checked_text(given.conditions, "the conditions"),
        note=checked_text(given.note, "the note"),
        measured_by=" ".join(given.measured_by.split())[:100],
        measured_on=given.measured_on,
        smiles=candidate.smiles,
    )


def _numeric(word: str, workspace: Workspace) -> Property:
    """The property that ``word`` means. NotFoundError for none, UsageError for one that has no numbers."""
    found = workspace.catalogue.resolve(word.replace("_", " ")) or workspace.catalogue.resolve(word)
    if found is None:
        raise NotFoundError(f"there is no property {word[:80]!r}; molwright models list shows those that are predicted")
    if found.kind == "level":
        raise UsageError(f"{found.label} is a class, not a number; write what was seen as a comment")
    return found


def depends_on_solvent(name: str) -> bool:
    """Whether values of the property ``name`` are of one solvent each."""
    from tools.predictors.specs import PREDICTORS

    return name in PREDICTORS and bool(PREDICTORS[name].solvent)


def _solvent(definition: Property, said: str) -> tuple[str, str]:
    """Canonical SMILES and name of the solvent; '' for a property that does not depend on it. UsageError where it is missing or unknown."""
    from tools.predictors.features.solvent import FILM, GAS, canonical_solvent, known_solvents

    said = " ".join(said.split())
    if not depends_on_solvent(definition.name):
        return "", ""
    if not said:
        raise UsageError(f"{definition.label} depends on the solvent: say in which it was measured, or film or gas")
    if said.lower() in (FILM, GAS):
        return said.lower(), said.lower()
    names = {name.replace("_", " ").lower(): smiles for name, smiles in known_solvents()}
    smiles = names.get(said.replace("_", " ").lower()) or canonical_solvent(said)
    if smiles is None:
        raise UsageError(f"the solvent {said[:60]!r} is not known; give its SMILES, or one of {', '.join(names)}")
    return smiles, next((name for name, known in names.items() if known == smiles), said)


def _molar_mass(candidate: Candidate) -> float | None:
    """Molar mass, g/mol; None for a polymer."""
    if candidate.candidate_class == "polymer":
        return None
    from rdkit import Chem
    from rdkit.Chem.Descriptors import MolWt

    mol = Chem.MolFromSmiles(candidate.smiles)
    return float(MolWt(mol)) if mol is not None else None


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _content(measured: MeasuredValue) -> dict[str, object]:
    return {"measured": measured.model_dump(mode="json")}


def _same(key: str, measured: MeasuredValue) -> tuple[object, ...]:
    """What two entries have in common that are the same measurement."""
    m = measured
    return key, m.property, round(m.value, 9), m.qualifier, m.spread, m.solvent, m.conditions, m.note, m.measured_by, m.measured_on


def _key_of(entry: Entry) -> str:
    """The key of a record's structure. Raises StructureError or ValueError with the reason."""
    from tools.files.records import smiles_of
    from tools.structures.standardise import standardise

    smiles = smiles_of(entry.record)
    return standardise(smiles, "polymer" if smiles.count("*") == 2 else "molecule").key
