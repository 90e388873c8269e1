"""How long the built-in reading takes: the median over sentences of about 20 words, and goals of the greatest length.

    python -m evals.benchmarks.reading_speed

The sentences are those of ``evals/data/interpreter/fresh``. Processor time, so that what else runs on the machine counts little. Exit code 1
where the median is above 10 ms, or a goal of 8,000 characters takes more than 2 s.
"""

from __future__ import annotations

import statistics
import sys
import tomllib

from agent.reading import interpret
from core.errors import GoalError
from evals.benchmarks.timing import processor_seconds
from evals.suites.base import DATA

#: The limits, in seconds.
MEDIAN_S, LONGEST_S = 0.010, 2.0
#: Words of a sentence that counts, and the length of a long goal.
WORDS, LENGTH = range(17, 24), 7_990


def sentences() -> list[str]:
    """The goals of all used batches."""
    files = sorted((DATA / "interpreter" / "fresh").glob("*.toml"))
    return [goal["goal"] for file in files for goal in tomllib.loads(file.read_text(encoding="utf-8"))["goal"]]


def read(goal: str) -> None:
    """Read ``goal``, whatever comes of it."""
    try:
        interpret(goal, may_be_empty=True)
    except GoalError:
        return


def main() -> int:
    """Print the figures. Returns the exit code."""
    goals = sentences()
    of_length = [goal for goal in goals if len(goal.split()) in WORDS]
    read(of_length[0])
    median = statistics.median(processor_seconds(lambda goal=goal: read(goal), 3) for goal in of_length)  # type: ignore[misc]
    print(f"median of {len(of_length)} sentences of {WORDS[0]} to {WORDS[-1]} words: {1000 * median:.1f} ms")
    long = {"sentences": " ".join(goals)[:LENGTH]} | {
        piece: (piece * LENGTH)[:LENGTH] for piece in ("no esters, ", "a dye with an amide; ", "wibble zork ")
    }
    slowest = 0.0
    for name, goal in long.items():
        seconds = processor_seconds(lambda goal=goal: read(goal))  # type: ignore[misc]
        slowest = max(slowest, seconds)
        print(f"{LENGTH:,} characters of {name!r}: {seconds:.2f} s")
    return int(median > MEDIAN_S or slowest > LONGEST_S)


if __name__ == "__main__":
    sys.exit(main())
