"""The table of properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigurationError
from tools.catalogue.registry import REGISTRY, TABLE, read_properties


def test_there_are_enough_and_each_is_complete() -> None:
    computed = [p for p in REGISTRY if p.kind == "computed"]
    assert len(computed) >= 25
    for p in REGISTRY:
        assert p.low < p.high, p.name
        assert p.typical_low < p.typical_high, p.name
        assert p.description.endswith("."), p.name
        assert p.source, p.name
        assert bool(p.levels) == (p.kind == "level"), p.name


@pytest.mark.parametrize(("change", "message"), [("colour = 'red'\n", "colour"), ("", "label")])
def test_a_wrong_entry_is_named(tmp_path: Path, change: str, message: str) -> None:
    path = tmp_path / "p.toml"
    lines = TABLE.read_text(encoding="utf-8").split("\n\n")[1].splitlines()
    path.write_text("\n".join(lines if change else [x for x in lines if not x.startswith("label")]) + "\n" + change, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        read_properties(path)
