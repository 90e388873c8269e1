"""The settings of language models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import ConfigurationError
from core.settings import Settings, get_settings


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("all", "all"),
        ("none", "none"),
        (" all ", "all"),
        ("proposer", ["proposer"]),
        ("proposer, critic", ["proposer", "critic"]),
        ("proposer=qwen,critic=a/b:c", {"proposer": "qwen", "critic": "a/b:c"}),
        ("critic = a=b", {"critic": "a=b"}),
    ],
)
def test_roles_in_one_line(text: str, roles: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_ROLES", text)
    assert Settings().roles == roles


@pytest.mark.parametrize("text", ["proposer=", "=qwen", "proposer=qwen,critic"])
def test_roles_that_are_half_said_are_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_ROLES", text)
    with pytest.raises(ValidationError, match="proposer=MODEL"):
        Settings()


def test_a_file_may_hold_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "molwright.toml").write_text('model_url = "http://h/v1"\nmodel_name = "q"\n[roles]\nproposer = "chem"\ncritic = "q"\n')
    made = Settings()
    assert (made.model_url, made.roles) == ("http://h/v1", {"proposer": "chem", "critic": "q"})


def test_the_environment_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "molwright.toml").write_text('model_name = "file"\n')
    monkeypatch.setenv("MOLWRIGHT_MODEL_NAME", "environment")
    assert Settings().model_name == "environment"


def test_the_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_MODEL_KEY", "sk-secret")
    made = Settings()
    assert made.model_key.get_secret_value() == "sk-secret"
    for shown in (repr(made), str(made), made.model_dump_json(), str(made.model_dump())):
        assert "sk-secret" not in shown


def test_without_settings_there_are_no_models() -> None:
    made = Settings()
    assert (made.model_url, made.model_name, made.model_pool, made.roles, made.model_money) == ("", "", None, "all", None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("MODEL_CALLS", "-1"), ("MODEL_CONTEXT", "10"), ("MODEL_ATTEMPTS", "99"), ("MODEL_DEADLINE", "0"), ("MODEL_MONEY", "-2")],
)
def test_limits_out_of_range_name_their_setting(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"MOLWRIGHT_{name}", value)
    get_settings.cache_clear()
    try:
        with pytest.raises(ConfigurationError, match=name.lower()):
            get_settings()
    finally:
        get_settings.cache_clear()
