"""Numbers that are said in an unusual way: two units in one window, a bound behind a wish, a scale that tells the property, a ring by its size."""

from __future__ import annotations

from agent.reading import interpret
from tests.tables import each_row


def asked(goal: str) -> set[str]:
    """All that the goal asks for, in words."""
    spec = interpret(goal, may_be_empty=True)
    return {r.text for r in spec.requirements if r.origin != "class"} | {
        o.text.split(" (")[0] for o in spec.objectives if o.origin == "goal"
    }


@each_row(
    ("goal", "demands"),
    [
        ("an amine, vapour pressure 10 mPa to 1 Pa", ["Vapour pressure (log10, 25 °C) between -2 and 0 log Pa (0.01 and 1 Pa)"]),
        ("an amine, boiling point 350 K to 100 °C", ["Boiling point between 76.85 and 100 °C"]),
        ("an ester with MW 0.5 kDa to 800 Da", ["Molecular weight between 500 and 800 g/mol"]),
        ("an ester, water solubility 100 mg/L to 5 g/L", ["Aqueous solubility between 100 and 5000 mg/L"]),
        ("an ester, water solubility above 2 wt%", ["Aqueous solubility above 20,000 mg/L"]),
        (
            "an ester, boiling point as high as possible, but at least 200 °C",
            ["Boiling point at least 200 °C", "Boiling point as high as possible"],
        ),
        (
            "an ester with the lowest possible melting point but not above 20 °C",
            ["Melting point at most 20 °C", "Melting point as low as possible"],
        ),
        ("an amine, MW as low as possible but at most 3 nitriles", ["at most 3 nitrile groups", "Molecular weight as low as possible"]),
        ("a host with a triplet above 260 kJ/mol", ["Triplet energy above 2.695 eV"]),
        ("a host, ET at least 260 kJ/mol", ["Triplet energy at least 2.695 eV"]),
        ("a host, HOMO-LUMO gap wider than 2 eV", ["HOMO-LUMO gap above 2 eV"]),
        ("a polyester, repeat unit ≤ 250 g/mol", ["Molecular weight at most 250 g/mol"]),
        ("a rhodamine, ex max 560-590 nm", ["Absorption maximum between 560 and 590 nm"]),
        ("a UV absorber that must absorb maximally below 345 nm", ["Absorption maximum below 345 nm"]),
        ("a blue emitter peaking at 455 nm", ["Emission maximum between 430 and 480 nm"]),
        ("a solvent, ε > 25", ["Relative permittivity (liquid, 20 to 25 °C) above 25"]),
        ("a polyanhydride, Tg above body temperature (37 °C)", ["Glass transition temperature above 37 °C"]),
        ("a terphenyl; is that feasible with a molecular weight of 450 or less?", ["Molecular weight at most 450 g/mol"]),
        ("leads that stay at logKow ≤ 4.5", ["logP (Crippen) at most 4.5"]),
        ("a host, decomposition onset above 350 °C", ["Thermal stability risk at most 'low' at 350 °C"]),
        ("an amide, aqueous sol > 0.1 mM", ["Aqueous solubility (log S) above -4 log mol/L"]),
        (
            "a disperse dye, may not release REACH-restricted aromatic amines",
            ["Restricted amines released (REACH Annex XVII, entry 43) exactly 0"],
        ),
        ("a sixteen-membered macrolactone", ["contains sixteen-membered ring", "contains macrolactone"]),
        ("an ester with a ring of 6 atoms", ["contains six-membered ring"]),
        ("a 14-membered crown ether", ["contains fourteen-membered ring", "contains crown ether"]),
    ],
)
def test_a_number_said_otherwise_is_read(goal: str, demands: list[str]) -> None:
    assert set(demands) <= asked(goal)


@each_row(
    "goal",
    [
        "a dye absorbing from 2.0 eV to 700 nm",  # energies run against wavelengths
        "an amine with vapour pressure 1 kPa to 10 mbar",  # one and the same
        "an ester, boiling point 80 °C to 20 kJ/mol",
        "an ester, water solubility above 40 wt%",  # no dilute solution
        "a dye, ε 25",
        "a green fluorophore, peak at 520 nm",  # absorbed or emitted?
        "a triplet emitter, gap wider than usual",
        "an initiator with decomposition onset below 80 °C",
        "a blowing agent, decomposition onset at 160 °C",
        "a drug lead, Lipinski is not required",
        "no sixteen-membered lactones",  # which of the two is not wanted is not said
    ],
)
def test_what_does_not_fit_stays_unread(goal: str) -> None:
    assert not {text for text in asked(goal) if "contains ester" not in text and "contains amine" not in text}


@each_row(
    ("goal", "demand", "other"),
    [
        ("a cleaning fluid, flash point 60 °C+", "Flash point at least 60 °C", ""),
        ("a solvent with bp 150 °C+ and mp -20 °C or below", "Boiling point at least 150 °C", ""),
        ("a polyester, Tg above 40 °C. No carboxylic acids since it sits on copper.", "contains no carboxylic acid", "at least 1 Cu atom"),
        ("a wax, mp 22 to 30 °C, ester of a fatty acid", "contains ester", "contains fatty acid"),
        ("an amide of a carboxylic acid", "contains amide", "contains carboxylic acid"),
        ("Cationic photoinitiator: an iodonium", "contains iodonium", "Formal charge at least 1"),
        ("a salt whose anion is neither PF6- nor BF4-, melts below 298 K", "Melting point below 24.85 °C", "Formal charge at most -1"),
        ("a cationic dye with λmax 500 nm", "Formal charge at least 1", ""),
        ("two methyls sitting on the phenyl ring", "exactly 2 methyl groups", ""),
    ],
)
def test_what_is_said_beside_is_not_asked_for(goal: str, demand: str, other: str) -> None:
    found = asked(goal)
    assert demand in found
    assert other not in found
