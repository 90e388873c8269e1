"""The workspace: what judging and proposing rests on, passed in explicitly."""

from __future__ import annotations

from core.spec import EstimationConditions
from tools.workspace import builtin


def test_the_shipped_workspace_knows_and_computes_the_shipped_properties() -> None:
    workspace = builtin()
    assert workspace is builtin()
    assert workspace.catalogue["tpsa"].unit == "Å²"
    values = workspace.estimate(["CCO"], "molecule", ["heavy_atoms"], EstimationConditions())
    assert values[0]["heavy_atoms"].value == 3.0
