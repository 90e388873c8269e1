"""Limits, wishes and compliance as they are said in goals of other fields: each kind with sentences of its own."""

from __future__ import annotations

import pytest

from agent.reading import interpret
from core.spec import CountRequirement, ElementsRequirement, LevelRequirement, PropertyRequirement
from tests.agent.reading.test_polarity import demanded, denied
from tests.tables import each_row


@each_row(
    ("said", "name", "low", "high"),
    [
        ("an antifoulant, MW > 500 g/mol to reduce leaching", "molecular_weight", 500, None),
        ("a flavour carrier with boiling point above 250 °C to prevent losses", "boiling_point", 250, None),
        ("a tracer with TPSA below 60 Å2 to ensure uptake", "tpsa", None, 60),
        ("a herbicide, logP below 2 to improve mobility", "logp", None, 2),
        ("two dozen heavy atoms at most", "heavy_atoms", None, 24),
        ("fewer than three dozen heavy atoms", "heavy_atoms", None, 36),
        ("a fragrance that weighs less than half a kilodalton", "molecular_weight", None, 500),
        ("an ink monomer, M < 420", "molecular_weight", None, 420),
        ("a drug with M <= 0.6 kDa", "molecular_weight", None, 600),
        ("an emitter, PLQY of at least four fifths", "quantum_yield", 0.8, None),
        ("a probe whose quantum yield exceeds two thirds", "quantum_yield", 0.6667, None),
        ("a label, QY above three-quarters", "quantum_yield", 0.75, None),
        ("a transporter, HOMO deeper than -5.4 eV", "homo", None, -5.4),
        ("an acceptor, LUMO shallower than -3.5 eV", "lumo", -3.5, None),
        ("a sensitiser, ET > 62 kcal/mol", "triplet_energy", 2.689, None),
        ("an aprotic fluid, dielectric const. >= 20", "relative_permittivity", 20, None),
        ("an aprotic fluid, permitivity above 15", "relative_permittivity", 15, None),
        ("a softener with a freezing pt. below -40 °C", "melting_point", None, -40),
        ("a heat carrier, boiling pt. above 260 °C", "boiling_point", 260, None),
        ("a collector oil lighter than water", "density", None, 0.997),
        ("a leaching agent, denser than water", "density", 0.997, None),
        ("an active that dissolves less than 20 ppm in water, solubility in water below 20 ppm", "aqueous_solubility", None, 20),
        ("a refrigerant not controlled under the Montreal Protocol", "montreal_controlled", 0, 0),
        ("a propellant that is outside the Montreal Protocol incl. Kigali", "montreal_controlled", 0, 0),
        ("a surfactant, not a POP", "stockholm_pops", 0, 0),
        ("a biocide that must not be listed in the Stockholm Convention", "stockholm_pops", 0, 0),
        ("a leather dye that releases none of the restricted aromatic amines", "restricted_azo_amines", 0, 0),
        ("a textile dye, no release of the banned amines", "restricted_azo_amines", 0, 0),
    ],
)
def test_a_limit_is_read_as_it_is_said(said: str, name: str, low: float | None, high: float | None) -> None:
    spec = interpret(said)
    found = [
        r.condition.bounds() for r in spec.requirements if isinstance(r, PropertyRequirement) and r.property == name and r.origin != "class"
    ]
    assert len(found) == 1, spec.unchecked
    wanted = (float("-inf") if low is None else low, float("inf") if high is None else high)
    assert all(one == pytest.approx(other, rel=1e-3) for one, other in zip(found[0], wanted, strict=True)), found


@each_row(
    ("said", "name", "shape"),
    [
        ("a mesogen, the lower the melting point the better", "melting_point", "minimise"),
        ("a coalescent, the higher the boiling point, the better", "boiling_point", "maximise"),
        ("a dye, QY as high as possible", "quantum_yield", "maximise"),
    ],
)
def test_a_wish_without_a_number_is_scored(said: str, name: str, shape: str) -> None:
    assert (name, shape) in [(o.property, o.shape) for o in interpret(said).objectives if o.origin != "assumption"]


