"""The interpreter's model-backed form: a second reading of the goal, held against the parser's.

The parser wins wherever it is sure. A model cannot change, loosen or drop what the parser read, and touches no number of the run. What it
reads otherwise is shown; what it reads in words that the parser did not understand is added, marked as the model's:

- as a requirement only if every number of it, or the group or element it names, stands in those very words;
- else as a wish with half weight, where a property is meant.

Nothing that a model wrote gets into the spec: only words of the goal, registered names, and numbers.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field, ValidationError

from agent.models import ModelSession, Place
from agent.reading.lexicon import ELEMENT_NAMES, SYMBOLS
from agent.reading.limits import count_condition, property_condition
from agent.reading.mentions import scan
from agent.reading.normalise import normalise
from agent.reading.objectives import ramp_for
from agent.reading.statements import Limit
from agent.reading.wording import comparison as comparison_text
from agent.roles.numbers import numbers_in
from agent.spec_check import check_spec
from core.errors import MolwrightError, SpecError
from core.model import Model
from core.properties import PropertyDefinition
from core.spec import (
    Assumption,
    Condition,
    CountRequirement,
    DesignSpec,
    MotifRequirement,
    Objective,
    PropertyRequirement,
    Requirement,
    RuleSetRequirement,
    Unchecked,
)
from tools.calculators.rule_sets import RULE_SETS, resolve_rule_set
from tools.catalogue.registry import REGISTRY
from tools.groups.groups import GROUPS, resolve_group

ROLE = "interpreter"
#: Weight of a wish that a model adds; one that the goal states has 1.
WEIGHT = 0.5
#: Most additions, and most disagreements that are shown.
MOST_ADDED, MOST_SHOWN = 6, 6
#: Reasons of the parser that mean: I could not read this. Others mean: I read it, and nothing can compute it.
_UNREAD = re.compile(
    r"\bnot understood\b|is named without a value|is meant, but no value|without the property it belongs to|counts can be compared"
)
_OPERATORS = {"below": "<", "at most": "<=", "above": ">", "at least": ">=", "exactly": "==", "between": "between"}
_DIRECTIONS: dict[str, Literal["maximise", "minimise"]] = {
    "high": "maximise", "above": "maximise", "at least": "maximise", "low": "minimise", "below": "minimise", "at most": "minimise",
}  # fmt: skip

#: Two ends that differ by no more than this part are the same: units were converted.
_SAME = 1e-3

Comparison = Literal["below", "at most", "above", "at least", "exactly", "between", "present", "absent", "high", "low"]
#: Kind and registered name of what a condition is about.
Subject = tuple[Literal["property", "group", "element", "rule set"], str]


class GoalReading(Model):
    """One condition of the goal, as a model reads it."""

    phrase: str = Field(max_length=240, description="Words of the goal, copied exactly.")
    subject: str = Field(max_length=80, description="Property, group, element or rule set, by its plain name.")
    comparison: Comparison = Field(description="How it is compared.")
    low: float | None = Field(description="The number, or the lower one of 'between'; null if there is none.")
    high: float | None = Field(description="The upper number of 'between', else null.")
    unit: str = Field(max_length=24, description="Unit as written in the goal, or empty.")


class GoalReadings(Model):
    """Every condition that the goal states."""

    readings: list[GoalReading] = Field(max_length=20, description="One entry a condition.")


@dataclass
class _Merge:
    """A spec on its way, with what was said about it."""

    spec: DesignSpec
    added: int = 0
    shown: list[str] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def read_again(spec: DesignSpec, session: ModelSession, place: Place) -> DesignSpec:
    """``spec``, the parser's, with what a model adds and where it disagrees. The same spec if the model gives nothing usable."""
    variables = {
        "goal": spec.goal,
        "understood": "\n".join(_statements(spec)) or "nothing",
        "unclear": "\n".join(u.phrase for u in spec.unchecked if _open(u)) or "nothing",
        "properties": ", ".join(_property_list(spec)),
    }
    outcome = session.structured(place, ROLE, "interpreter/read", variables, GoalReadings, shorten=_shorter)
    if outcome.value is None:
        return spec
    return merge(spec, outcome.value.readings, session.plan.roles[ROLE].model)


