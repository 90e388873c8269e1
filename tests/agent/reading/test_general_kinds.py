"""Kinds of sentences found on a blind batch (k1) and by their developers: each with as many counter-sentences, of which nothing may be asked for.

The expectations were written before the sentences were run, those of 'liquid from .. to ..' and the chains while they were built.
"""

from __future__ import annotations

from agent.reading import compact, interpret
from core.spec import DesignSpec
from tests.tables import each_row
from tools.workspace import builtin


def _spec(goal: str) -> DesignSpec:
    return interpret(goal, may_be_empty=True)


def _stated(goal: str) -> list[str]:
    stated = compact(_spec(goal), catalogue=builtin().catalogue)
    return [*stated["requirements"], *stated["objectives"]]


@each_row(
    ("goal", "family"),
    [
        ("Copper solvent extraction reagent, logP above 3", ""),
        ("Dye transfer inhibitor with two amides, MW below 500", ""),
        ("Hair dye precursor, MW below 300", ""),
        ("Dye fixative with a quaternary ammonium, MW below 600", ""),
        ("Pigment dispersant with a carboxylic acid, MW below 500", ""),
        ("Monomer stabiliser with one phenol, mp above 60 °C", ""),
        ("Monomer purification sorbent, MW below 500", ""),
        ("Plasticizer migration inhibitor, MW above 500", ""),
        ("Antioxidant synergist with two esters, mp below 100 °C", ""),
        ("Solvent scavenger, one epoxide, bp below 150 °C", ""),
        ("Fragment linker with two amines, MW below 200", ""),
        ("Drug solubiliser, logP below 0", ""),
        ("Ester solvent candidate, bp 100-150 °C", "solvent"),
        ("Paint stripper solvent with bp of 100-150 °C", "solvent"),
        ("Solvent dye for plastics, λmax 500-550 nm, no amines", "dye"),
        ("PVC plasticiser with two esters, MW above 350", "plasticizer"),
        ("Dye molecule with two sulfonic acids, λmax 500-550 nm", "dye"),
        ("Drug-like kinase inhibitor, MW below 400", "drug-like"),
        ("We want a silicone with Tg below -100 °C and no phenyls", "polysiloxane"),
        ("An acrylate with Tg above 100 °C", "polyacrylate"),
        ("A urethane with Tg below 0 °C", "polyurethane"),
        ("A silicone for cosmetics, bp 180-250 °C, no phenyl", ""),
        ("A methacrylate with bp above 200 °C", ""),
        ("A silicone surfactant with MW below 700", ""),
    ],
)
def test_a_family_named_before_a_noun_is_what_that_may_act_on(goal: str, family: str) -> None:
    assert _spec(goal).family == family


@each_row(
    ("goal", "asked", "not_asked"),
    [
        ("a surfactant with a chain of 12 carbons", "motif:C12 alkyl chain present", "element:C"),
        ("a surfactant with an alkyl chain of 12 to 14 carbons", "motif:C12 to C14 alkyl chain present", "long alkyl"),
        ("a surfactant with an alkyl chain of four carbons, MW < 300", "motif:C4 alkyl chain present", "long alkyl"),
        ("surfactant: 12-carbon chain, one sulfate", "motif:C12 alkyl chain present", "element:C"),
        ("surfactant: C12 to C14 linear chain, one sulfate", "motif:C12 to C14 alkyl chain present", "long alkyl"),
        ("octyl cyanoacrylate, bp above 200 °C", "motif:C8 alkyl chain present", "long alkyl"),
        ("surfactant, chain length of 13 to 25 carbons, one sulfate", "sulfate", "element:C"),
        ("a surfactant with an alkyl chain of fewer than 6 carbons and one sulfate", "sulfate", "alkyl chain"),
        ("a ligand with alkyl chains no longer than C8, MW < 500", "molecular_weight < 500", "alkyl chain"),
        ("a macrocycle of 15 atoms, MW < 300", "molecular_weight < 300", "heavy_atoms"),
    ],
)
def test_a_chain_has_the_length_that_is_said(goal: str, asked: str, not_asked: str) -> None:
    stated = _stated(goal)
    assert any(asked in text for text in stated), stated
    assert not any(not_asked in text for text in stated), stated


