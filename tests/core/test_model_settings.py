"""The settings of language models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import ConfigurationError
from core.settings import RENAMED, Settings, effective, names, read_settings


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
    monkeypatch.setenv("MOLWRIGHT_MODELS__ROLES", text)
    assert Settings().models.roles == roles


@pytest.mark.parametrize("text", ["proposer=", "=qwen", "proposer=qwen,critic"])
def test_roles_that_are_half_said_are_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_MODELS__ROLES", text)
    with pytest.raises(ValidationError, match="proposer=MODEL"):
        Settings()


def test_a_file_may_hold_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "molwright.toml").write_text('[models]\nurl = "http://h/v1"\nname = "q"\n[models.roles]\nproposer = "chem"\ncritic = "q"\n')
    made = read_settings()
    assert (made.models.url, made.models.roles) == ("http://h/v1", {"proposer": "chem", "critic": "q"})


def test_the_environment_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "molwright.toml").write_text('[models]\nname = "file"\n')
    monkeypatch.setenv("MOLWRIGHT_MODELS__NAME", "environment")
    assert Settings().models.name == "environment"


def test_the_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_MODELS__KEY", "sk-secret")
    made = Settings()
    assert made.models.key.get_secret_value() == "sk-secret"
    for shown in (repr(made), str(made), made.model_dump_json(), str(made.model_dump())):
        assert "sk-secret" not in shown


def test_without_settings_there_are_no_models() -> None:
    made = Settings().models
    assert (made.url, made.name, made.pool, made.roles, made.money) == ("", "", None, "all", None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("CALLS", "-1"), ("CONTEXT", "10"), ("ATTEMPTS", "99"), ("DEADLINE", "0"), ("MONEY", "-2")],
)
def test_limits_out_of_range_name_their_setting(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"MOLWRIGHT_MODELS__{name}", value)
    with pytest.raises(ConfigurationError, match=f"models.{name.lower()}"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("MOLWRIGHT_MODEL_URL", "MOLWRIGHT_MODEL_URL is now MOLWRIGHT_MODELS__URL"),
        ("MOLWRIGHT_MODEL_KEY", "is now MOLWRIGHT_MODELS__KEY"),
        ("MOLWRIGHT_USER", "MOLWRIGHT_USER is now MOLWRIGHT_USER__NAME"),
        ("MOLWRIGHT_MODELS__ULR", "there is no setting MOLWRIGHT_MODELS__ULR; do you mean MOLWRIGHT_MODELS__URL"),
        ("MOLWRIGHT_COLOUR", "there is no setting MOLWRIGHT_COLOUR"),
    ],
)
def test_unknown_and_former_variables_are_errors(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(ConfigurationError, match=said):
        read_settings()


def test_variables_that_are_no_settings_may_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOLWRIGHT_FLEET_KEY", "MOLWRIGHT_IMAGE", "MOLWRIGHT_TEST_JOBS"):
        monkeypatch.setenv(name, "2")
    assert read_settings().models.url == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('model_url = "x"', "model_url is now url in the table .models"),
        ("budget = 3", "budget is now budget in the table .search"),
        ('[models]\nulr = "x"', "there is no setting models.ulr; do you mean models.url"),
        ('[colours]\nred = "x"', "there is no setting colours"),
        ("workers = 3", "workers is now processes in the table .workers"),
        ("[models", "molwright.toml cannot be read"),
    ],
)
def test_unknown_and_former_keys_of_the_file_are_errors(text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "molwright.toml").write_text(text)
    with pytest.raises(ConfigurationError, match=said):
        read_settings()


def test_every_former_name_has_a_place_today() -> None:
    assert set(RENAMED.values()) <= set(names())
    assert len(set(RENAMED.values())) == len(RENAMED)


def test_effective_settings_have_a_source_and_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "molwright.toml").write_text('[models]\nurl = "http://h/v1"\n[search]\nbudget = 7\n')
    monkeypatch.setenv("MOLWRIGHT_MODELS__KEY", "sk-secret")
    monkeypatch.setenv("MOLWRIGHT_STORE__URL", "postgresql://ada:sk-secret@h/d")
    monkeypatch.setenv("MOLWRIGHT_SEARCH__BUDGET", "8")
    found = {s.name: (s.value, s.source) for s in effective(read_settings())}
    assert set(found) == set(names())
    assert found["models.url"] == ("http://h/v1", "molwright.toml")
    assert found["search.budget"] == ("8", "MOLWRIGHT_SEARCH__BUDGET")
    assert found["models.reply"] == ("2048", "default")
    assert found["models.key"] == ("(hidden)", "MOLWRIGHT_MODELS__KEY")
    assert found["store.url"][0] == "postgresql://ada:(hidden)@h/d"
    assert "sk-secret" not in str(found)
