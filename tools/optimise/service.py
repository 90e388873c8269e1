"""The optimiser as a service over JSON lines, for any scorer outside: docking, a laboratory, a benchmark.

    <- {"task": "...", "budget": 10000, "seed": 0, "start_file": "zinc.smi", "start_smiles": ["CCO"], "patience": null}
    -> {"smiles": ["...", ...]}
    <- {"scores": [0.1, null, ...], "calls": 2, "left": 9998, "done": false}
    ...
    -> {"finish": true}

Higher scores are better; null is a failed evaluation. ``task`` is taken and not used: the engine knows scores only. ``start_smiles`` are asked
for first, in their order. Without a start set it begins with the compounds that ship with molwright. The whole budget is spent, unless
``patience`` ends it on a plateau.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from pydantic import ConfigDict, Field, ValidationError

from core.errors import UsageError
from core.model import Model
from tools.optimise.optimiser import Optimiser
from tools.optimise.start import read_start_file, readable, shipped_start_set


class Opening(Model):
    """The first line in."""

    model_config = ConfigDict(extra="ignore")

    task: str = Field(default="", description="name of the task; not used")
    budget: int = Field(ge=1, description="evaluations that the scorer will make")
    seed: int = Field(default=0, description="seed; the same seed and scores give the same structures")
    start_file: str | None = Field(default=None, description="path of a SMILES file, one a line, to start from")
    start_smiles: list[str] | None = Field(default=None, description="SMILES to start from, asked for before the file's, in their order")
    patience: int | None = Field(
        default=None, ge=1, description="batches in a row without a better best that end it; null: the whole budget"
    )


class Answer(Model):
    """A line in after the first."""

    model_config = ConfigDict(extra="ignore")

    scores: list[float | None] = Field(description="one for each structure asked for, in order; null for a failed evaluation")
    calls: int = Field(default=0, description="evaluations made so far")
    left: int | None = Field(default=None, description="evaluations left")
    done: bool = Field(default=False, description="whether this was the last")


def _line(source: TextIO, number: int, what: str) -> dict[str, Any]:
    text = source.readline()
    if not text.strip():
        raise UsageError(
            f"line {number}: the input ended where {what} was expected" if not text else f"line {number} is empty; expected {what}"
        )
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"line {number} is not JSON ({error.msg} at character {error.colno}); expected {what}") from error
    if not isinstance(found, dict):
        raise UsageError(f"line {number} is not a JSON object; expected {what}")
    return found


def _wrong(number: int, error: ValidationError) -> UsageError:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return UsageError(f"line {number}: {where}: {first['msg']}" if where else f"line {number}: {first['msg']}")


def start_set(opening: Opening) -> tuple[list[str], list[str]]:
    """The structures that are asked for first, and those to draw from after them.

    Raises NotFoundError for an unreadable file, UsageError if nothing given can be read.
    """
    given = readable(opening.start_smiles) if opening.start_smiles else []
    if opening.start_smiles and not given:
        raise UsageError("line 1: start_smiles: none of them can be read as a molecule")
    if opening.start_file:
        return given, read_start_file(Path(opening.start_file))
    return given, [] if given else shipped_start_set()


def serve(source: TextIO, sink: TextIO, log: Callable[[str], None] = lambda line: None, *, patience: int | None = None) -> int:
    """Hold the conversation until the scorer says that it is done, nothing new can be found, or nothing improves; returns the number of
    scores taken in.

    ``patience``: batches in a row without a better best that end it, where the opening does not say; None: the whole budget. Raises UsageError or NotFoundError for lines that cannot be used, naming the line; the optimiser's answers before that stand.
    """
    try:
        opening = Opening.model_validate(_line(source, 1, 'the opening, {"task", "budget", "seed", ...}'))
    except ValidationError as error:
        raise _wrong(1, error) from error
    first, start = start_set(opening)
    optimiser = Optimiser(start, first=first, budget=opening.budget, seed=opening.seed)
    patience = opening.patience or patience
    left, number, done, stale = opening.budget, 1, False, 0
    while not done and left > 0:
        batch = optimiser.ask()[:left]
        if not batch:
            log("nothing new can be found")
            break
        _write(sink, {"smiles": batch})
        number += 1
        try:
            answer = Answer.model_validate(_line(source, number, '{"scores": [...]}'))
        except ValidationError as error:
            raise _wrong(number, error) from error
        if len(answer.scores) != len(batch):
            raise UsageError(f"line {number}: {len(answer.scores)} scores for {len(batch)} structures")
        before = optimiser.best
        optimiser.tell(batch, answer.scores)
        stale = stale + 1 if optimiser.best == before else 0
        left = answer.left if answer.left is not None else left - len(batch)
        done = answer.done
        log(f"{optimiser.archive.told} scores, best {optimiser.best:.4f}, {left} left" if optimiser.best is not None else "no score yet")
        if patience and stale >= patience:
            log(f"the best did not improve in {patience} batches")
            break
    _write(sink, {"finish": True})
    return optimiser.archive.told


def _write(sink: TextIO, message: dict[str, Any]) -> None:
    sink.write(json.dumps(message) + "\n")
    sink.flush()
