"""What a language model says about a goal, one condition at a time, and what each condition means here.

A reading turns into a requirement or a wish of registered things and numbers; no text of the model is taken over.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, ValidationError

from agent.reading.chemical_words import ELEMENT_NAMES
from agent.reading.lexicon import SYMBOLS
from agent.reading.limits import count_condition, property_condition
from agent.reading.objectives import ramp_for
from agent.reading.statements import Limit
from agent.reading.wording import comparison as comparison_text
from agent.roles.interpreter.words import normal
from core.errors import MolwrightError, SpecError
from core.model import Model
from core.spec import (
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
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.property import Property
from tools.catalogue.rule_sets import RULE_SETS, resolve_rule_set
from tools.groups.groups import GROUPS, resolve_group

#: Weight of a wish that a model adds; one that the goal states has 1.
WEIGHT = 0.5
#: The operator of each comparison with a number.
OPERATORS = {"below": "<", "at most": "<=", "above": ">", "at least": ">=", "exactly": "==", "between": "between"}
_DIRECTIONS: dict[str, Literal["maximise", "minimise"]] = {"high": "maximise", "low": "minimise"}

#: Reasons of the parser that mean: I could not read this. Others mean: I read it, and nothing can compute it.
_UNREAD = re.compile(
    r"\bnot understood\b|is named without a value|is meant, but no value|without the property it belongs to|counts can be compared"
)

Comparison = Literal["below", "at most", "above", "at least", "exactly", "between", "present", "absent", "high", "low"]
#: Kind and registered name of what a condition is about.
Subject = tuple[Literal["property", "group", "element", "rule set"], str]


class GoalReading(Model):
    """One condition of the goal, as a model reads it."""

    phrase: str = Field(description="Words of the goal, copied exactly.")
    subject: str = Field(max_length=80, description="Property, group, element or rule set, by its plain name.")
    comparison: Comparison = Field(description="How it is compared.")
    low: float | None = Field(description="The number, or the lower one of 'between'; null if there is none.")
    high: float | None = Field(description="The upper number of 'between', else null.")
    unit: str = Field(max_length=24, description="Unit as written in the goal, or empty.")


class GoalReadings(Model):
    """Every condition that the goal states."""

    readings: list[GoalReading] = Field(max_length=20, description="One entry a condition.")


def is_open(entry: Unchecked) -> bool:
    """Whether the parser could not read these words, rather than knowing that nothing can compute them."""
    return bool(_UNREAD.search(entry.reason))


def subject_of(word: str, *, catalogue: Catalogue) -> Subject | None:
    """What is registered under ``word``, or None."""
    text = " ".join(word.split()).strip(" .'\"")
    definition = catalogue.resolve(text)
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


def _limit(reading: GoalReading, *, catalogue: Catalogue) -> Limit:
    operator = OPERATORS.get(reading.comparison)
    if operator is None or reading.low is None or (operator == "between") != (reading.high is not None):
        raise SpecError("a comparison without its numbers")
    unit = reading.unit.strip()
    return Limit(operator, low=reading.low, high=reading.high, unit=_unit(unit, catalogue=catalogue))


def _unit(text: str, *, catalogue: Catalogue) -> str:
    if text and catalogue.units.parse(text) is None:
        raise SpecError("an unknown unit")
    return catalogue.units.parse(text) or ""


def condition_of(reading: GoalReading, subject: Subject, phrase: str, *, catalogue: Catalogue) -> Condition:
    """The comparison in the registered unit. Raises GoalError, UnitError or SpecError if it makes no sense."""
    kind, name = subject
    if kind == "property":
        if catalogue[name].kind == "level":
            raise SpecError("a level is no number")
        return property_condition(catalogue[name], _limit(reading, catalogue=catalogue), phrase, catalogue=catalogue)[0]
    if kind == "rule set":
        raise SpecError("a rule set has no number")
    if reading.comparison in ("present", "absent"):
        if reading.comparison == "present":
            return Condition(comparison=">=", value=1.0)
        return Condition(comparison="==", value=0.0)
    return count_condition(_limit(reading, catalogue=catalogue), phrase)


def requirement_of(reading: GoalReading, subject: Subject, phrase: str, spec: DesignSpec, *, catalogue: Catalogue) -> Requirement:
    """The requirement that a reading states. Raises GoalError, UnitError or SpecError if it makes no sense for this spec."""
    kind, name = subject
    common: dict[str, Any] = {"id": "new", "text": "", "phrase": phrase, "origin": "model"}
    if kind == "rule set":
        if spec.candidate_class == "polymer" or reading.comparison != "present":
            raise SpecError("a rule set can only be asked for, of a molecule")
        return RuleSetRequirement(**common, rule_set=name, allowed_violations=RULE_SETS[name].allowed_violations)
    condition = condition_of(reading, subject, phrase, catalogue=catalogue)
    if kind == "property":
        return PropertyRequirement(**common, property=name, condition=condition, unit=catalogue[name].unit)
    if kind == "group" and reading.comparison in ("present", "absent"):
        return MotifRequirement(**common, name=name, smarts=GROUPS[name].smarts, wanted=reading.comparison == "present")
    smarts = GROUPS[name].smarts if kind == "group" else ""
    return CountRequirement(**common, what="group" if kind == "group" else "element", name=name, smarts=smarts, condition=condition)


def wish_of(reading: GoalReading, definition: Property, phrase: str) -> Objective:
    """A wish without a number: its direction, with half weight. SpecError for any other reading, and for a level."""
    shape = _DIRECTIONS.get(reading.comparison)
    if shape is None or definition.kind == "level":
        raise SpecError("no wish")
    low, high = ramp_for(definition)
    common: dict[str, Any] = {"id": "new", "text": "", "phrase": phrase, "origin": "model", "weight": WEIGHT}
    return Objective(property=definition.name, shape=shape, low=low, high=high, **common)


def named(subject: Subject, words: str, *, catalogue: Catalogue) -> bool:
    """Whether the property, group, element or rule set stands in ``words`` by one of its names."""
    kind, name = subject
    if kind == "property":
        definition = catalogue[name]
        known = {name.replace("_", " "), definition.label, *(w for w in catalogue.words() if catalogue.resolve(w) is definition)}
    elif kind == "group":
        known = {name, *GROUPS[name].synonyms}
    elif kind == "rule set":
        known = {name, RULE_SETS[name].label}
    else:
        known = {name, *(w for w, s in ELEMENT_NAMES.items() if s == name)}
    plain = normal(words)
    return any(re.search(rf"(?<![a-z]){re.escape(normal(w))}(?:e?s)?(?![a-z])", plain) for w in known if len(w) > 1)


def in_words(reading: GoalReading, subject: Subject, phrase: str, *, catalogue: Catalogue) -> str:
    """The reading in words of this program, never in those of the model."""
    kind, name = subject
    label = catalogue[name].label if kind == "property" else RULE_SETS[name].label if kind == "rule set" else name
    if reading.comparison in ("present", "absent"):
        return f"{'with' if reading.comparison == 'present' else 'without'} {label}"
    if reading.comparison in ("high", "low"):
        return f"{label} as {reading.comparison} as possible"
    try:
        condition = condition_of(reading, subject, phrase, catalogue=catalogue)
    except (MolwrightError, ValidationError, ValueError):
        return f"{label} with a number that does not fit it"
    return f"{label} {comparison_text(condition, catalogue[name].unit if kind == 'property' else '')}"
