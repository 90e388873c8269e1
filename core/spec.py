"""What a goal means: the machine-checkable design specification.

A :class:`DesignSpec` is made by an interpreter from a goal sentence, shown to a person, approved, and then never changed
by the run. Hard conditions are *requirements*; soft wishes are *objectives*; what nothing can compute is listed in
``unchecked``; what the interpreter decided by itself is listed in ``assumptions``. The requirements themselves are in
``core.requirements``, whose names are at hand here too.
"""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from core.limits import MAX_BUDGET, MAX_CANDIDATES, MAX_SEED
from core.model import Model, new_dict, new_list
from core.novelty import HALF_NEW, Novelty, is_default
from core.reading import ReadSpan, Wishes, marked_text
from core.requirements import (
    AtomChoice,
    Comparison,
    Condition,
    CountRequirement,
    EditRequirement,
    ElementsRequirement,
    FixedAtomsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    ReferenceSetRequirement,
    Requirement,
    RequirementBase,
    RequirementOrigin,
    RuleSetRequirement,
    ScaffoldRequirement,
    SetMeasure,
    SetRequirement,
    SimilarityRequirement,
)

__all__ = [
    "SPEC_VERSION",
    "UNREGISTERED",
    "Assumption",
    "AtomChoice",
    "CandidateClass",
    "Comparison",
    "Condition",
    "CountRequirement",
    "DesignSpec",
    "EditRequirement",
    "ElementsRequirement",
    "EstimationConditions",
    "FixedAtomsRequirement",
    "LevelRequirement",
    "MotifRequirement",
    "Objective",
    "PropertyRequirement",
    "Reference",
    "ReferenceSetRequirement",
    "Requirement",
    "RequirementBase",
    "RequirementOrigin",
    "RuleSetRequirement",
    "ScaffoldRequirement",
    "SetMeasure",
    "SetRequirement",
    "SimilarityRequirement",
    "Unchecked",
    "marked",
    "must_ask",
    "read_otherwise",
    "share_checked",
    "translated",
    "unchecked_use",
    "use_in_words",
    "with_suggestions",
]

SPEC_VERSION = "1"

CandidateClass = Literal["molecule", "polymer"]

R = TypeVar("R", bound=RequirementBase)

#: What an objective can name beside registered properties.
UNREGISTERED = ("similarity", "route")


#: Kinds of requirements that say what a structure is like as a whole.
_RESEMBLING = (ScaffoldRequirement, SimilarityRequirement, FixedAtomsRequirement, EditRequirement, ReferenceSetRequirement)


class Objective(Model):
    """A soft wish: a property and the shape of its desirability (Derringer and Suich, J. Qual. Technol. 1980, 12, 214).

    Desirability is 0 at ``low`` and 1 at ``high`` for 'maximise', the reverse for 'minimise'; for 'target' it is 1 at
    ``target`` and falls linearly to 0 at ``low`` and ``high``.
    """

    id: str = Field(description="Short name within the spec: O1, O2, ...")
    property: str = Field(
        description="Registered property name; or 'similarity' to the spec's reference; or 'route': 1 with a known route, 0.5 without."
    )
    references: list[str] = Field(
        default_factory=new_list,
        max_length=1000,
        description="For 'similarity': SMILES of a set of references; empty: the spec's reference.",
    )
    measure: Literal["max", "mean"] = Field(default="max", description="Similarity to the nearest reference of the set, or the average.")
    shape: Literal["maximise", "minimise", "target"] = Field(description="What is desired.")
    low: float = Field(description="Lower end of the desirability ramp, in the property's unit.")
    high: float = Field(description="Upper end of the desirability ramp, in the property's unit.")
    target: float | None = Field(default=None, description="Best value for the shape 'target'.")
    weight: float = Field(default=1.0, gt=0, description="Weight in the geometric mean.")
    text: str = Field(description="The objective in plain words.")
    phrase: str = Field(default="", description="The words of the goal that it comes from.")
    origin: RequirementOrigin = Field(default="goal", description="Who stated it.")

    @model_validator(mode="after")
    def _shape_fits(self) -> Self:
        if self.low >= self.high:
            raise ValueError("an objective's ramp needs low < high")
        if (self.shape == "target") != (self.target is not None):
            raise ValueError("'target' shape and target value belong together")
        if self.references and self.property != "similarity":
            raise ValueError("references belong to an objective on 'similarity'")
        return self


