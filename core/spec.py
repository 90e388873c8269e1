"""What a goal means: the machine-checkable design specification.

A :class:`DesignSpec` is made by an interpreter from a goal sentence, shown to a person, approved, and then never changed
by the run. Hard conditions are *requirements*; soft wishes are *objectives*; what nothing can compute is listed in
``unchecked``; what the interpreter decided by itself is listed in ``assumptions``.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal, TypeVar, Union

from pydantic import Field, model_validator

from core.limits import MAX_BUDGET, MAX_CANDIDATES, MAX_SEED
from core.model import Model
from core.reading import ReadSpan, Wishes, marked_text

SPEC_VERSION = "1"

Comparison = Literal["<", "<=", ">", ">=", "==", "between"]
CandidateClass = Literal["molecule", "polymer"]
RequirementOrigin = Literal["goal", "assumption", "class", "person", "model"]


class Condition(Model):
    """A comparison with a number or, for a two-sided window, two numbers; both ends of ``between`` are included."""

    comparison: Comparison = Field(description="How the value is compared.")
    value: float | None = Field(default=None, description="The number compared with; None for 'between'.")
    low: float | None = Field(default=None, description="Lower end of a 'between' window, in the unit of the requirement.")
    high: float | None = Field(default=None, description="Upper end of a 'between' window, in the unit of the requirement.")

    @model_validator(mode="after")
    def _numbers_fit(self) -> Condition:
        if self.comparison == "between":
            if self.low is None or self.high is None or self.value is not None:
                raise ValueError("'between' needs low and high, and no value")
            if self.low > self.high:
                raise ValueError(f"the window {self.low:g} to {self.high:g} is empty")
        elif self.value is None or self.low is not None or self.high is not None:
            raise ValueError(f"'{self.comparison}' needs a value, and neither low nor high")
        return self

    def bounds(self) -> tuple[float, float]:
        """(lower, upper) of the accepted range; infinite where open. '==' gives the same number twice."""
        inf = float("inf")
        if self.comparison == "between":
            assert self.low is not None
            assert self.high is not None
            return self.low, self.high
        assert self.value is not None
        if self.comparison in ("<", "<="):
            return -inf, self.value
        if self.comparison in (">", ">="):
            return self.value, inf
        return self.value, self.value

    def holds(self, number: float) -> bool:
        """Whether ``number`` lies within :meth:`bounds`, to 1e-9; equal ends do not hold for '<' and '>'."""
        low, high = self.bounds()
        if self.comparison == "<":
            return number < high - 1e-9
        if self.comparison == ">":
            return number > low + 1e-9
        return low - 1e-9 <= number <= high + 1e-9


class RequirementBase(Model):
    """What every requirement has."""

    id: str = Field(description="Short name within the spec: R1, R2, ...")
    text: str = Field(description="The requirement in plain words with its unit, as shown to people.")
    phrase: str = Field(default="", description="The words of the goal that it comes from; empty for an assumption.")
    origin: RequirementOrigin = Field(
        default="goal", description="Who stated it: the goal, an assumption, the candidate class, a person, a model."
    )


class PropertyRequirement(RequirementBase):
    """A registered numeric property compared with numbers in the property's own unit."""

    kind: Literal["property"] = "property"
    property: str = Field(description="Registered property name.")
    condition: Condition = Field(description="The comparison, in the unit of ``unit``.")
    unit: str = Field(default="", description="The registered unit, repeated for readers; mg/L where the basis is a mass concentration.")
    basis: Literal["registered", "mass concentration"] = Field(
        default="registered",
        description=(
            "registered: in the unit of the property; mass concentration: the solubility is compared in mg/L, through each candidate's molar mass."
        ),
    )

    def condition_for(self, molar_mass: float) -> Condition:
        """The condition in the registered unit, for a substance of ``molar_mass`` (g/mol): mg/L become log mol/L."""
        if self.basis == "registered":
            return self.condition
        numbers = {name: getattr(self.condition, name) for name in ("value", "low", "high")}
        converted = {name: None if x is None else math.log10(x / 1000.0 / molar_mass) for name, x in numbers.items()}
        return Condition.model_validate({"comparison": self.condition.comparison, **converted})


class LevelRequirement(RequirementBase):
    """A registered ordinal property (such as thermal_stability) that may be at worst a given level."""

    kind: Literal["level"] = "level"
    property: str = Field(description="Registered property name.")
    at_worst: str = Field(description="The worst level accepted, one of the property's levels.")


class CountRequirement(RequirementBase):
    """How many times an element, a functional group or a ring system occurs."""

    kind: Literal["count"] = "count"
    what: Literal["element", "group"] = Field(description="Whether atoms of an element or matches of a group are counted.")
    name: str = Field(description="Element symbol, or the registered name of the group or ring system.")
    smarts: str = Field(default="", description="The group's SMARTS; unique matches are counted. Empty for an element.")
    condition: Condition = Field(description="The comparison with a count.")


class MotifRequirement(RequirementBase):
    """A substructure that must or must not be present."""

    kind: Literal["motif"] = "motif"
    name: str = Field(description="Registered name of the group, or the structure as given.")
    smarts: str = Field(description="SMARTS of the substructure.")
    wanted: bool = Field(description="True: at least one match; False: no match.")


