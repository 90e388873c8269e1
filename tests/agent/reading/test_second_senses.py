"""Words and bounds that say less, or something else, than they seem to: contents of zero, what is derived, media, feel, salts, alternatives with '-free'.

The expectations were written before the sentences were run.
"""

from __future__ import annotations

import math

import pytest

from agent.reading import interpret
from core.spec import CountRequirement, DesignSpec, MotifRequirement, PropertyRequirement

INF = math.inf


def _read(goal: str) -> DesignSpec:
    return interpret(goal, may_be_empty=True)


def _limits(spec: DesignSpec, name: str) -> list[tuple[float, float]]:
    return [
        r.condition.bounds() for r in spec.requirements if isinstance(r, PropertyRequirement) and r.property == name and r.origin != "class"
    ]


def _groups(spec: DesignSpec) -> dict[str, bool]:
    """The groups that the goal asks for (True) or forbids (False)."""
    return {r.name: r.wanted for r in spec.requirements if isinstance(r, MotifRequirement) and r.origin != "class"}


def _none_of(spec: DesignSpec, element: str) -> bool:
    return any(isinstance(r, CountRequirement) and r.name == element and r.condition.bounds()[1] == 0 for r in spec.requirements)


ZERO = [
    ("Lubricant ester, chlorine content zero", "Cl"),
    ("a plasticiser with a phosphorus content of 0", "P"),
    ("solvent; sulfur content: zero; an ether", "S"),
    ("solvent; sulphur content = 0; an ether", "S"),
    ("flame retardant, bromine content of zero, with a phosphate", "Br"),
    ("fluorine content 0 %, one amide", "F"),
    ("nitrogen content must be zero, two esters", "N"),
    ("resist monomer whose fluorine content is zero, with an acrylate", "F"),
    ("coalescent with an ester, chlorine content equal to 0", "Cl"),
    ("coolant with an ester and a silicon content of zero", "Si"),
]


@pytest.mark.parametrize(("goal", "element"), ZERO)
def test_a_content_of_zero_is_none_at_all(goal: str, element: str) -> None:
    spec = _read(goal)
    assert _none_of(spec, element)
    assert not [r for r in spec.requirements if isinstance(r, PropertyRequirement) and r.property.endswith("_content")]


@pytest.mark.parametrize(
    "goal",
    [
        "a surfactant with an amide, not a diethanolamine derivative",
        "amide, but not a caffeine derivative",
        "a drug with an amide that is not a derivative of aspirin",
        "an ester solvent, not derived from glycerol",
        "amide gelator, not a cholesterol derivative",
        "plasticiser with an ester, never derived from bisphenol A",
        "an amide; no ibuprofen derivative",
        "sweetener with an ether, not a sucrose derivative",
        "a phenol antioxidant, not a derivative of catechol",
        "an ester emollient, not derived from lanolin",
    ],
)
def test_not_derived_is_no_bound_on_likeness(goal: str) -> None:
    assert "similarity" not in [r.kind for r in _read(goal).requirements]


def test_a_derivative_is_denied_by_the_group_that_is_left_of_it() -> None:
    assert _groups(_read("a surfactant with an amide, not a diethanolamine derivative"))["diethanolamine group"] is False


BRACKETED = [
    ("furan with a thiol, low MW (below 230)", "molecular_weight", (-INF, 230)),
    ("an ester with low logP (< 2)", "logp", (-INF, 2)),
    ("solvent, low melting point (under -20 °C), an ester", "melting_point", (-INF, -20)),
    ("an amide, high TPSA (over 90 Å²)", "tpsa", (90, INF)),
    ("polyol, high molecular weight (above 500), no nitrogen", "molecular_weight", (500, INF)),
    ("emollient with high logP (at least 5) and an ester", "logp", (5, INF)),
    ("pigment with an amide, high melting point (> 300 °C)", "melting_point", (300, INF)),
    ("fuel additive: an ether, high flash point (above 60 °C)", "flash_point", (60, INF)),
    ("a ketone with low molar mass (at most 180 g/mol)", "molecular_weight", (-INF, 180)),
    ("fragment with an amide, low MW (150 to 250)", "molecular_weight", (150, 250)),
]


@pytest.mark.parametrize(("goal", "name", "bounds"), BRACKETED)
def test_a_bound_in_brackets_is_what_the_adjective_means(goal: str, name: str, bounds: tuple[float, float]) -> None:
    spec = _read(goal)
    assert _limits(spec, name) == [bounds]
    assert name not in [o.property for o in spec.objectives]


def test_a_bound_on_the_other_side_is_not_taken_with_the_adjective() -> None:
    assert _limits(_read("furan with a thiol, low MW (above 400)"), "molecular_weight") == []


@pytest.mark.parametrize(
    "goal",
    [
        "solvent-soluble azo dye",
        "Solvent-soluble dye with an azo group",
        "an azo dye, solvent-soluble",
        "oil-soluble dye with an azo group",
        "alcohol-soluble dye with an azo group",
        "fuel-soluble azo dye",
        "wax-soluble azo dye",
        "resin-soluble dye with an azo group",
        "solvent-miscible dye with an azo group",
        "polymer-soluble azo dye",
    ],
)
def test_soluble_in_another_medium_is_not_soluble_in_water(goal: str) -> None:
    assert _limits(_read(goal), "aqueous_solubility") == []


@pytest.mark.parametrize("goal", ["soluble azo dye", "water-soluble amide"])
def test_soluble_alone_is_soluble_in_water(goal: str) -> None:
    assert len(_limits(_read(goal), "aqueous_solubility")) == 1


@pytest.mark.parametrize(
    "goal",
    [
        f"{thing}, {metal} or metal-free, MW above 500"
        for metal in ("zinc", "copper", "nickel", "magnesium", "cobalt")
        for thing in ("phthalocyanine donor", "dye with a porphyrin")
    ],
)
def test_a_metal_or_none_forbids_neither(goal: str) -> None:
    spec = _read(goal)
    assert not any(_none_of(spec, symbol) for symbol in ("Zn", "Cu", "Ni", "Mg", "Co"))


def test_free_of_two_elements_forbids_both() -> None:
    spec = _read("dye with an amide, sulfur or chlorine-free")
    assert _none_of(spec, "S")
    assert _none_of(spec, "Cl")


@pytest.mark.parametrize(
    "goal",
    [f"light {noun} with an ester" for noun in ("emollient", "oil", "diluent", "lubricant", "plasticiser", "solvent", "fuel additive", "fragrance", "moisturiser", "base oil")],
)  # fmt: skip
def test_light_before_a_use_is_no_mass(goal: str) -> None:
    assert _limits(_read(goal), "molecular_weight") == []


@pytest.mark.parametrize("goal", ["light molecule with an ester", "an ester that is light and cheap"])
def test_light_of_a_molecule_is_its_mass(goal: str) -> None:
    assert len(_limits(_read(goal), "molecular_weight")) == 1


@pytest.mark.parametrize(
    "goal",
    [f"{word} {noun} with an imidazole" for word in ("protic", "aprotic") for noun in ("salt", "ionic liquid", "electrolyte", "molten salt", "organic salt")],
)  # fmt: skip
def test_protic_of_a_salt_counts_no_hydrogens(goal: str) -> None:
    assert _limits(_read(goal), "hbd") == []


def test_aprotic_of_a_solvent_counts_hydrogens() -> None:
    assert [high for _, high in _limits(_read("aprotic solvent with a carbonate"), "hbd")] == [0]
