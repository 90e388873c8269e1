"""The polymer proposers: distinct, repeatable, within the spec, and every proposal with a route that holds."""

from rdkit import Chem

from core.spec import Condition, DesignSpec, ElementsRequirement, MotifRequirement, Objective, PropertyRequirement
from tests.tables import each_row
from tools.proposers.base import Parent, ProposalRequest, Proposer
from tools.proposers.polymers.assembly import PolymerAssembly, reachable
from tools.proposers.polymers.mutation import PolymerMutation, substitutions, variants
from tools.proposers.polymers.steering import allowed_polymerisations, experience, family_of, flexibility, ranked_shares, tg_window
from tools.synthesis.polymers.routes import decompose, verify_polymer_route
from tools.workspace import builtin


def spec(family="", requirements=(), objectives=(), candidate_class="polymer"):
    return DesignSpec(
        goal="g", candidate_class=candidate_class, family=family, requirements=list(requirements), objectives=list(objectives)
    )


def tg(comparison, value):
    return PropertyRequirement(
        id="R1", text="Tg", property="glass_transition_temperature", condition=Condition(comparison=comparison, value=value)
    )


def assemble(a_spec, count=60, generation=0, parents=(), seed=0):
    return PolymerAssembly().propose(ProposalRequest(a_spec, generation, count, tuple(parents), seed, calculators=builtin().calculators))


def as_parents(proposals):
    return tuple(Parent(f"key{i}", p.smiles, 1.0 / (i + 1)) for i, p in enumerate(proposals))


def mutate(a_spec, parents, count=60, seed=0):
    return PolymerMutation().propose(ProposalRequest(a_spec, 1, count, tuple(parents), seed, calculators=builtin().calculators))


@each_row(
    "family", ["", "polyimide", "polyester", "polyamide", "poly(ether sulfone)", "vinyl polymer", "polyurethane", "polybenzimidazole"]
)
def test_every_proposal_has_a_true_route(family):
    proposals = assemble(spec(family), 40)
    assert len(proposals) >= 10
    for p in proposals:
        assert p.smiles.count("*") == 2
        assert p.name
        assert p.rationale
        assert p.route is not None
        assert verify_polymer_route(p.route, p.smiles), p.smiles


def test_distinct_and_repeatable():
    first, again, other = assemble(spec(), 120), assemble(spec(), 120), assemble(spec(), 120, seed=1)
    assert first == again
    assert first != other
    assert len({p.smiles for p in first}) == len(first) == 120
    assert all(p.smiles == Chem.MolToSmiles(Chem.MolFromSmiles(p.smiles)) for p in first)


def test_families_filter_the_chemistry():
    assert {p.operator for p in assemble(spec("polyimides"))} == {"imide"}
    assert {p.operator for p in assemble(spec("Nylon"))} <= {"amide", "amino_acid", "lactam"}
    assert len(allowed_polymerisations(spec("something unknown"))) == len(allowed_polymerisations(spec()))
    sulfone = Chem.MolFromSmarts("c-S(=O)(=O)-c")
    assert all(Chem.MolFromSmiles(p.smiles).HasSubstructMatch(sulfone) for p in assemble(spec("polysulfone")))
    assert family_of("poly(ether ether ketone)") is family_of("PEEK")


def test_a_small_family_is_exhausted():
    every = assemble(spec("polysiloxane"), 500)
    assert 5 <= len(every) < 100
    assert len({p.smiles for p in every}) == len(every)


def test_forbidden_and_wanted_motifs_and_elements():
    requirements = [
        ElementsRequirement(id="R1", text="only C, H, N, O", allowed=["C", "H", "N", "O"]),
        MotifRequirement(id="R2", text="no ketone", name="ketone", smarts="[#6]C(=O)[#6]", wanted=False),
        MotifRequirement(id="R3", text="with an aryl ether", name="aryl ether", smarts="c-[OX2]-c", wanted=True),
    ]
    proposals = assemble(spec("polyimide", requirements), 40)
    assert len(proposals) == 40
    for p in proposals:
        mol = Chem.MolFromSmiles(p.smiles)
        assert {a.GetSymbol() for a in mol.GetAtoms()} <= {"C", "N", "O", "*"}
        assert not mol.HasSubstructMatch(Chem.MolFromSmarts("[#6]C(=O)[#6]"))
        assert mol.HasSubstructMatch(Chem.MolFromSmarts("c-[OX2]-c"))


def mean_flexibility(proposals):
    values = [flexibility(m.smiles) for p in proposals for m in p.route.starting_materials]
    return sum(values) / len(values)


def test_a_high_tg_goal_leads_to_stiff_monomers():
    hot, cold = assemble(spec("", [tg(">", 250)]), 100), assemble(spec("", [tg("<", -20)]), 100)
    assert mean_flexibility(hot) < mean_flexibility(cold)
    assert sum(p.operator in ("imide", "benzimidazole", "benzoxazole", "amide", "polyarylate", "oxadiazole") for p in hot) > 50
    assert not any(p.operator in ("imide", "benzimidazole") for p in cold[:50])
    wish = Objective(id="O1", property="glass_transition_temperature", shape="maximise", low=100, high=300, text="high")
    assert tg_window(spec("", (), [wish])) == (300.0, float("inf"))
    assert tg_window(spec()) is None


