"""Bytes to records: encodings, separators, headings, columns, and what is refused."""

from __future__ import annotations

import gzip
import random
from datetime import date
from pathlib import Path

import pytest

from core.errors import NotFoundError, UsageError
from tests.tables import each_row
from tools.files import source
from tools.files.headings import squashed, unit_in
from tools.files.records import Record, StructureFile, records, smiles_of
from tools.files.source import Position, Source
from tools.safety.own_list_file import read_own_list

ROWS = [("CCO", "ethanol"), ("Oc1ccccc1", "phenol"), ("Nc1ccccc1", "aniline")]


def _read(text: str | bytes, name: str = "x.csv", column: str = "") -> list[Record]:
    content = text if isinstance(text, bytes) else text.encode()
    return list(StructureFile(Source(name, content=content), column).records())


def _pairs(found: list[Record]) -> list[tuple[str, str]]:
    return [(r.text, r.name) for r in found]


@each_row("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@each_row("end", ["\n", "\r\n", "\r"])
@each_row("separator", [",", ";", "\t", "|"])
@each_row("packed", [False, True])
def test_every_encoding_line_end_and_separator(encoding: str, end: str, separator: str, packed: bool) -> None:
    text = end.join([f"name{separator}Canonical SMILES", *(f"{n}{separator}{s}" for s, n in ROWS)]) + end
    content = text.encode(encoding)
    assert _pairs(_read(gzip.compress(content, mtime=0) if packed else content, "x.csv.gz" if packed else "x.csv")) == ROWS


@pytest.mark.parametrize("packed", [False, True])
def test_line_ends_of_every_kind_in_one_file(packed: bool) -> None:
    text = b'name,smiles\rethanol,CCO\r\nphenol,Oc1ccccc1\n"of two\r\nlines",CC\raniline,Nc1ccccc1\rbroken,C1CC\n'
    found = _read(gzip.compress(text, mtime=0) if packed else text, "x.csv.gz" if packed else "x.csv")
    assert [(r.line, r.text) for r in found] == [(2, "CCO"), (3, "Oc1ccccc1"), (4, "CC"), (6, "Nc1ccccc1"), (7, "C1CC")]
    assert found[2].name.split() == ["of", "two", "lines"]


@each_row(
    ("name", "text"),
    [
        ("x.smi", "CCO ethanol\nOc1ccccc1\tphenol\n\n# remark\nNc1ccccc1   aniline\n"),
        ("x.smi", "SMILES Name\nCCO ethanol\nOc1ccccc1 phenol\nNc1ccccc1 aniline\n"),
        ("x.csv", "CCO,ethanol\nOc1ccccc1,phenol\nNc1ccccc1,aniline\n"),
        ("x.txt", "ethanol\tCCO\nphenol\tOc1ccccc1\naniline\tNc1ccccc1\n"),
        ("x.txt", "ethanol CCO\nphenol Oc1ccccc1\naniline Nc1ccccc1\n"),
        ("x.csv", "sep=;\nname;SMILES String\nethanol;CCO\nphenol;Oc1ccccc1\naniline;Nc1ccccc1\n"),
        ("x.csv", 'What,Drawn\nethanol,CCO\nphenol,Oc1ccccc1\n"aniline",Nc1ccccc1\n'),
        ("x.csv", "name,smiles,\nethanol,CCO,\nphenol,Oc1ccccc1\naniline,Nc1ccccc1,,,\n"),
    ],
)
def test_with_and_without_a_heading(name: str, text: str) -> None:
    assert _pairs(_read(text, name)) == ROWS


@each_row(
    ("name", "text", "lines"),
    [
        ("x.smi", "broken\nC1CC\nCCO ethanol\n", {1: "broken", 2: "C1CC", 3: "CCO"}),
        ("x.smi", "broken\nCCO ethanol\n", {1: "broken", 2: "CCO"}),
        ("x.smi", "broken thing\nCCO ethanol\nCCC propane\n", {1: "broken", 2: "CCO", 3: "CCC"}),
        ("x.txt", "nonsense\nCCO\nC1CC\n", {1: "nonsense", 2: "CCO", 3: "C1CC"}),
        ("x.csv", "broken,aspirin\nC1CC,ring\nCCO,ethanol\n", {1: "broken", 2: "C1CC", 3: "CCO"}),
        ("x.csv", "broken\nCCO\n", {1: "broken", 2: "CCO"}),
        ("x.smi", "CCO ethanol\nsmiles name\nCCC propane\n", {1: "CCO", 2: "smiles", 3: "CCC"}),
        ("x.csv", "CCO,ethanol\nsmiles,name\nCCC,propane\n", {1: "CCO", 2: "smiles", 3: "CCC"}),
    ],
)
def test_a_record_that_is_no_structure_is_a_record_and_no_heading(name: str, text: str, lines: dict[int, str]) -> None:
    file = StructureFile(Source(name, content=text.encode()))
    assert {r.line: r.text for r in file.records()} == lines
    assert file.headings == ()
    assert not [note for note in file.notes() if "heading" in note]


@pytest.mark.parametrize(
    ("name", "text", "headings"),
    [
        ("x.smi", "Molecules\nCCC\nC1CC\nCCO\n", ("Molecules",)),
        ("x.csv", "Verbindung\nCCO\n", ("Verbindung",)),
        ("x.csv", "Drawn,Weight\nCCO,46.07\nC1CC,1\n", ("Drawn", "Weight")),
        ("x.csv", "What,Drawn\nethanol,CCO\npropane,CCC\n", ("What", "Drawn")),
    ],
)
def test_a_heading_that_names_no_structures_is_one_where_it_is_called_so_or_stands_over_numbers_or_structures(
    name: str, text: str, headings: tuple[str, ...]
) -> None:
    file = StructureFile(Source(name, content=text.encode()))
    assert next(file.records()).line == 2
    assert file.headings == headings
    assert "line 1 is taken as the heading" in file.notes()[0]


def test_names_fall_back_on_identifiers_and_both_are_kept() -> None:
    found = _read("ChEMBL ID,Pref Name,Smiles\nC1,aspirin,CCO\nC2,,CC\n,third,C\n")
    assert [(r.name, r.identifier, r.title) for r in found] == [
        ("aspirin", "C1", "aspirin (C1)"),
        ("C2", "C2", "C2"),
        ("third", "", "third"),
    ]


def test_rows_with_too_many_cells_are_listed_never_shifted() -> None:
    found = _read("name,smiles,batch\nN,N-dimethylformamide,CN(C)C=O,3\nethanol,CCO,4\n")
    assert found[0].fault.startswith("4 cells for 3 headings")
    assert (found[0].text, found[0].name) == ("", "")
    assert found[1].text == "CCO"
    with pytest.raises(ValueError, match="4 cells"):
        smiles_of(found[0])


def test_commas_of_an_extension_are_no_separators() -> None:
    found = _read("ID,SMILES,n\na,C[C@H](F)[C@H](Cl)Br |&1:1,3,r|,7\nb,CCO,8\n")
    assert [r.text for r in found] == ["C[C@H](F)[C@H](Cl)Br |&1:1,3,r|", "CCO"]
    lines = _read("C[C@H](F)[C@H](Cl)Br |&1:1,3| two words\nCCO a|b\n", "x.smi")
    assert _pairs(lines) == [("C[C@H](F)[C@H](Cl)Br |&1:1,3|", "two words"), ("CCO", "a|b")]


def test_which_column_of_several_is_said() -> None:
    file = StructureFile(Source("x.csv", content=b"canonical_smiles,isomeric smiles,id\nCC(F)Cl,C[C@H](F)Cl,1\n"))
    assert [r.text for r in file.records()] == ["C[C@H](F)Cl"]
    assert file.notes() == ["structures are read from the column 'isomeric smiles', not from 'canonical_smiles'"]
    assert [r.text for r in _read("smiles,product smiles\nC,CC\n", column="Product_SMILES")] == ["CC"]


@each_row(
    ("name", "content", "words"),
    [
        ("x.csv", b"", "is empty"),
        ("x.csv", b"name,value\na,1\n", "it has the columns: name, value"),
        ("x.csv", b"a\0b\0c,smiles\n\0", "neither text nor a workbook"),
        ("x.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel 97"),
        ("x.xlsx", b"smiles\nCCO\n", "is no workbook"),
        ("x.xlsx", b"PK\x03\x04 broken", "no workbook that can be read"),
        ("x.csv.gz", gzip.compress(b"smiles\n" + b"CCO\n" * 5000, mtime=0)[:40], "cannot be read to its end"),
        ("x.csv.gz", gzip.compress(b"smiles\n" + b"CCO\n" * 5000, mtime=0)[:12] + b"\xff" * 40, "cannot be read to its end"),
    ],
)
def test_files_that_cannot_be_used_say_why(name: str, content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        _read(content, name)


#: Bytes that are no text, the same every time; no first byte of a kind that is known.
RANDOM = random.Random(5).randbytes(700)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".sdf", ".smi", ".csv.gz", ".gz"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (RANDOM, "binary data"),
        (gzip.compress(RANDOM, mtime=0), "binary data"),
        (b"%PDF-1.7\n" + RANDOM, "a PDF"),
        (b"\xff\xfe" + RANDOM, "binary data"),
    ],
)
def test_bytes_that_are_no_text_are_never_quoted(tmp_path: Path, suffix: str, content: bytes, said: str) -> None:
    path = tmp_path / f"l{suffix}"
    path.write_bytes(content)
    for read in (lambda: list(records(path)), lambda: read_own_list(path, name="Some list", issued=date(2026, 1, 1))):
        with pytest.raises(UsageError) as caught:
            read()
        assert str(caught.value).isascii()
        assert said in str(caught.value) or "not a known kind of file" in str(caught.value)


