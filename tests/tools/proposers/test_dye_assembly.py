"""The dye proposer: every dye with a route that holds, families in turn, nothing regulated or nitrated twice."""

from collections import Counter
from itertools import product

import pytest
from rdkit import Chem

from core.spec import Condition, DesignSpec, ElementsRequirement, MotifRequirement, Objective, PropertyRequirement
from tests.tables import each_row
from tools.proposers.base import Parent, ProposalRequest, Proposer
from tools.proposers.dyes.assembly import DyeAssembly, reachable
from tools.proposers.dyes.steering import allowed_recipes, is_about_dyes, lambda_window, promise
from tools.structures.standardise import standardise
from tools.synthesis.dyes.chemistry import make
from tools.synthesis.dyes.library import families, parts, pool, reaction_smarts, recipes
from tools.synthesis.dyes.regulated import regulated_amines, released_amines, unwanted
from tools.synthesis.dyes.routes import build_dye_route, find_dye_route, identify, verify_dye_route
from tools.workspace import builtin


def window(low, high):
    return PropertyRequirement(
        id="R1", text="absorption", property="absorption_maximum", condition=Condition(comparison="between", low=low, high=high)
    )


def spec(family="dye", requirements=(), objectives=(), candidate_class="molecule"):
    return DesignSpec(
        goal="g", candidate_class=candidate_class, family=family, requirements=list(requirements), objectives=list(objectives)
    )


def propose(a_spec, count=100, generation=0, parents=(), seed=0):
    return DyeAssembly().propose(ProposalRequest(a_spec, generation, count, tuple(parents), seed, calculators=builtin().calculators))


def test_parts_parse_and_are_distinct():
    assert len(parts()) >= 250
    for part in parts():
        assert Chem.MolToSmiles(Chem.MolFromSmiles(part.smiles)) == part.smiles
    assert len({p.smiles for p in parts()}) == len({p.name for p in parts()}) == len(parts())
    used = {w for r in recipes() for role in r.slots for w in role.split("#")[0].split("|")}
    assert used == {role for p in parts() for role in p.roles}


@each_row("recipe", recipes())
def test_every_recipe_works_with_every_part(recipe):
    """Each part of each role, with the first parts of the other roles, gives one product whose route holds."""
    pools = [pool(recipe, role) for role in recipe.slots]
    first = [options[0] for options in pools]
    for number, options in enumerate(pools):
        for part in options:
            chosen = dict(zip(recipe.slots, [*first[:number], part, *first[number + 1 :]], strict=True))
            route = build_dye_route(recipe, chosen)
            assert route is not None, part.name
            smiles = route.steps[-1].product
            assert verify_dye_route(route, smiles)
            mol = Chem.MolFromSmiles(smiles)
            assert mol is not None
            assert "." not in smiles
            assert sum(a.GetNumRadicalElectrons() for a in mol.GetAtoms()) == 0


@each_row(
    ("recipe_id", "smiles"),
    [
        ("azo_amine", "CCN(CCO)c1ccc(/N=N/c2ccc([N+](=O)[O-])cc2)cc1"),  # Disperse Red 1
        ("azo_phenol", "Oc1ccc2ccccc2c1/N=N/c1ccccc1"),  # Sudan I
        ("coumarin_pechmann", "CCN(CC)c1ccc2c(C)cc(=O)oc2c1"),  # coumarin 1
        ("coumarin_knoevenagel", "CCN(CC)c1ccc2cc(-c3nc4ccccc4s3)c(=O)oc2c1"),  # coumarin 6
        ("rhodamine", "CCN(CC)c1ccc2c(-c3ccccc3C(=O)O)c3ccc(=[N+](CC)CC)cc-3oc2c1"),  # rhodamine B
        ("fluorescein", "O=C(O)c1ccccc1-c1c2ccc(=O)cc-2oc2cc(O)ccc12"),
        ("triarylmethane", "CN(C)c1ccc(C(=C2C=CC(=[N+](C)C)C=C2)c2ccccc2)cc1"),  # malachite green
        ("indigo", "O=C1C(=C2Nc3ccccc3C2=O)Nc2ccccc21"),
        ("dpp", "O=C1NC(c2ccc(Cl)cc2)=C2C(=O)NC(c3ccc(Cl)cc3)=C12"),  # Pigment Red 254
        ("push_pull", "CN(C)c1ccc(C=C(C#N)C#N)cc1"),
        ("squaraine", "CN1C(=CC2=C([O-])C(=CC3=[N+](C)c4ccccc4C3(C)C)C2=O)C(C)(C)c2ccccc21"),
        ("quinophthalone", "O=C1c2ccccc2C(=O)C1c1ccc2ccccc2n1"),
    ],
)
def test_known_dyes_are_reached(recipe_id, smiles):
    found = identify(smiles)
    assert found is not None
    assert found[0].id == recipe_id
    route = find_dye_route(smiles)
    assert route.status == "found"
    assert verify_dye_route(route, smiles)