def merge(spec: DesignSpec, readings: Sequence[GoalReading], model: str) -> DesignSpec:
    """``spec`` with what ``readings`` of ``model`` add, every disagreement as a warning. Pure; never raises for what a model says."""
    work = _Merge(spec)
    for reading in readings:
        try:
            _take(reading, work, spec)
        except (MolwrightError, ValidationError, ValueError, OverflowError):
            work.dropped["cannot be computed as read"] += 1
    warnings = list(dict.fromkeys([*spec.warnings, *work.shown[:MOST_SHOWN]]))
    if work.dropped:
        said = "; ".join(f"{count} {reason}" for reason, count in sorted(work.dropped.items()))
        warnings.append(f"of what the model read in the goal, this was not taken: {said}")
    update: dict[str, Any] = {"warnings": warnings}
    if work.added:
        update["interpreter"] = f"{spec.interpreter}, with {work.added} addition{'s' if work.added > 1 else ''} by the model {model}"
    return work.spec.model_copy(update=update)


def _take(reading: GoalReading, work: _Merge, spec: DesignSpec) -> None:
    phrase = _quoted(reading.phrase, spec.goal)
    if not phrase:
        work.dropped["with words that are not in the goal"] += 1
        return
    subject = _subject(reading.subject)
    if subject is None:
        work.dropped["about nothing that is registered"] += 1
        return
    stated = _stated(spec, subject)
    if stated or _stated(work.spec, subject):
        if stated and not _agrees(reading, subject, spec, phrase):
            theirs = f'a model reads "{phrase}" as {_said(reading, subject, phrase)}'
            work.shown.append(f"{theirs}; the parser's reading stands: {'; '.join(stated)}")
        return
    unread = [u for u in work.spec.unchecked if _open(u) and _overlap(phrase, u.phrase)]
    if not unread:
        work.shown.append(
            f'a model reads "{phrase}" as {_said(reading, subject, phrase)}; the parser reads these words otherwise, and that stands'
        )
        return
    if work.added >= MOST_ADDED:
        work.dropped["beyond the number of additions that is allowed"] += 1
        return
    _add(reading, subject, phrase, unread, work)


def _add(reading: GoalReading, subject: Subject, phrase: str, unread: list[Unchecked], work: _Merge) -> None:
    """Add one requirement or wish for the ``unread`` words in ``phrase``, if the spec with it can be run."""
    if any(_grounded(reading, subject, phrase, u.phrase) for u in unread):
        requirement = _requirement(reading, subject, phrase, work.spec)
        grown = check_spec(_with(work.spec, "requirements", requirement.model_copy(update={"id": _free_id(work.spec, "R")})))
        text = grown.requirements[-1].text
        read, how = [u for u in unread if _normal(u.phrase) in _normal(phrase)], "a model reads part of it"
    elif subject[0] == "property":
        wish = _wish(reading, REGISTRY[subject[1]], phrase)
        grown = check_spec(_with(work.spec, "objectives", wish.model_copy(update={"id": _free_id(work.spec, "O")})))
        text = grown.objectives[-1].text
        read, how = [], "a model takes it as a wish"
    else:
        work.shown.append(
            f'a model suggests {_said(reading, subject, phrase)} for "{phrase}"; these words do not name it, so it is not asked for. '
            "Say it in the goal if it is meant"
        )
        return
    unchecked = [
        u.model_copy(update={"reason": f"{u.reason}; {how}: {text}"}) if u in unread else u for u in grown.unchecked if u not in read
    ]
    assumption = Assumption(phrase=phrase, text=f"read by a language model, not by the parser: {text}")
    work.spec = grown.model_copy(update={"unchecked": unchecked, "assumptions": [*grown.assumptions, assumption]})
    work.added += 1


def _with(spec: DesignSpec, part: str, entry: Requirement | Objective) -> DesignSpec:
    return spec.model_copy(update={part: [*getattr(spec, part), entry]})


def _free_id(spec: DesignSpec, letter: str) -> str:
    taken = {e.id for e in [*spec.requirements, *spec.objectives, *spec.set_requirements]}
    return next(f"{letter}{n}" for n in range(1, len(taken) + 2) if f"{letter}{n}" not in taken)


# ---- what a reading means