class EstimationConditions(Model):
    """The conditions at which condition-dependent properties are estimated."""

    solvent: str = Field(default="dichloromethane", description="Name of the solvent for absorption_maximum.")
    solvent_smiles: str = Field(default="ClCCl", description="SMILES of that solvent.")
    temperature_c: float = Field(default=25.0, description="Temperature in °C at which thermal_stability is judged.")


class Reference(Model):
    """A structure that the goal names: similarity, comparison and scaffold refer to it."""

    name: str = Field(default="", description="Common name, where the goal gave one.")
    smiles: str = Field(description="Its SMILES.")


class Assumption(Model):
    """Something that the interpreter decided by itself, with its reason."""

    phrase: str = Field(description="The words of the goal that it explains; empty when nothing was said.")
    text: str = Field(description="What is assumed, in plain words, with the number and unit.")


class Unchecked(Model):
    """A phrase of the goal that nothing can compute."""

    phrase: str = Field(description="The words of the goal.")
    reason: str = Field(description="Why it cannot be computed.")
    start: int | None = Field(default=None, description="First character of the words in the goal, from 0; None: not known.")
    end: int | None = Field(default=None, description="Character behind the last one; None: not known.")
    suggestion: str = Field(
        default="", description="What could be read of the words, for a person to accept; nothing rests on it. Empty: nothing could."
    )
    requirements: list[Requirement] = Field(
        default_factory=new_list, description="The suggestion as requirements, where it is clear; empty where the opposite may be meant."
    )
    objectives: list[Objective] = Field(default_factory=new_list, description="The suggestion as objectives, where it is clear.")
    use: bool = Field(
        default=False,
        description="Whether it says what the thing is called or for, or more of a part that is asked for, and so is counted as no wish of its own.",
    )
    head: bool = Field(default=False, description="Whether it names the thing designed.")
    resembles: bool = Field(default=False, description="Whether it names a compound to be like, and none of that name is known.")


def _no_calls(calls: object) -> bool:
    return not calls


