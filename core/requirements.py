"""What a spec demands: the comparison with a number, the kinds of requirements on a structure, and what a list must meet as a whole."""

import math
from collections.abc import Callable
from typing import Annotated, Literal, Self, Union

from pydantic import Field, model_validator

from core.model import Model, new_list

Comparison = Literal["<", "<=", ">", ">=", "==", "between"]
RequirementOrigin = Literal["goal", "assumption", "class", "person", "model"]


class Condition(Model):
    """A comparison with a number or, for a two-sided window, two numbers; both ends of ``between`` are included."""

    comparison: Comparison = Field(description="How the value is compared.")
    value: float | None = Field(default=None, description="The number compared with; None for 'between'.")
    low: float | None = Field(default=None, description="Lower end of a 'between' window, in the unit of the requirement.")
    high: float | None = Field(default=None, description="Upper end of a 'between' window, in the unit of the requirement.")

    @model_validator(mode="after")
    def _numbers_fit(self) -> Self:
        if self.comparison == "between":
            if self.low is None or self.high is None or self.value is not None:
                raise ValueError("'between' needs low and high, and no value")
            if self.low > self.high:
                raise ValueError(f"the window {self.low:g} to {self.high:g} is empty")
        elif self.value is None or self.low is not None or self.high is not None:
            raise ValueError(f"'{self.comparison}' needs a value, and neither low nor high")
        return self

    def bounds(self) -> tuple[float, float]:
        """(lower, upper) of the accepted range, in the unit of the requirement; infinite where open. '==' gives the same number twice."""
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
        """Whether ``number``, in the unit of the requirement, lies within :meth:`bounds`, to 1e-9.

        Equal ends do not hold for '<' and '>'; NaN never holds.
        """
        return self.test()(number)

    def test(self) -> Callable[[float], bool]:
        """:meth:`holds` for many numbers, in the unit of the requirement: the bounds are looked up once. NaN never holds."""
        low, high = self.bounds()
        if self.comparison == "<":
            return lambda number: number < high - 1e-9
        if self.comparison == ">":
            return lambda number: number > low + 1e-9
        return lambda number: low - 1e-9 <= number <= high + 1e-9


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
        """The condition in the registered unit, for a substance of ``molar_mass`` (g/mol): mg/L become log mol/L.

        Raises ValueError for a concentration that is not above 0, which has no logarithm.
        """
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
    open: list[int] = Field(default_factory=new_list, description="Those of them at which something else may stand.")
    choices: list[AtomChoice] = Field(default_factory=new_list, description="Fixed atoms that may be another element.")
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
        default_factory=new_list, description="SMILES of the reference set for 'novelty'; empty: the shipped known compounds."
    )