def _subject(word: str) -> Subject | None:
    """What is registered under ``word``, or None."""
    text = " ".join(word.split()).strip(" .'\"")
    definition = REGISTRY.resolve(text)
    if definition is not None:
        return ("property", definition.name)
    bare = re.sub(r"\s+(?:atoms?|content)$", "", text)
    symbol = bare if bare in SYMBOLS else ELEMENT_NAMES.get(bare.lower(), "")
    if symbol:
        return ("element", symbol)
    group = resolve_group(text)
    if group is not None:
        return ("group", group.name)
    rules = resolve_rule_set(text.lower())
    return ("rule set", rules.name) if rules is not None else None


def _limit(reading: GoalReading) -> Limit:
    operator = _OPERATORS.get(reading.comparison)
    if operator is None or reading.low is None or (operator == "between") != (reading.high is not None):
        raise SpecError("a comparison without its numbers")
    unit = reading.unit.strip()
    return Limit(operator, low=reading.low, high=reading.high, unit=_unit(unit))


def _unit(text: str) -> str:
    from core.units import parse_unit

    if text and parse_unit(text) is None:
        raise SpecError("an unknown unit")
    return parse_unit(text) or ""


def _condition(reading: GoalReading, subject: Subject, phrase: str) -> Condition:
    """The comparison in the registered unit. Raises GoalError, UnitError or SpecError if it makes no sense."""
    kind, name = subject
    if kind == "property":
        if REGISTRY[name].kind == "level":
            raise SpecError("a level is no number")
        return property_condition(REGISTRY[name], _limit(reading), phrase)[0]
    if kind == "rule set":
        raise SpecError("a rule set has no number")
    if reading.comparison in ("present", "absent"):
        if reading.comparison == "present":
            return Condition(comparison=">=", value=1.0)
        return Condition(comparison="==", value=0.0)
    return count_condition(_limit(reading), phrase)


def _requirement(reading: GoalReading, subject: Subject, phrase: str, spec: DesignSpec) -> Requirement:
    kind, name = subject
    common: dict[str, Any] = {"id": "new", "text": "", "phrase": phrase, "origin": "model"}
    if kind == "rule set":
        if spec.candidate_class == "polymer" or reading.comparison != "present":
            raise SpecError("a rule set can only be asked for, of a molecule")
        return RuleSetRequirement(**common, rule_set=name, allowed_violations=RULE_SETS[name].allowed_violations)
    condition = _condition(reading, subject, phrase)
    if kind == "property":
        return PropertyRequirement(**common, property=name, condition=condition, unit=REGISTRY[name].unit)
    if kind == "group" and reading.comparison in ("present", "absent"):
        return MotifRequirement(**common, name=name, smarts=GROUPS[name].smarts, wanted=reading.comparison == "present")
    smarts = GROUPS[name].smarts if kind == "group" else ""
    return CountRequirement(**common, what="group" if kind == "group" else "element", name=name, smarts=smarts, condition=condition)


def _wish(reading: GoalReading, definition: PropertyDefinition, phrase: str) -> Objective:
    """A reading whose number the goal does not give, as a wish: its direction alone, with half weight. SpecError if it has none."""
    if reading.comparison in ("present", "absent") or definition.kind == "level":
        raise SpecError("no wish")
    shape = _DIRECTIONS.get(reading.comparison)
    if shape is None:
        raise SpecError("a window that the words do not give")
    low, high = ramp_for(definition)
    common: dict[str, Any] = {"id": "new", "text": "", "phrase": phrase, "origin": "model", "weight": WEIGHT}
    return Objective(property=definition.name, shape=shape, low=low, high=high, **common)


def _grounded(reading: GoalReading, subject: Subject, phrase: str, unread: str) -> bool:
    """Whether the words that the parser did not understand hold every number of the reading, or name the group or element it is about,
    and say themselves whether that is asked for or denied."""
    if reading.comparison in ("high", "low"):
        return False
    words = phrase if _normal(phrase) in _normal(unread) else unread
    if not _polarity_stands(reading.comparison, subject, unread):
        return False
    numbers = [n for n in (reading.low, reading.high) if n is not None]
    if reading.comparison not in ("present", "absent"):
        stated = [abs(n.value) for n in numbers_in(words)]
        return bool(numbers) and all(any(abs(abs(n) - s) < 1e-9 for s in stated) for n in numbers)
    kind, name = subject
    if kind == "property":
        return False
    names = {"group": lambda: {name, *GROUPS[name].synonyms}, "rule set": lambda: {name, RULE_SETS[name].label.lower()}}
    known = names[kind]() if kind in names else {name, *(w for w, s in ELEMENT_NAMES.items() if s == name)}
    plain = _normal(words)
    return any(re.search(rf"(?<![a-z]){re.escape(_normal(w))}(?:e?s)?(?![a-z])", plain) for w in known if len(w) > 1)


