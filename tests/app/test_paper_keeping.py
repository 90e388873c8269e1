"""Papers from the command line: added, listed, asked, checked, handed out and deleted; each with its exit code."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.app.conftest import Run
from tests.tools.literature.reading.kit import make_pdf

PAPER = [
    [
        "Polyimide films of high glass transition",
        "doi: 10.1234/films.1",
        "Abstract",
        "Films of PMDA-ODA had a Tg of 385 °C (DSC).",
        "Caffeine melts at 235 °C.",
    ]
]


def test_a_folder_becomes_papers_that_can_be_asked(molwright: Run, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(make_pdf(PAPER))
    (folder / "b.bib").write_text("@article{k, title={RETRACTED: Dyes}, doi={10.1234/dyes}, year=2011}")
    (folder / "c.pdf").write_bytes(make_pdf(PAPER, password="x"))
    done = molwright("literature", "add", str(folder), "--collection", "team", "--json")
    assert done.returncode == 2, done.stderr
    said = json.loads(done.stdout)
    assert (said["added"], said["failed"]) == (2, 1)
    assert "password" in said["failures"][0]["reason"]
    assert "Traceback" not in done.stderr

    listed = json.loads(molwright("literature", "list", "--json").stdout)
    assert {d["doi"]: d["retracted"] for d in listed["documents"]} == {"10.1234/films.1": None, "10.1234/dyes": True}
    assert "RETRACTED" in molwright("literature", "list", "--retracted").stdout

    shown = json.loads(molwright("literature", "show", "10.1234/films.1", "--json").stdout)
    assert (shown["level"], shown["pages"], shown["collection"]) == ("full", 1, "team")
    found = json.loads(molwright("literature", "mentions", "PMDA-ODA", "--json").stdout)
    assert [f["passage"]["page"] for f in found] == [1]
    assert json.loads(molwright("literature", "mentions", "imide", "--motif", "--json").stdout)
    (value,) = json.loads(molwright("literature", "values", "--of", "caffeine", "--json").stdout)
    assert (value["property"], value["standard"], value["doi"], value["approved_by"]) == ("melting_point", 235.0, "10.1234/films.1", "")

    (answer,) = json.loads(molwright("literature", "find", "glass transition of polyimide films", "--limit", "1", "--json").stdout)[
        "answers"
    ]
    assert (answer["document"]["doi"], answer["passage"]["page"]) == ("10.1234/films.1", 1)
    assert molwright("literature", "verify").returncode == 0
    target = tmp_path / "out.csv"
    assert molwright("literature", "export", str(target), "--approved").returncode == 0
    assert len(target.read_text().splitlines()) == 1
    assert molwright("literature", "approve", value["id"], MOLWRIGHT_USER__NAME="ann").returncode == 0
    molwright("literature", "export", str(target), "--approved")
    assert "ann" in target.read_text()

    assert molwright("literature", "reindex", "--longest", "200", "--chemistry").returncode == 0
    assert json.loads(molwright("literature", "values", "--of", "caffeine", "--json").stdout)[0]["approved_by"] == "ann"
    assert molwright("literature", "remove", "10.1234/films.1", "--yes").returncode == 0
    assert json.loads(molwright("literature", "stats", "--json").stdout)["documents"] == 1
    assert json.loads(molwright("literature", "mentions", "caffeine", "--json").stdout) == []
    assert "10.1234/films.1" not in molwright("literature", "find", "glass transition of polyimide films", "--json").stdout


def test_papers_handed_out_can_be_taken_in_elsewhere(molwright: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Dyes\n\n## Results\nThey are blue.\n\nThey last.\n")
    molwright("literature", "add", str(tmp_path / "a.md"))
    lines, references = tmp_path / "x" / "out.jsonl", tmp_path / "out.json"
    for target in (lines, references):
        assert molwright("literature", "export", str(target)).returncode == 0
    assert molwright("literature", "add", str(references)).returncode == 0
    again = molwright("literature", "add", str(lines), "--json", MOLWRIGHT_HOME=str(tmp_path / "elsewhere"))
    assert json.loads(again.stdout)["added"] == 1
    assert molwright("literature", "export", str(tmp_path / "out.docx")).returncode == 2


def test_what_does_not_agree_is_found(molwright: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Dyes\n\nCaffeine melts at 235 °C.\n")
    molwright("literature", "add", str(tmp_path / "a.md"))
    engine = create_engine(f"sqlite:///{home / 'molwright.db'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE literature_values SET start_char = 1"))
        connection.execute(text("UPDATE literature_documents SET content_hash = 'x'"))
    engine.dispose()
    done = molwright("literature", "verify", "--json")
    assert done.returncode == 6
    assert len(json.loads(done.stdout)["problems"]) == 2


def test_what_cannot_be_done_has_its_exit_code(molwright: Run, tmp_path: Path) -> None:
    for arguments, code, words in (
        (("add", str(tmp_path / "none.pdf")), 2, "no file or folder"),
        (("show", "nothing"), 2, "no document"),
        (("remove",), 2, "name the papers"),
        (("remove", "nothing", "--yes"), 2, "no document"),
        (("approve", "nothing/1"), 2, "no reported value"),
        (("reindex", "--overlap", "10"), 2, "needs --longest"),
        (("values", "--of", "no such thing"), 2, "is no name"),
        (("fetch",), 2, "give a query"),
        (("fetch", "x", "--from", "nowhere"), 2, "there is no service"),
    ):
        done = molwright("literature", *arguments)
        assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (code, True, False), (arguments, done.stderr)