def test_no_route_for_what_is_no_dye():
    assert find_dye_route("CCO").status == "none known"
    assert identify("junk") is None


def test_a_wrong_route_is_not_verified():
    smiles = "CN(C)c1ccc(C=C(C#N)C#N)cc1"
    route = find_dye_route(smiles)
    step = route.steps[0]
    assert not verify_dye_route(route, "CCO")
    for change in ({"reaction": "magic"}, {"product": "CCO"}, {"reactants": ["CCO", "CCC"]}, {"reactants": step.reactants[:1]}):
        assert not verify_dye_route(route.model_copy(update={"steps": [step.model_copy(update=change)]}), smiles)
    assert not verify_dye_route(route.model_copy(update={"steps": []}), smiles)
    assert step.reaction in reaction_smarts()


def test_seed_generation_goes_round_the_families():
    proposals = propose(spec(), 120)
    counts = Counter(p.operator for p in proposals)
    assert set(counts) == set(families())
    assert max(counts.values()) <= 3 * min(v for k, v in counts.items() if k != "indigo")
    assert proposals == propose(spec(), 120)
    assert proposals != propose(spec(), 120, seed=1)
    assert len({p.smiles for p in proposals}) == 120
    assert all(verify_dye_route(p.route, p.smiles) for p in proposals)
    assert all(("donor" in p.rationale and "acceptor" in p.rationale) or "made from" in p.rationale for p in proposals)


def test_a_window_shifts_the_families():
    red = Counter(p.operator for p in propose(spec("dye", [window(640, 680)]), 150))
    blue = Counter(p.operator for p in propose(spec("dye", [window(390, 420)]), 150))
    assert red["squaraine"] > blue["squaraine"]
    assert blue["coumarin"] > red["coumarin"]
    target = Objective(id="O1", property="absorption_maximum", shape="target", low=450, high=550, target=500, text="500 nm")
    assert lambda_window(spec("", (), [target])) == (475.0, 525.0)
    assert lambda_window(spec()) is None
    assert all(0 < promise(r, (200.0, 210.0)) <= 1 for r in recipes())


@pytest.mark.parametrize(
    ("family", "operators"),
    [("azo dye", {"azo"}), ("BODIPY dyes", {"BODIPY"}), ("cyanines", {"cyanine"}), ("rhodamine", {"xanthene"}), ("Coumarin", {"coumarin"})],
)
def test_families(family, operators):
    assert is_about_dyes(spec(family), catalogue=builtin().catalogue)
    assert {p.operator for p in propose(spec(family), 40)} == operators
    assert len(allowed_recipes(spec("dye"))) == len(recipes())


def test_children_exchange_parts():
    parents = [Parent(f"k{i}", p.smiles, 1.0 / (i + 1)) for i, p in enumerate(propose(spec(), 20))]
    children = propose(spec(), 100, 1, parents)
    assert children == propose(spec(), 100, 1, parents)
    born = [c for c in children if c.parents]
    assert len(born) >= 60
    assert len(children) > len(born)
    assert not {c.smiles for c in children} & {p.smiles for p in parents}
    assert all(verify_dye_route(c.route, c.smiles) for c in children)
    assert any("not in the library" in c.route.note for c in born)
    assert propose(spec(), 20, 1, [Parent("x", "CCO", 1.0), Parent("y", "junk", 2.0)])


