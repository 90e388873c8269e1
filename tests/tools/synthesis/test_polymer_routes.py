"""Routes of polymers: found for the polymers everyone knows, true when run forward, refused where there is none."""

import pytest

from core.errors import StructureError
from tests.tables import each_row
from tools.structures.polymer_key import polymer_key
from tools.synthesis.polymers.chemistry import polymerise
from tools.synthesis.polymers.library import monomers, polymerisation_by_name, polymerisations
from tools.synthesis.polymers.routes import decompose, find_polymer_route, verify_polymer_route

KNOWN = [
    ("PET", "*OCCOC(=O)c1ccc(C(*)=O)cc1", {"terephthalic acid", "ethylene glycol"}),
    (
        "Kapton",
        "*c1ccc(Oc2ccc(N3C(=O)c4cc5c(cc4C3=O)C(=O)N(*)C5=O)cc2)cc1",
        {"pyromellitic dianhydride (PMDA)", "4,4'-oxydianiline (4,4'-ODA)"},
    ),
    ("PBI", "*c1cccc(-c2nc3cc(-c4ccc5[nH]c(*)nc5c4)ccc3[nH]2)c1", {"3,3'-diaminobenzidine (DAB)"}),
    ("polycarbonate", "*Oc1ccc(C(C)(C)c2ccc(OC(*)=O)cc2)cc1", {"bisphenol A", "diphenyl carbonate (in place of phosgene)"}),
    ("PEEK", "*Oc1ccc(Oc2ccc(C(=O)c3ccc(*)cc3)cc2)cc1", {"hydroquinone", "4,4'-difluorobenzophenone"}),
    ("PES", "*Oc1ccc(S(=O)(=O)c2ccc(*)cc2)cc1", {"bisphenol S"}),
    ("PSU", "*Oc1ccc(C(C)(C)c2ccc(Oc3ccc(S(=O)(=O)c4ccc(*)cc4)cc3)cc2)cc1", {"bisphenol A"}),
    ("polystyrene", "*CC(*)c1ccccc1", {"styrene"}),
    ("PMMA", "*CC(*)(C)C(=O)OC", {"methyl methacrylate"}),
    ("nylon-6,6", "*NCCCCCCNC(=O)CCCCC(*)=O", {"adipic acid", "hexamethylenediamine"}),
    ("nylon-6", "*NCCCCCC(*)=O", {"epsilon-caprolactam"}),
    ("Kevlar", "*Nc1ccc(NC(=O)c2ccc(C(*)=O)cc2)cc1", {"terephthalic acid", "p-phenylenediamine (PPD)"}),
    ("PDMS", "*O[Si](*)(C)C", {"dichlorodimethylsilane"}),
    ("PVC", "*CC(*)Cl", {"vinyl chloride"}),
    ("PTFE", "*C(F)(F)C(*)(F)F", {"tetrafluoroethylene"}),
    ("PVDF", "*CC(*)(F)F", {"vinylidene fluoride"}),
    ("PAN", "*CC(*)C#N", {"acrylonitrile"}),
    ("polyethylene", "*CC*", {"ethylene"}),
    ("PLA", "*O[C@@H](C)C(*)=O", {"L-lactide"}),
    ("PCL", "*OCCCCCC(*)=O", {"epsilon-caprolactone"}),
    ("PPS", "*Sc1ccc(*)cc1", {"1,4-dichlorobenzene", "sodium sulfide"}),
    ("PPO", "*Oc1c(C)cc(*)cc1C", {"2,6-dimethylphenol"}),
    ("PEO", "*CCO*", {"ethylene oxide"}),
    ("polyTHF", "*CCCCO*", {"tetrahydrofuran"}),
    ("polybutadiene", "*CC=CC*", {"1,3-butadiene"}),
    ("polyurethane", "*OCCCCOC(=O)Nc1ccc(Cc2ccc(NC(*)=O)cc2)cc1", {"1,4-butanediol"}),
    ("phenoxy", "*Oc1ccc(C(C)(C)c2ccc(OCC(O)C*)cc2)cc1", {"bisphenol A"}),
    ("polynorbornene", "*C=CC1CCC(*)C1", {"norbornene"}),
    ("PBO", "*c1ccc(-c2nc3cc4nc(*)oc4cc3o2)cc1", {"4,6-diaminoresorcinol", "terephthalic acid"}),
    ("polyanhydride", "*OC(=O)CCCCCCCCC(*)=O", {"sebacic acid"}),
    ("POM", "*CO*", {"1,3,5-trioxane"}),
    ("F8BT", "*c1ccc2c(c1)C(CCCCCCCC)(CCCCCCCC)c1cc(-c3ccc(*)c4nsnc34)ccc1-2", {"4,7-dibromo-2,1,3-benzothiadiazole"}),
]


