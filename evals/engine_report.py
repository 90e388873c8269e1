"""``docs/engine.md`` from the saved results of the engine's benchmarks.

    python -m evals.engine_report [--check]

Every benchmark writes what it measured as one section, ``evals/data/engine/NAME.json`` (:mod:`evals.sections`); this command puts the sections
together in their order: 10 PMO, 20 speed, 30 exact goals, 40 sets and leads, 50 routes, 60 screening. ``--check`` only says whether the page is up to date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evals.sections import Section, read_sections, sections_markdown

PAGE = Path(__file__).resolve().parent.parent / "docs" / "engine.md"

_HEAD = """# The generation engine, measured

How good what molwright proposes is, by the measures of its field. This page is made by `python -m evals.engine_report` from the results in
`evals/data/engine/`; each section names the command that measured it.
"""


def page(sections: list[Section]) -> str:
    """The whole page in Markdown."""
    return "\n".join([_HEAD, *sections_markdown(sections)])


def main(arguments: list[str] | None = None) -> int:
    """Write the page; with ``--check`` compare only. Returns 0, or 1 when the page is out of date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is out of date")
    given = parser.parse_args(arguments)
    text = page(read_sections("engine"))
    if given.check:
        current = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        print("up to date" if current == text else f"{PAGE} is out of date: run python -m evals.engine_report", file=sys.stderr)
        return int(current != text)
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