class ElementsRequirement(RequirementBase):
    """The only elements that may occur (hydrogen is always allowed)."""

    kind: Literal["elements"] = "elements"
    allowed: list[str] = Field(description="Element symbols.")


class SimilarityRequirement(RequirementBase):
    """Tanimoto similarity to a reference structure (Morgan fingerprint, radius 2, 2048 bits)."""

    kind: Literal["similarity"] = "similarity"
    reference: str = Field(description="SMILES of the reference.")
    reference_name: str = Field(default="", description="Name of the reference, where the goal gave one.")
    condition: Condition = Field(description="The comparison with the similarity, 0 to 1.")


class RuleSetRequirement(RequirementBase):
    """A named rule set such as Lipinski's, with the number of violations that it allows."""

    kind: Literal["rule_set"] = "rule_set"
    rule_set: str = Field(description="Registered name of the rule set.")
    allowed_violations: int = Field(default=0, ge=0, description="How many of its rules may be broken.")


class ScaffoldRequirement(RequirementBase):
    """A core that must be kept: the structure occurs as a substructure, rings unbroken."""

    kind: Literal["scaffold"] = "scaffold"
    scaffold: str = Field(description="SMILES of the core.")
    smarts: str = Field(description="The SMARTS query made from it.")


class EditRequirement(RequirementBase):
    """One change to a given structure: a group added, removed, or replaced by another; everything else stays as it is."""

    kind: Literal["edit"] = "edit"
    operation: Literal["add", "remove", "replace"] = Field(description="What is done.")
    reference: str = Field(description="SMILES of the structure that is changed.")
    reference_name: str = Field(default="", description="Name of that structure, where the goal gave one.")
    group: str = Field(description="Registered group or element symbol that is added, removed or replaced.")
    replacement: str = Field(default="", description="Registered group or element symbol that takes its place; empty unless replacing.")
    every: bool = Field(default=False, description="Whether all occurrences are removed or replaced, not one of them.")


class AtomChoice(Model):
    """A kept atom that may be another element, as an atom list of a mol file says."""

    atom: int = Field(ge=0, description="Number of the atom, from 0, in the order of the reference's SMILES.")
    elements: list[str] = Field(min_length=1, description="Element symbols that it may be.")


class FixedAtomsRequirement(RequirementBase):
    """Atoms of a reference that stay as they are, the open positions among them, and what may be done there.

    Kept are element, charge, aromaticity, the bonds among the fixed atoms, the number of rings of each, and the configuration where it is
    given. Something else may stand only at open positions.
    """

    kind: Literal["fixed_atoms"] = "fixed_atoms"
    reference: str = Field(description="SMILES of the structure whose atoms are meant: the compound that is changed, or a core.")
    reference_name: str = Field(default="", description="Name of that structure, where the goal gave one.")
    part: str = Field(default="", description="What is kept, in words: 'the core', 'all but the ester'.")
    fixed: list[int] = Field(min_length=1, description="Numbers of the atoms that stay, from 0, in the order of the reference's SMILES.")
    open: list[int] = Field(default_factory=list, description="Those of them at which something else may stand.")
    choices: list[AtomChoice] = Field(default_factory=list, description="Fixed atoms that may be another element.")
    new_rings: bool = Field(default=False, description="Whether rings may be built onto open positions.")
    largest_substituent: int | None = Field(
        default=None, ge=0, description="Most heavy atoms of one substituent at an open position; None: no limit."
    )


class ReferenceSetRequirement(RequirementBase):
    """Tanimoto similarity to a set of references (Morgan fingerprint, radius 2, 2048 bits): to the nearest of them, or on average."""

    kind: Literal["reference_set"] = "reference_set"
    name: str = Field(default="", description="What the set is called: a file name, or the words of the goal.")
    references: list[str] = Field(min_length=1, max_length=1000, description="SMILES of the references.")
    measure: Literal["max", "mean"] = Field(default="max", description="max: similarity to the nearest reference; mean: the average.")
    condition: Condition = Field(description="The comparison with the similarity, 0 to 1.")


R = TypeVar("R", bound=RequirementBase)

Requirement = Annotated[
    Union[
        PropertyRequirement,
        LevelRequirement,
        CountRequirement,
        MotifRequirement,
        ElementsRequirement,
        SimilarityRequirement,
        RuleSetRequirement,
        ScaffoldRequirement,
        EditRequirement,
        FixedAtomsRequirement,
        ReferenceSetRequirement,
    ],
    Field(discriminator="kind"),
]

SetMeasure = Literal["count", "diversity", "novelty", "mean"]


class SetRequirement(Model):
    """What the list as a whole must meet, not each of its members."""

    id: str = Field(description="Short name within the spec: S1, S2, ...")
    text: str = Field(default="", description="The requirement in plain words.")
    phrase: str = Field(default="", description="The words of the goal that it comes from.")
    measure: SetMeasure = Field(
        description=(
            "count: how many are listed; diversity: 1 less the mean pairwise Tanimoto similarity of the list; novelty: 1 less the largest "
            "similarity of a member to the reference set, for every member; mean: mean of a property over the list."
        )
    )
    condition: Condition = Field(description="The comparison.")
    property: str = Field(default="", description="Registered property for 'mean', else empty.")
    references: list[str] = Field(
        default_factory=list, description="SMILES of the reference set for 'novelty'; empty: the shipped known compounds."
    )