def test_spec_filters():
    requirements = [
        ElementsRequirement(id="R1", text="C H N O", allowed=["C", "H", "N", "O"]),
        MotifRequirement(id="R2", text="no nitro", name="nitro", smarts="[N+](=O)[O-]", wanted=False),
        MotifRequirement(id="R3", text="nitrile", name="nitrile", smarts="C#N", wanted=True),
    ]
    proposals = propose(spec("dye", requirements), 50)
    assert len(proposals) == 50
    for p in proposals:
        mol = Chem.MolFromSmiles(p.smiles)
        assert {a.GetSymbol() for a in mol.GetAtoms()} <= {"C", "N", "O"}
        assert mol.HasSubstructMatch(Chem.MolFromSmarts("C#N"))
        assert not mol.HasSubstructMatch(Chem.MolFromSmarts("[N+](=O)[O-]"))


def test_regulated_amines_are_recognised():
    assert len(regulated_amines()) == 22
    assert unwanted(Chem.MolFromSmiles("CN(C)c1ccc(/N=N/c2ccccc2C)cc1")) == "releases o-toluidine"
    assert unwanted(Chem.MolFromSmiles("Oc1ccc(N=Nc2ccc(-c3ccc(N=Nc4ccc(O)cc4)cc3)cc2)cc1")) == "releases benzidine"
    assert unwanted(Chem.MolFromSmiles("CC(=O)C(=NNc1ccc(Cl)cc1)C(=O)Nc1ccccc1")) == "releases 4-chloroaniline"
    assert unwanted(Chem.MolFromSmiles("CN(C)c1ccc(/N=N/c2ccccc2)cc1")) == ""
    assert "nitro" in unwanted(Chem.MolFromSmiles("O=[N+]([O-])c1ccc(C=Cc2ccc([N+](=O)[O-])cc2)cc1"))
    assert released_amines(Chem.MolFromSmiles("CCO")) == []


def test_no_azo_combination_releases_a_regulated_amine():
    for recipe in (r for r in recipes() if r.family == "azo"):
        for chosen in product(*[pool(recipe, role) for role in recipe.slots]):
            made = make(recipe, dict(zip(recipe.slots, chosen, strict=True)))
            assert made is not None
            released = released_amines(Chem.MolFromSmiles(made[-1][1]))
            assert released, made[-1][1]
            assert not set(released) & set(regulated_amines())


def test_charged_dyes_keep_their_charge():
    for p in propose(spec("cyanine"), 20):
        assert Chem.GetFormalCharge(Chem.MolFromSmiles(p.smiles)) == 1
        assert standardise(p.smiles, "molecule").smiles == p.smiles


def test_applies_to_dyes_only():
    proposer = DyeAssembly()
    assert isinstance(proposer, Proposer)
    assert proposer.applies(spec(), builtin().catalogue)
    assert proposer.applies(spec("", [window(400, 500)]), builtin().catalogue)
    assert not proposer.applies(spec(""), builtin().catalogue)
    assert not proposer.applies(spec("solvent"), builtin().catalogue)
    assert not proposer.applies(spec("dye", candidate_class="polymer"), builtin().catalogue)
    assert propose(spec("solvent")) == []
    assert propose(spec(), 0) == []


def test_registered_and_large():
    from tools.proposers.registry import load

    assert "dye_assembly" in load()
    assert reachable() > 8_000
    assert len(propose(spec(), 400, seed=3)) == 400


def test_hints_of_the_literature_name_families() -> None:
    from tools.proposers.dyes.steering import hinted_families

    assert "azo" in hinted_families(("azo", "push-pull"))
    assert hinted_families(("photostability",)) == frozenset()
