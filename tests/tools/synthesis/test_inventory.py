"""The user's own building blocks: what is read, what is left out and why, and what a route then says."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from rdkit import Chem

from core.candidate import Material, Pack, Route, RouteStep, Stock
from core.errors import NotFoundError, UsageError
from core.spec import DesignSpec
from tools.proposers.base import ProposalRequest
from tools.proposers.reactions.proposer import ReactionsProposer
from tools.synthesis.blocks import building_blocks, shipped
from tools.synthesis.inventory import Inventory, library_of, read_inventory
from tools.synthesis.routes import find_route, only_from, verify_route, with_stock
from tools.synthesis.routes.cost import cost_of, equivalents
from tools.workspace import builtin

LIST = """SMILES;Name;ID;Price;Currency;Amount;Unit
OC(=O)c1ccccc1;benzoic acid;A1;12.50;EUR;100;g
C1COCCN1;morpholine;A2;20;EUR;0.25;kg
[Na+].[O-]C(=O)c1ccncc1;sodium isonicotinate;A3;;;;
xyz;broken;A4;;;;
CCO;ethanol;A5;cheap;EUR;1;g
CCO;ethanol;A6;5;EUR;1;l
CCCO;propanol;A7;5;;1;kg
O=C(O)c1ccccc1;again;A8;1;EUR;1;g
CCP(=O)(F)OC(C)C;nerve agent;A9;;;;
;;A10;;;;
CCCN;;A11;7;USD;;
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "my_inventory.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_good_lines_are_read_and_bad_ones_listed_with_their_reason(file: Path) -> None:
    inventory = read_inventory(file)
    named = [(r.line, r.name) for r in inventory.rows]
    assert named == [(2, "benzoic acid"), (3, "morpholine"), (4, "sodium isonicotinate"), (6, "ethanol"), (8, "propanol"), (12, "A11")]
    assert inventory.rows[2].smiles == "O=C(O)c1ccncc1"
    packs = [Pack(id="A8", price=1.0, amount=1.0, unit="g"), Pack(price=12.5, amount=100.0, unit="g")]
    assert inventory.rows[0].stock == Stock(id="A1", price=12.5, currency="EUR", amount=100.0, unit="g", packs=packs)
    assert inventory.rows[2].stock.price is None
    reasons = {f.line: f.reason for f in inventory.faults}
    assert set(reasons) == {5, 10, 11}
    assert "safety guard" in reasons[10]
    assert reasons[11] == "no SMILES"
    assert len(inventory.sha256) == 64


def test_what_a_price_says_never_drops_a_block(file: Path) -> None:
    inventory = read_inventory(file)
    assert inventory.rows[3].stock == Stock(id="A5", price=5.0, currency="EUR", amount=1.0, unit="L", packs=[])
    assert inventory.rows[4].stock == Stock(id="A7", amount=1.0, unit="kg")
    assert inventory.notes == [
        "line 6: the price 'cheap' is not a number: taken as not known",
        "line 7: the same structure as line 6, its package is offered beside (id A6)",
        "line 8: a price without a currency: taken as not known",
        "line 9: the same structure as line 2, its package is offered beside (id A8)",
    ]


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_inventory(tmp_path / "none.csv")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("catalogue,price\nA-1,5\n", encoding="utf-8")
    with pytest.raises(UsageError, match="smiles"):
        read_inventory(wrong)
    wrong.write_text("structure drawn,price\nCCO,5\n", encoding="utf-8")
    assert read_inventory(wrong).notes[0].endswith("structures are read from the column 'structure drawn', by what it holds")
    wrong.write_text("smiles\nnot one\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no line"):
        read_inventory(wrong)


def test_packed_files_are_read(tmp_path: Path, file: Path) -> None:
    packed = tmp_path / "list.csv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    assert [r.smiles for r in read_inventory(packed).rows] == [r.smiles for r in read_inventory(file).rows]


def test_extend_and_replace(file: Path) -> None:
    extended = library_of(read_inventory(file, "extend"))
    assert len(extended.blocks) >= len(building_blocks())
    assert not extended.replaces
    block = extended.find(Chem.MolFromSmiles("OC(=O)c1ccccc1"))
    assert block is not None
    assert block.stock is not None
    assert extended.find(Chem.MolFromSmiles("Nc1ccccc1")).stock is None  # type: ignore[union-attr]
    alone = library_of(read_inventory(file, "replace"))
    assert len(alone.blocks) == 6
    assert alone.replaces
    assert alone.find(Chem.MolFromSmiles("Nc1ccccc1")) is None
    assert library_of(None) is shipped()
    assert library_of(read_inventory(file, "replace")) is alone
    assert library_of(Inventory.model_validate_json(read_inventory(file, "replace").model_dump_json())) is alone


