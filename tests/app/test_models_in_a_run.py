"""Design runs with language models: what they say can be worthless, late or gone, and the run goes through; replays ask nobody."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app as command_line
from app.services.health import _models as doctor_of_models
from app.services.runs import RunService
from core.errors import ConfigurationError, NotFoundError, UsageError
from core.events import ProgressEvent, ProgressSink, StageBegun, silent
from core.report import Report
from core.settings import Settings
from evals.replay import replay
from evals.run_difference import run_difference
from memory.sql.store import SqlRunStore
from tests.agent.models.fake_server import FakeModel, Reply, fake_model, json_reply
from tests.settings_kit import settings_of
from tools.execution import SerialExecutor
from tools.reporting import render_html
from tools.search.policy import SearchPolicy
from tools.workspace import builtin

GOAL = "a molecule with MW < 400 and logP between 1 and 4"
OPTIONS = {"yes": True, "budget": 24, "candidates": 3, "seed": 7}
NOWHERE = "http://127.0.0.1:1"  # no literature store answers here
KEY = "sk-a-key-that-must-not-be-seen"
ROLES = ("interpreter", "researcher", "proposer", "critic", "reporter")


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.search.policy.DEFAULT", SearchPolicy(batch=24))


@pytest.fixture
def fake() -> Iterator[FakeModel]:
    with fake_model(api_key=KEY) as server:
        server.respond = teapot
        yield server


def teapot(request: dict[str, Any]) -> Reply:
    """A model that never says what is wanted."""
    return Reply("I am a teapot.")


def settings(tmp_path: Path, fake: FakeModel | None = None, **given: Any) -> Settings:
    url = {"models__url": fake.url, "models__name": "m", "models__key": KEY} if fake else {}
    return settings_of(home=tmp_path / "home", literature__uri=NOWHERE, workers__processes=1, user__name="ada", **{**url, **given})


def design(made: Settings, store: SqlRunStore, progress: ProgressSink = silent, use_models: bool = True, **options: Any) -> Report:
    service = RunService(made, store, progress)
    return service.execute(service.start(GOAL, {**OPTIONS, **options}, use_models=use_models))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlRunStore]:
    (tmp_path / "home").mkdir()
    with SqlRunStore(settings(tmp_path).sql_url(), lease_seconds=30) as opened:
        yield opened


def listed(report: Report) -> list[tuple[Any, ...]]:
    return [(c.key, c.rank, c.score) for c in report.candidates]


def test_a_model_that_says_nothing_useful_changes_nothing(tmp_path: Path, store: SqlRunStore, fake: FakeModel) -> None:
    plain = design(settings(tmp_path), store)
    report = design(settings(tmp_path, fake, models__roles="interpreter,critic,reporter"), store)
    assert listed(report) == listed(plain)
    assert plain.models == []
    assert {u.role for u in report.models} == {"interpreter", "critic", "reporter"}
    assert all(u.fell_back and u.note for u in report.models)
    assert sum(u.calls for u in report.models) == len(fake.requests)


def test_a_run_with_models_replays_without_any_server(tmp_path: Path, store: SqlRunStore) -> None:
    with fake_model(api_key=KEY) as fake:
        fake.respond = teapot
        report = design(settings(tmp_path, fake), store)
        asked = len(fake.requests)
    result = replay(store, report.run_id, executor=SerialExecutor())
    assert result.identical, result.text
    assert asked == sum(u.calls for u in report.models) >= 5
    assert {u.role for u in report.models} == set(ROLES)
    assert len([e for e in store.events(report.run_id) if e.kind == "model"]) == asked


def test_no_trace_of_the_key_is_left(tmp_path: Path, store: SqlRunStore, fake: FakeModel) -> None:
    report = design(settings(tmp_path, fake, models__roles="critic,reporter"), store)
    assert set(fake.keys) == {KEY}
    assert KEY not in report.model_dump_json()
    assert KEY not in json.dumps(store.run(report.run_id).options)
    assert KEY not in "".join(e.model_dump_json() for e in store.events(report.run_id))
    for path in (tmp_path / "home").rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path


def test_a_dead_server_costs_the_models_not_the_run(tmp_path: Path, store: SqlRunStore) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        made = settings(
            tmp_path,
            models__url=f"http://127.0.0.1:{sock.getsockname()[1]}/v1",
            models__name="m",
            models__deadline=1.0,
            models__roles="critic,reporter",
        )
    report = design(made, store)
    assert report.candidates
    assert all((u.endpoint, u.fell_back) == ("", True) for u in report.models)
    assert replay(store, report.run_id, executor=SerialExecutor()).identical


def test_a_server_that_goes_away_in_the_middle(tmp_path: Path, store: SqlRunStore, fake: FakeModel) -> None:
    def dying(request: dict[str, Any]) -> Reply:
        return teapot(request) if len(fake.requests) < 4 else Reply(status=503, error="engine is gone")

    fake.respond = dying
    report = design(settings(tmp_path, fake, models__deadline=1.0), store)
    assert report.candidates
    assert any("engine is gone" in u.note for u in report.models)
    assert replay(store, report.run_id, executor=SerialExecutor()).identical


def test_a_spent_budget_stops_the_models_cleanly(tmp_path: Path, store: SqlRunStore, fake: FakeModel) -> None:
    report = design(settings(tmp_path, fake, models__calls=2), store)
    assert report.candidates
    assert len(fake.requests) == 2
    assert any("budget: the 2 calls" in u.note for u in report.models)
    assert replay(store, report.run_id, executor=SerialExecutor()).identical


def test_no_models_leaves_them_out(tmp_path: Path, store: SqlRunStore, fake: FakeModel) -> None:
    report = design(settings(tmp_path, fake), store, use_models=False)
    assert fake.requests == []
    assert report.models == []
    assert "models" not in store.run(report.run_id).options
    assert report.model_copy(update={"run_id": "", "timings": {}, "created_at": ""}) == design(settings(tmp_path), store).model_copy(
        update={"run_id": "", "timings": {}, "created_at": ""}
    )


class _Killed(BaseException):
    """As if the process had ended here."""


@pytest.mark.parametrize("stage", ["research", "standardise", "rank", "report"])
def test_a_run_that_is_stopped_goes_on_in_another_process(tmp_path: Path, store: SqlRunStore, fake: FakeModel, stage: str) -> None:
    made = settings(tmp_path, fake)

    def stop(event: ProgressEvent) -> None:
        if isinstance(event, StageBegun) and event.stage == stage:
            raise _Killed

    run_id = RunService(made, store).start(GOAL, OPTIONS)
    with pytest.raises(_Killed):
        RunService(made, store, stop).execute(run_id)
    before = len(fake.requests)
    report = RunService(made, store).execute(run_id)
    assert report.candidates
    calls = [e for e in store.events(run_id) if e.kind == "model"]
    assert len(calls) == len(fake.requests) >= before
    assert replay(store, run_id, executor=SerialExecutor()).identical


def test_a_process_without_the_server_can_finish_the_run(tmp_path: Path, store: SqlRunStore, fake: FakeModel) -> None:
    def stop(event: ProgressEvent) -> None:
        if isinstance(event, StageBegun) and event.stage == "rank":
            raise _Killed

    run_id = RunService(settings(tmp_path, fake), store).start(GOAL, OPTIONS)
    with pytest.raises(_Killed):
        RunService(settings(tmp_path, fake), store, stop).execute(run_id)
    report = RunService(settings(tmp_path), store).execute(run_id)
    assert report.candidates
    assert any("no model server is configured here" in u.note for u in report.models)
    assert replay(store, run_id, executor=SerialExecutor()).identical


def test_two_servers_and_the_report_says_which_did_what(tmp_path: Path, store: SqlRunStore) -> None:
    with fake_model() as one, fake_model() as two:
        one.respond = two.respond = teapot
        pool = tmp_path / "pool.toml"
        pool.write_text(
            "".join(f'[[pool.endpoints]]\nname = "{n}"\nbase_url = "{f.url}"\nmodel = "m"\n' for n, f in (("left", one), ("right", two)))
        )
        report = design(settings(tmp_path, models__pool=pool), store)
        counts = {"left": len(one.requests), "right": len(two.requests)}
    assert all(counts.values())
    assert {e: sum(u.calls for u in report.models if u.endpoint == e) for e in counts} == counts
    html = render_html(report, catalogue=builtin().catalogue)
    assert "Which language model did what" in html
    assert "left" in html
    assert "right" in html


# ---- forks


def test_a_fork_asks_another_model_from_there_on(tmp_path: Path, store: SqlRunStore, fake: FakeModel) -> None:
    made = settings(tmp_path, fake)
    first = design(made, store)
    events = store.events(first.run_id)
    last_proposed = max(e.sequence for e in events if e.node == "propose")
    fake.requests.clear()
    service = RunService(made, store)
    fork = service.fork(first.run_id, last_proposed, ["model=critic:other"])
    report = service.execute(fork)
    assert {r["model"] for r in fake.requests} == {"m", "other"}
    assert {u.model for u in report.models if u.role == "critic"} == {"other"}
    assert {u.model for u in report.models if u.role == "proposer"} == {"m"}
    assert listed(report) == listed(first)
    copied = {e.index for e in events if e.kind == "model" and e.node == "propose"}
    assert copied <= {e.index for e in store.events(fork) if e.kind == "model" and e.node == "propose"}
    assert replay(store, fork, executor=SerialExecutor()).identical
    again = service.fork(fork, max(e.sequence for e in store.events(fork) if e.node == "propose"), ["model=reporter:third"])
    service.execute(again)
    assert replay(store, again, executor=SerialExecutor()).identical


def test_a_fork_speaks_with_another_prompt(tmp_path: Path, store: SqlRunStore, fake: FakeModel) -> None:
    from prompts.library import load

    made = settings(tmp_path, fake, models__roles="critic,proposer")
    first = design(made, store)
    known = load("critic/review")
    own = tmp_path / "own.md"
    own.write_text(
        known.text.replace("role: critic", "name: critic/review\nrole: critic", 1).replace("## system\n", "## system\nBe merciless.\n", 1)
    )
    fake.requests.clear()
    service = RunService(made, store)
    fork = service.fork(first.run_id, max(e.sequence for e in store.events(first.run_id) if e.node == "propose"), [f"prompt={own}"])
    own.unlink()
    service.execute(fork)
    assert any(r["messages"][0]["content"].startswith("Be merciless.") for r in fake.requests)
    hashes = {e.prompt_hash for e in store.events(fork) if e.kind == "model" and e.inputs["role"] == "critic"}
    assert hashes
    assert known.hash not in hashes
    assert replay(store, fork, executor=SerialExecutor()).identical


def test_a_fork_does_without_a_role_or_a_single_reply(tmp_path: Path, store: SqlRunStore, fake: FakeModel) -> None:
    made = settings(tmp_path, fake, models__roles="critic,proposer")
    service, first = RunService(made, store), design(made, store)
    exchange = next(e for e in store.events(first.run_id) if e.kind == "model" and e.inputs["role"] == "proposer")
    for without in ("critic", "proposer", str(exchange.sequence)):
        fork = service.fork(first.run_id, None, [], without=without)
        service.execute(fork)
        asked = {e.inputs["role"] for e in store.events(fork) if e.kind == "model"}
        assert asked == {"critic", "proposer"} - {without}
        assert replay(store, fork, executor=SerialExecutor()).identical
    left = store.event(fork, exchange.node, exchange.generation, exchange.index)
    assert left is not None
    assert (left.outputs["kind"], left.tokens_in, left.outputs["text"]) == ("left out", 0, "")
    difference = run_difference(store, first.run_id, fork)
    assert difference.first is not None
    assert (difference.first.node, difference.first.index) == (exchange.node, exchange.index)
    for without, said in (("reporter", "nor a role that used"), ("1", "can be left out"), ("9999", "no such event")):
        with pytest.raises((UsageError, NotFoundError), match=said):
            service.fork(first.run_id, None, [], without=without)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("model=other", "write model=ROLE:NAME"),
        ("model=wizard:m", "used no language model in this run"),
        ("model=reporter:m", "used no language model in this run; those that did: interpreter, critic"),
        ("model=interpreter:m", "brings its spec along"),
        ("prompt=/nowhere.md", "cannot read the prompt"),
        ("temperature=3", "a fork can change"),
    ],
)
def test_a_fork_that_is_not_possible_says_why(tmp_path: Path, store: SqlRunStore, fake: FakeModel, change: str, said: str) -> None:
    made = settings(tmp_path, fake, models__roles="interpreter,critic")
    service = RunService(made, store)
    run_id = service.start(GOAL, OPTIONS)
    service.execute(run_id)
    with pytest.raises(UsageError, match=said):
        service.fork(run_id, 0, [change])


# ---- the command line


class Ended:
    """What a command printed and how it ended."""

    def __init__(self, result: Any) -> None:
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr
        self.error = result.exception if not isinstance(result.exception, SystemExit) else None


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """Run a command in this process, with settings from the environment."""
    monkeypatch.setattr("app.services.health.PROBES", (("language models", doctor_of_models),))

    def run(*arguments: str, **environment: str) -> Ended:
        for name, value in {"HOME": str(tmp_path / "home"), "WORKERS__PROCESSES": "1", "LITERATURE__URI": NOWHERE, **environment}.items():
            monkeypatch.setenv(f"MOLWRIGHT_{name}", value)
        return Ended(CliRunner().invoke(command_line, arguments))

    return run


def server(fake: FakeModel, **more: str) -> dict[str, str]:
    return {"MODELS__URL": fake.url, "MODELS__NAME": "m", "MODELS__KEY": KEY, **more}


def test_the_command_line_says_who_takes_part_and_what_they_did(cli: Callable[..., Ended], fake: FakeModel) -> None:
    ended = cli("design", GOAL, "--yes", "--budget", "12", "--json", "-", **server(fake, MODELS__ROLES="critic,reporter"))
    assert ended.code in (0, 4), ended.err
    assert "language models: m as critic, reporter" in ended.err
    report = json.loads(ended.out)
    assert {u["role"] for u in report["models"]} == {"critic", "reporter"}
    shown, traced = cli("report", report["run_id"]), cli("trace", report["run_id"])
    assert "critic: m at 127.0.0.1:" in shown.err
    assert "critic: m at" in traced.out
    assert "20+5 tokens" in " ".join(traced.out.split())
    assert KEY not in ended.out + ended.err + shown.out + shown.err + traced.out
    fake.requests.clear()
    assert cli("replay", report["run_id"]).code == 0
    assert fake.requests == []
    assert cli("design", GOAL, "--yes", "--budget", "12", "--no-models").code in (0, 4)
    assert fake.requests == []


def test_settings_that_do_not_fit_end_with_one_line(cli: Callable[..., Ended]) -> None:
    ended = cli("design", GOAL, "--yes", MODELS__URL="http://127.0.0.1:1/v1")
    assert isinstance(ended.error, ConfigurationError)
    assert "set MOLWRIGHT_MODELS__NAME" in str(ended.error)


def doctor(cli: Callable[..., Ended], **given: str) -> tuple[int, dict[str, Any]]:
    ended = cli("doctor", "--json", **given)
    return ended.code, {row["part"]: row for row in json.loads(ended.out)}


def test_the_doctor_tries_each_server(cli: Callable[..., Ended], fake: FakeModel) -> None:
    def able(request: dict[str, Any]) -> Reply:
        if "tools" in request:
            return Reply(None, (("pick", '{"colour": "red", "number": 1}'),), "tool_calls")
        return json_reply({"colour": "red", "number": 1})

    fake.respond = able
    code, rows = doctor(cli, **server(fake, MODELS__CONTEXT="16384"))
    assert code == 0
    row = next(r for part, r in rows.items() if part.startswith("endpoint"))
    assert row["works"] is True
    assert "json_schema strict; strict tool calls; calls tools of its own accord; streaming; context 8192 tokens" in row["detail"]
    assert "set MOLWRIGHT_MODELS__CONTEXT=8192" in row["detail"]
    assert rows["language models"]["works"] is True
    assert KEY not in json.dumps(rows)


def test_the_doctor_says_what_does_not_work_and_names_the_models(cli: Callable[..., Ended], fake: FakeModel) -> None:
    code, rows = doctor(cli, **server(fake))
    assert code == 1
    assert "json_schema is not enforced" in next(r for part, r in rows.items() if part.startswith("endpoint"))["detail"]
    code, rows = doctor(cli, **server(fake, MODELS__NAME=""))
    assert code == 1
    assert "set MOLWRIGHT_MODELS__NAME" in rows["language models"]["detail"]
    assert "has the models m" in rows["endpoint"]["detail"]


def test_the_doctor_without_servers_says_so(cli: Callable[..., Ended]) -> None:
    code, rows = doctor(cli)
    assert (code, list(rows)) == (0, ["language models", "run store"])
    assert "no endpoint configured" in rows["language models"]["detail"]


def test_a_run_leaves_no_threads_behind(tmp_path: Path, store: SqlRunStore, fake: FakeModel) -> None:
    design(settings(tmp_path, fake, models__roles="critic"), store)
    assert not [t for t in threading.enumerate() if t.name == "model-pool"]
