"""A name keeps what it demands behind adjectives that leave it what it is, and beside words that deny something else; and only then."""

from __future__ import annotations

from agent.reading import interpret
from tests.tables import each_row


def asked(goal: str) -> set[str]:
    """The family, and the requirements that the goal states."""
    spec = interpret(goal, may_be_empty=True)
    return {r.text for r in spec.requirements if r.origin == "goal"} | ({spec.family} if spec.family else set())


@each_row(
    ("goal", "demand"),
    [
        ("Thermo-oxidatively stable diarylamine antioxidant for turbine oil", "contains diarylamine"),
        ("non-CMR cyclic anhydride hardener, MW < 300", "contains cyclic anhydride"),
        ("REACH-compliant yellow azo pigment, MW < 500", "contains azo"),
        ("Peroxide-resistant ether solvent, boils above 60 °C", "contains ether"),
        ("C2-symmetric chiral bisoxazoline for Cu catalysis, two stereocentres", "contains bisoxazoline"),
        ("Buchwald-type biaryl phosphine for C-N coupling, MW < 500", "contains biaryl phosphine"),
        ("inhibitor, film-forming imidazoline, logP 4 to 8", "contains imidazoline"),
        ("Dialkyl sulphide to extract palladium, logP above 4", "contains alkyl sulfide"),
        ("Trialkylphosphine oxide for uranium recovery, MW < 500", "contains phosphine oxide"),
        ("aryl phosphate FR, MW < 500", "contains aryl phosphate"),
        ("flame retardant: phosphonate diol, MW < 500", "contains phosphonate"),
        ("lead: pyrazole carboxamide w/ CHF2, logP 2-3", "contains pyrazole"),
        ("ligand for iron: terpyridine but with no chlorine", "contains terpyridine"),
        ("Fresh note, non-sensitising, primary alcohol instead of aldehyde, bp 230-270 °C", "contains primary alcohol"),
        ("smectic compound, C8 alkyl chain, non-conjugated, MW < 500", "contains C8 alkyl chain"),
        ("ligand with MW < 500, sulfonic acid handles, no alkyl phosphine smell", "contains sulfonic acid"),
        ("fragments with exactly one acrylamide, 12 to 18 heavy atoms, no other alkyl halides", "exactly 1 acrylamide group"),
        ("monomer, octyl chain, formaldehyde release as low as possible", "contains C8 alkyl chain"),
        ("hole transport molecule: triarylamine, a spirobifluorene core is allowed but not needed, MW < 900", "contains triarylamine"),
        ("Adhesion promoter: methacryloxysilane, releases no methanol, MW < 350", "contains methacryloxysilane"),
        ("Pressure-sensitive adhesive, a polyacrylate with Tg below -30 °C", "polyacrylate"),
        ("Polymer electrolyte host, flexible polyether, Tg under -50 °C", "polyether"),
        ("For the 2K clearcoat: weatherable polyurethane binder, Tg around 50 °C", "polyurethane"),
        ("A polyester must not yellow; Tg > 50 °C", "polyester"),
        ("Our dye must not be used in food, MW < 400", "dye"),
        ("HOMO not deeper than -5.9 eV, MW < 500", "HOMO energy at least -5.9 eV"),
        ("a solvent that boils not before 200 °C", "Boiling point at least 200 °C"),
        ("benzotriazole, pKa of acid site below 9", "Acidic pKa (most acidic site) below 9"),
        ("solvent, d > 1.1 g/mL", "Density (liquid, 20 to 25 °C) above 1.1 g/cm³"),
    ],
)
def test_what_is_named_is_asked_for(goal: str, demand: str) -> None:
    assert demand in asked(goal)