def _polarity_stands(comparison: Comparison, subject: Subject, unread: str) -> bool:
    """Whether the unread words hold a word that denies just where the reading denies, and, for a part that must be there, one that asks for it."""
    lattice = scan(normalise(unread))
    kinds = {mention.kind for mentions in lattice.at for mention in mentions}
    denies = bool(kinds & {"negation", "negation_after", "free", "permission", "permission_after", "condition", "exception"})
    if comparison == "absent":
        return denies
    return not denies and (
        comparison != "present" or subject[0] == "rule set" or bool(kinds & {"open", "positive_after", "necessity_after"})
    )


# ---- the parser's reading


def _open(entry: Unchecked) -> bool:
    """Whether the parser could not read these words, rather than knowing that nothing can compute them."""
    return bool(_UNREAD.search(entry.reason))


def _statements(spec: DesignSpec) -> list[str]:
    return [r.text for r in spec.requirements] + [o.text for o in spec.objectives if o.origin != "assumption"]


def _property_list(spec: DesignSpec) -> list[str]:
    fitting = [d for d in REGISTRY if spec.candidate_class in d.classes and d.kind != "level"]
    return [f"{d.label} in {d.unit}" if d.unit else d.label for d in fitting]


def _shorter(variables: dict[str, Any]) -> dict[str, Any] | None:
    """The same prompt without the list of properties, which a model of this craft knows by name."""
    return None if not variables["properties"] else {**variables, "properties": ""}


def _about(entry: Requirement | Objective) -> Subject | None:
    if isinstance(entry, (CountRequirement, MotifRequirement)):
        element = isinstance(entry, CountRequirement) and entry.what == "element"
        return ("element" if element else "group", entry.name)
    if isinstance(entry, RuleSetRequirement):
        return ("rule set", entry.rule_set)
    name = getattr(entry, "property", "")
    return ("property", name) if name else None


def _stated(spec: DesignSpec, subject: Subject) -> list[str]:
    """What the spec says about ``subject``, in words."""
    found = [e.text for e in [*spec.requirements, *spec.objectives] if _about(e) == subject]
    return found + [s.text for s in spec.set_requirements if s.property and ("property", s.property) == subject]


def _agrees(reading: GoalReading, subject: Subject, spec: DesignSpec, phrase: str) -> bool:
    """Whether the reading says nothing that the parser does not say: each of its ends is an end of the parser's."""
    entries = [e for e in [*spec.requirements, *spec.objectives] if _about(e) == subject]
    if subject[0] == "property" and REGISTRY[subject[1]].kind == "level":
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
        ends = _condition(reading, subject, phrase).bounds()
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


def _said(reading: GoalReading, subject: Subject, phrase: str) -> str:
    """The reading in words of ours."""
    kind, name = subject
    label = REGISTRY[name].label if kind == "property" else RULE_SETS[name].label if kind == "rule set" else name
    if reading.comparison in ("present", "absent"):
        return f"{'with' if reading.comparison == 'present' else 'without'} {label}"
    if reading.comparison in ("high", "low"):
        return f"{label} as {reading.comparison} as possible"
    try:
        condition = _condition(reading, subject, phrase)
    except (MolwrightError, ValidationError, ValueError):
        return f"{label} with a number that does not fit it"
    return f"{label} {comparison_text(condition, REGISTRY[name].unit if kind == 'property' else '')}"


# ---- words


def _normal(text: str) -> str:
    try:
        return normalise(text).lower()
    except MolwrightError:
        return ""


def _quoted(phrase: str, goal: str) -> str:
    """``phrase`` as the goal writes it, or '' if its words do not stand there, whole and in this order."""
    wanted, text = _normal(phrase).strip(" .,;:!?\"'"), _normal(goal)
    if len(wanted) < 3:
        return ""
    match = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text)
    if match is None:
        return ""
    written = normalise(goal)
    return written[match.start() : match.end()] if len(written) == len(text) else wanted


def _overlap(phrase: str, other: str) -> bool:
    one, two = _normal(phrase), _normal(other)
    return bool(one and two) and (one in two or two in one)
