"""Set-up says what the machine lacks and how to mend it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_missing_module_is_named_with_its_remedy(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None if name == missing else real(name))
    with pytest.raises(SystemExit) as stopped:
        bootstrap.check_machine()
    assert stopped.value.code == 1
    message = capsys.readouterr().err
    assert missing in message
    assert "apt install python3" in message


@pytest.mark.parametrize("version", [(3, 10, 4), (3, 14, 0)])
def test_another_python_is_refused(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], version: Any
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", version)
    with pytest.raises(SystemExit):
        bootstrap.check_machine()
    assert ".".join(map(str, version)) in capsys.readouterr().err


def test_a_second_call_changes_nothing(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", python)
    monkeypatch.setattr(bootstrap.sys, "argv", ["bootstrap.py"])
    monkeypatch.setattr(bootstrap, "run", lambda *command: pytest.fail(f"ran {command}"))
    (tmp_path / "molwright-base.stamp").write_text(bootstrap.fingerprint(SCRIPT.parent.parent / "requirements" / "base.txt"))
    bootstrap.main()
    (tmp_path / "molwright-base.stamp").unlink()
    (tmp_path / "molwright-dev.stamp").write_text(bootstrap.fingerprint(SCRIPT.parent.parent / "requirements" / "dev.txt"))
    bootstrap.main()
