"""The project as a whole: locks, names, layers, documents that are drawn from the code."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from app import wiring
from core.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent


def locked(name: str) -> set[tuple[str, str]]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return set(re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["base", "dev"])
def test_requirement_files_are_exported_from_the_lock(name: str) -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    assert locked(name) <= {(p["name"], p["version"]) for p in lock["package"]}
    assert len(locked(name)) > 80


def test_base_install_is_lean() -> None:
    names = {n for n, _ in locked("base")}
    assert not {n for n in names if n == "torch" or n.startswith("nvidia") or n in ("vllm", "evals", "openai-agents", "admet-ai")}


def test_every_requirement_is_hashed() -> None:
    text = (ROOT / "requirements" / "base.txt").read_text()
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in e for e in entries)


def test_no_other_distribution_provides_our_names() -> None:
    provided = packages_distributions()
    for room in wiring.ROOMS:
        assert set(provided.get(room, [])) <= {"molwright"}, room
    wiring.check_names()


def test_a_shadowed_name_stops_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "ROOMS", (*wiring.ROOMS, "json"))
    with pytest.raises(ConfigurationError, match="json"):
        wiring.check_names()


def test_the_drawn_graph_is_up_to_date() -> None:
    from scripts.draw_graph import PAGE, drawn

    text = PAGE.read_text(encoding="utf-8")
    assert drawn(text) == text, "run: .venv/bin/python -m scripts.draw_graph"
    assert "propose" in text


def test_langgraph_json_names_a_graph_that_opens() -> None:
    import importlib
    import json

    entry = json.loads((ROOT / "langgraph.json").read_text())["graphs"]["design"]
    path, _, attribute = entry.partition(":")
    module = importlib.import_module(path.removeprefix("./").removesuffix(".py").replace("/", "."))
    assert {"screen", "interpret", "approve", "guard", "rank", "report"} <= set(getattr(module, attribute).get_graph().nodes)
