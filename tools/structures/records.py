"""Structures from the files that chemists keep them in: SMILES (.smi), CSV or TSV with a 'smiles' column, SDF; each also as .gz."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rdkit import Chem, rdBase

from core.errors import NotFoundError, UsageError

_SEPARATED = (".csv", ".tsv")
_PLAIN = (".smi", ".smiles", ".txt", ".cxsmiles", ".ism")
_SDF = (".sdf", ".sd", ".mol")


@dataclass(frozen=True)
class Record:
    """One entry of a file: its place (line, or number of the record in an SDF, from 1), SMILES and name; SMILES '' if it is unreadable."""

    place: int
    smiles: str
    name: str


def read_records(path: Path) -> Iterator[Record]:
    """The entries of ``path``, one after the other. NotFoundError or UsageError if the file cannot be read or is of an unknown kind."""
    kind = Path(path.name.removesuffix(".gz")).suffix.lower()
    if kind not in (*_SEPARATED, *_PLAIN, *_SDF):
        raise UsageError(f"{path}: the kind of the file is not known from its name; use .smi, .csv, .tsv or .sdf (each may end in .gz)")
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            yield from _sdf(stream) if kind in _SDF else _lines(stream, path, kind)
    except FileNotFoundError:
        raise NotFoundError(f"there is no file {path}") from None
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


def _sdf(stream: IO[bytes] | gzip.GzipFile) -> Iterator[Record]:
    with rdBase.BlockLogs():
        for place, mol in enumerate(Chem.ForwardSDMolSupplier(stream), start=1):
            if mol is None:
                yield Record(place, "", "")
            else:
                yield Record(place, Chem.MolToSmiles(mol), mol.GetProp("_Name") if mol.HasProp("_Name") else "")


def _lines(stream: IO[bytes] | gzip.GzipFile, path: Path, kind: str) -> Iterator[Record]:
    texts = (line.decode("utf-8-sig" if number == 0 else "utf-8") for number, line in enumerate(stream))
    if kind in _PLAIN:
        for place, line in enumerate(texts, start=1):
            parts = line.split(None, 1)
            if parts and not line.startswith("#") and not (place == 1 and parts[0].lower() == "smiles"):
                yield Record(place, parts[0], parts[1].strip() if len(parts) > 1 else "")
        return
    reader = csv.DictReader(texts, delimiter="\t" if kind == ".tsv" else ",")
    columns = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    if "smiles" not in columns:
        raise UsageError(f"{path}: the first line must name a column 'smiles' (found: {', '.join(columns) or 'nothing'})")
    for row in reader:
        name = row.get(columns.get("name") or columns.get("id") or "") or ""
        yield Record(reader.line_num, (row.get(columns["smiles"]) or "").strip(), name.strip())
