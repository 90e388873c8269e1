"""Tables of well-known substances: sources, hashes of the kept results, and what is taken out of the training data."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.candidate import PropertyValue
from core.errors import NotFoundError
from tests.tables import each_row
from tools.predictors.features.assemble import Describer
from tools.predictors.prepare import Prepared, prepare
from tools.predictors.reference_values.measure import apart, summary
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
from tools.predictors.training.data import TrainingTable, structure_key
from tools.structures.polymer_key import polymer_key

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


def _table(name: str, structures: list[str]) -> tuple[TrainingTable, list[NDArray[np.uint16]]]:
    spec = predictor_spec(name)
    items = [prepare(s, spec.kind, "polymer" if spec.kind == "polymer" else "molecule") for s in structures]
    assert all(isinstance(item, Prepared) for item in items)
    ready = [item for item in items if isinstance(item, Prepared)]
    keys = [polymer_key(s) if spec.kind == "polymer" else structure_key(item.mol) for s, item in zip(structures, ready, strict=True)]
    n = len(ready)
    table = TrainingTable(
        [r.smiles for r in ready], keys, [r.mol for r in ready], [""] * n, list(range(2, n + 2)), np.zeros(n), n, [], [""] * n
    )
    return table, Describer().fingerprints(spec.kind, table.smiles, table.mols)


def test_the_known_substance_and_its_neighbours_are_taken_out() -> None:
    table, bits = _table("flash_point", ["C[C@H](O)CC", "CC(O)CC", "c1ccc2ccccc2c1", "CCCCCCCCCCCCCC(=O)O"])
    entries = (Known("2-butanol", "CC(O)CC", "", 22.0, "x"), Known("myristic acid", "CCCCCCCCCCCCCCC(=O)O", "", 200.0, "x"))
    assert apart(table, bits, predictor_spec("flash_point"), entries).tolist() == [False, False, True, False]


def test_frames_of_a_repeat_unit_are_one_polymer() -> None:
    table, bits = _table("glass_transition_temperature", ["*CCO*", "*OCC*", "*C(C)(C(=O)OC)C*"])
    entries = (Known("PEO", "*COC*", "", -67.0, "x"),)
    assert apart(table, bits, predictor_spec("glass_transition_temperature"), entries).tolist() == [False, False, True]


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
