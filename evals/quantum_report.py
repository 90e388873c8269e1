"""The tables of ``docs/quantum.md``: how good each line of the calibration is, and how long a call takes by size.

    python -m evals.quantum_report [--measure [NAME …]]

Without ``--measure`` the tables are put together from the calibration that ships and the seconds that were kept in ``evals/data/quantum/seconds.json``;
with it the seconds are measured first (one core, some minutes; set OMP_NUM_THREADS=1). The text around the tables is written by hand.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rdkit import Chem

from core.errors import UsageError
from evals.sections import between_marks
from tools.calculators.costly.protocol import Call
from tools.calculators.quantum.calculators import costly
from tools.calculators.quantum.calibration import lines
from tools.calculators.quantum.definitions import ELECTRONIC, HYDRATION, TRIPLET, defined
from tools.calculators.quantum.geometry import geometry
from tools.calculators.quantum.tight_binding import installed

ROOT = Path(__file__).resolve().parent
PAGE, SECONDS = ROOT.parent / "docs" / "quantum.md", ROOT / "data" / "quantum" / "seconds.json"
#: Molecules whose seconds are told, from six heavy atoms to near the limit.
MEASURED = {
    "benzene": "c1ccccc1",
    "aspirin": "CC(=O)Oc1ccccc1C(=O)O",
    "triphenylamine": "c1ccc(N(c2ccccc2)c2ccccc2)cc1",
    "quinine": "COc1ccc2nccc([C@@H](O)[C@@H]3C[C@@H]4CCN3C[C@@H]4C=C)c2c1",
    "imatinib": "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1",
    "NPB": "c1ccc(N(c2ccc(-c3ccc(N(c4ccccc4)c4cccc5ccccc45)cc3)cc2)c2cccc3ccccc23)cc1",
    "TCTA": "c1ccc2c(c1)c1ccccc1n2-c1ccc(N(c2ccc(-n3c4ccccc4c4ccccc43)cc2)c2ccc(-n3c4ccccc4c4ccccc43)cc2)cc1",
}


def calibration_table() -> str:
    """A row a property: slope, intercept, errors in its unit and how many reference values; never empty."""
    rows = [
        "| property | unit | reference values | n | slope | intercept | RMSE | MAE | ± 90 % | RMSE of the raw values |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for p in defined(*ELECTRONIC, *HYDRATION, *TRIPLET):
        for name, line in lines().items():
            if name == p.name or name.startswith(f"{p.name} of "):
                of = name.removeprefix(p.name)
                above = f" (above {line.knee:g} eV: {line.slope_above:.2f})" if line.knee is not None else ""
                raw = f"{line.raw_rmse:.2f}" if line.raw_rmse is not None and p.name != "orbital_gap" else "–"
                rows.append(
                    f"| {p.label}{of} | {p.unit} | {line.reference} | {line.n} | {line.slope:.2f}{above} | {line.intercept:.2f} | {line.rmse:.2f} | {line.mae:.2f} | {1.645 * line.sigma:.2f} | {raw} |"
                )
    return "\n".join(rows)


def bond_table() -> str:
    """A row a pair of elements: the offset of its line at a raw value of 100 kcal/mol, its errors in kcal/mol, and how many reference values; never empty."""
    rows = ["| bond | n | calibrated value of a raw 100 kcal/mol | RMSE | MAE | ± 90 % |", "|---|---:|---:|---:|---:|---:|"]
    for name, line in sorted(lines().items()):
        if name.startswith("bond "):
            rows.append(
                f"| {name.removeprefix('bond ')} | {line.n} | {line(100.0)[0]:.1f} | {line.rmse:.1f} | {line.mae:.1f} | {1.645 * line.sigma:.1f} |"
            )
    return "\n".join(rows)


def seconds_table(measured: list[dict[str, Any]]) -> str:
    """A row a molecule with the seconds of one call of each calculator; '–' where it refuses the molecule."""
    names = list(measured[0]["seconds"])
    rows = [f"| molecule | heavy atoms | {' | '.join(names)} |", f"|---|---:|{'---:|' * len(names)}"]
    for one in measured:
        cells = (f"{s:.1f}" if (s := one["seconds"][n]) is not None else "–" for n in names)
        rows.append(f"| {one['name']} | {one['heavy_atoms']} | {' | '.join(cells)} |")
    return "\n".join(rows)


def measure(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The processor seconds of one call of each calculator on each molecule of ``MEASURED`` in ``names``, None where it refuses; from the SMILES."""
    for name, smiles in MEASURED.items():
        if name not in names:
            continue
        mol, seconds = Chem.MolFromSmiles(smiles), dict[str, float | None]()
        for calculator in costly():
            if calculator.refuses(mol, "molecule"):
                seconds[calculator.name] = None
                continue
            geometry.cache_clear()
            begun = time.process_time()
            outcomes = calculator.compute(Call(smiles, tuple(p.name for p in calculator.properties)))
            seconds[calculator.name] = round(time.process_time() - begun, 2)
            print(name, calculator.name, seconds[calculator.name], {k: (o.value, o.reason) for k, o in outcomes.items()}, file=sys.stderr)
        yield {"name": name, "smiles": smiles, "heavy_atoms": mol.GetNumHeavyAtoms(), "seconds": seconds}


def with_tables(page: str, tables: dict[str, str]) -> str:
    """``page`` with each table between its marks. UsageError for a mark that is not there."""
    for name, text in tables.items():
        page = between_marks(page, name, f"{text}\n")
    return page


def main(arguments: list[str] | None = None) -> int:
    """Write the tables; returns the exit code. UsageError where seconds are to be measured and tblite is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--measure",
        nargs="*",
        default=None,
        metavar="NAME",
        help=f"measure the seconds of a call first, of these (default: all): {', '.join(MEASURED)}",
    )
    given = parser.parse_args(arguments)
    kept = {one["name"]: one for one in json.loads(SECONDS.read_text(encoding="utf-8"))} if SECONDS.exists() else {}
    if given.measure is not None:
        if not installed():
            raise UsageError("tblite is not installed: pip install 'molwright[quantum]'")
        for one in measure(given.measure or list(MEASURED)):
            kept[one["name"]] = one
            ordered = [kept[name] for name in MEASURED if name in kept]
            SECONDS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
    tables = {
        "calibration": calibration_table(),
        "bonds": bond_table(),
        "seconds": seconds_table(json.loads(SECONDS.read_text(encoding="utf-8"))),
    }
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8"), tables), encoding="utf-8")
    print(PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