def test_text_with_a_few_odd_characters_is_text() -> None:
    assert [r.text for r in _read(b"CCO a\x01\x02\nCCC b\x1a\n", "x.smi")] == ["CCO", "CCC"]
    assert [r.text for r in _read("smiles,name\nCCO,Säure\n".encode("utf-16"), "x.csv")] == ["CCO"]
    assert [r.text for r in _read("smiles,name\nCCO,Säure\n".encode("cp1252"), "x.csv")] == ["CCO"]


def test_missing_and_unknown_files(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"):
        list(records(tmp_path / "none.smi"))
    with pytest.raises(UsageError, match=r"save an \.xls file as \.xlsx"):
        StructureFile(tmp_path / "old.xls")


def test_a_long_line_is_listed_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_RECORD", 50)
    monkeypatch.setattr("tools.files.records.MAX_RECORD", 50)
    found = _read("CCO a\n" + "C" * 500 + " b\nCC c\n", "x.smi")
    assert [(r.line, bool(r.fault)) for r in found] == [(1, False), (2, True), (3, False)]


def test_a_huge_first_line_is_a_record_and_so_is_what_only_looks_like_a_remark() -> None:
    found = _read("C" * 1_000_000 + "\nCCO\n# remark\n#C(O)((\n", "x.smi")
    assert [(r.line, len(r.text)) for r in found] == [(1, 1_000_000), (2, 3), (4, 7)]
    table = _read('"' + "C" * 200_000 + '",a\nCCO,b\nCC,c\n')
    assert [(r.line, bool(r.fault)) for r in table] == [(1, True), (2, False), (3, False)]


def test_position_counts_the_bytes_of_the_packed_file(tmp_path: Path) -> None:
    path = tmp_path / "x.smi.gz"
    path.write_bytes(gzip.compress(b"CCO a\n" * 1000, mtime=0))
    position = Position()
    assert len(list(records(path, skip=990, position=position))) == 10
    assert position.done == position.size == path.stat().st_size


def test_headings() -> None:
    assert squashed("ChEMBL ID") == squashed("chembl_id") == "chemblid"
    found = [unit_in(h) for h in ("bp / °C", "IC50 (nM)", "viscosity [mPa.s]", "Price, USD/1g", "mass in g", "bp_c", "(x)")]
    assert [unit for _, unit in found] == ["°C", "nM", "mPa.s", "USD/1g", "g", "", ""]
