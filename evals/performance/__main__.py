"""Measures what the program costs and rebuilds ``docs/performance.md``.

    python -m evals.performance [--before CHECKOUT] [--only KEY ...] [--check]

Every row (``rows/``) compares within one run; rows that are left out keep their saved figures. Exit code 1 where a bound is not kept or a row
cannot be measured. ``--check`` measures nothing: it says whether the page is the one that the saved figures give, and whether they keep the bounds.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.errors import MolwrightError
from evals.performance.page import PAGE, Figures, page, read_figures, save_figures, shown
from evals.performance.process import HERE
from evals.performance.row import Row
from evals.performance.rows import rows


def measured(row: Row, tree: Path, known: dict[str, float]) -> bool:
    """Measure ``row`` in ``tree`` and put the figure into ``known``; what cannot be measured is said on stderr and False."""
    known.pop(row.key, None)
    try:
        known[row.key] = row.measure(tree)
    except MolwrightError as error:
        print(f"{row.what}: {error}", file=sys.stderr)
    return row.key in known


def _check(figures: Figures) -> int:
    current = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    fits = current == page(rows(), figures)
    print("up to date" if fits else f"{PAGE} is out of date: run python -m evals.performance", file=sys.stderr)
    return int(not fits or not all(row.key in figures.after and row.kept(figures.after[row.key]) for row in rows()))


def main(arguments: list[str] | None = None) -> int:
    """Measure, save, write the page. 1 if a bound is not kept, 2 for a row that does not exist."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, help="an older checkout that is measured too, for the column 'before'")
    parser.add_argument("--only", nargs="+", default=[], help="keys of the rows to measure; all if left out")
    parser.add_argument("--check", action="store_true", help="measure nothing; say whether the page is up to date")
    given = parser.parse_args(arguments)
    figures = read_figures()
    if given.check:
        return _check(figures)
    if unknown := set(given.only) - {row.key for row in rows()}:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(row.key for row in rows())}")
    missed = 0
    for row in rows():
        if given.only and row.key not in given.only:
            continue
        if given.before:
            measured(row, given.before.resolve(), figures.before)
        done = measured(row, HERE, figures.after)
        missed += not done or not row.kept(figures.after[row.key])
        before, after = (shown(row, f[row.key]) if row.key in f else "?" for f in (figures.before, figures.after))
        print(f"{row.key:24} {before:>12} {after:>12}   {row.bound:12} {row.what}", flush=True)
    save_figures(figures)
    PAGE.write_text(page(rows(), figures), encoding="utf-8")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
