"""Tasks for the interpreter: a goal sentence, and the reading of each of its conditions.

The truth is by construction. It counts only if the parser reads the same conditions in plain words as exactly these requirements, and the readings turn
into them too.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from agent.models.schema import response_schema
from agent.reading import interpret
from agent.roles.interpreter.choices import bound_readings, clauses_of, subjects_of
from agent.roles.interpreter.readings import Comparison, GoalReading, GoalReadings, is_open, requirement_of, subject_of
from core.errors import MolwrightError
from core.spec import DesignSpec, PropertyRequirement
from learn.example import Example, Split, named, text_message
from learn.wordings import frames, said, words
from prompts.library import load
from tools.catalogue.catalogue import Catalogue
from tools.safety.guard import concerns, goal_verdict
from tools.workspace import Workspace

ROLE = "interpreter"
PROMPT = "interpreter/read"
#: Properties whose limits goals state: the range of the numbers, their decimals, the unit as it is written.
RANGES = {
    "molecular_weight": (150, 500, 0, " g/mol"),
    "logp": (0, 5, 1, ""),
    "tpsa": (20, 140, 0, " Å²"),
    "melting_point": (40, 250, 0, " °C"),
    "boiling_point": (80, 300, 0, " °C"),
    "flash_point": (30, 150, 0, " °C"),
    "qed": (0.3, 0.9, 2, ""),
    "sa_score": (2, 5, 1, ""),
}
_PLAIN: dict[str, tuple[str, Comparison]] = {
    "at_most": ("{p} at most {n}{u}", "at most"),
    "at_least": ("{p} at least {n}{u}", "at least"),
    "between": ("{p} between {n} and {m}{u}", "between"),
}
#: Frames that leave the limit itself out.
_STRICT = {"below": "below", "<": "below", "under": "below", "above": "above", ">": "above", "exceeding": "above"}


@dataclass(frozen=True)
class _Asked:
    """A condition: the property, how it is put here and in plain words, and what it means."""

    property: str
    words: str
    plain: str
    comparison: Comparison
    low: float
    high: float | None
    unit: str


def examples(split: Split, wanted: int, rng: random.Random, workspace: Workspace, dropped: Counter[str]) -> list[Example]:
    """At most ``wanted`` goals with their readings; fewer where not so many different ones can be made."""
    made: dict[str, Example] = {}
    for _ in range(4 * wanted):
        if len(made) >= wanted:
            break
        if (example := _example(split, rng, workspace, dropped)) is not None:
            made.setdefault(example.asked, example)
    return list(made.values())


def _condition(name: str, split: Split, rng: random.Random) -> _Asked:
    low, high, decimals, unit = RANGES[name]
    first, second = sorted(round(rng.uniform(low, high), decimals) for _ in range(2))
    kind = rng.choice(list(_PLAIN)) if second > first else "at_most"
    frame = rng.choice(list(frames(kind, split)))
    plain, comparison = _PLAIN[kind]
    strict = next((meant for word, meant in _STRICT.items() if f" {word} " in frame), None)
    if strict is not None:
        comparison = "below" if strict == "below" else "above"
        plain = "{p} " + strict + " {n}{u}"
    places = {"n": f"{first:g}", "m": f"{second:g}", "u": unit}
    called = rng.choice(list(words("properties", split)[name]))
    plainly = words("properties", "train")[name][0]
    written, plainer = frame.format(p=called, **places), plain.format(p=plainly, **places)
    return _Asked(name, written, plainer, comparison, float(first), float(second) if kind == "between" else None, unit.strip())


def _example(split: Split, rng: random.Random, workspace: Workspace, dropped: Counter[str]) -> Example | None:
    asked = [_condition(name, split, rng) for name in rng.sample(list(RANGES), rng.choice((1, 2, 2, 3)))]
    frame = rng.choice(list(frames("goal", split)))
    goal = said(frame, rng, c=_listed([a.words for a in asked]))
    if goal_verdict(goal).verdict == "block" or concerns(goal):
        dropped["blocked by the guard"] += 1
        return None
    catalogue = workspace.catalogue
    try:
        truth = interpret(f"a molecule with {_listed([a.plain for a in asked])}", workspace=workspace)
        spec = interpret(goal, may_be_empty=True, workspace=workspace)
    except MolwrightError:
        dropped["the parser refuses it"] += 1
        return None
    readings = [_reading(a, spec, catalogue) for a in asked]
    bound = bound_readings(spec, catalogue=catalogue)
    if bound is None or None in readings:
        dropped["no clause to choose"] += 1
        return None
    given = [r for r in readings if r is not None]
    if not _same(given, truth, catalogue):
        dropped["the parser reads the plain words otherwise"] += 1
        return None
    unclear = [u.phrase for u in spec.unchecked if is_open(u)]
    understood = [r.text for r in spec.requirements] + [o.text for o in spec.objectives if o.origin != "assumption"]
    variables = {
        "goal": goal,
        "understood": "\n".join(understood) or "nothing",
        "unclear": "\n".join(unclear) or "nothing",
        "properties": "",
    }
    right = bound.model_validate({"readings": [r.model_dump() for r in given]})
    return Example(
        id=named(ROLE, "goal", goal),
        role=ROLE,
        kind="unread clause" if unclear else "read clause",
        split=split,
        asked=goal,
        messages=[dict(m) for m in load(PROMPT).render(**variables)],
        form=response_schema(bound),
        reply=text_message(right.model_dump_json()),
        wrong=[text_message(_turned(right).model_dump_json())],
        checked=["the parser reads the same in plain words", "each reading turns into its requirement"],
    )


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _reading(asked: _Asked, spec: DesignSpec, catalogue: Catalogue) -> GoalReading | None:
    """The reading of a condition by the clauses and subjects that can be chosen; None where it has none of its own."""
    clauses = [c for c in clauses_of(spec) if f"{asked.low:g}" in c]
    subjects = [s for s in subjects_of(spec, catalogue=catalogue) if subject_of(s, catalogue=catalogue) == ("property", asked.property)]
    if not clauses or not subjects:
        return None
    phrase = min(clauses, key=len)
    return GoalReading(phrase=phrase, subject=subjects[0], comparison=asked.comparison, low=asked.low, high=asked.high, unit=asked.unit)


def _same(readings: list[GoalReading], truth: DesignSpec, catalogue: Catalogue) -> bool:
    """Whether the readings are the requirements of ``truth``, no more and no fewer."""
    wanted = {(r.property, r.condition.model_dump_json()) for r in truth.requirements if isinstance(r, PropertyRequirement)}
    try:
        made = []
        for reading in readings:
            subject = subject_of(reading.subject, catalogue=catalogue)
            assert subject is not None
            made.append(requirement_of(reading, subject, reading.phrase, truth, catalogue=catalogue))
    except MolwrightError:
        return False
    return wanted == {(m.property, m.condition.model_dump_json()) for m in made if isinstance(m, PropertyRequirement)}


def _turned(right: GoalReadings) -> GoalReadings:
    """The same with the first comparison turned round: wrong for certain."""
    turned: dict[str, Comparison] = {"at most": "at least", "at least": "at most", "below": "above", "above": "below", "between": "at most"}
    first = right.readings[0]
    other = first.model_copy(update={"comparison": turned[first.comparison], "high": None})
    return right.model_copy(update={"readings": [other, *right.readings[1:]]})
