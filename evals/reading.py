"""``python -m evals.reading FILE...``: how goals are read, wish by wish, on files of sentences with expectations.

Prints, for each file and for all of them: specs right, wishes right, inverted, invented, unread losses; by field of use; every failure.
"""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.reading import interpret
from core.errors import MolwrightError
from evals.judges.wishes import Verdict, judge_wishes


@dataclass
class Tally:
    """Sums over sentences."""

    sentences: int = 0
    specs_right: int = 0
    wishes: int = 0
    wishes_right: int = 0
    inverted: int = 0
    invented: int = 0
    losses: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, goal: str, verdict: Verdict) -> None:
        """Count one sentence."""
        self.sentences += 1
        self.specs_right += verdict.spec_right
        self.wishes += verdict.wishes
        self.wishes_right += verdict.right
        self.inverted += len(verdict.inverted)
        self.invented += len(verdict.invented)
        self.losses += len(verdict.losses) + len(verdict.dropped)
        if not verdict.spec_right:
            parts = (
                ("inverted", verdict.inverted),
                ("invented", verdict.invented),
                ("lost", verdict.losses),
                ("dropped", verdict.dropped),
                ("field", verdict.fields),
            )
            self.failures.append(f"{goal}\n" + "\n".join(f"      {name}: {text}" for name, texts in parts for text in texts))

    def line(self) -> str:
        """The sums in one line."""
        return (
            f"{self.specs_right} of {self.sentences} specs right ({self.specs_right / max(1, self.sentences):.0%}), {self.wishes_right} of {self.wishes} wishes right, "
            f"{self.inverted} inverted, {self.invented} invented, {self.losses} unread or lost"
        )


def judge_goal(expected: dict[str, Any]) -> Verdict:
    """The verdict on one sentence; an error of the reader is a field of its own, unless every wish may be unread."""
    try:
        spec = interpret(expected["goal"], may_be_empty=True)
    except MolwrightError as error:
        verdict = Verdict(wishes=len(expected.get("wish", [])))
        if expected.get("error") != type(error).__name__:
            verdict.fields.append(f"{type(error).__name__}: {error}")
        return verdict
    return judge_wishes(expected, spec)


def measure(path: Path) -> dict[str, Tally]:
    """Tallies of a file by field of use, with the key '' for all."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for expected in tomllib.loads(path.read_text(encoding="utf-8"))["goal"]:
        verdict = judge_goal(expected)
        for key in ("", expected.get("field", "other")):
            tallies[key].add(expected["goal"], verdict)
    return tallies


def main(arguments: list[str]) -> int:
    """Measure each file and print what was found; 0."""
    for name in arguments:
        tallies = measure(Path(name))
        total = tallies.pop("")
        print(f"{Path(name).name}: {total.line()}")
        for key in sorted(tallies):
            print(f"  {key}: {tallies[key].line()}")
        for failure in total.failures:
            print(f"  - {failure}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