@each_row(
    ("goal", "asked"),
    [
        ("Refrigerant with boiling point within 10 K of −26 °C, four fluorines max", "property:boiling_point -36..-16"),
        ("Solvent: bp within 5 °C of 110 °C", "property:boiling_point 105..115"),
        ("fluid, liquid from -60 to 200 °C, no silicon", "property:melting_point < -60"),
        ("fluid, liquid between -40 °C and 180 °C, no silicon", "property:boiling_point > 180"),
        ("solvent: liquid down to -40 °C and up to 180 °C", "property:boiling_point > 180"),
        ("monomer, liquid at RT, one acrylate", "property:melting_point < 25"),
        ("monomer, melting point below RT, one acrylate", "property:melting_point < 25"),
        ("solvent: soluble > 1 mM, mp < 20 °C", "property:aqueous_solubility > -3"),
        ("flame retardant: at least 6% P, mp > 100 °C", "property:phosphorus_content >= 6"),
        ("flame retardant: N > 20 %, mp > 100 °C", "property:nitrogen_content > 20"),
        ("fragment: one or zero H-bond donors", "property:hbd 0..1"),
        ("fragment: at least one carboxylic acid or tetrazole, MW < 250", "motif:carboxylic acid or tetrazole present"),
        ("hardener: one amide or ester, MW < 300", "motif:amide or ester present"),
        ("host: T1 at least 2.7 eV", "property:triplet_energy >= 2.7"),
        ("host: no heteroatoms besides N, MW < 600", "elements:C,H,N"),
        ("polymer: no heteroatoms other than oxygen, Tg > 50 °C", "elements:C,H,O"),
        ("LC: two lateral fluorines, three rings", "count:element:F >= 2"),
        ("ink monomer: a mono-acrylate, bp > 200 °C", "count:group:acrylate == 1"),
        ("fragments: exactly one CF3, no other halogens, MW under 250", "count:element:Cl == 0"),
        ("fragment, free of PAINS and Brenk alerts", "property:pains_alerts == 0"),
        ("plasticiser: 2-ethylhexyl esters, MW 380 to 420", "motif:2-ethylhexyl present"),
        ("a lead with a tertiary alcohol and lower logP", "minimise:logp"),
    ],
)
def test_a_bound_is_read_in_other_words(goal: str, asked: str) -> None:
    assert any(asked in text for text in _stated(goal)), _stated(goal)


@each_row(
    ("goal", "not_asked"),
    [
        ("drug lead soluble > 1 mM in DMSO, one amide", "aqueous_solubility"),
        ("additive: oil soluble > 1 g/L, one amide", "aqueous_solubility"),
        ("UVA filter, oil soluble, no benzophenones", "aqueous_solubility"),
        ("MRI contrast agent: T1 relaxivity above 5, MW < 600", "triplet_energy"),
        ("fragment: at most one amide or ester, MW < 250", "amide"),
        ("fragment: two amides or esters, MW < 250", "amide"),
        ("LC: at most two lateral fluorines, three rings", "element:F"),
        ("LC: no lateral fluorines, three rings", "element:F"),
        ("dye: one ester, no other halogens", "element:Cl"),
        ("dye with no fluorine and no other halogens", "element:Cl"),
        ("dye: one halogen, no other halogens", "element:Cl"),
        ("a lead, not highly soluble in water, MW < 300", "aqueous_solubility"),
        ("host: no heteroatoms other than wibble, MW < 600", "elements"),
        ("no trisiloxanes, a surfactant, MW < 600", "siloxane"),
    ],
)
def test_a_bound_of_something_else_is_not_read(goal: str, not_asked: str) -> None:
    assert not any(not_asked in text for text in _stated(goal)), _stated(goal)


