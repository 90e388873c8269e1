"""Structures are found by columns as they are found one by one, whichever runs have columns and in however many parts the question is asked."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rdkit import Chem

from app.services import finding
from app.services.finding import FindingService, Wanted
from app.services.workers import WorkerService
from core.candidate import Candidate, Origin, PropertyValue
from core.errors import StatusError, UsageError
from core.interfaces import RunFilter
from memory.sql import SqlRunStore
from tests.tables import each_row
from tools.proposers.library.known import known_compounds
from tools.structures.columns import KEPT, Columns, columns_of, taken
from tools.structures.finding import structure_query
from tools.structures.similarity import morgan_fingerprint, tanimoto
from tools.workspace import builtin

KNOWN = [k.smiles for k in known_compounds()[::40]][:90]
STRUCTURES = [*KNOWN, "*CC(*)c1ccccc1", "*CCO*", "C1=CC=CC=C1X", "not a structure\nat all", ""]
PARTS = [
    "c1ccccc1", "C1CC1", "*", "*C", "[#0]", "[#0]C", "[#7]", "[N+](=O)[O-]", "[CX3](=O)[OX2H1]", "[!#6;!#1]", "[R2]", "[r5]", "[x3]", "[v5]", "[D4]",
    "[$(C=O)]N", "N.O", "[13C]", "[2H]C", "[O-]", "a1aaaaa1", "A~A", "C=CC=C", "[Cl,Br]", "c-c", "[nH]", "C/C=C/C", "[C@H](F)Cl", "[^2]", "[^1]", "[+]", "[h1]",
]  # fmt: skip


def _candidate(run: str, number: int, smiles: str) -> Candidate:
    mol = Chem.MolFromSmiles(smiles)
    values = {}
    if mol is not None and number % 7:
        values["molecular_weight"] = PropertyValue(value=float(mol.GetNumHeavyAtoms()), unit="g/mol", method="test", method_version="1")
    kept = "kept" if number % 3 else "rejected"
    origin = Origin(proposer="library", operator="known", generation=0)
    return Candidate(key=f"{run}-{number}", smiles=smiles, candidate_class="molecule", origin=origin, status=kept, properties=values)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlRunStore]:
    """Four runs, of which the newest goes on."""
    with SqlRunStore(f"sqlite:///{tmp_path_factory.mktemp('home') / 'molwright.db'}") as opened:
        for place, run in enumerate(("a", "b", "c", "d")):
            opened.create_run(run, "a goal", {}, f"2026-01-0{place + 1}T00:00:00+00:00")
            lease = opened.acquire(run, "a test")
            opened.save_candidates(lease, [_candidate(run, n, s) for n, s in enumerate(STRUCTURES[place * 3 :])])
            if run != "d":
                opened.set_status(lease, "no_candidate")
            opened.release(lease)
        yield opened


@pytest.fixture
def service(store: SqlRunStore) -> FindingService:
    for run in ("a", "b", "c"):
        store.save_columns(run, {})
    return FindingService(store, builtin().catalogue)


def _found(service: FindingService, wanted: Wanted) -> list[tuple[str, str, float]]:
    found, after = [], ""
    while True:
        answer = service.find(wanted, RunFilter(), after)
        found += [(h.run.run_id, h.candidate.key, h.similarity) for h in answer.hits]
        after = answer.after
        if not after:
            return sorted(found)


@pytest.mark.parametrize(
    "wanted",
    [
        *(Wanted(part) for part in ("c1ccccc1", "[$(C=O)]N", "*C")),
        Wanted("CC", kept=True),
        Wanted("CCO", "similarity", 0.2),
        Wanted("c1ccccc1O", "similarity", 0.0, kept=True),
        Wanted("", value_of="molecular_weight", low=5, high=9),
        Wanted("C=O", value_of="molecular_weight", high=12),
        Wanted("", value_of="glass_transition_temperature"),
    ],
    ids=lambda w: f"{w.structure} {w.how} {w.value_of}",
)
def test_the_same_is_found_by_columns_and_in_parts(wanted: Wanted, service: FindingService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "UNPREPARED", 10**6)
    monkeypatch.setattr(finding, "HITS", 10**6)
    plain = _found(service, wanted)
    assert plain or wanted.value_of == "glass_transition_temperature"
    assert [service.prepare(), _found(service, wanted)] == ["c", plain]
    assert [service.prepare(), service.prepare(), service.prepare()] == ["b", "a", None]
    assert _found(service, wanted) == plain
    for name, value in (("LOOKED", 50), ("READ", 13), ("UNPREPARED", 20), ("RUNS", 1)):
        monkeypatch.setattr(finding, name, value)
        assert _found(service, wanted) == plain
    monkeypatch.setattr(finding, "HITS", 3)
    assert _found(service, wanted) == plain


@pytest.mark.parametrize(
    "wanted", [Wanted("c1ccccc1"), Wanted("c1ccccc1O", "similarity", 0.1), Wanted("", value_of="molecular_weight", high=9)]
)
def test_as_many_hits_are_given_as_are_wanted_and_the_next_go_on(wanted: Wanted, service: FindingService) -> None:
    while service.prepare():
        pass
    whole = [(h.run.run_id, h.candidate.key) for h in service.find(wanted, RunFilter()).hits]
    found, after = list[tuple[str, str]](), ""
    while len(found) < 12:
        answer = service.find(wanted, RunFilter(), after, 4)
        assert len(answer.hits) == 4
        found, after = [*found, *((h.run.run_id, h.candidate.key) for h in answer.hits)], answer.after
    assert found == whole[:12]


@pytest.mark.parametrize("prepared", [True, False])
def test_what_was_read_of_a_run_is_not_taken_for_another_run_under_its_id(prepared: bool, tmp_path: Path) -> None:
    with SqlRunStore(f"sqlite:///{tmp_path / 'molwright.db'}") as store:
        service = FindingService(store, builtin().catalogue)
        for at, smiles in (("2026-01-01", "c1ccccc1"), ("2026-01-02", "C1CCCCC1")):
            store.create_run("a", "a goal", {}, at)
            lease = store.acquire("a", "a test")
            store.save_candidates(lease, [_candidate("a", 1, smiles)])
            store.set_status(lease, "no_candidate")
            store.release(lease)
            assert (service.prepare() if prepared else "a") == "a"
            for _ in range(2):  # the second time from memory
                assert [h.candidate.smiles for h in service.find(Wanted("*"), RunFilter()).hits] == [smiles]
                assert service.find(Wanted("c1ccccc1"), RunFilter()).found == (smiles == "c1ccccc1")
                assert service.find(Wanted(smiles, "similarity", 0.9), RunFilter()).found == 1
            store.delete_run("a")
            assert service.find(Wanted("*"), RunFilter()).looked == 0


def test_what_resembles_is_gone_on_with_in_its_order(service: FindingService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "HITS", 10**6)
    monkeypatch.setattr(finding, "UNPREPARED", 10**6)
    wanted = Wanted("c1ccccc1O", "similarity", 0.1)
    whole = [(h.run.run_id, h.candidate.key) for h in service.find(wanted, RunFilter()).hits]
    assert len(whole) > 8
    monkeypatch.setattr(finding, "HITS", 4)
    first = service.find(wanted, RunFilter())
    second = service.find(wanted, RunFilter(), first.after)
    assert (first.passed, second.passed, first.after) == (0, 4, ":4")
    assert [(h.run.run_id, h.candidate.key) for h in [*first.hits, *second.hits]] == whole[:8]
    with pytest.raises(UsageError, match=r"RUN\.NUMBER:HITS"):
        service.find(wanted, RunFilter(), ":x")


def test_where_columns_are_there_no_candidate_is_read_but_those_that_are_shown(
    service: FindingService, store: SqlRunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    while service.prepare():
        pass
    read: list[str] = []
    plain = store.page_of_candidates
    monkeypatch.setattr(store, "page_of_candidates", lambda run, *more: read.append(run) or plain(run, *more))  # type: ignore[func-returns-value]
    found = service.find(Wanted("C1CC1"), RunFilter())
    assert set(read) == {"d"}
    assert found.looked == sum(len(STRUCTURES) - 3 * place for place in range(4))


def test_what_one_question_read_of_a_run_without_columns_the_next_does_not_read(
    service: FindingService, store: SqlRunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "PAGE", 10)
    monkeypatch.setattr(finding, "UNPREPARED", 10**6)
    read: list[int] = []
    plain = store.page_of_candidates
    monkeypatch.setattr(store, "page_of_candidates", lambda *asked: read.append(len((page := plain(*asked))[0])) or page)  # type: ignore[func-returns-value]
    first = service.find(Wanted("C1CC1"), RunFilter())
    assert sum(read) == first.looked
    read.clear()
    assert service.find(Wanted("C1CC1"), RunFilter()).found == first.found
    assert sum(read) <= 4 * 9  # what is left of the last page of each run


@each_row("part", PARTS)
def test_no_structure_that_contains_a_part_is_ruled_out_by_its_columns(part: str) -> None:
    columns = Columns(columns_of([_candidate("r", n, s) for n, s in enumerate(STRUCTURES)]))
    query = structure_query(part, "substructure")
    may = columns.may_contain(query.part)
    expected = [query.fits(smiles) is not None for smiles in STRUCTURES]
    assert [bool(m) and query.contained(s) for m, s in zip(may, columns.smiles, strict=True)] == expected


def test_similarities_and_rows_taken_are_those_of_the_structures() -> None:
    columns = Columns(columns_of([_candidate("r", n, s) for n, s in enumerate(STRUCTURES)]))
    aspirin = Chem.MolFromSmiles("CC(=O)Oc1ccccc1C(=O)O")
    mols = [Chem.MolFromSmiles(s) for s in STRUCTURES]
    expected = [tanimoto(aspirin, m) if m is not None and m.GetNumAtoms() else math.nan for m in mols]
    assert list(columns.similarities(morgan_fingerprint(aspirin))) == pytest.approx(expected, abs=1e-12, nan_ok=True)
    rows = np.array([5, 2, len(STRUCTURES) - 2, 0])
    fewer = Columns(taken(columns, rows))
    assert list(fewer.similarities(morgan_fingerprint(aspirin))) == pytest.approx([expected[r] for r in rows], abs=1e-12, nan_ok=True)
    assert fewer.smiles == [columns.smiles[r] for r in rows]
    assert list(fewer.kept) == [bool(r % 3) for r in rows]
    assert np.array_equal(fewer.values("molecular_weight"), columns.values("molecular_weight")[rows], equal_nan=True)


def test_only_runs_that_are_over_have_columns_and_they_go_with_the_run(store: SqlRunStore, service: FindingService) -> None:
    with pytest.raises(StatusError, match="is not over"):
        store.save_columns("d", {KEPT: b""})
    store.create_run("gone", "a goal", {}, "2026-02-01T00:00:00+00:00")
    lease = store.acquire("gone", "a test")
    store.save_candidates(lease, [_candidate("gone", 0, "CCO")])
    store.set_status(lease, "no_candidate")
    store.release(lease)
    assert service.prepare() == "gone"
    assert store.columns(["gone", "d"], [KEPT]) == {"gone": {KEPT: b"\x00"}}
    assert store.verify("gone").state == "sealed"
    store.delete_run("gone")
    assert store.columns(["gone"], [KEPT]) == {}


def test_a_worker_with_nothing_to_do_makes_runs_ready_to_be_searched() -> None:
    leaving, left = threading.Event(), ["a", "b"]

    class _Idle:
        def execute_next(self, owner: str) -> None:
            return None

    def prepare() -> str | None:
        if not left:
            leaving.set()
            return None
        return left.pop()

    WorkerService(lambda progress, leaves: _Idle(), prepare).work(leaving)  # type: ignore[arg-type, return-value]
    assert left == []
