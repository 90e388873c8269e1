"""A language model's readings of a goal, held against the parser's spec. The parser wins wherever it is sure.

A model cannot change, loosen or drop what the parser read, and it touches no number of the run. A reading that differs is shown, and a
person has to decide (``core.approval``). A reading of words that the parser did not understand is added and marked as the model's:

- as a requirement, or a wish with half weight, if those words state it: name, numbers, unit, direction and polarity (``grounding``);
- as a suggestion that a person may accept, if they do but hold a word that no table knows;
- not at all otherwise; it is only shown.

Nothing that a model wrote gets into the spec: only words of the goal, registered names, and numbers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from agent.roles.interpreter.grounding import ground
from agent.roles.interpreter.readings import (
    GoalReading,
    Subject,
    condition_of,
    in_words,
    is_open,
    named,
    requirement_of,
    subject_of,
    wish_of,
)
from agent.roles.interpreter.words import overlap, quoted
from agent.spec_check import check_spec
from core.errors import MolwrightError
from core.spec import (
    Assumption,
    Condition,
    DesignSpec,
    MotifRequirement,
    Objective,
    Requirement,
    Unchecked,
)
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds import kind_of

#: Most additions, and most disagreements that are shown.
MOST_ADDED, MOST_SHOWN = 6, 6
#: Two ends that differ by no more than this part are the same, because units were converted.
_SAME = 1e-3


@dataclass
class _Merge:
    """A spec on its way, with what was said about it."""

    spec: DesignSpec
    added: int = 0
    taken: int = 0
    shown: list[str] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def merge(spec: DesignSpec, readings: Sequence[GoalReading], model: str, *, catalogue: Catalogue) -> DesignSpec:
    """``spec`` with what ``readings`` of ``model`` add, every disagreement as a warning. Pure; never raises for what a model says."""
    work = _Merge(spec)
    for reading in readings:
        try:
            _take(reading, work, spec, catalogue=catalogue)
        except (MolwrightError, ValidationError, ValueError, OverflowError):
            work.dropped["cannot be computed as read"] += 1
    otherwise = list(dict.fromkeys(work.otherwise))[:MOST_SHOWN]
    warnings = list(dict.fromkeys([*spec.warnings, *otherwise, *work.shown[:MOST_SHOWN]]))
    if work.dropped:
        said = "; ".join(f"{count} {reason}" for reason, count in sorted(work.dropped.items()))
        warnings.append(f"of what the model read in the goal, this was not taken: {said}")
    update: dict[str, Any] = {"warnings": warnings, "disagreements": otherwise}
    if work.taken:
        update["interpreter"] = f"{spec.interpreter}, with {work.taken} addition{'s' if work.taken > 1 else ''} by the model {model}"
    return work.spec.model_copy(update=update)


def _take(reading: GoalReading, work: _Merge, spec: DesignSpec, *, catalogue: Catalogue) -> None:
    phrase = quoted(reading.phrase, spec.goal)
    if not phrase:
        work.dropped["with words that are not in the goal"] += 1
        return
    subject = subject_of(reading.subject, catalogue=catalogue)
    if subject is None:
        work.dropped["about nothing that is registered"] += 1
        return
    stated = _stated(spec, subject)
    if stated or _stated(work.spec, subject):
        if stated and not _agrees(reading, subject, spec, phrase, catalogue=catalogue):
            theirs = f'a model reads "{phrase}" as {in_words(reading, subject, phrase, catalogue=catalogue)}'
            work.otherwise.append(f"{theirs}; the parser's reading stands: {'; '.join(stated)}")
        return
    unread = [u for u in work.spec.unchecked if is_open(u) and overlap(phrase, u.phrase)]
    if not unread:
        asked = (
            work.otherwise if named(subject, phrase, catalogue=catalogue) else work.shown
        )  # what the words do not even name is no second reading of them
        asked.append(
            f'a model reads "{phrase}" as {in_words(reading, subject, phrase, catalogue=catalogue)}; the parser reads these words otherwise, and that stands'
        )
        return
    if work.added >= MOST_ADDED:
        work.dropped["beyond the number of additions that is allowed"] += 1
        return
    _add(reading, subject, phrase, unread, work, catalogue=catalogue)


def _add(reading: GoalReading, subject: Subject, phrase: str, unread: list[Unchecked], work: _Merge, *, catalogue: Catalogue) -> None:
    """Add one requirement or wish for the ``unread`` words in ``phrase``, if they state it and the spec with it can be run.

    With words that no table knows it is a suggestion, which a person may accept.
    """
    grown, made = _grown(reading, subject, phrase, work.spec, catalogue=catalogue)
    found = [(u, ground(reading, subject, u.phrase, catalogue=catalogue)) for u in unread]
    entry, best = min(found, key=lambda pair: (len(pair[1].missing), len(pair[1].unknown)))
    said = f'a model suggests {in_words(reading, subject, phrase, catalogue=catalogue)} for "{phrase}"'
    if best.missing:
        work.shown.append(
            f"{said}; these words do not state {' or '.join(best.missing)}, so it is not asked for. Say it in the goal if it is meant"
        )
        return
    work.added += 1
    if best.unknown:
        words = ", ".join(f'"{w}"' for w in best.unknown)
        work.shown.append(f"{said}; {words} may mean the opposite, so a person has to accept it")
        work.spec = work.spec.model_copy(update={"unchecked": [_suggested(u, made) if u == entry else u for u in work.spec.unchecked]})
        return
    assumption = Assumption(phrase=phrase, text=f"read by a language model, not by the parser: {made.text}")
    update = {"unchecked": [u for u in grown.unchecked if u != entry], "assumptions": [*grown.assumptions, assumption]}
    work.spec = grown.model_copy(update=update)
    work.taken += 1


def _grown(
    reading: GoalReading, subject: Subject, phrase: str, spec: DesignSpec, *, catalogue: Catalogue
) -> tuple[DesignSpec, Requirement | Objective]:
    """The spec with the reading, and the new entry. SpecError if it cannot be run."""
    if reading.comparison in ("high", "low"):
        wish = wish_of(reading, catalogue[subject[1]], phrase)
        made = check_spec(_with(spec, "objectives", wish.model_copy(update={"id": _free_id(spec, "O")})), catalogue=catalogue)
        return made, made.objectives[-1]
    requirement = requirement_of(reading, subject, phrase, spec, catalogue=catalogue)
    made = check_spec(_with(spec, "requirements", requirement.model_copy(update={"id": _free_id(spec, "R")})), catalogue=catalogue)
    return made, made.requirements[-1]


def _suggested(entry: Unchecked, made: Requirement | Objective) -> Unchecked:
    """``entry`` with a model's reading as its suggestion, unless the parser has one."""
    if entry.suggestion:
        return entry
    part = "objectives" if isinstance(made, Objective) else "requirements"
    return entry.model_copy(update={"suggestion": f"{made.text} (as a model reads it)", part: [made]})


