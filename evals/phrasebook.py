"""``python -m evals.phrasebook FILE...``: how single wishes are read, one phrase a row, each behind a plain noun ('a molecule, PHRASE').

A file has a header and two columns: ``phrase`` and ``means`` (alternatives parted by ``||``, what belongs together joined by ``&``; ``family:NAME`` and ``class:NAME`` say what the thing is, the rest is as
in the batches of whole goals). Prints, for each file, how many are right, unread and wrong (another thing is asked for, or the opposite), and every row that is not right; those wrong first. Of a row that says what the thing is nothing else is judged: its other words wish for something too.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from agent.reading import interpret
from core.errors import MolwrightError
from core.spec import DesignSpec
from evals.judges.wishes import judge_wishes
from tools.catalogue.rule_sets import RULE_SETS
from tools.workspace import builtin


@dataclass(frozen=True)
class Row:
    """One phrase, what it means (alternatives), and the goal that it is read in."""

    phrase: str
    means: tuple[str, ...]

    @property
    def goal(self) -> str:
        """The phrase behind a noun for what is designed, or alone where it names that itself."""
        if any(m.startswith(("family:", "class:")) for m in self.means):
            return self.phrase
        named = [m[1] for m in (re.match(r"(?:property|vague|maximise|minimise|target|level):(\w+)", text) for text in self.means) if m]
        catalogue = builtin().catalogue
        polymer = bool(named) and all(name in catalogue and catalogue[name].classes == ("polymer",) for name in named)
        return f"a {'polymer' if polymer else 'molecule'}, {self.phrase}"


def rows_of(path: Path) -> list[Row]:
    """The rows of a phrasebook. Raises KeyError for a file without the two columns."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return [
            Row(row["phrase"], tuple(_named(t.strip()) for t in row["means"].split("||")))
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def _named(text: str) -> str:
    """One alternative, the name of a rule set as it is registered."""
    name = text.removeprefix("rule_set:").lower()
    return f"rule_set:{next((n for n in RULE_SETS if n in (name, f'{name} filter')), name)}" if text.startswith("rule_set:") else text


def judged(row: Row) -> tuple[str, str]:
    """(right, unread or wrong; what was read or why not)."""
    try:
        spec = interpret(row.goal, may_be_empty=True)
    except MolwrightError as error:
        return "right" if row.means == ("unread",) else "unread", f"{type(error).__name__}: {error}"
    said = "; ".join(r.text for r in spec.requirements if r.origin != "class") or "; ".join(
        f"{u.phrase!r}: {u.reason}" for u in spec.unchecked
    )
    things = [m for m in row.means if m.startswith(("family:", "class:"))]
    wishes = [[t.strip() for t in m.split(" & ")] if " & " in m else m for m in row.means if m not in things]
    expected = {"goal": row.goal, "class": spec.candidate_class, "family": spec.family, "candidates": spec.candidates}
    if things:
        return "right" if _is_one(spec, things) else "unread", f"{spec.candidate_class} {spec.family}; {said}"
    verdict = judge_wishes({**expected, "wish": [{"words": row.phrase, "right": wishes}]}, spec)
    if verdict.inverted or verdict.invented:
        return "wrong", said
    return "right" if not verdict.losses and (not verdict.dropped or wishes == ["unread"]) else "unread", said


def _is_one(spec: DesignSpec, things: list[str]) -> bool:
    """Whether the spec designs one of ``things``."""
    return f"family:{spec.family}" in things or f"class:{spec.candidate_class}" in things


def main(arguments: list[str]) -> int:
    """Measure each file and print what was found; 0."""
    for name in arguments:
        found = [(row, *judged(row)) for row in rows_of(Path(name))]
        counts = Counter(outcome for _, outcome, _ in found)
        traps = Counter(outcome for row, outcome, _ in found if row.means == ("unread",))
        share = counts["right"] / max(1, len(found))
        print(
            f"{Path(name).name}: {counts['right']} of {len(found)} right ({share:.0%}), {counts['unread']} unread, {counts['wrong']} wrong; {traps['wrong']} of {traps.total()} traps asked for something"
        )
        for outcome in ("wrong", "unread"):
            for row, _, said in (one for one in found if one[1] == outcome):
                print(f"  {outcome}: {row.phrase}\t[{' || '.join(row.means)}]\t{said}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
