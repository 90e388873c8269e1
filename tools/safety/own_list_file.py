"""Reading a list of substances that a team brings: a table with names, CAS numbers, InChIKeys or structures, as a regulator publishes it.

Every row with a name or a number is an entry. Its structures come from what the row gives, the surest first: a SMARTS of a group, a SMILES, an InChIKey, CAS numbers (where the
tables of ``tools/structures/cas_keys.py`` are installed), and its name (the shipped names, and systematic ones where OPSIN is installed). What cannot be resolved, or whose name speaks of more than the row gives (isomers, reaction
products, compounds of a metal), is kept as not decided, with the reason.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rdkit import Chem, rdBase

from core.errors import StructureError, UsageError
from tools.calculators.own_lists import OwnEntry, OwnList, unit_key
from tools.files import xlsx
from tools.files.headings import CAS, NAMES, first_of, squashed, structure_column
from tools.files.source import Lines, Source, is_workbook, opened
from tools.safety.name_to_structure import smiles_of_name
from tools.safety.tables import MISASSIGNED
from tools.structures.cas_keys import INSTALL, installed, is_cas, skeletons_of
from tools.structures.names import common_names
from tools.structures.parse import parse_smiles
from tools.structures.standardise import inchikey
from tools.structures.wider_names import polymer_names, wider_names

#: More entries than this are no list of a regulator.
MOST = 100_000
#: Rows above the heading that are passed over: title, disclaimer, date.
_BEFORE = 40
_NUMBER = re.compile(r"(?<!\d)\d{2,7}-\d{2}-\d(?!\d)")
_KEY = re.compile(r"\b([A-Z]{14})(?:-[A-Z]{10}-[A-Z])?\b")
#: Words of a name that stands for more substances than a row gives.
_GROUP = re.compile(
    r"\b(isomers?|covering|branched|reaction (?:mass|products?)|uvcb|any of|compounds|oligomers?|mixtures?|mixed|derivatives|esters of|salts of|"
    r"fatty acids?|alkanes?|extracts?|distillates?|fibres|linear|group|c\d+-\d+)\b",
    re.IGNORECASE,
)
_NOTHING = frozenset({"", "-", "–", "n/a", "na", "none"})


@dataclass(frozen=True)
class _Columns:
    name: int | None
    cas: int | None
    key: int | None
    smiles: int | None
    smarts: int | None

    @property
    def given(self) -> bool:
        """Whether rows can be identified by more than a name."""
        return any(place is not None for place in (self.cas, self.key, self.smiles, self.smarts))


def read_own_list(path: Path, *, name: str, issued: date, source: str = "", words: Sequence[str] = ()) -> OwnList:
    """The list in ``path``: CSV, semicolons, tabs or XLSX with a heading. ``issued``: the date of the edition; ``words``: further words of goals.

    NotFoundError if there is no such file; UsageError for a table without a column of CAS numbers, InChIKeys, structures or patterns, a pattern that cannot be read, and a
    list of which not one entry is decided by structure.
    """
    tidy = " ".join(name.split())
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9 .,/()-]{2,79}", tidy):
        raise UsageError(f"{name!r}: a list is called by a letter and 2 to 79 further letters, digits, spaces and . , / ( ) -")
    rows = _rows(path)
    at, columns = _heading(rows, path)
    if len(rows) - at > MOST:
        raise UsageError(f"{path.name}: more than {MOST:,} entries")
    given = [(line, _given(row, columns)) for line, row in rows[at + 1 :]]
    known = skeletons_of({number for _, row in given for number in row.numbers})
    entries = [entry for line, row in given if (entry := _entry(line, row, known)) is not None]
    made = OwnList(
        name=tidy,
        issued=issued,
        source=source.strip() or f"{path.name}, as your team brought it",
        words=tuple(dict.fromkeys(" ".join(word.lower().split()) for word in words if word.strip())),
        file=path.name,
        entries=tuple(entries),
    )
    if not made.decided:
        raise UsageError(
            f"{path.name}: of {len(entries)} entries not one has a structure, an InChIKey or a CAS number or name that is known here; "
            f"a column 'smiles' or 'inchikey' decides them{'' if installed() else f'; CAS numbers are read where the package chemicals is installed ({INSTALL})'}"
        )
    return made


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    source = Source(path.name, path)
    with opened(source) as raw:
        if is_workbook(raw, source):
            return list(xlsx.rows_of(raw, path.name, []))
        lines = list(Lines(raw))
    head = "".join(lines[: _BEFORE + 1])
    separator = max(",;\t", key=lambda sign: sum(len(_placed(row)) for row in csv.reader(head.splitlines(), delimiter=sign)))
    reader = csv.reader(lines, delimiter=separator)
    try:
        return [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise UsageError(f"{path.name}, line {reader.line_num}: not a row of a table: {error}") from error


def _placed(row: Sequence[str]) -> list[int]:
    """Places of what a heading of a list has, for telling a heading from other rows."""
    found = _columns(row)
    return [place for place in (found.name, found.cas, found.key, found.smiles, found.smarts) if place is not None]


def _columns(row: Sequence[str]) -> _Columns:
    plain = [squashed(cell) if len(cell) <= 60 else "" for cell in row]
    cas = first_of(row, CAS)
    return _Columns(
        name=first_of(row, ("substancename", "entryname", "entry", *NAMES)),
        cas=cas if cas is not None else next((i for i, word in enumerate(plain) if word.startswith("cas") and len(word) <= 20), None),
        key=next((i for i, word in enumerate(plain) if word in ("inchikey", "stdinchikey", "standardinchikey", "inchikeys")), None),
        smiles=structure_column(row),
        smarts=next((i for i, word in enumerate(plain) if word in ("smarts", "pattern")), None),
    )


def _heading(rows: Sequence[tuple[int, list[str]]], path: Path) -> tuple[int, _Columns]:
    for number, (_, row) in enumerate(rows[:_BEFORE]):
        columns = _columns(row)
        if columns.given and len(_placed(row)) >= min(2, sum(bool(cell) for cell in row)):
            return number, columns
    there = ", ".join(cell for cell in rows[0][1] if cell)[:200] if rows else "nothing"
    raise UsageError(
        f"{path.name} has no heading with a column of CAS numbers ('CAS No.'), InChIKeys ('inchikey'), structures ('smiles') or patterns ('smarts'); it begins with: {there}"
    )


@dataclass(frozen=True)
class _Given:
    name: str
    smiles: str
    smarts: str
    numbers: tuple[str, ...]
    keys: tuple[str, ...]


def _given(row: Sequence[str], columns: _Columns) -> _Given:
    """What a row says, tidied; a cell that holds a dash says nothing."""

    def cell(place: int | None) -> str:
        text = row[place].strip() if place is not None and place < len(row) else ""
        return "" if text.lower() in _NOTHING else text

    numbers = tuple(dict.fromkeys(found for found in _NUMBER.findall(cell(columns.cas)) if is_cas(found)))
    keys = tuple(found[1] for found in _KEY.finditer(cell(columns.key)))
    return _Given(" ".join(cell(columns.name).split())[:300], cell(columns.smiles), cell(columns.smarts), numbers, keys)


def _entry(line: int, given: _Given, known: Mapping[str, str]) -> OwnEntry | None:
    """An entry with its structures, or why it has none; None for a row that names nothing. ``known``: skeletons of CAS numbers."""
    called = given.name or ", ".join(given.numbers) or given.smiles or given.smarts or next(iter(given.keys), "")
    if not called:
        return None
    if given.smarts:
        if Chem.MolFromSmarts(given.smarts) is None:
            raise UsageError(f"line {line}: {given.smarts!r} is not a SMARTS")
        return OwnEntry(name=called, line=line, smarts=given.smarts)
    found, units, unknown = set(given.keys), set[str](), list[str]()
    if given.smiles:
        read, units = _structure(given.smiles)
        found |= read
        unknown += [] if read or units else [f"the structure {given.smiles[:60]} cannot be read"]
    if not (found or units):
        found = {known[number] for number in given.numbers if known.get(number, "") not in ("", *MISASSIGNED)}
        unknown += [f"CAS {number} is not known here" for number in given.numbers if known.get(number, "") in ("", *MISASSIGNED)]
    if not (found or units) and any(named := _named(given.name)):
        (found, units), unknown = named, []
    if not (found or units or unknown):
        unknown = ["it has no CAS number or structure, and its name is not known here"]
    if group := _GROUP.search(given.name):
        unknown.append(f"its name speaks of more than one substance ({group[0].lower()!r})")
    undecided = "; ".join(dict.fromkeys(unknown))
    return OwnEntry(name=called, line=line, skeletons=tuple(sorted(found)), polymers=tuple(sorted(units)), undecided=undecided)


def _structure(smiles: str) -> tuple[set[str], set[str]]:
    """(first block of the InChIKey, key of the repeat unit) of a structure as a whole (the pieces of a salt are not what is listed), one of them at most; {} for what cannot be read."""
    if "*" in smiles:
        return set(), {key for key in (unit_key(smiles),) if key}
    try:
        with rdBase.BlockLogs():
            key = inchikey(parse_smiles(smiles))
    except StructureError:
        return set(), set()
    return {key.split("-")[0]} if key else set(), set()


def _named(name: str) -> tuple[set[str], set[str]]:
    for spelt in _spellings(name):
        smiles = common_names()[spelt][1] if spelt in common_names() else wider_names().get(spelt, "") or polymer_names().get(spelt, "")
        if smiles:
            return _structure(smiles)
    return _structure(smiles) if (smiles := smiles_of_name(name)) else (set(), set())


def _spellings(name: str) -> Iterable[str]:
    """A name as it stands, and without what stands in brackets at its end: 'Bis(2-ethylhexyl) phthalate (DEHP)'."""
    plain = name.lower()
    yield plain
    yield re.sub(r"\s*\([^()]*\)$", "", plain)
