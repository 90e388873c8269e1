"""Screening: formats, faults, filtering, journal, resuming, order of results, Ray."""

import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rdkit import Chem
from rdkit.Chem import Descriptors

from agent.reading import interpret
from core.candidate import Candidate, Origin
from core.errors import StoreError, UsageError
from core.spec import DesignSpec
from tools.evaluation.score import score_candidates
from tools.execution import ProcessExecutor, SerialExecutor
from tools.files.records import StructureFile, records, smiles_of
from tools.safety.guard import structure_verdict
from tools.screening import run as screening
from tools.screening.filter import Step, best_order
from tools.screening.journal import Journal
from tools.screening.report import report_of, write_hits, write_rejects
from tools.structures.standardise import standardise
from tools.workspace import builtin

SMILES = ["CCO", "c1ccccc1O", "CCCCCCCCCC", "OCc1ccccc1", "CC(=O)O", "Oc1ccc(C)cc1", "CCN", "O=C(O)c1ccccc1", "OCCc1ccccc1", "Cc1ccccc1O"]
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def spec() -> DesignSpec:
    made = interpret("logP between 1 and 3, MW below 200 and a hydroxyl group")
    return made.model_copy(update={"objectives": [o for o in made.objectives if o.property != "route"]})


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "library.smi"
    lines = [f"{s} m{i}" for i, s in enumerate(SMILES)]
    lines[3:3] = ["", "# a remark", "nonsense x1"]
    path.write_text("\n".join([*lines, "C(C)(C)(C)(C)C x2", "Oc1ccccc1 again", "[Na+].[O-]c1ccccc1 salt"]) + "\n")
    return path


def _screened(library: Path, spec: DesignSpec, folder: Path, **options: object) -> tuple[screening.Screened, Journal]:
    journal = Journal(folder / "screen.db", screening.identity(library, spec, calculators=builtin().calculators))
    return screening.screen(library, spec, journal, SerialExecutor(), **options, calculators=builtin().calculators), journal  # type: ignore[arg-type]


def test_formats_give_the_same_records(tmp_path: Path) -> None:
    smi, csv, sdf = tmp_path / "a.smi", tmp_path / "a.csv", tmp_path / "a.sdf"
    smi.write_text("smiles name\n" + "".join(f"{s} m{i}\n" for i, s in enumerate(SMILES)))
    csv.write_text("id,SMILES\n" + "".join(f'm{i},"{s}"\n' for i, s in enumerate(SMILES)))
    writer = Chem.SDWriter(str(sdf))
    for i, s in enumerate(SMILES):
        mol = Chem.MolFromSmiles(s)
        mol.SetProp("_Name", f"m{i}")
        writer.write(mol)
    writer.close()
    packed = tmp_path / "a.smi.gz"
    packed.write_bytes(gzip.compress(smi.read_bytes()))
    for path in (smi, csv, sdf, packed):
        found = [(r.name, Chem.CanonSmiles(smiles_of(r))) for r in records(path)]
        assert found == [(f"m{i}", Chem.CanonSmiles(s)) for i, s in enumerate(SMILES)], path
        assert [r.index for r in records(path, skip=7)] == [7, 8, 9]


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a known kind"):
        StructureFile(tmp_path / "a.xyz")
    (tmp_path / "b.csv").write_text("name,value\na,1\n")
    with pytest.raises(UsageError, match="no column of structures"):
        list(records(tmp_path / "b.csv"))
    (tmp_path / "c.smi.gz").write_bytes(gzip.compress(b"CCO a\n" * 1000)[:30])
    with pytest.raises(UsageError, match="cannot be read to its end"):
        list(records(tmp_path / "c.smi.gz"))


def test_screen_finds_what_a_plain_check_finds(library: Path, spec: DesignSpec, tmp_path: Path) -> None:
    done, journal = _screened(library, spec, tmp_path / "out")
    assert (done.read, done.unreadable) == (14, 2)
    listed = [(line, name) for _, line, name, _ in journal.listed("unreadable")]
    assert listed == [(6, "x1"), (14, "x2")]
    hits = {h["smiles"]: h for h in journal.hits()}
    # phenol occurs three times (once as its sodium salt); the first record stays
    assert set(hits) == {"Oc1ccccc1", "OCc1ccccc1", "Cc1ccc(O)cc1", "OCCc1ccccc1", "Cc1ccccc1O"}
    assert hits["Oc1ccccc1"]["line"] == 2
    assert done.failed["repeated"] == 2
    assert sum(done.failed.values()) + done.hits + done.unreadable == done.read
    assert write_hits(journal.hits(), spec, tmp_path / "hits.csv") == 5
    assert write_rejects(journal, "unreadable", tmp_path / "bad.csv") == 2
    report = report_of(journal, spec, done, run_id="x", created_at="", library="library.smi", calculators=builtin().calculators)
    assert report.status == "success"
    assert "14 records of library.smi were read; 5 structures meet every requirement" in report.summary


