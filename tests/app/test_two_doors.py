"""Two doors with different settings, clocks and stores work in one process at the same time, and neither sees anything of the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

from app.services.entry import Services
from core.interfaces import RunRecord
from tests.settings_kit import settings_of


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Seen:
    """What one door saw of its own run and of the store."""

    record: RunRecord
    runs: list[str]
    folder: Path | None
    held: bool
    held_later: bool


def test_two_doors_in_two_threads_share_neither_settings_nor_clock_nor_store(tmp_path: Path) -> None:
    together = Barrier(2)

    def work(name: str, budget: int, year: int) -> Seen:
        clock = Clock(datetime(year, 2, 3, tzinfo=UTC))
        door = Services(settings_of(home=tmp_path / name, user__name=name, search__budget=budget, store__lease_seconds=60), clock=clock)
        together.wait(timeout=60)
        run_id = door.runs().start("a molecule with MW < 300", {"yes": True})
        door.store.acquire(run_id, "another-host:1:0")
        together.wait(timeout=60)
        held = door.store.alive(run_id)
        clock.at += timedelta(seconds=61)
        seen = door.store.run(run_id), [r.run_id for r in door.runs().list()], door.workspace.models_folder
        return Seen(*seen, held, door.store.alive(run_id))

    with ThreadPoolExecutor(2) as pool:
        ada, grace = pool.map(work, ("ada", "grace"), (30, 70), (2001, 2031))
    assert (ada.record.created_at[:10], grace.record.created_at[:10]) == ("2001-02-03", "2031-02-03")
    assert [(s.record.given.budget, s.record.given.user) for s in (ada, grace)] == [(30, "ada"), (70, "grace")]
    assert (ada.runs, grace.runs) == ([ada.record.run_id], [grace.record.run_id])
    assert (ada.folder, grace.folder) == (tmp_path / "ada" / "models", tmp_path / "grace" / "models")
    assert [(s.held, s.held_later) for s in (ada, grace)] == [(True, False)] * 2