#: What an objective can name beside registered properties.
UNREGISTERED = ("similarity", "route")


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
        default_factory=list, max_length=1000, description="For 'similarity': SMILES of a set of references; empty: the spec's reference."
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
    def _shape_fits(self) -> Objective:
        if self.low >= self.high:
            raise ValueError("an objective's ramp needs low < high")
        if (self.shape == "target") != (self.target is not None):
            raise ValueError("'target' shape and target value belong together")
        if self.references and self.property != "similarity":
            raise ValueError("references belong to an objective on 'similarity'")
        return self


class Conditions(Model):
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
        default_factory=list, description="The suggestion as requirements, where it is clear; empty where the opposite may be meant."
    )
    objectives: list[Objective] = Field(default_factory=list, description="The suggestion as objectives, where it is clear.")
    use: bool = Field(default=False, description="Whether it says what the thing is called or for, which is no wish that could be checked.")
    head: bool = Field(default=False, description="Whether it names the thing designed.")


class DesignSpec(Model):
    """What a goal means, machine-checkable."""

    schema_version: str = Field(default=SPEC_VERSION, description="Version of this model.")
    goal: str = Field(description="The goal sentence, unchanged.")
    candidate_class: CandidateClass = Field(description="A molecule, or a polymer repeat unit with two attachment points '*'.")
    family: str = Field(default="", description="The subclass named by the goal (dye, polyimide, solvent, ...), or empty.")
    requirements: list[Requirement] = Field(default_factory=list, description="Hard conditions.")
    objectives: list[Objective] = Field(default_factory=list, description="Soft wishes.")
    set_requirements: list[SetRequirement] = Field(default_factory=list, description="Hard conditions on the list as a whole.")
    exhaustive: bool = Field(
        default=False, description="Whether all structures that meet the requirements are wanted, as for 'all isomers of C7H16'."
    )
    conditions: Conditions = Field(default_factory=Conditions, description="Solvent and temperature for the estimates.")
    reference: Reference | None = Field(default=None, description="The structure that the goal names, if any.")
    candidates: int = Field(default=10, ge=1, le=MAX_CANDIDATES, description="How many candidates to list.")
    budget: int = Field(default=1500, ge=1, le=MAX_BUDGET, description="How many distinct structures may be evaluated.")
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
    assumptions: list[Assumption] = Field(default_factory=list, description="What the interpreter decided by itself.")
    unchecked: list[Unchecked] = Field(default_factory=list, description="Phrases that nothing can compute.")
    disagreements: list[str] = Field(
        default_factory=list, description="Where a language model reads the goal otherwise than the built-in reading; a person decides."
    )
    concerns: list[str] = Field(
        default_factory=list,
        description="What in the goal looks like a substance or a hazard although it was not understood; a person decides, and no model reads it.",
    )
    reading: list[ReadSpan] = Field(
        default_factory=list, description="What each word of the goal became, in order; empty in specs that were not made from a sentence."
    )
    warnings: list[str] = Field(default_factory=list, description="What a reader should know before approving.")
    interpreter: str = Field(default="built-in", description="What made this spec: 'built-in', a model's name, or a person.")

    @model_validator(mode="after")
    def _ids_are_unique(self) -> DesignSpec:
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
        """How many wishes of the goal are checked (clauses that became requirements or objectives), and how many are not."""
        checked = {s.start for s in self.reading if s.role in ("read", "head") and s.becomes}
        stated = len([r for r in self.requirements if r.origin != "class"] + [o for o in self.objectives if o.origin != "assumption"])
        added = self._stated_elsewhere() if self.reading else 0
        return Wishes(len(checked) + added if self.reading else stated, len([u for u in self.unchecked if not u.use]))

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
    if wishes.unchecked * 2 > wishes.total:
        return f"only {wishes.checked} of the {wishes.total} wishes of the goal could be read"
    return ""


def read_otherwise(spec: DesignSpec) -> str:
    """Why a person must decide between two readings of the goal; empty if there is one."""
    return f"a language model reads the goal otherwise: {'; '.join(spec.disagreements)}" if spec.disagreements else ""


def unscreened(spec: DesignSpec) -> str:
    """Why a person must look at words of the goal that the guard could not screen; empty if there are none."""
    return f"the guard cannot tell what is asked for: {'; '.join(spec.concerns)}" if spec.concerns else ""


def share_checked(spec: DesignSpec) -> str:
    """'2 of the 6 wishes', where some wish of the goal is not checked; '' where all are."""
    wishes = spec.wishes()
    return f"{wishes.checked} of the {wishes.total} wishes" if wishes.unchecked else ""


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
    """The goal with its unread words between ``[?`` and ``?]``; ``spec.reading`` is the same as a structure."""
    return marked_text(spec.reading) if spec.reading else spec.goal
