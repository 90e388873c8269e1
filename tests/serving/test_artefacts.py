"""Units, Compose file, gateway and pool configuration: what they hold, and that the programs that read them can."""

from __future__ import annotations

import configparser
import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from app.cli import app
from core.errors import UsageError
from serving.artefacts import host_files, systemd_word, to_yaml
from serving.gateway.config import read_gateway_file
from serving.planner.plan import plan_fleet
from serving.pool.config import PoolConfig, read_toml
from serving.topology import Topology, load_topology

EXAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "fleet" / "five-cards.toml"
HOSTS = ("forge", "bench", "desk")


@pytest.fixture
def fleet() -> Topology:
    """The example with every card's UUID filled in."""
    fleet = load_topology(EXAMPLE)
    for index, card in enumerate(fleet.cards):
        card.uuid = f"GPU-0000000{index}-0000-0000-0000-000000000000"
    return fleet


def files_of(fleet: Topology, host: str, prefix: str = "/opt/molwright") -> dict[str, str]:
    return host_files(fleet, plan_fleet(fleet), host, PurePosixPath(prefix))


def unit(text: str) -> dict[str, dict[str, list[str]]]:
    """A unit file: section -> key -> values (a key may come more than once)."""

    class Many(dict[str, Any]):
        def __setitem__(self, key: str, value: Any) -> None:
            if isinstance(value, list) and key in self:
                self[key].extend(value)
            else:
                super().__setitem__(key, value)

    parser = configparser.RawConfigParser(strict=False, dict_type=Many, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return {s: {k: v.splitlines() for k, v in parser.items(s)} for s in parser.sections()}


@pytest.mark.parametrize("host", HOSTS)
def test_units_restart_the_whole_group_and_see_their_cards_only(fleet: Topology, host: str) -> None:
    files = files_of(fleet, host)
    names = {f"molwright-vllm-{d.name}.service" for d in fleet.deployments_on(host)}
    assert names | {"molwright-gateway.service", "molwright-fleet.target", "compose.yaml", "gateway.toml", "pool.toml"} == set(files)
    for deployment in fleet.deployments_on(host):
        service = unit(files[f"molwright-vllm-{deployment.name}.service"])["Service"]
        assert service["KillMode"] == ["control-group"]
        assert service["Restart"] == ["always"]
        assert service["RestartMaxDelaySec"] == ["300"]
        variables = dict(v.split("=", 1) for v in service["Environment"])
        assert variables["CUDA_VISIBLE_DEVICES"] == ",".join(c.uuid for c in fleet.cards_of(deployment))
        assert variables["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
        words = shlex.split(service["ExecStart"][0])
        assert words[:3] == ["/opt/molwright/vllm/bin/vllm", "serve", deployment.model.name]
        assert words[words.index("--host") + 1] == "127.0.0.1"
        plan = next(d for d in plan_fleet(fleet).deployments if d.name == deployment.name)
        assert words[1:] == plan.arguments[1:]


def test_the_gateway_is_stopped_before_its_servers(fleet: Topology) -> None:
    """systemd stops in the reverse order of After=, so calls under way can end."""
    after = unit(files_of(fleet, "forge")["molwright-gateway.service"])["Unit"]["After"]
    assert set(after[1].split()) == {"molwright-vllm-reasoner.service", "molwright-vllm-specialists.service"}


def test_words_of_a_unit_keep_their_meaning() -> None:
    assert systemd_word("plain=1") == "plain=1"
    assert systemd_word('{"a": "b\\c"}') == '"{\\"a\\": \\"b\\\\c\\"}"'
    assert systemd_word("100%$HOME") == "100%%$$HOME"
    assert systemd_word("") == '""'


@pytest.mark.parametrize("host", HOSTS)
def test_systemd_accepts_the_units_where_it_is_installed(fleet: Topology, host: str, tmp_path: Path) -> None:
    """Where systemd-analyze is missing, the structure is still looked at by the test above."""
    files = files_of(fleet, host, str(tmp_path))
    for program in ("vllm/bin/vllm", "app/bin/molwright"):
        path = tmp_path / program
        path.parent.mkdir(parents=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    units = []
    for name, text in files.items():
        if name.endswith((".service", ".target")):
            (tmp_path / name).write_text(text)
            assert unit(text)["Unit"]["Description"]
            units.append(str(tmp_path / name))
    analyze = shutil.which("systemd-analyze")
    if analyze is not None:
        done = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, timeout=60, check=False, env={**os.environ})
        said = [line for line in done.stderr.splitlines() if str(tmp_path) in line and "RestartSteps" not in line]
        assert not [line for line in said if "RestartMaxDelaySec" not in line], done.stderr


@pytest.mark.parametrize("host", HOSTS)
def test_compose_opens_the_gateway_only(fleet: Topology, host: str) -> None:
    document = yaml.safe_load(files_of(fleet, host)["compose.yaml"])
    assert set(document) == {"name", "services"}
    services = document["services"]
    assert [s for s, v in services.items() if "ports" in v] == ["gateway"]
    assert services["gateway"]["ports"] == ["8080:8080"]
    for deployment in fleet.deployments_on(host):
        service = services[deployment.name]
        assert service["network_mode"] == "service:gateway", "loopback of the gateway's own namespace"
        (device,) = service["deploy"]["resources"]["reservations"]["devices"]
        assert device == {"driver": "nvidia", "device_ids": [c.uuid for c in fleet.cards_of(deployment)], "capabilities": ["gpu"]}
        assert service["entrypoint"] == ["vllm"]
        assert service["command"][0] == "serve"
        assert all(isinstance(word, str) for word in service["command"])
        config = service["command"]
        if deployment.kind == "generate":
            assert json.loads(config[config.index("--structured-outputs-config") + 1])["backend"] == "xgrammar"
        assert service["depends_on"]["gateway"]["restart"] is True
        assert all(v.count(":") >= 1 for v in service["volumes"])
    keys = {"image", "entrypoint", "command", "environment", "network_mode", "depends_on", "restart", "shm_size", "volumes", "healthcheck"}
    assert all(set(v) <= keys | {"deploy", "ports"} for v in services.values())


def test_dollars_are_not_replaced_by_compose(fleet: Topology) -> None:
    fleet.deployments[0].flags = ["--chat-template", "/srv/$TEMPLATE"]
    document = yaml.safe_load(files_of(fleet, "forge")["compose.yaml"])
    assert "/srv/$$TEMPLATE" in document["services"]["reasoner"]["command"]


def test_yaml_says_what_was_meant() -> None:
    value = {"a": ["x", "- y", {"b": [1, True], "c": "d: e #"}], "empty": [], "text": "yes", "n": 3, "ü": {"k": "ä\n"}}
    assert yaml.safe_load(to_yaml(value)) == value


@pytest.mark.parametrize("host", HOSTS)
def test_the_gateway_reads_its_file(fleet: Topology, host: str, tmp_path: Path) -> None:
    path = tmp_path / "gateway.toml"
    path.write_text(files_of(fleet, host)["gateway.toml"], encoding="utf-8")
    file = read_gateway_file(path)
    assert file.gateway.port == 8080
    assert file.gateway.require_keys
    assert [e.base_url for e in file.pool.endpoints] == [f"http://127.0.0.1:{d.port}/v1" for d in fleet.deployments_on(host)]
    if host == "desk":
        assert [e.canary for e in file.pool.endpoints] == ["completion", "embedding"]
        assert file.pool.roles["embedder"] == "embeddings"
    if host == "forge":
        assert file.pool.kinds["chemistry"] == {"proposer": "chemistry"}
        assert file.pool.endpoints[1].adapters == ["chemistry", "materials", "thermal"]


def test_the_pool_reads_its_file(fleet: Topology, tmp_path: Path) -> None:
    path = tmp_path / "pool.toml"
    path.write_text(files_of(fleet, "bench")["pool.toml"], encoding="utf-8")
    pool = PoolConfig.model_validate(read_toml(path)["pool"])
    chat = [e for e in pool.endpoints if e.model == "chat"]
    assert [(e.base_url, e.weight) for e in chat] == [("http://192.0.2.12:8080/v1", 2.0), ("http://192.0.2.13:8080/v1", 1.0)]
    assert pool.roles["assistant"] == "chat"


def test_nothing_is_written_for_what_cannot_work(fleet: Topology) -> None:
    with pytest.raises(UsageError, match="uuid is missing"):
        files_of(load_topology(EXAMPLE), "forge")
    with pytest.raises(UsageError, match="'shed' is not a host"):
        files_of(fleet, "shed")
    fleet.deployments[0].quantization = "bf16"
    with pytest.raises(UsageError, match=r"reasoner cannot work .*does not fit"):
        files_of(fleet, "forge")
    assert files_of(fleet, "bench"), "the other hosts are not held up"


def with_uuids(tmp_path: Path, text: str = "") -> Path:
    path = tmp_path / "fleet.toml"
    lines, number = [], 0
    for line in (text or EXAMPLE.read_text(encoding="utf-8")).splitlines():
        lines.append(line)
        if line.startswith("compute_capability"):
            lines.append(f'uuid = "GPU-0000000{number}-0000-0000-0000-000000000000"')
            number += 1
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_command_line_plans_and_writes(tmp_path: Path) -> None:
    runner, path = CliRunner(), with_uuids(tmp_path)
    done = runner.invoke(app, ["fleet", "plan", str(path), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["flags_checked_by"].startswith("the shipped list")
    text = runner.invoke(app, ["fleet", "plan", str(path)])
    assert "vllm serve openai/gpt-oss-120b" in text.stdout
    target = tmp_path / "out"
    done = runner.invoke(app, ["fleet", "units", str(path), "--host", "bench", "--out", str(target)])
    assert done.exit_code == 0, done.output
    assert {"compose.yaml", "gateway.toml", "molwright-vllm-chat-a.service"} <= {p.name for p in target.iterdir()}


def test_the_command_line_fails_where_the_plan_refuses(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace('quantization = "mxfp4"', 'quantization = "bf16"')
    done = CliRunner().invoke(app, ["fleet", "plan", str(with_uuids(tmp_path, text))])
    assert done.exit_code == 1
    assert "does not fit" in done.stdout


def test_the_pool_keeps_contexts_switches_and_the_kinds_of_goals(fleet: Topology) -> None:
    import tomllib

    pool = PoolConfig.model_validate(tomllib.loads(files_of(fleet, "forge")["pool.toml"])["pool"])
    by_model = {e.model: e for e in pool.endpoints}
    assert {m: (e.context, e.thinking) for m, e in by_model.items()} == {
        "reasoner": (65536, "on"), "specialist": (16384, "on"), "chat": (12288, "off"), "embeddings": (2048, ""),
    }  # fmt: skip
    assert pool.kinds == {kind: {"proposer": kind} for kind in ("chemistry", "materials", "thermal")}
    assert pool.roles["proposer"] == "specialist"


def test_strict_is_stripped_at_the_gateway_and_set_at_the_server(fleet: Topology, tmp_path: Path) -> None:
    from serving.commands import serve_command

    chat = next(d for d in fleet.deployments if d.name == "chat-a")
    chat.adapt, chat.strict_level = ["no_strict"], "function"
    words = serve_command(fleet, chat).arguments
    assert words[words.index("--tool-strict-level") + 1] == "function"
    assert json.loads(words[words.index("--default-chat-template-kwargs") + 1]) == {"enable_thinking": False, "thinking": False}
    (tmp_path / "gateway.toml").write_text(files_of(fleet, "bench")["gateway.toml"])
    pool = read_gateway_file(tmp_path / "gateway.toml").pool
    assert not pool.learn  # what one caller sends wrongly must not change what others get
    assert next(e for e in pool.endpoints if e.name == "chat-a").adapt == ["no_strict"]
    with pytest.raises(ValueError, match="not an adaptation"):
        type(chat).model_validate({**chat.model_dump(), "adapt": ["no_such"]})
