"""``python -m tools.predictors.training``: train a predictor, measure it and what it is compared with.

NAME --data FILE [--out DIR] [--seed 0] [--out-of-fold FILE] [--show-bad 20] [--device auto|cpu|cuda] [--random-only]
precision NAME --goal ">= 250" (--data FILE | --out-of-fold FILE) [--seed 0]
correlation FILE FILE ... [--out DIR] [--keep]
baselines NAME --data FILE [--out DIR] [--seed 0]
limits NAME --data FILE --out-of-fold FILE --by COLUMN [--out DIR]
known --data-folder DIR [--out DIR] [--only NAME ...]
moved --data-folder DIR [--out DIR]
doubt --data-folder DIR --out-of-fold DIR [--out DIR] [--only NAME ...]
scaffold NAME ... --data-folder DIR [--weights DIR] [--seed 0]
tails NAME ... --out-of-fold DIR [--weights DIR]

``python -m evals.predictors_report`` does all of it for every predictor and writes docs/predictors.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from core.errors import MolwrightError
from tools.predictors.specs import predictor_spec
from tools.predictors.training.baselines import write_baselines
from tools.predictors.training.correlation import write_correlation
from tools.predictors.training.data import read_table
from tools.predictors.training.device import choose
from tools.predictors.training.doubt import build_doubts
from tools.predictors.training.fit import train_predictor
from tools.predictors.training.known import SETS, build_known, data_file
from tools.predictors.training.limits import write_limits
from tools.predictors.training.moved import build_moved
from tools.predictors.training.precision import precision_report
from tools.predictors.training.scaffold import measure_scaffold
from tools.predictors.training.stage import make_stage
from tools.predictors.weights import WEIGHTS


class Progress:
    """Prints a line with the seconds since the start, on stderr."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, text: str) -> None:
        print(f"[{time.monotonic() - self._start:6.1f} s] {text}", file=sys.stderr, flush=True)


