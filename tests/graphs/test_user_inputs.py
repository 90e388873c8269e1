"""A block list and a list of known structures go into the record, and the run needs their files no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.runs import RunService
from core.errors import StoreError
from core.report import Report
from evals.replay import replay
from graphs.user_inputs import NODE
from tests.graphs.conftest import GOAL, OPTIONS, Bench, ranking
from tools.execution import SerialExecutor
from tools.ranking.novelty import read_known
from tools.synthesis.inventory import read_inventory
from tools.synthesis.routes import verify_route

BLOCKS = "smiles,name,price,currency,amount,unit\nOC(=O)c1ccccc1,my acid,12,EUR,100,g\nC1COCCN1,my amine,20,EUR,250,g\nwrong,x,,,,\n"


@pytest.fixture
def run(bench: Bench, tmp_path: Path) -> tuple[str, Report]:
    """A finished run with both lists, whose files are gone."""
    blocks, known = tmp_path / "blocks.csv", tmp_path / "known.smi"
    blocks.write_text(BLOCKS, encoding="utf-8")
    known.write_text("O=C(c1ccccc1)N1CCOCC1 mine\n", encoding="utf-8")
    with bench.store() as store:
        service = RunService(bench.settings(), store)
        run_id = service.start(GOAL, {**OPTIONS, "budget": 24}, blocks=read_inventory(blocks), known=read_known(known))
        blocks.unlink()
        known.unlink()
        return run_id, service.execute(run_id)


def test_the_run_works_from_its_record_and_replays(bench: Bench, run: tuple[str, Report]) -> None:
    run_id, report = run
    assert report.blocks is not None
    assert (report.blocks.blocks, report.blocks.priced) == (2, 2)
    assert report.blocks.faults[0].startswith("line 4:")
    assert report.choice is not None
    assert (report.choice.user_source, report.choice.user_structures) == ("known.smi", 1)
    assert report.choice.shipped > 1500
    assert all("mine" not in note for c in report.candidates for note in c.notes)
    for candidate in report.candidates:
        assert candidate.route is not None
        if candidate.route.status != "none known":
            assert candidate.route.cost is not None
            assert candidate.route.cost.value is None or candidate.route.cost.currency == "EUR"
            assert verify_route(candidate.route, candidate.smiles) == []
    with bench.store() as store:
        assert [(e.node, e.index) for e in store.events(run_id)][:2] == [(NODE, "blocks"), (NODE, "known")]
        assert store.run(run_id).options["blocks"]["sha256"] == report.blocks.sha256
        result = replay(store, run_id, executor=SerialExecutor())
    assert result.identical, result.text


def test_a_fork_takes_the_lists_along(bench: Bench, run: tuple[str, Report]) -> None:
    run_id, report = run
    with bench.store() as store:
        service = RunService(bench.settings(), store)
        forked = service.execute(service.fork(run_id, 0, []))
    assert forked.blocks == report.blocks
    assert ranking(forked) == ranking(report)


def test_a_run_without_its_list_says_so(bench: Bench) -> None:
    run_id = bench.create(blocks={"source": "lost.csv", "sha256": "0" * 64, "mode": "extend"})
    with pytest.raises(StoreError, match="list of blocks"):
        bench.execute(run_id)
