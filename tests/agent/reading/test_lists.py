"""Lists and what takes something out of them: shared nouns, hanging hyphens, exceptions, answers, what is said again of the next one."""

from __future__ import annotations

import pytest

from agent.reading import interpret
from tests.agent.reading.test_polarity import demanded, denied
from tests.tables import each_row


@each_row(
    ("said", "present", "absent"),
    [
        ("no primary or secondary amines", [], ["primary amine", "secondary amine"]),
        ("without primary, secondary or tertiary amines", [], ["primary amine", "secondary amine", "tertiary amine"]),
        ("no alkyl or aryl halides", [], ["alkyl halide", "aryl halide"]),
        ("cobalt- and chromium-free", [], ["Co", "Cr"]),
        ("no chlorine or other halogens", [], ["Cl", "halogen"]),
        ("zero chromium, lead or zinc", [], ["Cr", "Pb", "Zn"]),
        ("phosphates are ruled out, as are carbamates", [], ["phosphate", "carbamate"]),
        ("phosphates are welcome, as are carbamates", [], []),
        ("an amide not an ester", ["amide"], ["ester"]),
        ("forgoes chlorine in favour of fluorine", ["F"], ["Cl"]),
        ("no aromatic residue other than phenyl", [], []),
        ("no ketones other than quinones", [], []),
        ("without gadolinium, nitroxide radical", [], ["Gd"]),
        ("without fluorine, long alkyl chain", [], ["F"]),
        ("amide, yes; amine, no", ["amide"], ["amine"]),
        ("benzene rings: none; amide: a must", ["amide"], ["benzene ring"]),
        ("indoles - no thanks", [], ["indole"]),
        ("an ether with no hydroxyl is wanted", ["ether"], ["hydroxyl"]),
        ("no Michael acceptor of the maleimide type", [], []),
        ("no chloride counterions, no bromide", [], ["Cl", "Br"]),
        ("no acyl chloride or bromide", [], []),
        ("incompatible with: a tertiary amine", [], []),
        ("reactive with an amine", [], []),
        ("esters best left out", [], ["ester"]),
        ("an adamantyl methacrylate", ["adamantane", "methacrylate"], []),
        ("no adamantyl methacrylates", [], []),
        ("two (meth)acrylate groups", ["(meth)acrylate"], []),
    ],
)
def test_a_list_asks_for_each_of_its_items_or_for_none(said: str, present: list[str], absent: list[str]) -> None:
    spec = interpret(f"MW below 900; {said}", may_be_empty=True)
    assert (sorted(demanded(spec)), sorted(denied(spec))) == (sorted(present), sorted(absent))


@pytest.mark.parametrize("said", ["you don't need esters", "the ligand does not need any esters", "it does not require an ester"])
def test_what_is_not_needed_is_not_excluded(said: str) -> None:
    spec = interpret(f"MW below 900. {said}.")
    assert not denied(spec)
    assert not demanded(spec)
    assert all(not u.suggestion for u in spec.unchecked)


@pytest.mark.parametrize("said", ["a ten-carbon spacer", "an alkyl tail with 12 carbons", "side chains of four carbons"])
def test_the_carbons_of_a_part_are_not_all(said: str) -> None:
    assert "C" not in demanded(interpret(f"MW below 900, {said}"))


@pytest.mark.parametrize("metal", ["Rare earth", "heavy metal", "transition metal", "metal"])
def test_a_metal_that_is_bound_is_no_part(metal: str) -> None:
    assert demanded(interpret(f"{metal} chelator with two amides")) == ["amide"]


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ("MW between three and four hundred", 300, 400),
        ("MW between six and eight hundred", 600, 800),
    ],
)
def test_hundreds_are_shared_by_both_ends(said: str, low: float, high: float) -> None:
    (requirement,) = interpret(said).requirements
    assert requirement.condition.bounds() == (low, high)  # type: ignore[union-attr]


def test_a_window_of_negative_numbers_may_begin_at_its_lower_or_upper_end() -> None:
    assert interpret("polyacrylate, Tg -30 to -50 °C").requirements[0].text == "Glass transition temperature between -50 and -30 °C"


@pytest.mark.parametrize("solvent", ["ethanol", "hexane mixtures", "the wibble"])
def test_a_solubility_elsewhere_is_none_in_water(solvent: str) -> None:
    assert not interpret(f"MW below 900; solubility above 10 g/L in {solvent}").requirements[1:]


@pytest.mark.parametrize(
    ("goal", "low", "high"),
    [("a dye, lambda max 248 nm plus minus 5", 243, 253), ("a molecule with logP 3.5 plus/minus 0.5", 3, 4)],
)
def test_plus_minus_in_words_is_a_window(goal: str, low: float, high: float) -> None:
    condition = interpret(goal).requirements[0].condition
    assert (condition.low, condition.high) == (low, high)


@pytest.mark.parametrize("goal", ["an odorant with a macrocycle of 15 or 16 atoms", "a plasticiser with a ring of 22 atoms"])
def test_the_atoms_of_a_ring_are_not_all_atoms(goal: str) -> None:
    spec = interpret(goal)
    assert "heavy_atoms" not in spec.property_names()
    assert any("atoms" in u.phrase for u in spec.unchecked)