@each_row(
    ("goal", "excluded", "not_excluded"),
    [
        ("binder polymer, no styrene, hydroxyl groups for crosslinking, Tg 15 °C", "motif:styrene absent", "hydroxyl"),
        ("binder polymer, no fluorine, hydroxyl groups, Tg 15 °C", "count:element:F == 0", "hydroxyl"),
        ("flame retardant, no bromine, phosphate groups, MW < 500", "count:element:Br == 0", "phosphate"),
        ("binder polymer without toluene, carboxylic acid groups, Tg 15 °C", "motif:toluene absent", "carboxylic"),
        ("dye, no metals, carboxylic acid groups for anchoring", "motif:metal absent", "carboxylic"),
        ("lead, no gorgeous azides, nitro groups or peroxides, MW < 300", "molecular_weight", "nitro"),
    ],
)
def test_a_demand_behind_an_exclusion_is_not_excluded(goal: str, excluded: str, not_excluded: str) -> None:
    stated = _stated(goal)
    assert any(excluded in text for text in stated), stated
    assert not any(not_excluded in text for text in stated), stated


@each_row(
    "goal",
    [
        "binder polymer, no nitro, azide groups, Tg 15 °C",
        "binder polymer without nitro or azide groups, Tg 15 °C",
        "binder polymer, no nitro groups, azides, Tg 15 °C",
        "binder polymer, free of nitro groups and azides, Tg 15 °C",
    ],
)
def test_lists_of_what_is_excluded_go_on(goal: str) -> None:
    assert {"motif:nitro absent", "motif:azide absent"} <= set(_stated(goal))


@each_row(
    ("goal", "asked"),
    [
        ("Softener: two esters and a C16 chain; it must pass OECD 301.", "count:group:ester == 2"),
        ("Lead: two amides and a pyridine. It should be biodegradable and cheap.", "motif:pyridine present"),
        ("Lead with a pyridine; it must bind to EGFR.", "motif:pyridine present"),
        ("Lead with a pyridine. It should not be toxic.", "motif:pyridine present"),
        ("Lead with a pyridine. It must survive autoclaving.", "motif:pyridine present"),
        ("sweetener like wibblose but chlorine-free, mp > 100 °C", "count:element:Cl == 0"),
        ("solvent: ester or ether, formaldehyde-free, bp 100-120 °C", "motif:ester or ether present"),
        ("lead: an amide, no wibble, one pyridine", "count:group:pyridine == 1"),
        ("hardener: two amines, C15 chain, free of wibbles", "motif:C15 alkyl chain present"),
        ("pigment without metals: λmax 600–680 nm, insoluble in water", "property:aqueous_solubility"),
        ("antioxidant: phenol without tert-butyl groups, logP 1.5–3.5", "motif:phenol present"),
        ("We want a brain-penetrant GPCR antagonist, MW < 400", "property:bbb_penetration >= 0.5"),
        ("a tracer with one fluorine. It must cross the blood-brain barrier", "property:bbb_penetration >= 0.5"),
        ("R-134a replacement with a boiling point below −20 °C", "property:boiling_point < -20"),
    ],
)
def test_unread_neighbours_that_turn_nothing(goal: str, asked: str) -> None:
    assert any(asked in text for text in _stated(goal)), _stated(goal)


@each_row(
    ("goal", "not_asked"),
    [
        ("Lead with a pyridine; it must go.", "pyridine"),
        ("Lead with a pyridine; it should be replaced.", "pyridine"),
        ("Lead with a pyridine. It should be cut.", "pyridine"),
        ("Lead with a pyridine. It must not be seen.", "pyridine"),
        ("Lead with a pyridine; it should be phased out by 2030.", "pyridine"),
        ("lead: an amide, pyridine and wibble-free, MW < 300", "pyridine"),
        ("lead: an amide, no more than wibble, one pyridine", "pyridine"),
        ("lead: an amide, without wibble, two pyridines", "pyridine"),
        ("sweetener unlike wibblose but chlorine-free, mp > 100 °C", "element:Cl"),
        ("A phenol without nitro groups is not wanted, MW < 300", "phenol"),
        ("An ester without a ring must not be proposed, MW < 300", "ester"),
        ("Flexible polyurethane foam catalyst: tertiary amine, bp 180–250 °C", "rotatable"),
        ("Rigid PVC stabiliser: one thiol, MW < 500", "rotatable"),
        ("A lead that must not cross the blood-brain barrier, MW < 300", "bbb_penetration >"),
    ],
)
def test_unread_neighbours_that_may_turn_something(goal: str, not_asked: str) -> None:
    assert not any(not_asked in text for text in _stated(goal)), _stated(goal)