class DesignSpec(Model):
    """What a goal means, machine-checkable."""

    schema_version: str = Field(default=SPEC_VERSION, description="Version of this model.")
    goal: str = Field(description="The goal sentence, unchanged.")
    translation: str = Field(
        default="",
        description="The goal in English, as a language model translated it; the reading is of these words. Empty: it was read as it is.",
    )
    candidate_class: CandidateClass = Field(description="A molecule, or a polymer repeat unit with two attachment points '*'.")
    family: str = Field(default="", description="The subclass named by the goal (dye, polyimide, solvent, ...), or empty.")
    requirements: list[Requirement] = Field(default_factory=new_list, description="Hard conditions.")
    objectives: list[Objective] = Field(default_factory=new_list, description="Soft wishes.")
    set_requirements: list[SetRequirement] = Field(default_factory=new_list, description="Hard conditions on the list as a whole.")
    exhaustive: bool = Field(
        default=False, description="Whether all structures that meet the requirements are wanted, as for 'all isomers of C7H16'."
    )
    conditions: EstimationConditions = Field(default_factory=EstimationConditions, description="Solvent and temperature for the estimates.")
    reference: Reference | None = Field(default=None, description="The structure that the goal names, if any.")
    candidates: int = Field(default=10, ge=1, le=MAX_CANDIDATES, description="How many candidates to list.")
    budget: int = Field(default=1500, ge=1, le=MAX_BUDGET, description="How many distinct structures may be evaluated.")
    calls: dict[str, Annotated[int, Field(ge=1, le=MAX_BUDGET)]] = Field(
        default_factory=new_dict,
        exclude_if=_no_calls,
        description="How often each costly calculator that the goal needs may be called, by its name. Absent where it needs none.",
    )
    seed: int = Field(default=0, ge=0, le=MAX_SEED, description="Seed of every random generator of the run.")
    met_probability: float = Field(
        default=0.5, gt=0, lt=1, description="A predicted requirement counts as met at or above this probability."
    )
    max_similarity: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="Largest Tanimoto similarity of two listed candidates; None: 0.7, or no limit where all structures are wanted.",
    )
    list_known: bool = Field(default=False, description="Whether known structures are listed like new ones. They are marked in any case.")
    novelty: Novelty = Field(
        default=HALF_NEW,
        exclude_if=is_default,
        description="What the list is made of, unless list_known. Not stored where it is the default.",
    )
    assumptions: list[Assumption] = Field(default_factory=new_list, description="What the interpreter decided by itself.")
    unchecked: list[Unchecked] = Field(default_factory=new_list, description="Phrases that nothing can compute.")
    disagreements: list[str] = Field(
        default_factory=new_list, description="Where a language model reads the goal otherwise than the built-in reading; a person decides."
    )
    concerns: list[str] = Field(
        default_factory=new_list,
        description="What in the goal looks like a substance or a hazard although it was not understood; a person decides, and no model reads it.",
    )
    reading: list[ReadSpan] = Field(
        default_factory=new_list,
        description="What each word of the goal became, in order; empty in specs that were not made from a sentence.",
    )
    warnings: list[str] = Field(default_factory=new_list, description="What a reader should know before approving.")
    interpreter: str = Field(default="built-in", description="What made this spec: 'built-in', a model's name, or a person.")

    @property
    def sentence(self) -> str:
        """The words that were read: the translation of the goal where there is one."""
        return self.translation or self.goal

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [r.id for r in self.requirements] + [o.id for o in self.objectives] + [s.id for s in self.set_requirements]
        if len(ids) != len(set(ids)):
            raise ValueError("two requirements or objectives share an id")
        return self

    def requirements_of(self, model: type[R]) -> list[R]:
        """The requirements of one kind, in order: ``spec.requirements_of(CountRequirement)``."""
        return [r for r in self.requirements if isinstance(r, model)]

    def conditions_on(self, name: str) -> list[Condition]:
        """The conditions that property requirements put on the property ``name``, in its unit, in order."""
        return [r.condition for r in self.requirements_of(PropertyRequirement) if r.property == name and r.basis == "registered"]

    def property_names(self) -> list[str]:
        """Names of the registered properties that the requirements and objectives need, in order, without repeats."""
        names = [r.property for r in self.requirements if isinstance(r, (PropertyRequirement, LevelRequirement))]
        if any(r.basis == "mass concentration" for r in self.requirements_of(PropertyRequirement)):
            names.append("molecular_weight")  # mg/L are compared through it
        names += [o.property for o in self.objectives if o.property not in UNREGISTERED]
        names += [s.property for s in self.set_requirements if s.property]
        return list(dict.fromkeys(names))

    def wishes(self) -> Wishes:
        """How many wishes of the goal are checked (clauses that became requirements or objectives), and how many are not: every door and report counts so.

        A thing that is named by a use which nothing checks ('a refrigerant') is a wish that is not.
        """
        checked = {tuple(s.becomes) for s in self.reading if s.role in ("read", "head") and s.becomes}
        stated = len([r for r in self.requirements if r.origin != "class"] + [o for o in self.objectives if o.origin != "assumption"])
        added = self._stated_elsewhere() if self.reading else 0
        unread = len([u for u in self.unchecked if not u.use])
        return Wishes(len(checked) + added if self.reading else stated, unread + bool(_use_unchecked(self)))

    def _stated_elsewhere(self) -> int:
        """Requirements and objectives that a person or a model added and no words of the reading became."""
        read = {name for s in self.reading for name in s.becomes}
        return sum(e.origin in ("person", "model") and e.id not in read for e in [*self.requirements, *self.objectives])


def must_ask(spec: DesignSpec) -> str:
    """Why a person must look before ``spec`` may be run; empty if nobody need."""
    heads = [s for s in spec.reading if s.role == "head"]
    if spec.reading and not heads and any(u.head for u in spec.unchecked):
        return "the thing that is to be designed was not understood"
    wishes = spec.wishes()
    unread = wishes.unchecked - bool(_use_unchecked(spec))
    read = wishes.checked + len({tuple(s.left_out) for s in spec.reading if s.dropped})  # what a person left out was read
    if unread and unread >= read:
        return f"only {share_checked(spec)} of the goal {'is' if wishes.checked == 1 else 'are'} checked"
    if model := next((u.phrase for u in spec.unchecked if u.resembles), ""):
        return f'what it is to be like is not known: "{model}"'
    if (named := _named_by_use(spec)) and not _says_what_it_is(spec):
        return f'nothing that is checked says what makes it a "{named}"'
    return f'what makes it a "{whole}" was not read' if named and (whole := _qualified(spec)) else ""


