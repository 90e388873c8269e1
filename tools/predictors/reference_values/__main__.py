"""``python -m tools.predictors.reference_values PROPERTY --data FILE [--seed 0] [--dry-run]``: measure one property's known answers."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from core.errors import MolwrightError
from tools.predictors.reference_values.measure import keep, measure
from tools.predictors.reference_values.table import PROPERTIES


def main(arguments: list[str]) -> int:
    """Run the measurement; returns the exit code: 0, or at least 1 for an error of ours, which is printed: never raised."""
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.reference_values", description="Known answers in order.")
    parser.add_argument("property", choices=PROPERTIES)
    parser.add_argument("--data", type=Path, required=True, help="CSV file with the training data of the property")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dry-run", action="store_true", help="print the result without keeping it beside the tables")
    options = parser.parse_args(arguments)
    start = time.monotonic()

    def progress(text: str) -> None:
        print(f"[{time.monotonic() - start:6.1f} s] {text}", file=sys.stderr, flush=True)

    try:
        result = measure(options.property, options.data, seed=options.seed, progress=progress)
    except MolwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    for entry in result["entries"]:
        shown = "unknown" if entry["predicted"] is None else f"{entry['predicted']:8.2f} ({entry['lower']:.2f} to {entry['upper']:.2f})"
        print(f"{entry['name']:<60} known {entry['known']:8.2f}  predicted {shown}")
    print(
        f"{result['property']}: Spearman {result['spearman']} MAE {result['mae']} {result['unit']} RMSE {result['rmse']} coverage "
        f"{result['coverage']:.2f} n {result['n']} of {result['table_rows']}; {result['rows_removed']} training rows taken out"
    )
    if not options.dry_run:
        print(f"kept: {keep(result)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