def test_guard_is_applied(spec: DesignSpec, tmp_path: Path) -> None:
    path = tmp_path / "a.smi"
    path.write_text("CC(C)OP(C)(=O)F sarin\nCCO ethanol\n")
    loose = interpret("MW below 400")
    _, journal = _screened(path, loose.model_copy(update={"objectives": []}), tmp_path / "out")
    assert [name for _, _, name, _ in journal.listed("blocked")] == ["sarin"]
    assert [h["name"] for h in journal.hits()] == ["ethanol"]


def test_goes_on_after_a_stop(library: Path, spec: DesignSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "CHUNK", 3)
    _, whole = _screened(library, spec, tmp_path / "whole")
    first, journal = _screened(library, spec, tmp_path / "parts", limit=6)
    assert first.read == 6
    journal.close()
    second, journal = _screened(library, spec, tmp_path / "parts")
    assert (second.resumed, second.read) == (6, 14)
    assert list(journal.hits()) == list(whole.hits())
    assert journal.failed() == whole.failed()
    with pytest.raises(StoreError, match="another process"):
        Journal(tmp_path / "parts" / "screen.db", {})
    journal.close()
    with pytest.raises(UsageError, match="another screen"):
        _screened(library, interpret("MW below 100"), tmp_path / "parts")


def test_workers_give_the_same(library: Path, spec: DesignSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "CHUNK", 4)
    _, alone = _screened(library, spec, tmp_path / "alone")
    journal = Journal(tmp_path / "two" / "screen.db", screening.identity(library, spec, calculators=builtin().calculators))
    with ProcessExecutor(2) as executor:
        screening.screen(library, spec, journal, executor, calculators=builtin().calculators)
    assert list(journal.hits()) == list(alone.hits())


def test_the_order_of_requirements_follows_cost_and_what_they_reject() -> None:
    mols = [Chem.MolFromSmiles("C" * n) for n in range(1, 11)]
    cheap = Step("A", "", 1.0, lambda mol, known: True)
    short = Step("B", "", 100.0, lambda mol, known: mol.GetNumAtoms() > 8)
    even = Step("C", "", 100.0, lambda mol, known: mol.GetNumAtoms() % 2 == 0)
    assert best_order([even, short, cheap], mols) == ("A", "B", "C")  # nothing is rejected by A, but it costs next to nothing
    costly = Step("A", "", 500.0, cheap.test)
    assert best_order([costly, even, short], mols) == ("B", "C", "A")
    assert best_order([short, even, cheap], []) == ("A", "B", "C")


