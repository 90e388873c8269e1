"""What a model may choose from when it reads a goal: the goal's own clauses, and what is registered and named in it. They are sent as enums.

The schema stays small however much is registered: properties that fit the candidate class are all there, groups, elements and rule sets only
where the goal names them.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, create_model

from agent.reading.chemical_words import ELEMENT_NAMES
from agent.roles.interpreter.grounding import names_in
from agent.roles.interpreter.readings import GoalReading, GoalReadings, is_open, subject_of
from agent.roles.interpreter.words import quoted
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.property import Property

#: Most clauses and most readings; of a longer goal the clauses that were not understood come first.
MOST_CLAUSES, MOST_READINGS = 60, 20


def clauses_of(spec: DesignSpec) -> list[str]:
    """The clauses of the goal as it writes them, those that were not understood first."""
    asking = [s.text for s in spec.reading if s.role in ("read", "head")]
    found = [quoted(text, spec.goal) for text in [*(u.phrase for u in spec.unchecked if is_open(u)), *asking]]
    return list(dict.fromkeys(text for text in found if text))[:MOST_CLAUSES]


def properties_of(spec: DesignSpec, *, catalogue: Catalogue) -> list[Property]:
    """The properties with numbers that such candidates have."""
    return [d for d in catalogue if spec.candidate_class in d.classes and d.kind != "level"]


def subjects_of(spec: DesignSpec, *, catalogue: Catalogue) -> list[str]:
    """What a condition may be about, each by a word that :func:`subject_of` knows."""
    named = names_in(spec.goal, catalogue=catalogue)
    elements = {symbol: word for word, symbol in reversed(ELEMENT_NAMES.items())}
    words = [_word(d, catalogue=catalogue) for d in properties_of(spec, catalogue=catalogue)]
    words += [*named.get("group", []), *(elements.get(s, s) for s in named.get("element", [])), *named.get("rule set", [])]
    return [word for word in dict.fromkeys(words) if subject_of(word, catalogue=catalogue) is not None]


def _word(definition: Property, *, catalogue: Catalogue) -> str:
    """The plainest word that means this property."""
    words = (definition.label, definition.label.split(" (")[0], definition.name)
    return next((w for w in words if subject_of(w, catalogue=catalogue) == ("property", definition.name)), "")


def bound_readings(spec: DesignSpec, *, catalogue: Catalogue) -> type[GoalReadings] | None:
    """:class:`GoalReadings` with the choices of this goal as enums; None where there is nothing to choose from."""
    clauses, subjects = clauses_of(spec), subjects_of(spec, catalogue=catalogue)
    if not clauses or not subjects:
        return None
    fields: dict[str, Any] = {
        "phrase": (Literal[tuple(clauses)], Field(description="The clause of the goal that states it.")),
        "subject": (Literal[tuple(subjects)], Field(description="What it is about.")),
    }
    one = create_model("GoalReading", __base__=GoalReading, **fields)
    readings: Any = (list[one], Field(max_length=MOST_READINGS, description="One entry a condition."))  # type: ignore[valid-type]
    return create_model("GoalReadings", __base__=GoalReadings, readings=readings)
