"""The whole way on a real PostgreSQL: run store and checkpoints."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from memory.checkpoints import checkpoint_url

pytestmark = pytest.mark.postgres


@pytest.fixture
def server(bench: Any, postgres_url: str) -> Any:
    """A home whose database is PostgreSQL."""
    bench.env["MOLWRIGHT_STORE__URL"] = postgres_url
    return bench


def checkpoints(postgres_url: str, run_id: str) -> int:
    """How many checkpoints of a run the server has."""
    with psycopg.connect(postgres_url) as connection:
        found = connection.execute("SELECT count(*) FROM checkpoints WHERE thread_id = %s", (run_id,)).fetchone()
    assert found is not None
    return int(found[0])


def test_the_same_ranking_as_on_sqlite(server: Any, postgres_url: str, expected: dict[str, Any]) -> None:
    assert checkpoint_url(server.settings()).get_backend_name() == "postgresql"
    server.create(run_id="run1")
    server.execute("run1")
    assert server.snapshot("run1") == expected
    assert server.run("replay", "run1").code == 0
    assert checkpoints(postgres_url, "run1") == 0, "a run that is over needs none"
    assert not list(server.home.glob("*.db"))


def test_killed_and_resumed(server: Any, places: list[tuple[str, int]], expected: dict[str, Any]) -> None:
    """Killed at every second node of one run; the server ends the transactions of the dead."""
    server.create(run_id="run1")
    for number, place in enumerate(places[::2]):
        assert server.run("resume", "run1", at=[*place, ("mid", "done")[number % 2]]).code == -9
    server.execute("run1")
    assert server.snapshot("run1") == expected


def test_approval_refusal_and_two_owners(server: Any, postgres_url: str, expected: dict[str, Any]) -> None:
    run_id = server.create(yes=False)
    assert server.run("resume", run_id).code == 5
    assert checkpoints(postgres_url, run_id) == 1, "the last one is what it goes on from"
    owner = server.spawn("approve", run_id, at=["check", 0, "mid"], then="pause")
    server.paused(owner)
    for command in ("resume", "approve", "reject"):
        ended = server.run(command, run_id)
        assert (ended.code, "is being executed by" in ended.err) == (1, True)
    server.go()
    assert server.wait(owner).code == 0
    assert server.snapshot(run_id)["ranking"] == expected["ranking"]
    assert server.run("approve", run_id).code == 2


def test_two_runs_at_once(server: Any, expected: dict[str, Any]) -> None:
    runs = [server.create(), server.create(seed=8)]
    for pid in [server.spawn("resume", run_id) for run_id in runs]:
        ended = server.wait(pid)
        assert ended.code == 0, ended.err
    assert server.snapshot(runs[0])["ranking"] == expected["ranking"]
    assert server.snapshot(runs[1])["ranking"] != expected["ranking"]


def test_a_server_that_cannot_be_reached(bench: Any) -> None:
    ended = bench.run("runs", "list", env={"MOLWRIGHT_STORE__URL": "postgresql://ada:secret@127.0.0.1:1/db"})
    assert ended.code == 1
    assert "the server cannot be reached" in ended.err
    assert "secret" not in ended.err