def test_routes_say_what_is_in_the_inventory_and_what_it_costs(file: Path) -> None:
    alone = library_of(read_inventory(file, "replace"))
    target = "O=C(c1ccccc1)N1CCOCC1"
    route = find_route(target, "molecule", alone)
    assert verify_route(route, target, library=alone) == []
    assert [m.stock.id for m in route.starting_materials if m.stock] == ["A1", "A2"]
    assert route.cost is not None
    assert route.cost.per == "mol of product"
    assert route.cost.value == pytest.approx(12.5 / 100 * 122.12 + 20 / 250 * 87.12, abs=0.02)
    assert route.cost.per_gram == pytest.approx(route.cost.value / 191.23, rel=1e-3)  # type: ignore[operator]
    assert find_route("O=C(Nc1ccccc1)c1ccccc1", "molecule", alone).status == "none known"
    plain = find_route(target, "molecule")
    assert plain.cost is None
    assert all(m.stock is None for m in plain.starting_materials)
    assert only_from(plain, alone)


def _route(*stocks: Stock | None) -> Route:
    smiles = ["OC(=O)c1ccccc1", "C1COCCN1"]
    materials = [Material(name=s, smiles=s, stock=stock) for s, stock in zip(smiles, stocks, strict=True)]
    step = RouteStep(reaction="amide coupling", reactants=smiles, product="O=C(c1ccccc1)N1CCOCC1")
    return Route(status="found", steps=[step], starting_materials=materials)


@pytest.mark.parametrize(
    ("stocks", "reason"),
    [
        ((None, Stock(price=1, currency="EUR")), "not in the inventory"),
        ((Stock(), Stock(price=1, currency="EUR")), "no price given"),
        ((Stock(price=1, currency="USD"), Stock(price=1, currency="EUR")), "EUR, USD"),
        ((Stock(price=1, currency="EUR", amount=1, unit="g"), Stock(price=1, currency="EUR")), "some materials only"),
    ],
)
def test_no_cost_is_invented(stocks: tuple[Stock | None, Stock | None], reason: str) -> None:
    cost = cost_of(_route(*stocks))
    assert cost.value is None
    assert cost.text.startswith("Not known")
    assert reason in cost.text


def test_packages_without_size_are_added_up_as_packages() -> None:
    cost = cost_of(_route(Stock(price=3, currency="EUR"), Stock(price=4.5, currency="EUR")))
    assert (cost.value, cost.per) == (7.5, "one package of each")


def test_of_several_packages_the_cheapest_for_the_amount_counts(tmp_path: Path) -> None:
    path = tmp_path / "packs.csv"
    rows = "A,OC(=O)c1ccccc1,{}\nB,C1COCCN1,1,EUR,87.12,g\n"
    heading = "id,smiles,price,currency,amount,unit\n"
    costs = {}
    for name, offers in {"small": "10,EUR,5,g", "large": "60,EUR,100,g", "both": "10,EUR,5,g\nA,OC(=O)c1ccccc1,60,EUR,100,g"}.items():
        path.write_text(heading + rows.format(offers), encoding="utf-8")
        cost = find_route("O=C(c1ccccc1)N1CCOCC1", "molecule", library_of(read_inventory(path, "replace"))).cost
        assert cost is not None
        costs[name] = cost
    assert costs["small"].value == pytest.approx(10 / 5 * 122.12 + 1, abs=0.02)
    assert costs["both"].value == costs["large"].value == pytest.approx(60 / 100 * 122.12 + 1, abs=0.02)
    assert "the one that is cheapest for the amount" in costs["both"].text


def test_a_volume_without_a_density_has_no_price() -> None:
    litre, gram = Stock(price=2, currency="EUR", amount=1, unit="L"), Stock(price=2, currency="EUR", amount=1, unit="g")
    cost = cost_of(_route(litre, gram))
    assert (cost.value, cost.text) == (None, "Not known (sold by volume, and the density is not known: OC(=O)c1ccccc1).")


def test_molar_packages() -> None:
    mol = Stock(price=2, currency="EUR", amount=10, unit="mmol")
    assert cost_of(_route(mol, mol)).value == 400.0


def test_equivalents_follow_the_steps() -> None:
    first = RouteStep(reaction="a", reactants=["A", "B"], product="M")
    second = RouteStep(reaction="b", reactants=["C", "M", "M"], product="P")
    needed = equivalents(Route(status="found", steps=[first, second]))
    assert (needed["P"], needed["M"], needed["A"], needed["C"]) == (1, 2, 2, 1)


def test_polymer_routes_are_annotated_too(tmp_path: Path) -> None:
    path = tmp_path / "monomers.csv"
    path.write_text("smiles,price,currency,amount,unit\nOCCO,10,EUR,1,kg\nOC(=O)c1ccc(cc1)C(=O)O,8,EUR,1,kg\n", encoding="utf-8")
    library = library_of(read_inventory(path))
    route = with_stock(find_route("*OC(=O)c1ccc(cc1)C(=O)OCC*", "polymer"), library)
    assert any(m.stock is not None for m in route.starting_materials)
    assert route.cost is not None


def test_the_proposer_builds_from_the_inventory_alone(file: Path) -> None:
    alone = library_of(read_inventory(file, "replace"))
    request = ProposalRequest(
        DesignSpec(goal="x", candidate_class="molecule"), 0, 3, seed=1, library=alone, calculators=builtin().calculators
    )
    proposals = ReactionsProposer().propose(request)
    assert proposals
    for proposal in proposals:
        assert proposal.route is not None
        assert verify_route(proposal.route, proposal.smiles, library=alone) == []
