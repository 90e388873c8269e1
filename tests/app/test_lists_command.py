"""``molwright lists``: a team's own lists of substances, from the file to the answer of ``check``."""

from __future__ import annotations

import json
from pathlib import Path

from tests.app.conftest import Run

NAME = "REACH candidate list"


def test_a_list_is_added_asked_by_shown_and_removed(molwright: Run, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "Substance name,inchikey\nAnthracene,MWPLVEDNUUSJAV-UHFFFAOYSA-N\nAlkanes C10-13,\n", encoding="utf-8"
    )
    add = ("lists", "add", "list.csv", "--name", NAME, "--word", "SVHC")
    assert molwright(*add, "--date", "5.11.2025").returncode == 2
    done = molwright(*add, "--date", "2025-11-05", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["entries"], told["decided"], told["undecided"]) == (2, 1, 1)
    assert told["not_decided"][0][:2] == [3, "Alkanes C10-13"]
    assert "--replace" in molwright(*add, "--date", "2025-11-06").stderr
    assert "something else" in molwright("lists", "add", "list.csv", "--name", "ester", "--date", "2025-11-05").stderr
    checked = molwright("check", "c1ccc2cc3ccccc3cc2c1", "--goal", "a molecule with MW below 300 that is not an SVHC", "--json")
    assert checked.returncode == 4, checked.stderr
    assert "listed in REACH candidate list (2025-11-05): Anthracene" in [one["text"] for one in json.loads(checked.stdout)["lists"]]
    assert "Alkanes C10-13" in molwright("lists", "show", "svhc").stdout
    assert molwright("lists", "remove", "svhc").returncode == 0
    assert json.loads(molwright("lists", "list", "--json").stdout) == []
    assert molwright("lists", "show", NAME).returncode == 2
