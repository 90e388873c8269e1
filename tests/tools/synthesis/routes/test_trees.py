"""AiZynthFinder's trees become routes, whose steps are run forwards where a named reaction makes them."""

from __future__ import annotations

from typing import Any

import pytest

from tools.synthesis.routes import verify_route
from tools.synthesis.routes.trees import LEARNT, best_route, named_step, route_of_tree

TARGET = "O=C(NCc1ccccc1)c1ccccc1"
PUBLIC = {"classification": "0.0 Unrecognized", "library_occurence": 7, "template_hash": "a1b2"}


def _mol(smiles: str, *children: dict[str, Any], in_stock: bool = True, **metadata: Any) -> dict[str, Any]:
    reaction = {
        "type": "reaction",
        "hide": False,
        "smiles": "",
        "is_reaction": True,
        "metadata": {**PUBLIC, **metadata},
        "children": children,
    }
    return {"type": "mol", "smiles": smiles, "in_stock": in_stock, **({"children": [reaction]} if children else {})}


def test_steps_in_their_order_by_their_names() -> None:
    amine = _mol("NCc1ccccc1", _mol("N#Cc1ccccc1"), in_stock=False)
    route = route_of_tree(_mol("c1ccccc1C(=O)NCc1ccccc1", amine, _mol("OC(=O)c1ccccc1"), in_stock=False))
    assert route is not None
    assert [s.product for s in route.steps] == ["NCc1ccccc1", TARGET]
    assert route.steps[1].reactants == ["O=C(O)c1ccccc1", "NCc1ccccc1"]  # in the order of the named reaction, not of the tree
    assert route.steps[1].reaction == "amide coupling"
    assert route.steps[1].note.endswith("template seen 7 times in the training data")
    assert {m.name for m in route.starting_materials} == {"benzoic acid", "benzonitrile"}
    assert verify_route(route, TARGET) == []
    assert "every step was run forwards" in route.note


@pytest.mark.parametrize("said", ["0.0 Unrecognized", "", float("nan"), None])
def test_a_step_that_no_named_reaction_makes(said: Any) -> None:
    tree = _mol("CCCCCC", _mol("CCC"), _mol("CCCBr"), in_stock=False, classification=said, library_occurence=float("nan"))
    route = route_of_tree(tree)
    assert route is not None
    assert [(s.reaction, s.reactants, s.note) for s in route.steps] == [(LEARNT, ["CCC", "CCCBr"], "")]
    assert "0 of 1 steps" in route.note
    assert "rest on its templates alone" in route.note


def test_a_class_of_another_book_is_kept() -> None:
    route = route_of_tree(_mol("CCCCCC", _mol("CCC"), _mol("CCCBr"), in_stock=False, classification="3.3.1 Coupling"))
    assert route is not None
    assert route.steps[0].reaction == "3.3.1 Coupling"


def test_trees_that_are_no_routes() -> None:
    assert route_of_tree(_mol(TARGET, _mol("O=C(O)c1ccccc1", in_stock=False), _mol("NCc1ccccc1"), in_stock=False)) is None
    assert route_of_tree(_mol("CCO", in_stock=False)) is None
    assert route_of_tree(_mol("no structure")) is None
    assert route_of_tree({"type": "mol", "smiles": "CCO", "in_stock": False, "children": [_mol("CC=O")]}) is None


def test_a_target_in_stock_is_a_route_without_steps() -> None:
    route = route_of_tree(_mol("OCC"))
    assert route is not None
    assert (route.status, route.steps, [m.name for m in route.starting_materials]) == ("found", [], ["ethanol"])
    assert "stock" in route.note
    assert verify_route(route, "CCO") == []


def test_the_first_that_runs_forwards_goes_before_the_first() -> None:
    learnt = _mol(TARGET, _mol("O=Cc1ccccc1"), _mol("NCc1ccccc1"), in_stock=False)
    named = _mol(TARGET, _mol("NCc1ccccc1"), _mol("O=C(O)c1ccccc1"), in_stock=False)
    outside = _mol(TARGET, _mol("NCc1ccccc1"), _mol("O=C(O)c1ccccc1", in_stock=False), in_stock=False)
    best = best_route([outside, learnt, named])
    assert best is not None
    assert [s.reaction for s in best.steps] == ["amide coupling"]
    first = best_route([outside, learnt])
    assert first is not None
    assert first.steps[0].reaction == LEARNT
    assert best_route([outside]) is None


def test_named_steps_keep_the_selectivity_guards() -> None:
    step = named_step(["C1COCCN1", "OC(=O)c1ccccc1"], "O=C(c1ccccc1)N1CCOCC1")
    assert step is not None
    assert (step.reaction, step.reactants) == ("amide coupling", ["OC(=O)c1ccccc1", "C1COCCN1"])
    assert named_step(["C1CNCCN1", "O=C(O)c1ccccc1"], "O=C(c1ccccc1)N1CCNCC1") is None  # two like amines
    assert named_step(["nonsense", "CCO"], "CCO") is None


def test_the_class_that_the_tree_names_goes_first() -> None:
    ways = {named_step(["CC(=O)Cl", "Nc1ccccc1"], "CC(=O)Nc1ccccc1", first).reaction for first in ("", "acylation with an acid chloride")}  # type: ignore[union-attr]
    assert ways == {"acylation with an acid chloride"}
