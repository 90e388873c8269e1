"""Two workspaces with different user models of the same name live in one process at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from agent.reading import compact, interpret
from core.spec import EstimationConditions
from tests.tools.user_models.tables import polymers, write
from tools.execution import ProcessExecutor
from tools.predictors.user_models.train import UserProperty, train_user_model
from tools.versions import versions
from tools.workspace import Workspace, builtin

UNITS = ["*CC(*)CCC", "*CC(*)C", "*CC(*)CC"]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, few_trees: None) -> tuple[Workspace, Workspace]:
    """Two teams' models called my_index: one of a property in cP, one of ten times its values, in MPa."""
    found = []
    for name, factor, unit in (("first", 1.0, "cP"), ("second", 10.0, "MPa")):
        folder = tmp_path_factory.mktemp(name)
        rows: list[list[object]] = [[s, factor * v] for s, v in polymers()]
        table = write(folder / "index.csv", ["psmiles", "n"], rows)
        train_user_model(table, UserProperty(name="my_index", unit=unit, synonyms=(f"{name} index",)), folder / "models")
        found.append(builtin().with_user_models(folder / "models"))
    return found[0], found[1]


def test_each_thread_sees_its_own_models_only(two: tuple[Workspace, Workspace]) -> None:
    together = Barrier(2)

    def work(workspace: Workspace, word: str, limit: str) -> tuple[list[float], str, list[str], str | None]:
        together.wait(timeout=60)
        values = [v["my_index"].number or 0.0 for v in workspace.estimate(UNITS, "polymer", ["my_index"], EstimationConditions())]
        together.wait(timeout=60)
        read = compact(interpret(f"a polymer with a {word} below {limit}", workspace=workspace), catalogue=workspace.catalogue)
        version = versions(["my_index"], calculators=workspace.calculators).get("own model my_index")
        return values, workspace.catalogue["my_index"].unit, read["requirements"], version

    with ThreadPoolExecutor(2) as pool:
        one, ten = pool.map(work, two, ("first index", "second index"), ("0.001 Pa·s", "0.005 GPa"))
    assert ten[0] == pytest.approx([10 * v for v in one[0]], rel=0.2)
    assert (one[1], ten[1]) == ("cP", "MPa")
    assert one[2] == ["property:my_index < 1"]
    assert ten[2] == ["property:my_index < 5"]
    assert one[3] != ten[3]
    assert "my_index" not in builtin().catalogue


def test_words_and_units_of_one_workspace_mean_nothing_in_another(two: tuple[Workspace, Workspace]) -> None:
    first, second = two
    assert first.catalogue.resolve("second index") is None
    assert first.catalogue.units.parse("MPa") is None
    assert second.catalogue.units.convert(2.0, "GPa", "MPa") == pytest.approx(2000.0)
    assert builtin().catalogue.units.parse("cP") is None


def test_the_same_folder_in_the_same_state_is_the_same_workspace(two: tuple[Workspace, Workspace]) -> None:
    first, second = two
    assert first.models_folder is not None
    assert builtin().with_user_models(first.models_folder) is first
    assert second.with_user_models(first.models_folder) is first


@pytest.mark.slow
def test_worker_processes_get_the_workspace_by_value(two: tuple[Workspace, Workspace]) -> None:
    many = (UNITS * 60)[:150]
    with ProcessExecutor(2) as executor:
        for workspace in two:
            alone = workspace.estimate(many, "polymer", ["my_index"], EstimationConditions())
            assert workspace.estimate(many, "polymer", ["my_index"], EstimationConditions(), executor=executor) == alone
