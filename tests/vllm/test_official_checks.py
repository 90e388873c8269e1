"""The files for other programs, held against those programs: promtool, the Compose schema, vLLM's own parser."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from serving.artefacts import host_files
from serving.planner.plan import plan_fleet
from serving.topology import Topology, load_topology
from tests.vllm.servers import ROOT, environment_folder

pytestmark = pytest.mark.vllm

MONITORING = ROOT / "deploy" / "monitoring"
HOSTS = ("forge", "bench", "desk")


@pytest.fixture
def fleet() -> Topology:
    """The example of five cards with every UUID filled in."""
    fleet = load_topology(ROOT / "deploy" / "fleet" / "five-cards.toml")
    for index, card in enumerate(fleet.cards):
        card.uuid = f"GPU-0000000{index}-0000-0000-0000-000000000000"
    return fleet


def checked(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """What a program says."""
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=cwd)


@pytest.mark.parametrize(
    "words",
    [("check", "rules", "alerts.yml"), ("test", "rules", "alerts-test.yml"), ("check", "config", "--syntax-only", "prometheus.yml")],
)
def test_promtool(words: tuple[str, ...]) -> None:
    done = checked(str(environment_folder("checks") / "bin" / "promtool"), *words, cwd=MONITORING)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_reads_the_metrics_of_the_gateway_and_of_the_runs() -> None:
    from prometheus_client import generate_latest

    from app.services.run_metrics import families
    from memory.sql.figures import ModelUse, RunFigures
    from serving.gateway.metrics import GatewayMetrics
    from serving.pool.metrics import PoolMetrics

    class Runs:
        def collect(self):  # type: ignore[no-untyped-def]
            return families(RunFigures(steps={"screen": 1}, models={("critic", "m"): ModelUse(1, 2, 3, 4.0)}))

    pool = PoolMetrics()
    GatewayMetrics(pool.registry)
    pool.registry.register(Runs())
    promtool = str(environment_folder("checks") / "bin" / "promtool")
    text = generate_latest(pool.registry)
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("host", HOSTS)
def test_the_compose_file_fits_the_official_schema(host: str, fleet: Topology) -> None:
    import jsonschema

    (schema,) = (environment_folder("checks") / "lib").glob(
        "python*/site-packages/check_jsonschema/builtin_schemas/vendor/compose-spec.json"
    )
    validator = jsonschema.validators.validator_for(document := json.loads(schema.read_text(encoding="utf-8")))(document)
    compose = yaml.safe_load(host_files(fleet, plan_fleet(fleet), host)["compose.yaml"])
    assert [e.message for e in validator.iter_errors(compose)] == []
    compose["services"]["gateway"]["prots"] = ["1:1"]
    assert list(validator.iter_errors(compose)), "the schema finds what is wrong"


def test_vllms_own_parser_accepts_the_commands_of_the_example(fleet: Topology) -> None:
    python = str(environment_folder() / "bin" / "python")
    plan = plan_fleet(fleet, python)
    assert "0.32.0" in plan.flags_checked_by
    assert plan.refused == []
    fleet.deployments[0].flags = ["--max-num-batched-token-s", "3"]
    fleet.deployments[1].tool_parser = "qwen3"
    refused = plan_fleet(fleet, python)
    assert {fleet.deployments[0].name, fleet.deployments[1].name} <= set(refused.refused)


def test_the_shipped_list_of_flags_is_that_of_the_version(fleet: Topology) -> None:
    """The list that is used without vLLM must not call an option unknown that this version has, nor keep one that it lost."""
    import tomllib

    listed = tomllib.loads((ROOT / "serving" / "data" / "vllm_flags.toml").read_text(encoding="utf-8"))
    names = json.dumps(listed)
    script = (
        "import json, sys; sys.path.insert(0, 'serving/planner'); import vllm_check;"
        "p = vllm_check.make_parser(); print(json.dumps(sorted(o for a in p._actions for o in a.option_strings if o.startswith('--'))))"
    )
    done = checked(str(environment_folder() / "bin" / "python"), "-c", script)
    assert done.returncode == 0, done.stderr[-2000:]
    real = set(json.loads(done.stdout.splitlines()[-1]))
    assert len(real) > 150
    missing = sorted(o for o in real if o not in names and o != "--help" and not o.startswith("--no-"))
    assert missing == [], "options of this vLLM that the shipped list lacks"