@each_row(
    ("goal", "word"),
    [
        ("former amine hardener, MW < 300", "amine"),
        ("pseudo ester dye, MW < 300", "ester"),
        ("masked isocyanate crosslinker, MW < 300", "isocyanate"),
        ("a surrogate phenol antioxidant, MW < 300", "phenol"),
        ("amine-replacing hardener, MW < 300", "amine"),
        ("ester-avoiding plasticizer, MW < 300", "ester"),
        ("Displacing phosphine ligand for nickel, MW < 300", "phosphine"),
        ("hardly chiral amine ligand, MW < 300", "amine"),
        ("partially fluorinated ether solvent, MW < 300", "ether"),
        ("a chiral secondary gorgeous alcohol, MW < 300", "alcohol"),
        ("a molecule with MW < 300, amide, non-existent", "amide"),
        ("monomer, octyl chain, no wibble amide either", "alkyl chain"),
        ("halogens, no bromine whatsoever, MW < 300", "contains halogen"),
        ("cyanoacrylate monomer, esters, no wibbly amides", "contains ester"),
        ("trialkylphosphine oxide excluded, MW < 300", "phosphine"),
        ("a hardener with an ester, releases no amine, MW < 300", "amine"),
        ("azo, a diazo is just as bad, MW < 300", "contains diazo"),
        ("adhesive, a polyester is excluded, Tg > 50 °C", "polyester"),
        ("binder, a polyamide must not be used, Tg > 50 °C", "polyamide"),
        ("Binder for anodes: a polyimide is excluded, Tg > 50 °C", "polyimide"),
        ("A polyester must not be used; Tg > 50 °C", "polyester"),
        ("A dye is not wanted, MW < 300", "dye"),
        ("For removing: polyester lubricant, Tg > 20 °C", "polyester"),
        ("polyurethane-foam flame retardant, MW < 500", "polyurethane"),
        ("bench-stable ligand with a phosphine, MW < 300", "Thermal"),
        ("HOMO not deeper than 600 nm, MW < 300", "HOMO"),
        ("solvent, non-smelly amines, MW < 300", "amine"),
        ("halogen-free, non-blooming phosphate ester flame retardant, MW < 500", "contains no phosphate"),
    ],
)
def test_what_is_denied_or_doubtful_is_not(goal: str, word: str) -> None:
    assert not [demand for demand in asked(goal) if word in demand]


@each_row(
    ("goal", "demands"),
    [
        ("logP of the ester is 3, MW < 400", {"Molecular weight below 400 g/mol"}),
        ("the density of the silane is 2, no chlorine", {"no Cl atoms"}),
        ("the number of esters is 3, MW < 400", {"exactly 3 ester groups", "Molecular weight below 400 g/mol"}),
        ("a total of 4 ethers, MW < 400", {"exactly 4 ether groups", "Molecular weight below 400 g/mol"}),
        ("host with at least one triazin, MW < 600", {"at least 1 triazine group", "Molecular weight below 600 g/mol"}),
        ("host with two carbazol units, MW < 600", {"exactly 2 carbazole groups", "Molecular weight below 600 g/mol"}),
    ],
)
def test_a_number_behind_of_and_a_name_is_no_count_of_it_and_names_may_be_spelt_as_in_german(goal: str, demands: set[str]) -> None:
    assert asked(goal) == demands


@each_row(
    "goal",
    [
        "dye that must not release any banned aromatic amine, MW < 600",
        "dye, none of the listed carcinogenic amines on cleavage, MW < 600",
        "dye, may not release any of the 22 restricted amines, MW < 600",
    ],
)
def test_amines_that_an_azo_dye_may_not_release(goal: str) -> None:
    spec = interpret(goal, may_be_empty=True)
    assert any(r.kind == "property" and r.property == "restricted_azo_amines" for r in spec.requirements)


@each_row(
    ("words", "at"),
    [
        ("decomposition temp. above 350 °C", "350"),
        ("thermal decomposition not under 180 °C", "180"),
        ("decomp. temp. > 300 °C", "300"),
        ("decomposition starts above 250 °C", "250"),
        ("starts to decompose above 250 °C", "250"),
        ("no decomposition up to 300 °C", "300"),
        ("without decomposition up to 200 °C", "200"),
        ("no thermal decomposition below 200 °C", "200"),
        ("starts to decompose at 120 °C", ""),
        ("starts to decompose below 150 °C", ""),
        ("thermal decomposition at 120 °C", ""),
        ("decomposition temp. below 150 °C", ""),
        ("decomposes up to 200 °C", ""),
        ("not stable up to 200 °C", ""),
    ],
)
def test_a_temperature_of_decomposition_is_a_lower_bound_or_not_read(words: str, at: str) -> None:
    wanted = {f"Thermal stability risk at most 'low' at {at} °C"} if at else set()
    assert asked(f"a molecule with a carbazole, {words}") == {"contains carbazole", *wanted}
