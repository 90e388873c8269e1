"""Errors, settings, random generators, the registry type."""

from pathlib import Path

import pytest

from core import errors
from core.errors import ConfigurationError, GoalError, StructureError
from core.seeding import generator
from core.settings import Settings, read_settings


def test_every_error_is_in_the_tree_with_its_exit_code() -> None:
    names = {n for n, e in vars(errors).items() if isinstance(e, type) and issubclass(e, errors.MolwrightError)}
    text = errors.__doc__ or ""
    for name in names:
        line = next((x for x in text.splitlines() if name in x.split()), None)
        assert line is not None, f"{name} is missing from the drawing"
        assert line.split("exit ")[1][0] == str(getattr(errors, name).exit_code)


def test_goal_error_quotes_the_phrase() -> None:
    assert "logP below banana" in str(GoalError("no number", phrase="logP below banana"))


def test_structure_error_shows_the_place_and_not_a_megabyte() -> None:
    error = StructureError("unexpected character", smiles="C" * 1_000_000, position=4)
    assert "character 5" in str(error)
    assert len(str(error)) < 400


def test_generator_depends_on_its_place_only() -> None:
    first = generator(1, "propose", 2, "evolution").random()
    assert generator(1, "propose", 2, "evolution").random() == first
    others = {
        generator(*p).random()
        for p in [(2, "propose", 2, "evolution"), (1, "seed", 2, "evolution"), (1, "propose", 3, "evolution"), (1, "propose", 2, "x")]
    }
    assert len(others | {first}) == 5


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MOLWRIGHT_HOME", str(tmp_path))
    assert Settings().sql_url() == f"sqlite:///{tmp_path}/molwright.db"
    monkeypatch.setenv("MOLWRIGHT_STORE__URL", "postgresql://u@h/d")
    assert Settings().sql_url() == "postgresql://u@h/d"


def test_settings_come_from_a_file_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "molwright.toml").write_text("[search]\nbudget = 77\n[workers]\nprocesses = 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOLWRIGHT_WORKERS__PROCESSES", "3")
    settings = Settings()
    assert (settings.search.budget, settings.workers.processes) == (77, 3)


def test_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLWRIGHT_SEARCH__BUDGET", "many")
    with pytest.raises(ConfigurationError, match="budget"):
        read_settings()


def test_unknown_key_in_the_file_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "molwright.toml").write_text("colour = 'red'\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match="colour"):
        read_settings()