def _with(spec: DesignSpec, part: str, entry: Requirement | Objective) -> DesignSpec:
    return spec.model_copy(update={part: [*getattr(spec, part), entry]})


def _free_id(spec: DesignSpec, letter: str) -> str:
    taken = {e.id for e in [*spec.requirements, *spec.objectives, *spec.set_requirements]}
    return next(f"{letter}{n}" for n in range(1, len(taken) + 2) if f"{letter}{n}" not in taken)


def _about(entry: Requirement | Objective) -> tuple[str, str] | None:
    return ("property", entry.property) if isinstance(entry, Objective) else kind_of(entry).about(entry)


def _stated(spec: DesignSpec, subject: Subject) -> list[str]:
    """What the spec says about ``subject``, in words."""
    found = [e.text for e in [*spec.requirements, *spec.objectives] if _about(e) == subject]
    return found + [s.text for s in spec.set_requirements if s.property and ("property", s.property) == subject]


def _agrees(reading: GoalReading, subject: Subject, spec: DesignSpec, phrase: str, *, catalogue: Catalogue) -> bool:
    """Whether the reading says nothing that the parser does not say: each of its ends is an end of the parser's."""
    entries = [e for e in [*spec.requirements, *spec.objectives] if _about(e) == subject]
    if subject[0] == "property" and catalogue[subject[1]].kind == "level":
        return True  # a level is asked for in words of its own; a number beside it is its temperature
    if reading.comparison in ("high", "low"):
        shape = "maximise" if reading.comparison == "high" else "minimise"
        return any(isinstance(e, Objective) and e.shape == shape for e in entries)
    if subject[0] == "rule set":
        return reading.comparison == "present"
    if subject[0] == "group" and reading.comparison in ("present", "absent"):
        wanted = reading.comparison == "present"
        if any(isinstance(e, MotifRequirement) and e.wanted == wanted for e in entries):
            return True
    try:
        ends = condition_of(reading, subject, phrase, catalogue=catalogue).bounds()
    except (MolwrightError, ValidationError, ValueError):
        return False
    for entry in entries:
        ours = (entry.low, entry.high) if isinstance(entry, Objective) else getattr(entry, "condition", None)
        bounds = ours.bounds() if isinstance(ours, Condition) else ours
        if bounds and all(
            math.isinf(e) or (math.isfinite(b) and abs(e - b) <= _SAME * max(1.0, abs(b))) for e, b in zip(ends, bounds, strict=True)
        ):
            return True
    return False
