"""Routes of molecules: found backwards, checked forwards, and wrong ones are caught."""

from __future__ import annotations

import pytest

from core.candidate import Material, Route, RouteStep
from tools.synthesis.blocks import shipped
from tools.synthesis.routes import find_route, verify_route
from tools.synthesis.routes.molecules import MAX_EXPANSIONS, Search, disconnections, same_structure

ONE_STEP = [
    ("O=C(c1ccccc1)N1CCOCC1", "amide coupling"),
    ("COc1ccc(-c2ccncc2)cc1", "Suzuki coupling"),
    ("c1ccc(-c2nc3ccccc3[nH]2)cc1", "benzimidazole synthesis"),
    ("CN(C)c1ccc(N=Nc2ccc([N+](=O)[O-])cc2)cc1", "azo coupling"),
    ("CCOC(=O)C1=C(C)NC(=O)NC1c1ccccc1", "Biginelli reaction"),
    ("O=C1c2ccccc2C(=O)N1c1ccccc1", "imide formation"),
    ("CC(=O)Oc1ccccc1C(=O)O", "O-acetylation with an anhydride"),
]


@pytest.mark.parametrize(("smiles", "reaction"), ONE_STEP)
def test_one_step_routes(smiles: str, reaction: str) -> None:
    route = find_route(smiles, "molecule")
    assert route.status == "found"
    assert [s.reaction for s in route.steps] == [reaction]
    assert verify_route(route, smiles) == []


@pytest.mark.parametrize("smiles", ["O=C(NCc1ccccc1)c1ccc(-c2cccs2)cc1", "O=C(NC1CCCCC1)Nc1ccc(C(=O)O)cc1", "Nc1ccc(Oc2ccc(F)cc2)cc1"])
def test_two_step_routes(smiles: str) -> None:
    route = find_route(smiles, "molecule")
    assert route.status == "found"
    assert len(route.steps) == 2
    assert route.steps[0].product in route.steps[1].reactants
    assert verify_route(route, smiles) == []


def test_both_reactants_may_be_made() -> None:
    target = "O=C(Nc1ccc(-c2ccncc2)cc1)c1ccc(-c2cccs2)cc1"
    route = find_route(target, "molecule")
    assert route.status == "found"
    assert len(route.steps) == 3
    assert verify_route(route, target) == []


def test_a_building_block_needs_no_step() -> None:
    route = find_route("OCC", "molecule")
    assert route.status == "found"
    assert route.steps == []
    assert route.note == "listed as a building block"
    assert [m.name for m in route.starting_materials] == ["ethanol"]
    assert verify_route(route, "CCO") == []


@pytest.mark.parametrize("smiles", ["CC1(C)CC2CC(C1)C1CC2CCC1=O", "C" * 100, "no smiles", "*CC*", ""])
def test_no_route_says_why(smiles: str) -> None:
    route = find_route(smiles, "molecule")
    assert route.status == "none known"
    assert route.note
    assert verify_route(route, smiles) != []


def test_every_disconnection_runs_forward() -> None:
    from rdkit import Chem

    from tools.synthesis.reactions.run import run

    mol = Chem.MolFromSmiles("O=C(NCc1ccccc1)c1ccc(-c2cccs2)cc1")
    ways = disconnections(mol)
    assert len(ways) >= 3
    for way in ways:
        made = run(way.reaction, way.reactants)
        assert made is not None
        assert same_structure(made, Chem.MolToSmiles(mol))


def test_wrong_routes_are_caught() -> None:
    right = find_route("O=C(c1ccccc1)N1CCOCC1", "molecule")
    assert verify_route(right, "O=C(c1ccccc1)N1CCCCC1") == ["the last product is another structure"]
    step = right.steps[0]
    other = right.model_copy(update={"steps": [step.model_copy(update={"reaction": "alchemy"})]})
    assert verify_route(other, step.product) == ["unknown reaction 'alchemy'"]
    missing = right.model_copy(update={"starting_materials": right.starting_materials[:1]})
    assert any("comes from nowhere" in f for f in verify_route(missing, step.product))
    exotic = Route(
        status="found",
        steps=[RouteStep(reaction="nitro reduction", reactants=["CCO"], product="Nc1ccccc1")],
        starting_materials=[Material(name="unobtainium", smiles="CC[C@H](F)C1CC1")],
    )
    assert len(verify_route(exotic, "Nc1ccccc1")) == 3
    lying = right.model_copy(update={"steps": [step.model_copy(update={"product": "CCO"})]})
    assert any("gives" in f for f in verify_route(lying, "CCO"))


def test_stereochemistry_counts_only_where_the_target_has_it() -> None:
    assert same_structure("C[C@H](N)O", "CC(N)O")
    assert not same_structure("CC(N)O", "C[C@H](N)O")
    assert not same_structure("C[C@@H](N)O", "C[C@H](N)O")
    assert not same_structure("((", "C")


def test_the_search_is_bounded_by_a_count() -> None:
    search = Search(shipped())
    for n in range(1, 4):
        assert search.plan("CC1(C)CC2CC(C1)C1CC2CCC1=O", n, frozenset()) is None
    assert len(search._expanded) <= MAX_EXPANSIONS + 1


@pytest.mark.parametrize("smiles", ["CC(C)Cc1ccc(C(C)C(=O)O)cc1", "Cn1c(=O)c2c(ncn2CCO)n(C)c1=O", "CCn1c(=O)c2c(ncn2C)n(C)c1=O"])
def test_relatives_of_known_drugs_have_routes(smiles: str) -> None:
    route = find_route(smiles, "molecule")
    assert verify_route(route, smiles) == []


def test_a_line_of_three_steps() -> None:
    target = "CC(NC(=O)c1ccncc1)c1ccc(CC(C)C)cc1"
    route = find_route(target, "molecule")
    assert 2 <= len(route.steps) <= 3
    assert verify_route(route, target) == []


def test_a_returned_route_is_not_shared() -> None:
    first = find_route("O=C(c1ccccc1)N1CCOCC1", "molecule")
    first.steps.clear()
    assert find_route("O=C(c1ccccc1)N1CCOCC1", "molecule").steps


def test_polymers_are_handed_on() -> None:
    route = find_route("*OC(=O)c1ccc(cc1)C(=O)OCC*", "polymer")
    assert route.status == "found"
    assert len(route.starting_materials) >= 2