@each_row(
    ("said", "asked", "excluded"),
    [
        ("three aromatic fluorines, no aromatic bromine", ["aryl fluoride"], ["aryl bromide"]),
        ("no aromatic chlorine, two nitriles", ["nitrile"], ["aryl chloride"]),
        ("three phosphonate groups or more", ["phosphonate"], []),
        ("two hexyl groups, no oxygen", ["hexyl"], ["O"]),
        ("no aldehydes, coumarins neither", [], ["aldehyde", "coumarin"]),
        ("secondary amines banned on account of nitrosamines", [], ["secondary amine"]),
    ],
)
def test_parts_are_read_as_they_are_said(said: str, asked: list[str], excluded: list[str]) -> None:
    spec = interpret(f"MW below 900, {said}", may_be_empty=True)
    assert (sorted(demanded(spec)), sorted(denied(spec))) == (sorted(asked), sorted(excluded))


@pytest.mark.parametrize(
    ("said", "allowed"),
    [("CHO elements only", "CHO"), ("carbon hydrogen and oxygen only", "CHO"), ("of carbon, hydrogen and nitrogen only", "CHN")],
)
def test_a_set_of_elements_is_closed(said: str, allowed: str) -> None:
    elements = [r.allowed for r in interpret(f"a lubricant, {said}").requirements if isinstance(r, ElementsRequirement)]
    assert [sorted(x) for x in elements] == [sorted(allowed)]


def test_fewer_than_five_atoms_are_counted() -> None:
    spec = interpret("a refrigerant, fewer than five fluorines, bp -30 ± 5 °C")
    assert [(r.name, r.condition.bounds()[1]) for r in spec.requirements if isinstance(r, CountRequirement)] == [("F", 5)]


@each_row(
    ("goal", "family"),
    [
        ("polymer electrolyte host, polyether, Tg below -50 °C", "polyether"),
        ("coating polymer, polyester, no phthalate", "polyester"),
        ("plastisizer for PLA cups, contains lactate", "plasticizer"),
        ("coating polymer: anthracene chromophore, carboxylic acid", ""),
        ("polymer binder, no polyamide, polyester, Tg above 50 °C", ""),
        ("adhesive polymer for PET, polyester, wood; Tg above 50 °C", ""),
    ],
)
def test_the_family_stands_where_it_is_named(goal: str, family: str) -> None:
    assert interpret(goal).family == family


@pytest.mark.parametrize(
    "said",
    [
        "absorbs deeper than 600 nm", "a melting point deeper than 100 °C", "ET groups", "M > 2 mmol", "MW > 500 g/mol to reach 900", "subject to the Montreal Protocol",
        "listed in the Stockholm Convention", "releases the banned aromatic amines", "lower melting point better", "half a bottle",
        "quantum yield above two thirds of that of rhodamine 6G", "solubility less than one tenth of that of aspirin", "logP below two thirds that of octanol",
    ],
)  # fmt: skip
def test_what_only_looks_so_asks_for_nothing(said: str) -> None:
    spec = interpret(f"a ligand with a nitrile, {said}", may_be_empty=True)
    assert not [r for r in spec.requirements if isinstance(r, PropertyRequirement)]
    assert not [o for o in spec.objectives if o.origin != "assumption"]


@each_row(
    ("said", "excluded"),
    [
        ("nitro groups keep out.", ["nitro"]),
        ("phenols keep out oxygen", []),
        ("phenols keep out of the water phase", []),
        ("phenols that keep out", []),
        ("an ester lest phenols stay out of the water phase", []),
    ],
)
def test_what_keeps_something_out_is_not_kept_out(said: str, excluded: list[str]) -> None:
    assert denied(interpret(f"MW below 900; {said}")) == excluded


@each_row(
    ("said", "name"),
    [
        ("n = 1.458 ± 0.005", "refractive_index"),
        ("n > 1.62", "refractive_index"),
        ("n = 2", ""),
        ("n = 1.4 repeat units", ""),
        ("decomposition only above 350 °C", "thermal_stability"),
        ("must survive 320 °C compounding", "thermal_stability"),
    ],
)
def test_symbols_and_processes_name_their_property(said: str, name: str) -> None:
    spec = interpret(f"MW below 900, {said}")
    found = [r.property for r in spec.requirements if isinstance(r, (PropertyRequirement, LevelRequirement))]
    assert found == ["molecular_weight", name] if name else found == ["molecular_weight"]
