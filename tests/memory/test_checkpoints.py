"""LangGraph's checkpoints survive the process and keep to a file of their own."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from core.errors import ConfigurationError, StoreError
from core.settings import Settings
from memory.checkpoints import FILE_NAME, checkpoint_url, drop_from_the_future, open_checkpointer
from memory.sql import SqlRunStore
from tests.settings_kit import settings_of


class State(TypedDict, total=False):
    seen: list[str]
    approved: bool


def _graph(visited: list[str]) -> Any:
    def interpret(state: State) -> State:
        visited.append("interpret")
        return {"seen": [*state.get("seen", []), "interpret"]}

    def approve(state: State) -> State:
        return {"approved": interrupt("approve?")}

    def rank(state: State) -> State:
        visited.append("rank")
        return {"seen": [*state["seen"], "rank"]}

    graph: Any = StateGraph(State)
    for node in (interpret, approve, rank):
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "interpret")
    graph.add_edge("interpret", "approve")
    graph.add_edge("approve", "rank")
    graph.add_edge("rank", END)
    return graph


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "postgres":
        return settings_of(home=tmp_path, store__url=request.getfixturevalue("postgres_url"))
    return settings_of(home=tmp_path / "home")


def test_a_run_goes_on_after_its_checkpointer_was_closed(place: Settings) -> None:
    config = {"configurable": {"thread_id": "r1"}}
    visited: list[str] = []
    with open_checkpointer(place) as saver:
        _graph(visited).compile(checkpointer=saver).invoke({"seen": []}, config, durability="sync")
    assert visited == ["interpret"]
    with open_checkpointer(place) as saver:
        result = _graph(visited).compile(checkpointer=saver).invoke(Command(resume=True), config, durability="sync")
    assert result == {"seen": ["interpret", "rank"], "approved": True}
    assert visited == ["interpret", "rank"]


def test_only_the_last_checkpoint_of_a_thread_is_kept(place: Settings) -> None:
    config: Any = {"configurable": {"thread_id": "r1"}}
    with open_checkpointer(place) as saver:
        graph = _graph([]).compile(checkpointer=saver)
        graph.invoke({"seen": []}, config, durability="sync")
        graph.invoke({"seen": []}, {"configurable": {"thread_id": "r2"}}, durability="sync")
        assert len(list(saver.list(config))) == 1
        assert graph.get_state(config).tasks[0].interrupts[0].value == "approve?"
        graph.invoke(Command(resume=True), config, durability="sync")
        assert len(list(saver.list(config))) == 1
        assert graph.get_state(config).values["seen"] == ["interpret", "rank"]
        assert graph.get_state({"configurable": {"thread_id": "r2"}}).next == ("approve",)


def test_checkpoints_from_before_the_clock_was_put_back_are_dropped(tmp_path: Path) -> None:
    config = {"configurable": {"thread_id": "r1"}}
    with open_checkpointer(settings_of(home=tmp_path / "home")) as saver:
        graph = _graph([]).compile(checkpointer=saver)
        graph.invoke({"seen": []}, config, durability="sync")
        now = datetime.now(UTC)
        assert not drop_from_the_future(saver, "r1", now)
        assert graph.get_state(config).next == ("approve",)
        assert drop_from_the_future(saver, "r1", now - timedelta(days=1))
        assert graph.get_state(config).next == ()
        assert not drop_from_the_future(saver, "r1", now)


def test_other_threads_of_the_graph_are_apart(place: Settings) -> None:
    with open_checkpointer(place) as saver:
        graph = _graph([]).compile(checkpointer=saver)
        graph.invoke({"seen": []}, {"configurable": {"thread_id": "r1"}}, durability="sync")
        assert graph.get_state({"configurable": {"thread_id": "r1"}}).next == ("approve",)
        assert graph.get_state({"configurable": {"thread_id": "r2"}}).next == ()


def test_checkpoints_and_runs_do_not_lock_each_other(tmp_path: Path) -> None:
    settings = settings_of(home=tmp_path)
    with SqlRunStore(settings.sql_url()) as store, open_checkpointer(settings) as saver, store.database.write():
        _graph([]).compile(checkpointer=saver).invoke({"seen": []}, {"configurable": {"thread_id": "r1"}}, durability="sync")
    assert sorted(path.name for path in tmp_path.glob("*.db")) == [FILE_NAME, "molwright.db"]


@pytest.mark.parametrize(
    ("database", "checkpoints", "expected"),
    [
        ("", "", "sqlite+pysqlite:////h/checkpoints.db"),
        ("sqlite:////elsewhere/runs.db", "", "sqlite+pysqlite:////h/checkpoints.db"),
        ("postgres://u@h/d", "", "postgresql+psycopg://u@h/d"),
        ("", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql://u@h/d", "sqlite:////c/c.db", "sqlite+pysqlite:////c/c.db"),
    ],
)
def test_where_checkpoints_are_kept(database: str, checkpoints: str, expected: str) -> None:
    settings = settings_of(home=Path("/h"), store__url=database, store__checkpoints=checkpoints)
    assert str(checkpoint_url(settings)) == expected


def test_the_run_stores_own_file_is_refused(tmp_path: Path) -> None:
    settings = settings_of(home=tmp_path, store__checkpoints=f"sqlite:///{tmp_path / 'molwright.db'}")
    with pytest.raises(ConfigurationError, match="a file of their own"), open_checkpointer(settings):
        pass


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("a note " * 500)
    with pytest.raises(StoreError, match=rf"{FILE_NAME}: the file is damaged"), open_checkpointer(settings_of(home=tmp_path)):
        pass


def test_an_error_of_the_database_inside_the_block_is_a_store_error(tmp_path: Path) -> None:
    settings = settings_of(home=tmp_path)

    def work() -> None:
        with open_checkpointer(settings) as saver:
            saver.conn.execute("PRAGMA query_only=ON")  # type: ignore[attr-defined]
            _graph([]).compile(checkpointer=saver).invoke({"seen": []}, {"configurable": {"thread_id": "r1"}}, durability="sync")

    with pytest.raises(StoreError, match="it is read-only"):
        work()


def test_other_errors_pass_through(place: Settings) -> None:
    with pytest.raises(ZeroDivisionError), open_checkpointer(place):
        raise ZeroDivisionError


def test_an_unreachable_server(tmp_path: Path) -> None:
    settings = settings_of(home=tmp_path, store__checkpoints="postgresql://u:secret@127.0.0.1:1/d")
    with pytest.raises(StoreError, match="cannot be reached") as caught, open_checkpointer(settings):
        pass
    assert "secret" not in str(caught.value)


def test_processes_that_open_new_checkpoints_together_all_succeed(
    place: Settings, repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLWRIGHT_HOME", str(place.home))
    monkeypatch.setenv("MOLWRIGHT_STORE__URL", place.store.url)
    script = (
        "from core.settings import read_settings; from memory.checkpoints import open_checkpointer\n"
        "with open_checkpointer(read_settings()) as saver: assert saver.get_tuple({'configurable': {'thread_id': 'x'}}) is None"
    )
    command = [sys.executable, "-c", script]
    processes = [subprocess.Popen(command, cwd=repository, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