@each_row(
    ("goal", "asked"),
    [
        ("Macrocyclic musk, vapour presure 0.01–0.1 Pa, nitrogen excluded", "property:vapour_pressure -2..-1"),
        ("mesogen with two acrylates, melting ponit 80–110 °C", "property:melting_point 80..110"),
        ("lead: refractive index below 1.50 if posible, one amide", "minimise:refractive_index"),
        ("solvent, solubilty above 1 g/L, witout esters", "motif:ester absent"),
        ("a plasticiser, ethers forbiden, MW < 500", "motif:ether absent"),
        ("a solvent with densty below 0.9 g/cm3", "property:density < 0.9"),
    ],
)
def test_words_that_are_one_letter_off(goal: str, asked: str) -> None:
    spec = _spec(goal)
    assert any(asked in text for text in _stated(goal)), _stated(goal)
    assert any("is read as" in a.text for a in spec.assumptions)


@each_row(
    "goal",
    [
        "a dye with no imime groups, MW < 300",
        "a ligand with a stannole and a phosphole, MW < 300",
        "solvent with phytotoxic effects excluded, MW < 300",
        "a lead for neural tissue, MW < 300",
        "a solvent that has inhabited our lab, MW < 300",
        "a lead with an amibe, MW < 300",
    ],
)
def test_other_words_and_names_of_chemistry_are_not_guessed(goal: str) -> None:
    assert _stated(goal) == ["property:molecular_weight < 300"]


@each_row(
    ("goal", "asked"),
    [
        ("extractant: organophosphorus acid, pKa 2–4", "property:acidic_pka 2..4"),
        ("carboxylic acid, pKa of 4.5 or lower, a ligand", "property:acidic_pka <= 4.5"),
        ("lead with one basic amine with a pKa of 8–9, no carboxylic acids", "property:basic_pka 8..9"),
        ("Base quencher for ArF resist, pKa 8 to 10, nothing aromatic", "property:basic_pka 8..10"),
        ("chelator with three carboxylic acids, one amine, pKa below 10", ""),
        ("Preservative: no carboxylic acids, pKa 4-5", ""),
        ("Preservative with pKa 4-5, one ester", ""),
        ("Base-free quencher, pKa 8 to 10, one ester", ""),
        ("Imidazole linkers, pKa 11 to 13, no nitro groups", ""),
    ],
)
def test_a_pka_is_that_of_what_is_asked_for(goal: str, asked: str) -> None:
    pka = [text for text in _stated(goal) if "pka" in text]
    assert pka == ([asked] if asked else [])


@each_row(
    ("goal", "excluded"),
    [
        ("A lead with no amides, MW < 300", True),
        ("A lead with zero amides, MW < 300", True),
        ("A polyimide without amides, Tg > 250 °C", False),
        ("A dye with a phthalimide and no amides", False),
        ("A lead, no amides, imides are allowed, MW < 300", False),
        ("A lead with no primary amides, MW < 300", False),
        ("A lead with at most one amide, MW < 300", False),
    ],
)
def test_no_amides_means_no_imides_either(goal: str, excluded: bool) -> None:
    assert ("motif:imide absent" in _stated(goal)) is excluded


def test_a_wish_between_a_property_and_its_value_is_a_wish() -> None:
    spec = _spec("Musk: logP ideally about 4.5, MW preferably below 250, one ester")
    assert not [r for r in spec.requirements if r.origin == "goal" and "ester" not in r.text]
    assert {o.property for o in spec.objectives} >= {"logp", "molecular_weight"}