def test_parents_steer_the_assembly():
    pmda = "O=c1oc(=O)c2cc3c(=O)oc(=O)c3cc12"
    good = [p for p in assemble(spec("polyimide"), 400) if pmda in p.route.steps[0].reactants][:5]
    assert good
    parents = [Parent(str(i), p.smiles, 1.0) for i, p in enumerate(good)]

    def share(proposals):
        return sum(pmda in p.route.steps[0].reactants for p in proposals) / len(proposals)

    assert share(assemble(spec("polyimide"), 100, 1, parents)) > 2 * share(assemble(spec("polyimide"), 100, 1))
    assert not {p.smiles for p in assemble(spec("polyimide"), 100, 1, parents)} & {p.smiles for p in parents}
    assert experience(parents).monomers[pmda] > 1


def test_shares_survive_strange_scores():
    parents = [Parent("a", "*CC*", float("nan")), Parent("b", "*CC*", 2.0), Parent("c", "*CC*", 1.0), Parent("d", "*CC*", float("-inf"))]
    assert ranked_shares(parents) == [0.0, 1.0, 0.0, 0.0]
    assert ranked_shares([Parent("a", "*CC*", 0.0)]) == [1.0]


def test_mutation_children_have_routes_and_parents():
    parents = as_parents(assemble(spec(), 25))
    children = mutate(spec(), parents, 80)
    assert children == mutate(spec(), parents, 80)
    assert len(children) == len({c.smiles for c in children}) == 80
    assert {c.operator for c in children} == {"swap monomer", "substitute monomer"}
    for child in children:
        assert verify_polymer_route(child.route, child.smiles), child.smiles
        assert child.parents[0] in {p.key for p in parents}
    strangers = [c for c in children if c.route.note]
    assert strangers
    assert all("not in the library" in c.route.note for c in strangers)


def test_children_differ_from_their_parent_in_one_monomer():
    parents = as_parents(assemble(spec("polyimide"), 10))
    by_key = {p.key: decompose(p.smiles) for p in parents}
    for child in mutate(spec("polyimide"), parents, 40):
        before = {m.smiles for m in by_key[child.parents[0]][1]}
        assert len(before & {m.smiles for m in child.route.starting_materials}) == 1


def test_mutation_without_usable_parents_is_silent():
    assert mutate(spec(), ()) == []
    assert mutate(spec(), [Parent("x", "*[Ge](C)(C)*", 1.0), Parent("y", "junk", 1.0)]) == []
    assert mutate(spec("polyimide"), [Parent("x", "*CC(*)c1ccccc1", 1.0)]) == []


def test_variants_stay_in_their_class():
    seen = 0
    for substitution in substitutions():
        for monomer in variants("Nc1ccc(Oc2ccc(N)cc2)cc1", "aromatic_diamine", substitution):
            seen += 1
            assert monomer.monomer_class == "aromatic_diamine"
    assert seen >= 8


def test_only_for_polymers():
    for proposer in (PolymerAssembly(), PolymerMutation()):
        assert isinstance(proposer, Proposer)
        assert not proposer.applies(spec(candidate_class="molecule"), builtin().catalogue)
        assert proposer.applies(spec(), builtin().catalogue)
        assert proposer.propose(ProposalRequest(spec(candidate_class="molecule"), 0, 5, calculators=builtin().calculators)) == []
        assert proposer.propose(ProposalRequest(spec(), 0, 0, calculators=builtin().calculators)) == []


def test_registered():
    from tools.proposers.registry import load

    assert {"polymer_assembly", "polymer_mutation"} <= set(load())


def test_the_space_is_large():
    assert reachable() > 15_000
    assert len(assemble(spec(), 400, seed=5)) == 400


def test_hints_of_the_literature_push_families_and_monomers() -> None:
    from tools.proposers.polymers.steering import hinted, hinted_monomer
    from tools.synthesis.polymers.library import monomers, polymerisations

    pushed = {p.families[0] for p in polymerisations() if hinted(p, ("imide", "rigid-aromatic", "not a family")) > 1}
    assert any("imide" in name for name in pushed)
    assert len(pushed) < len(polymerisations())
    assert all(hinted(p, ("imid", "avoid-peroxide")) == 1 for p in polymerisations())
    assert {m.name for m in monomers() if hinted_monomer(m, ("fluorene",)) > 1} == {
        m.name for m in monomers() if "fluorene" in m.name.lower()
    }


def test_a_parent_with_its_route_is_not_taken_apart_again() -> None:
    from tools.synthesis.polymers.routes import built_from, decompose, find_polymer_route

    unit = "*OC(=O)c1ccc(cc1)C(=O)OCC*"
    route = find_polymer_route(unit)
    found = built_from(route)
    assert found is not None
    assert {m.smiles for m in found[1]} == {m.smiles for m in decompose(unit)[1]}  # type: ignore[index]
    assert built_from(None) is None
    assert built_from(route.model_copy(update={"steps": []})) is None
