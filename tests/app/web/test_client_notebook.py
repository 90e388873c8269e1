"""The notebook of the docs does what it says, cell by cell, against a server with a worker."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import served_pages
from tests.notebook_kit import read_notebook, run_notebook, write_notebook

pytestmark = pytest.mark.slow
NOTEBOOK = Path(__file__).parents[3] / "docs" / "client.ipynb"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The notebook as it runs now; with MOLWRIGHT_NOTEBOOK=write that is what the docs show from then on."""
    with served_pages(tmp_path_factory.mktemp("home"), worker=True) as address, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOLWRIGHT_ADDRESS", address)
        found = run_notebook(read_notebook(NOTEBOOK))
    if os.environ.get("MOLWRIGHT_NOTEBOOK") == "write":
        write_notebook(found, NOTEBOOK)
    return found


def _texts(notebook: dict[str, Any], kind: str) -> list[str]:
    """What the cells show of one kind, 'stdout' for what they print."""
    outputs = [o for cell in notebook["cells"] for o in cell.get("outputs", ())]
    return [
        "".join(o["text"] if kind == "stdout" else o["data"][kind]) for o in outputs if o.get("name") == kind or kind in o.get("data", ())
    ]


def test_it_reads_runs_and_draws(ran: dict[str, Any]) -> None:
    printed = "\n".join(_texts(ran, "stdout"))
    assert "[?" not in printed  # the goal of the notebook is read whole
    assert "generation 1:" in printed
    assert "structures in the SD file" in printed
    assert "'success'" in _texts(ran, "text/plain")
    galleries = _texts(ran, "text/html")
    assert [g.count("<svg") for g in galleries] == [6, 3]
    assert all("score" in g for g in galleries)
    assert [d.count("<svg") for d in _texts(ran, "image/svg+xml")] == [1]


def test_what_it_shows_in_the_docs_is_what_its_cells_give(ran: dict[str, Any]) -> None:
    def shape(notebook: dict[str, Any]) -> list[list[str]]:
        cells = [c for c in notebook["cells"] if c["cell_type"] == "code"]
        return [[o.get("name") or ",".join(sorted(o["data"])) for o in c["outputs"]] for c in cells]

    assert shape(read_notebook(NOTEBOOK)) == shape(ran)