def _head_with_unread(spec: DesignSpec) -> str:
    """The name of the thing designed with the words right before it, where nothing checks these; '' where nothing unread stands there."""
    head = next(s for s in spec.reading if s.role == "head")
    start = head.start
    for span in sorted((s for s in spec.reading if s.role == "unread" and s.end <= head.start), key=lambda s: -s.end):
        if spec.sentence[span.end : start].strip(" -"):
            break
        start = span.start
    return spec.sentence[start : head.end].strip() if start < head.start else ""


def _named_by_use(spec: DesignSpec) -> str:
    """The words that name the thing designed where they say only what it is used for, which nothing computes; else ''."""
    heads = {(s.start, s.end) for s in spec.reading if s.role == "head"}
    return next((u.phrase for u in spec.unchecked if u.use and (u.start, u.end) in heads), "")


def _qualified(spec: DesignSpec) -> str:
    """The name of a thing of use with words before it that were not understood ('sandalwood odorant') and no group that says what it is; else ''."""
    if spec.candidate_class == "polymer" or any(isinstance(r, _RESEMBLING) for r in spec.requirements):
        return ""
    strange = {u.start for u in spec.unchecked if u.reason == "not understood"}
    spans = [s for s in spec.reading if s.text.strip() or s.role != "filler"]
    at = next((n for n, s in enumerate(spans) if s.role == "head" and any(u.use and u.start == s.start for u in spec.unchecked)), 0)
    first = at
    while first and spans[first - 1].role in ("unread", "read", "head"):
        first -= 1
    before = spans[first:at]
    if not any(s.role == "unread" and s.start in strange for s in before):
        return ""
    parts = {r.id for r in spec.requirements if isinstance(r, (MotifRequirement, CountRequirement, *_RESEMBLING)) and _wanted(r)}
    return "" if any(parts & set(s.becomes) for s in before) else " ".join(s.text.strip() for s in spans[first : at + 1])


def _wanted(requirement: Requirement) -> bool:
    """Whether something must be there for it: a group, a number of them, a likeness."""
    if isinstance(requirement, CountRequirement):
        return requirement.condition.bounds()[0] >= 1
    return requirement.wanted if isinstance(requirement, MotifRequirement) else True


def _says_what_it_is(spec: DesignSpec) -> bool:
    """Whether the spec asks for a structure: a family, a part that must be there, a compound to resemble or to start from."""
    if spec.family or any(isinstance(r, _RESEMBLING) for r in spec.requirements):
        return True
    counts = (r.condition.bounds()[0] for r in spec.requirements_of(CountRequirement))
    return any(r.wanted for r in spec.requirements_of(MotifRequirement)) or any(least >= 1 for least in counts)


def read_otherwise(spec: DesignSpec) -> str:
    """Why a person must decide between two readings of the goal; empty if there is one."""
    return f"a language model reads the goal otherwise: {'; '.join(spec.disagreements)}" if spec.disagreements else ""


def translated(spec: DesignSpec) -> str:
    """Why a person must look at a goal that a model translated; empty if none did."""
    return f'a language model translated the goal: "{spec.translation}"' if spec.translation else ""


def unscreened(spec: DesignSpec) -> str:
    """Why a person must look at words of the goal that the guard could not screen; empty if there are none."""
    return f"the guard cannot tell what is asked for: {'; '.join(spec.concerns)}" if spec.concerns else ""


def share_checked(spec: DesignSpec) -> str:
    """'2 of the 6 wishes', where some wish of the goal is not checked; '' where all are."""
    wishes = spec.wishes()
    return f"{wishes.checked} of the {wishes.total} wishes" if wishes.unchecked else ""


def _use_unchecked(spec: DesignSpec) -> str:
    """The use by which the goal names the thing designed, where nothing checks it; else ''."""
    use = _named_by_use(spec)
    return use if use and not _checked_by_a_value(use, spec) else ""


