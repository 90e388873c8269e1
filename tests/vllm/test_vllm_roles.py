"""Every role end to end on real servers whose weights are random: the run ends well, nothing wrong passes, and it replays without them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.models.probe import probe
from app import wiring
from app.services.conversations import ConversationService
from app.services.runs import RunService
from core.errors import MolwrightError
from core.report import Report
from core.settings import Settings
from evals.judges.claims import judge_report
from evals.replay import replay
from serving.pool import EndpointConfig
from tests.settings_kit import settings_of
from tests.vllm.servers import ServerPlan, VllmServer, tiny_adapter, tiny_model, vllm_servers
from tools.execution import SerialExecutor

pytestmark = pytest.mark.vllm

GOAL = "a molecule with MW < 300 and logP between 1 and 3 that looks friendly"
ROLES = ("interpreter", "researcher", "proposer", "critic", "reporter")
POOL = """
[pool.roles]
interpreter = "general"
researcher = "general"
critic = "general"
reporter = "general"
assistant = "general"
proposer = "chemistry"

[[pool.endpoints]]
name = "first"
base_url = "{first}"
model = "general"
adapters = ["chemistry"]

[[pool.endpoints]]
name = "second"
base_url = "{second}"
model = "general"
adapters = ["chemistry"]
"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[VllmServer]]:
    """Two servers of one model with one adapter."""
    folder = tmp_path_factory.mktemp("vllm-roles")
    model, adapter = tiny_model(folder), tiny_adapter(folder, "chemistry")
    plans = [ServerPlan(model, "general", {"chemistry": adapter}, context=16_384)] * 2
    with vllm_servers(plans, folder) as running:
        yield running


@pytest.fixture(scope="module")
def settings(servers: list[VllmServer], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home folder whose roles ask the two servers."""
    home = tmp_path_factory.mktemp("home")
    pool = home / "pool.toml"
    pool.write_text(POOL.format(first=servers[0].base_url, second=servers[1].base_url))
    return settings_of(
        home=home,
        workers__processes=1,
        models__pool=pool,
        models__context=16_384,
        models__reply=384,
        models__attempts=1,
        models__calls=60,
        models__seeds=False,
    )


@pytest.fixture(scope="module")
def run(settings: Settings) -> str:
    """A finished run in which every role asked a real server."""
    service = RunService(settings, wiring.open_store(settings))
    run_id = service.start(GOAL, {"budget": 200, "yes": True, "candidates": 5, "seed": 1})
    service.execute(run_id)
    return run_id


@pytest.fixture(scope="module")
def report(settings: Settings, run: str) -> Report:
    found: Report = wiring.open_store(settings).report(run)
    return found


def test_the_run_ends_well_and_no_claim_in_it_is_wrong(report: Report) -> None:
    assert report.status == "success"
    assert len(report.candidates) == 5
    assert judge_report(report) == []
    assert all(c.meets_all() for c in report.candidates)


def test_the_report_says_which_endpoint_did_what(report: Report) -> None:
    assert {use.role for use in report.models} == set(ROLES)
    assert {use.endpoint for use in report.models if use.calls > use.failures} <= {"first", "second"}
    assert {use.model for use in report.models if use.role == "proposer"} == {"chemistry"}
    answered = [use for use in report.models if use.tokens_out]
    assert {use.role for use in answered} == set(ROLES)
    assert all(use.tokens_in > 0 and use.seconds > 0 for use in answered)


def test_every_exchange_is_in_the_trace_with_its_prompt(settings: Settings, run: str) -> None:
    events = [e for e in wiring.open_store(settings).events(run) if e.kind == "model"]
    assert len(events) <= settings.model_calls
    assert all(e.prompt_hash and e.request_hash for e in events)
    assert all(e.endpoint in ("first", "second") for e in events if not e.outputs["problem"])


def test_strict_answers_fit_their_schemas(settings: Settings, run: str) -> None:
    """What a server that enforces schemas can still get wrong is length: everything else would be a fault of ours in the schema."""
    events = [e for e in wiring.open_store(settings).events(run) if e.kind == "model" and e.outputs["fault"]]
    unexpected = [
        e.outputs["fault"] for e in events if "length limit" not in e.outputs["fault"] and e.inputs["prompt"] != "reporter/summary"
    ]
    assert not unexpected, unexpected


def test_a_conversation_gives_an_answer_or_says_why_not(settings: Settings) -> None:
    store = wiring.open_store(settings)
    started = []
    service = ConversationService(settings, store, lambda wanted: bool(started.append(wanted)))
    run_id = service.start("hello")
    said = ""
    try:
        said = service.ask(run_id, "how heavy is phenol?").text
    except MolwrightError as error:
        said = str(error)
    assert said
    assert started == []
    assert replay(store, run_id, executor=SerialExecutor()).identical


def test_doctor_says_what_a_server_can_do(servers: list[VllmServer]) -> None:
    found = probe(EndpointConfig(name="first", base_url=servers[0].base_url, model="general"))
    assert found.context_tokens == 16_384
    works = {a.name: (a.works, a.detail) for a in found.abilities}
    assert all(w for w, _ in works.values()), works
    missing = probe(EndpointConfig(name="first", base_url=servers[0].base_url, model="nobody"))
    assert not all(a.works for a in missing.abilities)


def test_it_replays_identically_without_any_server(settings: Settings, run: str, servers: list[VllmServer]) -> None:
    """Last in this file: it ends the servers."""
    for server in servers:
        server.stop()
    assert not any(server.healthy() for server in servers)
    result = replay(wiring.open_store(settings), run, executor=SerialExecutor())
    assert result.identical, result.text
