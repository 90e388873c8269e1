"""Recompute ``idf.json`` after a change to the notes or the synonyms: ``python -m tools.literature.build_idf``."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

from tools.literature.corpus import load_notes
from tools.literature.search import searchable_text
from tools.literature.terms import terms


def compute() -> dict[str, Any]:
    """Number of notes and ln((N + 1) / (n + 0.5)), to four decimals, for every term that occurs in n of the N notes."""
    notes = load_notes()
    counts = Counter(term for note in notes for term in terms(searchable_text(note)))
    table = {term: round(math.log((len(notes) + 1) / (n + 0.5)), 4) for term, n in sorted(counts.items()) if n > 1 or " " not in term}
    return {"documents": len(notes), "idf": table}


def main() -> None:
    """Write the file beside this module."""
    Path(__file__).with_name("idf.json").write_text(json.dumps(compute(), indent=0, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