def unchecked_use(spec: DesignSpec) -> str:
    """What the goal calls the thing designed, where nothing checks that: a use ('refrigerant'), a word that is not known, a known thing with words before it that
    nothing checks ('fluorescent dye'); '' otherwise.
    """
    if any(s.role == "head" for s in spec.reading):
        use = _named_by_use(spec) or _head_with_unread(spec)
        return "" if _checked_by_a_value(use, spec) else use
    return next((u.phrase for u in spec.unchecked if u.head), "")


#: Words that say of a thing what the value of a property says of it: where that is asked for, they are checked by it.
_SAID_BY_VALUES = {
    "fluorescent": ("emission_maximum", "quantum_yield"),
    "emissive": ("emission_maximum", "quantum_yield"),
    "luminescent": ("emission_maximum", "quantum_yield"),
    "barrier": ("oxygen_permeability",),
}


def _checked_by_a_value(use: str, spec: DesignSpec) -> list[str]:
    """The values asked for that say what makes a thing of this name one: an emission for a 'fluorescent dye', a permeability for a 'barrier film'."""
    said = {name for word in use.lower().replace("-", " ").split() for name in _SAID_BY_VALUES.get(word, ())}
    return [name for name in spec.property_names() if name in said]


def said_by_values(spec: DesignSpec) -> DesignSpec:
    """``spec``, in which words that say no more than a value that is asked for are no wish beside it that nothing checks."""

    def read(entry: Unchecked) -> Unchecked:
        names = _checked_by_a_value(entry.phrase, spec)
        if not names or entry.use:
            return entry
        reason = f"what the {' and the '.join(n.replace('_', ' ') for n in names)} that is asked for says of it is checked, and nothing else that it may mean"
        return entry.model_copy(update={"use": True, "reason": reason})

    return spec.model_copy(update={"unchecked": [read(entry) for entry in spec.unchecked]})


def use_in_words(spec: DesignSpec) -> str:
    """'not checked whether this is a refrigerant', which belongs before every probability; '' where what it is was checked."""
    use = unchecked_use(spec)
    if not use:
        return ""
    if use.endswith("s") and not use.endswith(("ss", "us", "is")):
        return f"not checked whether these are {use}"
    return f"not checked whether this is {'an' if use[0].lower() in 'aeiou' else 'a'} {use}"


def with_suggestions(spec: DesignSpec) -> DesignSpec:
    """``spec`` with every clear suggestion taken: what it asks for is asked for, of origin "person", and no longer unchecked.

    A suggestion that may mean its opposite is left. Whether the parts go together is not looked at here.
    """
    requirements, objectives, reading = list(spec.requirements), list(spec.objectives), list(spec.reading)
    left: list[Unchecked] = []
    taken = {e.id for e in [*requirements, *objectives, *spec.set_requirements]}
    for entry in spec.unchecked:
        if not entry.requirements and not entry.objectives:
            left.append(entry)
            continue
        update = {"phrase": entry.phrase, "origin": "person"}
        new_r = [r.model_copy(update={**update, "id": _free_id(taken, "R")}) for r in entry.requirements]
        new_o = [o.model_copy(update={**update, "id": _free_id(taken, "O")}) for o in entry.objectives]
        requirements, objectives = requirements + new_r, objectives + new_o
        ids = [e.id for e in [*new_r, *new_o]]
        reading = [
            s.model_copy(update={"role": "read", "becomes": ids}) if s.unread and (s.start, s.end) == (entry.start, entry.end) else s
            for s in reading
        ]
    parts = {"requirements": requirements, "objectives": objectives, "unchecked": left, "reading": reading}
    return spec.model_copy(update=parts)


def _free_id(taken: set[str], letter: str) -> str:
    """The first free id with this letter, which is then taken."""
    found = next(f"{letter}{n}" for n in range(1, len(taken) + 2) if f"{letter}{n}" not in taken)
    taken.add(found)
    return found


def marked(spec: DesignSpec) -> str:
    """The goal, or its translation, with its unread words between ``[?`` and ``?]``; ``spec.reading`` is the same as a structure."""
    return marked_text(spec.reading) if spec.reading else spec.sentence