def test_the_order_changes_no_hit(library: Path, spec: DesignSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, plain = _screened(library, spec, tmp_path / "plain")
    monkeypatch.setattr(screening, "SAMPLED_BYTES", 0)
    assert len(screening._order(library, spec, "", calculators=builtin().calculators)) == 3
    _, ordered = _screened(library, spec, tmp_path / "ordered")
    assert list(ordered.hits()) == list(plain.hits())


def test_what_its_letters_show_to_lack_an_element_is_rejected_only_where_it_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.smi"
    readable = ["CCO", "c1ccccc1", "O=Cl(=O)(=O)O", "CS(C)(=O)=O", "C1CC1Cl"]  # no nitrogen in any
    broken = ["C(C)(C)(C)(C)C", "c1cccc1", "CC(", "O(C)(C)C", "C1CC", "Xx"]
    path.write_text("\n".join([*readable, *broken, "CCN", "c1ccncc1"]) + "\n")
    done, journal = _screened(path, interpret("MW below 200 and an amine group"), tmp_path)
    assert (done.hits, done.unreadable, done.read) == (1, len(broken), len(readable) + len(broken) + 2)
    assert sum(done.failed.values()) == len(readable) + 1
    assert [row[1] for row in journal.listed("unreadable")] == list(range(len(readable) + 1, len(readable) + len(broken) + 1))


@pytest.mark.parametrize(
    "smiles", ["C[S+]([O-])C", "[Na]OC(=O)C", "[13CH3]O", "[CH3:1]O", "CC(=O)[O-].[Na+]", "C[N+](C)(C)CC(=O)[O-]", "[H]OC"]
)
def test_hits_are_in_the_standard_form(smiles: str, tmp_path: Path) -> None:
    path = tmp_path / "a.smi"
    path.write_text(f"{smiles} x\n")
    loose = interpret("MW below 400").model_copy(update={"objectives": []})
    _, journal = _screened(path, loose, tmp_path / "out")
    (hit,) = journal.hits()
    standard = standardise(smiles, "molecule")
    assert (hit["smiles"], hit["key"]) == (standard.smiles, standard.key)
    assert hit["values"]["molecular_weight"] == pytest.approx(Descriptors.MolWt(Chem.MolFromSmiles(standard.smiles)), abs=1e-5)


def test_hits_are_what_the_whole_check_of_each_structure_gives(tmp_path: Path) -> None:
    """Nothing that a screen leaves out or takes over changes a value, a score or who is a hit."""
    goal = "a drug-like molecule with logP between -1 and 5, QED of at least 0.2, SA score at most 5, no nitro group and an aromatic ring"
    made = interpret(goal).model_copy(update={"objectives": []})
    rows = [
        *SMILES,
        "CC(=O)[O-].[Na+]",
        "C[S+]([O-])c1ccccc1",
        "[13CH3]Oc1ccccc1",
        "C[C@H](N)c1ccccc1",
        "O=[N+]([O-])c1ccccc1",
        "CC(=O)Nc1ccccc1.Cl",
    ]
    rows += [
        "C1=CC=CN1",
        "OC1=CC=CC=C1C(=O)N",
        "c1ccccc1N(CCCl)CCCl",
        "[O-][n+]1ccccc1C",
        "CN(C)c1ccccc1.C[N+](C)(C)C.[I-]",
        "[Fe]c1ccccc1",
        "[2H]c1ccccc1CO",
    ]
    path = tmp_path / "a.smi"
    path.write_text("".join(f"{s} x{i}\n" for i, s in enumerate(rows)))
    _, journal = _screened(path, made, tmp_path / "out")
    names = list(dict.fromkeys(made.property_names()))
    expected = {}
    for row in rows:
        form = standardise(row, "molecule")
        safety = structure_verdict(form.whole, "molecule")
        (values,) = builtin().calculators.estimate([form.smiles], "molecule", names, made.conditions)
        origin = Origin(proposer="library", operator="screened")
        plain = Candidate(
            key=form.key,
            smiles=form.smiles,
            candidate_class="molecule",
            origin=origin,
            properties=values,
            safety=safety,
            status="estimated",
        )
        (scored,) = score_candidates([plain], made, calculators=builtin().calculators)
        if safety.verdict != "block" and all(result.met for result in scored.requirements):
            numbers = {n: v.number for n, v in values.items()}
            expected.setdefault(form.smiles, (form.key, form.dedup_key, scored.score, scored.p_meets, safety.verdict, numbers))
    hits = {h["smiles"]: (h["key"], h["dedup_key"], h["score"], h["p_meets"], h["safety"], h["values"]) for h in journal.hits()}
    assert len(expected) > 8
    assert hits.keys() == expected.keys()
    for smiles, found in hits.items():
        assert found[:5] == expected[smiles][:5], smiles
        assert found[5] == pytest.approx(expected[smiles][5], abs=1e-6), smiles


@pytest.mark.parametrize(("failures", "starts"), [(0, 1), (1, 2), (2, 3), (3, 3)])
def test_a_local_cluster_that_misses_its_start_is_started_again(failures: int, starts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray")
    from core.errors import ConfigurationError
    from tools.execution_ray import RayExecutor

    calls: list[str] = []

    def init(**options: object) -> None:
        calls.append("init")
        if calls.count("init") <= failures:
            raise RuntimeError("Timed out waiting for file gcs_server_port")

    monkeypatch.setattr(ray, "init", init)
    monkeypatch.setattr(ray, "shutdown", lambda: calls.append("shutdown"))
    if failures >= starts:
        with pytest.raises(ConfigurationError, match="'local' cannot be used: Timed out"):
            RayExecutor("local", 2)
    else:
        assert RayExecutor("local", 2).workers == 2
    assert calls == ["init", "shutdown"] * failures + ["init"] * (failures < starts)


@pytest.mark.slow
def test_kill_nine_loses_nothing(spec: DesignSpec, tmp_path: Path) -> None:
    path = tmp_path / "big.smi"
    path.write_text("".join(f"{'C' * (i % 30 + 1)}O n{i}\n" for i in range(6000)))
    command = [sys.executable, "-m", "app.cli", "screen", str(path), "--goal", "logP between 1 and 3 and a hydroxyl group"]
    command += ["--out", str(tmp_path / "out"), "--workers", "1", "--top", "5"]
    environment = {**os.environ, "MOLWRIGHT_HOME": str(tmp_path / "home")}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _wait(lambda: _chunks(tmp_path / "out" / "screen.db") >= 1 or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.wait()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    journal = Journal(tmp_path / "out" / "screen.db", {})
    assert journal.read() == 6000
    assert (tmp_path / "out" / "hits.csv").read_text().count("\n") == journal.number("hits") + 1


def _wait(condition: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)


def _chunks(path: Path) -> int:
    """Size of the write-ahead log tells that something was committed; the file itself is locked by its writer."""
    log = path.with_name(path.name + "-wal")
    return int(log.exists() and log.stat().st_size > 60_000)
