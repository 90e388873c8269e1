"""Records of a structure library, one after the other, without holding the file: SMILES, CSV and SDF, also gzip-compressed."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from rdkit import Chem, rdBase

from core.errors import NotFoundError, UsageError

Format = Literal["smiles", "csv", "sdf"]
_SUFFIXES: dict[str, Format] = {
    ".smi": "smiles", ".smiles": "smiles", ".ism": "smiles", ".cxsmiles": "smiles", ".txt": "smiles", ".csv": "csv", ".tsv": "csv", ".sdf": "sdf", ".sd": "sdf", ".mol": "sdf",
}  # fmt: skip
#: Column headings under which a CSV file may keep its structures and names, lower case, in order of preference.
SMILES_COLUMNS = ("smiles", "canonical_smiles", "isomeric_smiles", "structure", "psmiles")
NAME_COLUMNS = ("name", "id", "compound", "compound_id", "molecule_name", "zinc_id", "chembl_id", "catalog_id", "catalogue_id")
#: Longest line or SDF record that is read, in characters; a longer one is listed as unreadable.
MAX_RECORD = 1_000_000


@dataclass(frozen=True)
class Record:
    """One entry of a library.

    Attributes:
        index: 0-based number of the record.
        line: 1-based line at which it starts.
        text: SMILES, or the whole SDF record.
        name: its name or catalogue number, where it has one.
        fault: why it cannot be used at all, or ''.
    """

    index: int
    line: int
    text: str
    name: str = ""
    fault: str = ""


def format_of(path: Path) -> Format:
    """The format that the name of ``path`` says. Raises UsageError for another ending than those known."""
    suffixes = [s.lower() for s in path.suffixes]
    name = suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else suffixes[-1] if suffixes else ""
    if name not in _SUFFIXES:
        raise UsageError(f"{path.name}: not a known kind of library; known are {', '.join(sorted(_SUFFIXES))}, each also with .gz")
    return _SUFFIXES[name]


@dataclass
class Position:
    """How far a library was read: ``done`` of ``size`` bytes of the file as it lies on disk, compressed or not."""

    size: int = 0
    done: int = 0


def records(path: Path, skip: int = 0, smiles_column: str = "", position: Position | None = None) -> Iterator[Record]:
    """The records of ``path`` from number ``skip`` on; those before it are passed over without being looked at.

    ``position`` is kept up to date with the bytes read.
    Raises NotFoundError if the file cannot be opened, UsageError for an unknown format, a CSV file without a column of structures, or a
    file that breaks off or is no gzip file; a single bad record is handed over with its fault.
    """
    kind = format_of(path)
    try:
        with _opened(path, position or Position()) as file:
            found = {"smiles": _smiles, "csv": lambda f: _csv(f, smiles_column, path), "sdf": _sdf}[kind](file)
            for record in found:
                if record.index >= skip:
                    yield record
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise NotFoundError(f"cannot read the library {path}: {reason}") from error
        raise UsageError(f"{path} cannot be read to its end: {reason}") from error


def fingerprint(path: Path) -> str:
    """Hash of the size and of the first and last mebibyte of a file: whether a library is the one a screen was begun with."""
    digest = hashlib.sha256()
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            digest.update(f"{size}\n".encode())
            digest.update(file.read(1 << 20))
            if size > 1 << 20:
                file.seek(max(1 << 20, size - (1 << 20)))
                digest.update(file.read(1 << 20))
    except OSError as error:
        raise NotFoundError(f"cannot read the library {path}: {error.strerror or error}") from error
    return digest.hexdigest()[:32]


class _CountedFile(io.RawIOBase):
    """A file that says how many bytes were read from it, so that progress can be shown for compressed files too."""

    def __init__(self, path: Path, position: Position) -> None:
        self._file = path.open("rb")
        self._position = position
        position.size = path.stat().st_size

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As for any raw file."""
        count = self._file.readinto(buffer)
        self._position.done += count
        return count

    def close(self) -> None:
        """Close the file beneath."""
        self._file.close()
        super().close()


