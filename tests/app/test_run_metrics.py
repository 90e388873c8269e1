"""What the stored runs tell Prometheus, and the command that shows it."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.services.run_metrics import page
from core.trace import TraceEvent
from memory.sql.figures import FigureStore
from memory.sql.store import SqlRunStore

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat()


def samples(text: str) -> dict[str, float]:
    """``name{label=value,...}`` -> value."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{k}={v}" for k, v in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'runs.db'}"


def filled(url: str) -> str:
    """A store with a finished run that called a model, and a run that stands still."""
    clock = [START]
    with SqlRunStore(url, clock=lambda: clock[0]) as store:
        store.create_run("one", "a goal", {}, at(0))
        lease = store.acquire("one", "me")
        for number, (node, seconds) in enumerate([("screen", 1.0), ("propose", 5.0), ("propose", 9.0), ("report", 9.5)]):
            store.add_event(lease, TraceEvent(run_id="one", node=node, generation=number, index="step", kind="step", at=at(seconds)))
        calls = [("propose", {"role": "proposer"}, "general"), ("propose", {"role": "proposer"}, "general"), ("rank", {}, "small")]
        for number, (node, inputs, model) in enumerate(calls):
            store.add_event(
                lease,
                TraceEvent(
                    run_id="one", node=node, index=f"call {number}", kind="model", inputs=inputs, outputs="x", model=model,
                    tokens_in=100, tokens_out=10, seconds=0.5, at=at(2),
                ),
            )  # fmt: skip
        store.add_event(lease, TraceEvent(run_id="one", node="route", index="e", kind="error", outputs={}, at=at(3)))
        store.set_status(lease, "success", finished_at=at(10))
        store.release(lease)
        store.create_run("three", "a question", {"kind": "chat"}, at(0))
        store.create_run("two", "a goal", {}, at(0))
        store.acquire("two", "me")
    return url


def test_sums_over_runs_steps_and_model_calls(url: str) -> None:
    store = FigureStore(filled(url))
    found = samples(page(store, lambda: START + timedelta(seconds=700)))
    store.close()
    assert [found[f"molwright_runs{{status={s}}}"] for s in ("success", "running", "failed")] == [1, 1, 0]
    assert sum(v for k, v in found.items() if k.startswith("molwright_runs{")) == 2, "a conversation is none"
    assert sum(v for k, v in found.items() if k.startswith("molwright_conversations{")) == 1
    assert found["molwright_run_steps_total{node=propose}"] == 2
    assert found["molwright_run_step_seconds_total{node=screen}"] == 1.0
    assert found["molwright_run_step_seconds_total{node=propose}"] == 8.0
    assert found["molwright_run_model_calls_total{model=general,role=proposer}"] == 2
    assert found["molwright_run_model_tokens_total{direction=out,model=general,role=proposer}"] == 20
    assert found["molwright_run_model_tokens_total{direction=in,model=small,role=rank}"] == 100, "no role recorded: the node"
    assert found["molwright_run_model_seconds_total{model=general,role=proposer}"] == 1.0
    assert found["molwright_run_errors_total{node=route}"] == 1
    assert found["molwright_run_heartbeat_age_seconds{}"] == 700


def test_an_empty_store_shows_every_status_at_zero(url: str) -> None:
    store = FigureStore(url)
    found = samples(page(store, lambda: START))
    store.close()
    assert set(found.values()) == {0.0}
    assert {"molwright_runs{status=refused}", "molwright_run_candidates{status=kept}"} <= set(found)


def test_a_run_on_the_command_line_shows_up(molwright: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    assert molwright("design", "a molecule with MW < 300", "--yes", "--budget", "60").returncode in (0, 4)
    found = samples(molwright("metrics").stdout)
    assert sum(v for k, v in found.items() if k.startswith("molwright_runs{")) == 1
    assert sum(v for k, v in found.items() if k.startswith("molwright_run_candidates{")) >= 10
    assert found["molwright_run_steps_total{node=report}"] == 1
    assert found["molwright_run_step_seconds_total{node=estimate}"] > 0
    target = tmp_path / "collector" / "molwright.prom"
    assert molwright("metrics", "--out", str(target)).returncode == 0
    assert samples(target.read_text(encoding="utf-8")) == found
    assert [p.name for p in target.parent.iterdir()] == ["molwright.prom"]
    assert molwright("metrics", "--listen", "here").returncode == 2


def test_they_are_served_until_stopped(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app.cli", "metrics", "--listen", "127.0.0.1:0"]
    root = Path(__file__).resolve().parents[2]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), "MOLWRIGHT_HOME": str(tmp_path), "COLUMNS": "200"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        address = next(word for word in process.stderr.readline().split() if word.startswith("http"))
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert "molwright_runs{status=running}" in samples(answer.read().decode())
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
