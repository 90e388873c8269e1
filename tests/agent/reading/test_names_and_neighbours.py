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
