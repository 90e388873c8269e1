"""Tables of well-known substances: sources, hashes of the kept results, and what is taken out of the training data."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from core.candidate import PropertyValue
from core.errors import NotFoundError
from tests.tables import each_row
from tools.predictors.prepare import prepare
from tools.predictors.reference_values.measure import summary, without_known
from tools.predictors.reference_values.table import (
    PROPERTIES,
    Known,
    reference_substances,
    result_of,
    section_markdown,
    sources,
    table_hash,
)
from tools.predictors.specs import predictor_spec

LADDER = (
    "polydimethyl",
    "polyethylene (PE)",
    "polylactide",
    "terephthalate) (PET)",
    "polystyrene",
    "polycarbonate",
    "polysulfone",
    "polyetherimide",
    "Kapton",
)


@each_row("name", PROPERTIES)
def test_tables_hold_thirty_substances_with_sources(name: str) -> None:
    entries = reference_substances(name)
    assert len(entries) >= 30
    assert len({entry.name for entry in entries}) == len(entries)
    spec = predictor_spec(name)
    for entry in entries:
        assert not isinstance(prepare(entry.structure, spec.kind, "polymer" if spec.kind == "polymer" else "molecule"), str), entry.name
        assert bool(entry.solvent) == (name == "absorption_maximum")
        assert entry.source.split()[0] in sources()


@pytest.mark.parametrize("name", [name for name in PROPERTIES if result_of(name) is not None])
def test_kept_results_belong_to_the_shipped_tables(name: str) -> None:
    result = result_of(name)
    assert result is not None
    assert result["table_sha256"] == table_hash(name)
    assert {entry["name"] for entry in result["entries"]} == {entry.name for entry in reference_substances(name)}
    assert result["rows_removed"] > 0


def test_polymers_come_out_in_order() -> None:
    result = result_of("glass_transition_temperature")
    assert result is not None
    assert result["spearman"] >= 0.9
    names = [entry["name"] for entry in result["entries"]]
    ladder = [next(e["predicted"] for e in result["entries"] if part in e["name"]) for part in LADDER if any(part in n for n in names)]
    assert len(ladder) >= 8
    assert ladder[1:] == sorted(ladder[1:])
    assert max(ladder[:2]) < ladder[2]


def test_section_for_the_documentation() -> None:
    text = section_markdown()
    assert text.startswith("## Known answers in order")
    assert all(name in text for name in PROPERTIES)
    assert "Kapton" in text
    assert "(older table)" not in text
    with pytest.raises(NotFoundError):
        reference_substances("logp")


def test_the_known_substance_and_its_neighbours_are_taken_out(tmp_path: Path) -> None:
    spec = predictor_spec("flash_point")
    path = tmp_path / "f.csv"
    column = {"smiles": spec.structure, "value": spec.target}
    structures = ["C[C@H](O)CC", "CC(O)CC", "c1ccc2ccccc2c1", "C(((", "CCCCCCCCCCCCCC(=O)O"]
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(column.values()))
        writer.writeheader()
        writer.writerows({column["smiles"]: s, column["value"]: "1"} for s in structures)
    entries = (Known("2-butanol", "CC(O)CC", "", 22.0, "x"), Known("myristic acid", "CCCCCCCCCCCCCCC(=O)O", "", 200.0, "x"))
    _, kept, removed = without_known(path, spec, entries)
    assert [row[spec.structure] for row in kept] == ["c1ccc2ccccc2c1", "C((("]
    assert removed == 3
    with pytest.raises(NotFoundError):
        without_known(tmp_path / "none.csv", spec, entries)


def test_frames_of_a_repeat_unit_are_one_polymer(tmp_path: Path) -> None:
    spec = predictor_spec("glass_transition_temperature")
    path = tmp_path / "t.csv"
    path.write_text(f"{spec.structure},{spec.target}\n*CCO*,-60\n*OCC*,-60\n*C(C)(C(=O)OC)C*,105\n", encoding="utf-8")
    _, kept, removed = without_known(path, spec, (Known("PEO", "*COC*", "", -67.0, "x"),))
    assert [row[spec.structure] for row in kept] == ["*C(C)(C(=O)OC)C*"]
    assert removed == 2


def test_summary_counts_order_error_and_intervals() -> None:
    entries = tuple(Known(n, "C", "", v, "x") for n, v in (("b", 2.0), ("a", 1.0), ("c", 3.0), ("d", 4.0)))
    values = [
        PropertyValue(value=2.5, lower=2.1, upper=3.0, method="m", method_version="1"),
        PropertyValue(value=1.0, lower=0.5, upper=1.5, method="m", method_version="1"),
        PropertyValue(value=3.5, lower=2.5, upper=4.5, method="m", method_version="1"),
        PropertyValue(value=None, method="m", method_version="1", reason="outside"),
    ]
    found = summary(entries, values)
    assert (found["n"], found["table_rows"], found["spearman"]) == (3, 4, 1.0)
    assert found["mae"] == pytest.approx(1 / 3, abs=1e-3)
    assert found["coverage"] == pytest.approx(2 / 3, abs=1e-3)
    assert [entry["name"] for entry in found["entries"]] == ["a", "b", "c", "d"]
    assert found["entries"][-1]["reason"] == "outside"
