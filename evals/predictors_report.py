"""``docs/predictors.md``: every figure of the predictors and of the thermal stability class.

    python -m evals.predictors_report [--out docs/predictors.md]
    python -m evals.predictors_report --rerun --data-folder DIR [--workers 2] [--only NAME ...] [--seed 0] [--device auto|cpu|cuda]

Without ``--rerun`` the page is put together in seconds from what was kept when the figures were measured: the model cards, results beside the weights, the
known answers, and the sections of benchmarks in ``evals/data/predictors``. ``--rerun`` measures all of it first: it trains every predictor into the shipped
weights with its splits, baselines and limits, trains again without the known answers, and runs the benchmarks of speed and of thermal stability. ``DIR`` holds
``NAME/NAME.csv`` or ``NAME.csv`` for each data set; with ``polymer_decomposition`` among them the thermal classes are held against it too.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.errors import MolwrightError, NotFoundError, UsageError
from evals.benchmarks import predictor_speed, stability, thermal_bonds, thermal_classes
from evals.sections import read_sections, sections_markdown
from tools.predictors.release.report import write_report
from tools.predictors.release.rerun import data_file, rerun
from tools.predictors.specs import PREDICTORS
from tools.predictors.weights import WEIGHTS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "predictors.md"


def measure_beside(folder: Path) -> None:
    """Run the benchmarks of the page and save their sections. Raises UsageError where one fails."""
    for what, code in (
        ("speed", predictor_speed.main(["--section"])),
        ("thermal classes", thermal_classes.main(["--section"])),
        ("weakest bonds", thermal_bonds.main(["--section"])),
        ("stability", _stability(folder)),
    ):
        if code:
            raise UsageError(f"the benchmark of {what} failed")


def _stability(folder: Path) -> int:
    try:
        file = data_file(folder, "polymer_decomposition")
    except NotFoundError as error:
        print(f"{error}: the section on measured decomposition is left as it is", file=sys.stderr)
        return 0
    return stability.main(["--data", str(file), "--section"])


def main(arguments: list[str] | None = None) -> int:
    """Write the page; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=PAGE)
    parser.add_argument("--rerun", action="store_true", help="train and measure everything first (70 minutes with two workers)")
    parser.add_argument("--data-folder", type=Path, default=None, help="folder with NAME/NAME.csv or NAME.csv for each data set")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help=f"predictors to train: {', '.join(PREDICTORS)} (default: all)"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes side by side; the figures do not depend on it")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto", help="auto: a GPU where torch finds one; cpu; cuda or cuda:1")
    given = parser.parse_args(arguments)
    try:
        if given.rerun:
            if given.data_folder is None:
                raise UsageError("--rerun needs --data-folder")
            rerun(given.data_folder, WEIGHTS, seed=given.seed, device=given.device, workers=given.workers, only=given.only)
            measure_beside(given.data_folder)
        for path in write_report(given.out, sections_markdown(read_sections("predictors")), sections_markdown(read_sections("hit_rate"))):
            print(path)
    except MolwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
