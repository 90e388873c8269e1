"""Two small own models, trained once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools.user_models.tables import lab_table, polymers, write
from tools.predictors.user_models import learn
from tools.predictors.user_models.train import UserProperty, train_user_model
from tools.workspace import Workspace, builtin


@pytest.fixture(scope="session", autouse=True)
def few_trees() -> Iterator[None]:
    """Boosters of 15 trees: the tests ask whether the parts fit together, not how good the best model is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learn, "_TREES", 15)
        yield


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, few_trees: None) -> Path:
    """A folder with the models my_viscosity (molecules, log cP) and my_index (polymers, no unit)."""
    base = tmp_path_factory.mktemp("own")
    folder = base / "models"
    train_user_model(lab_table(base / "lab.csv"), UserProperty(name="my_viscosity", unit="cP", log=True, synonyms=("runniness",)), folder)
    rows: list[list[object]] = [[s, v] for s, v in polymers()]
    train_user_model(write(base / "index.csv", ["psmiles", "n"], rows), UserProperty(name="my_index"), folder)
    return folder


@pytest.fixture
def workspace(trained: Path) -> Workspace:
    """A workspace with the two models."""
    found = builtin().with_user_models(trained)
    assert found.problems == {}
    return found