@each_row(("psmiles", "expected"), [k[1:] for k in KNOWN])
def test_known_polymers(psmiles, expected):
    route = find_polymer_route(psmiles)
    assert route.status == "found"
    assert expected <= {m.name for m in route.starting_materials}
    assert verify_polymer_route(route, psmiles)


@pytest.mark.parametrize(
    ("psmiles", "monomer", "steps"),
    [("*CC(*)O", "vinyl acetate", 2), ("*CC(*)c1ccc(O)cc1", "4-acetoxystyrene", 2), ("*NCC*", "2-ethyl-2-oxazoline", 2)],
)
def test_polymers_without_a_monomer_of_their_own(psmiles, monomer, steps):
    route = find_polymer_route(psmiles)
    assert [m.name for m in route.starting_materials] == [monomer]
    assert len(route.steps) == steps
    assert verify_polymer_route(route, psmiles)


@pytest.mark.parametrize("psmiles", ["*CC(c1ccccc1)CC(*)C#N", "*[Ge](C)(C)*", "*C#CC=C*", "*NC(C)C(=O)NCC(*)=O", "*=CC=CC=*"])
def test_copolymers_and_foreign_chemistry_have_no_route(psmiles):
    route = find_polymer_route(psmiles)
    assert route.status == "none known"
    assert route.note
    assert not route.steps
    assert not verify_polymer_route(route, psmiles)


def test_a_monomer_outside_the_library_is_said_so():
    route = find_polymer_route("*NCC(CC)CCNC(=O)c1ccc(C(*)=O)cc1C")
    assert route.status == "found"
    assert "not in the library" in route.note
    assert verify_polymer_route(route, "*NCC(CC)CCNC(=O)c1ccc(C(*)=O)cc1C")


def test_the_frame_does_not_matter():
    frames = [
        "*OCCOC(=O)c1ccc(C(*)=O)cc1",
        "*CCOC(=O)c1ccc(C(=O)O*)cc1",
        "*c1ccc(C(=O)OCCOC(*)=O)cc1",
        "*OCCOC(=O)c1ccc(C(=O)OCCOC(=O)c2ccc(C(*)=O)cc2)cc1",
    ]
    assert len({polymer_key(f) for f in frames}) == 1
    assert len({tuple(m.name for m in find_polymer_route(f).starting_materials) for f in frames}) == 1


def test_a_wrong_route_is_not_verified():
    route = find_polymer_route("*OCCOC(=O)c1ccc(C(*)=O)cc1")
    assert not verify_polymer_route(route, "*OCCCOC(=O)c1ccc(C(*)=O)cc1")
    step = route.steps[0]
    for change in ({"reaction": "magic"}, {"reactants": ["OCCCO", step.reactants[1]]}, {"product": "*CC*"}):
        assert not verify_polymer_route(route.model_copy(update={"steps": [step.model_copy(update=change)]}), step.product)
    missing = route.model_copy(update={"starting_materials": route.starting_materials[:1]})
    assert not verify_polymer_route(missing, step.product)
    assert not verify_polymer_route(route, "nonsense")


def test_unreadable_text_is_an_error():
    for text in ("CCO", "*CC", "*C(*)C*", "xyz", ""):
        with pytest.raises(StructureError):
            find_polymer_route(text)


def test_huge_units_are_refused_in_words():
    route = find_polymer_route("*" + "".join("N" + "C" * n + "C(=O)" for n in range(2, 18)) + "*")
    assert route.status == "none known"
    assert "not searched" in route.note


def test_ceiling_temperature_is_mentioned():
    assert "ceiling temperature" in find_polymer_route("*CC(*)(C)c1ccccc1").steps[0].note


def test_polymerisation_names_are_unique_and_resolve():
    assert all(polymerisation_by_name(p.name) is p for p in polymerisations())
    assert polymerisation_by_name("magic") is None


def test_every_vinyl_monomer_comes_back():
    vinyl = next(p for p in polymerisations() if p.id == "vinyl")
    for monomer in monomers():
        if monomer.monomer_class == "vinyl":
            (unit,) = polymerise(vinyl, (monomer.smiles,))
            found = decompose(unit)
            assert found is not None
            assert found[1] == (monomer,), monomer.name