def _opened(path: Path, position: Position) -> IO[str]:
    raw: Any = io.BufferedReader(_CountedFile(path, position), 1 << 20)
    if path.suffix.lower() == ".gz":
        raw = gzip.GzipFile(fileobj=raw)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="")


def _lines(file: IO[str]) -> Iterator[str]:
    """Lines of bounded length; the rest of one that is too long is passed over and the line is handed on cut, still too long."""
    while True:
        line = file.readline(MAX_RECORD + 1)
        if not line:
            return
        kept = line
        while not line.endswith("\n") and len(line) > MAX_RECORD:
            line = file.readline(MAX_RECORD + 1)
        yield kept


def _smiles(file: IO[str]) -> Iterator[Record]:
    """One structure a line, name after white space. Empty lines and lines that begin with '#' are no records; nor is a heading."""
    index = 0
    for number, line in enumerate(_lines(file), 1):
        text = line.strip()
        if not text or text.startswith("#") or (index == 0 and text.split()[0].lower() in SMILES_COLUMNS):
            continue
        fault = f"a line of more than {MAX_RECORD} characters" if len(line) > MAX_RECORD else ""
        parts = text.split(None, 1)
        yield Record(index, number, "" if fault else parts[0], parts[1].strip()[:200] if len(parts) > 1 and not fault else "", fault)
        index += 1


def _csv(file: IO[str], wanted: str, path: Path) -> Iterator[Record]:
    first = next(_lines(file), "")
    delimiter = "\t" if first.count("\t") > first.count(",") else ";" if first.count(";") > first.count(",") else ","
    heading = [cell.strip() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    lower = [cell.lower().lstrip("\ufeff") for cell in heading]
    candidates = (wanted.lower(),) if wanted else SMILES_COLUMNS
    column = next((lower.index(c) for c in candidates if c in lower), None)
    if column is None:
        asked = f"no column {wanted!r}" if wanted else f"no column of structures ({', '.join(SMILES_COLUMNS)})"
        raise UsageError(f"{path}: {asked}; its columns are {', '.join(heading[:20])}")
    named = next((lower.index(c) for c in NAME_COLUMNS if c in lower), None)
    index, line = 0, 2
    reader = csv.reader(_lines(file), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(index, line, "", "", f"not a row of a CSV file: {error}")
            index, line = index + 1, reader.line_num + 2
            continue
        start, line = line, reader.line_num + 2
        if not any(cell.strip() for cell in row):
            continue
        fault = "" if column < len(row) and row[column].strip() else "no structure in this row"
        name = row[named].strip()[:200] if named is not None and named < len(row) else ""
        yield Record(index, start, "" if fault else row[column].strip(), name, fault)
        index += 1


def _sdf(file: IO[str]) -> Iterator[Record]:
    index, start, size = 0, 1, 0
    block: list[str] = []
    for number, line in enumerate(_lines(file), 1):
        if line.startswith("$$$$"):
            yield _sdf_record(index, start, block, size)
            index, start, size, block = index + 1, number + 1, 0, []
            continue
        size += len(line)
        if size <= MAX_RECORD:
            block.append(line)
    if "".join(block).strip():
        yield _sdf_record(index, start, block, size)


def _sdf_record(index: int, start: int, block: list[str], size: int) -> Record:
    fault = f"a record of more than {MAX_RECORD} characters" if size > MAX_RECORD else ""
    name = block[0].strip()[:200] if block else ""
    return Record(index, start, "" if fault else "".join(block), name, fault)


def smiles_of(record: Record, kind: Format) -> str:
    """The record's structure as SMILES; a mol block is read without its coordinates. Raises ValueError with the reason."""
    if record.fault:
        raise ValueError(record.fault)
    if kind != "sdf":
        return record.text
    with rdBase.BlockLogs():
        mol = Chem.MolFromMolBlock(record.text, sanitize=True, removeHs=True, strictParsing=False)
    if mol is None:
        raise ValueError("not a readable mol block, or not a possible molecule")
    if mol.GetNumAtoms() == 0:
        raise ValueError("a mol block without atoms")
    return str(Chem.MolToSmiles(mol))