def _train(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.training", description="Train a predictor.")
    parser.add_argument("name", help="predictor to train")
    parser.add_argument("--data", type=Path, required=True, help="CSV file with the measurements")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder for the weights (default: the shipped ones)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out-of-fold", type=Path, default=None, help="npz file for out-of-fold predictions with structures")
    parser.add_argument("--show-bad", type=int, default=20, help="rows that were left out to list")
    parser.add_argument("--device", default="auto", help="auto: a GPU where torch finds one; cpu; cuda or cuda:1")
    parser.add_argument("--random-only", action="store_true", help="leave out the splits by scaffold and family: half the time")
    options = parser.parse_args(arguments)
    spec, progress = predictor_spec(options.name), Progress()
    device = choose(options.device, progress)
    table = read_table(options.data, spec)
    bad = table.bad
    for row in bad[: options.show_bad]:
        print(f"line {row.line}: {row.reason}", file=sys.stderr)
    if len(bad) > options.show_bad:
        print(f"... and {len(bad) - options.show_bad} more rows left out", file=sys.stderr)
    card = train_predictor(
        options.data,
        spec,
        options.out,
        options.seed,
        progress,
        options.out_of_fold,
        device=device,
        harder_splits=not options.random_only,
        table=table,
    )
    for split, m in card["metrics"].items():
        held = f"coverage {m['coverage']:.3f}" if "coverage" in m else f"AUC {m['auc']} calibration error {m['calibration_error']}"
        print(f"{spec.name}: {split}: RMSE {m['rmse']} MAE {m['mae']} n {m['n']} {held}")
    return 0


def _precision(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.training precision")
    parser.add_argument("name")
    parser.add_argument("--goal", required=True, help="'>= 250', '<= -2' or '475..525', in the predictor's unit")
    parser.add_argument("--data", type=Path, default=None)
    parser.add_argument("--out-of-fold", type=Path, default=None)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    print(precision_report(predictor_spec(options.name), options.goal, options.data, options.out_of_fold, options.seed, Progress()))
    return 0


def _correlation(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.training correlation")
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--keep", action="store_true", help="keep the other pairs of the table")
    options = parser.parse_args(arguments)
    for pair, entry in write_correlation(options.files, options.out, keep=options.keep).items():
        print(f"{pair}: n {entry['n']} r {entry['r']} shrunk {entry['shrunk']}")
    return 0


def _baselines(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.training baselines")
    parser.add_argument("name")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    for split, models in write_baselines(options.data, predictor_spec(options.name), options.out, options.seed, Progress()).items():
        for model, m in models.items():
            print(f"{options.name}: {split}: {model}: RMSE {m['rmse']} MAE {m['mae']} n {m['n']}")
    return 0


def _limits(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.training limits")
    parser.add_argument("name")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out-of-fold", type=Path, required=True)
    parser.add_argument("--by", required=True, help="column of the data to group the errors by")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args(arguments)
    found = write_limits(options.data, predictor_spec(options.name), options.out_of_fold, options.by, options.out, Progress())
    for group, m in {"all": found["all"], **found["groups"], **found["without_worst"]}.items():
        print(f"{group}: n {m['n']} RMSE {m['rmse']} MAE {m['mae']} bias {m['bias']}")
    print(f"worst hundredth: {found['worst']}")
    return 0


def _known(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.training known")
    parser.add_argument("--data-folder", type=Path, required=True, help="folder with one folder a data set: polymer_tg/polymer_tg.csv, ...")
    parser.add_argument("--out", type=Path, default=SETS)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="predictors to do (default: all)")
    options = parser.parse_args(arguments)
    build_known(options.data_folder, options.out, only=options.only)
    return 0


def _moved(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.training moved")
    parser.add_argument("--data-folder", type=Path, required=True, help="folder with dye_absorption/dye_absorption.csv")
    parser.add_argument("--out", type=Path, default=SETS)
    options = parser.parse_args(arguments)
    found = build_moved(options.data_folder, options.out, Progress())
    for name, told in found["sets"].items():
        for band in told["bands"]:
            print(f"{name}: shift from {band['from']:g} {told['unit']}: n {band['pairs']}, 90 % within {band['q90']} {told['unit']}")
    return 0


def _doubt(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.training doubt")
    parser.add_argument(
        "--data-folder", type=Path, required=True, help="folder with one folder a data set: flash_point/flash_point.csv, ..."
    )
    parser.add_argument("--out-of-fold", type=Path, required=True, help="folder with NAME.npz as training stores them")
    parser.add_argument("--out", type=Path, default=SETS)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="predictors to do (default: all)")
    options = parser.parse_args(arguments)
    build_doubts(options.data_folder, options.out_of_fold, options.out, only=options.only)
    return 0


def _scaffold(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.training scaffold")
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("--data-folder", type=Path, required=True, help="folder with one folder a data set: log_p/log_p.csv, ...")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="folder of the weights (default: the shipped ones)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    for name in options.names:
        spec = predictor_spec(name)
        m = measure_scaffold(data_file(options.data_folder, spec.data), spec, options.weights, options.seed, Progress())
        print(f"{name}: scaffold: RMSE {m['rmse']} MAE {m['mae']} n {m['n']}")
    return 0


def _tails(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.predictors.training tails")
    parser.add_argument("names", nargs="+", metavar="NAME")
    parser.add_argument("--out-of-fold", type=Path, required=True, help="folder with NAME.npz as training stores them")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="folder of the weights (default: the shipped ones)")
    options = parser.parse_args(arguments)
    for name in options.names:
        for rows, when in make_stage(predictor_spec(name), options.out_of_fold / f"{name}.npz", options.weights).items():
            chance = when.pop("chance")
            told = "; ".join(f"{k}: {m['off']} of {m['bins']} bins off, largest {m['largest']}, mean {m['mean']}" for k, m in when.items())
            told += f"; by chance alone {chance['mean']:g} on average, {chance['most']:g} at most"
            print(f"{name}, {rows}: {told}")
    return 0


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code: 0, or at least 1 for an error of ours, which is printed: never raised."""
    commands = {
        "precision": _precision,
        "correlation": _correlation,
        "baselines": _baselines,
        "limits": _limits,
        "known": _known,
        "moved": _moved,
        "doubt": _doubt,
        "scaffold": _scaffold,
        "tails": _tails,
    }
    try:
        if arguments and arguments[0] in commands:
            return commands[arguments[0]](arguments[1:])
        return _train(arguments)
    except MolwrightError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
