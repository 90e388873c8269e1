"""The screen before substructure searches: it hides no match, and it saves most searches."""

from __future__ import annotations

import csv
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rdkit import Chem, rdBase
from rdkit.Chem import QED

from tools.groups.groups import GROUPS
from tools.safety.rules import possible_rules, structure_rules
from tools.structures import prescreen
from tools.structures.prescreen import Prescreen, needed_elements

ROOT = Path(__file__).resolve().parents[3]
#: Salts, isotopes, maps, charges, metals, stereo, hydrogens of their own, radicals, cages, repeat units.
ODD = (
    "CC(=O)[O-].[Na+]", "C[N+](C)(C)C.[I-]", "[13CH3][C@H](N)C(=O)O", "[2H]C([2H])([2H])O", "[H][H]", "[H]OC", "[CH3:1][OH:2]",
    "C[S+]([O-])C", "O=[N+]([O-])c1ccccc1", "[O-][n+]1ccccc1", "C[Hg]C", "Cl[Pt](Cl)(N)N", "[Fe+2].[CH-]1C=CC=C1.[CH-]1C=CC=C1",
    "F/C=C/F", "F/C=C\\Cl", "[C-]#[O+]", "[N-]=[N+]=NC", "C[N+]#N", "[CH3]", "[O][O]", "C1C2CC3CC1CC(C2)C3", "c1ccc2c(c1)[nH]c1ccccc12",
    "C1=CC2=CC=CC=CC2=C1", "B(O)(O)c1ccccc1", "C[Si](C)(C)C", "c1cc[se]c1", "C[As](C)C", "O=P(O)(O)O", "[O-][Cl+3]([O-])([O-])[O-]",
    "*CC(*)c1ccccc1", "*c1ccc(*)cc1", "C[Mg]Br", "N->[Cu]", "C1CCCCCCC1", "O=C1NC(=S)SC1=Cc1ccccc1", "[NH4+]", "S1SSSSSSS1", "C#CC#CC#C",
)  # fmt: skip
#: One query for each way of writing that is read, and for some that are not.
WRITTEN = (
    "[#6]", "C", "c", "[C,N]", "[C;H1]", "[CH2]", "[CX4;H2,H1]", "[!C]", "[!#6;!#1]", "[R]", "[!R]", "[R0]", "[R2]", "[r6]", "[D3]", "[X4]", "[X]",
    "[H]", "[#1]", "[H1]", "[OH,SH]", "[+]", "[-]", "[+2]", "[++]", "[+0]", "[n+]", "[N;+1]", "[a]", "[A]", "*", "[*]", "[$(C=O)]", "[!$(C=O)]",
    "[C;$(CO),$(CN)]", "[$(CO),N;H2]", "[C@H](N)C", "[13C]", "[2H]C", "[C:1]", "[v4]", "[x2]", "[Cl,Br]", "[Si]", "[se]", "[As]", "[as]", "[#80,#33]",
    "C=O", "C~O", "C-O", "C#N", "c:c", "c-c", "C@C", "C!@C", "C-,=C", "C-;!@C", "C=;@C", "F/C=C/F", "C.C", "(C).(O)", "C1CC1", "c1ccccc1", "*1~*~*~*~*~*~1",
    "[O-][N+]=O", "[N&X3;!$(N-C=O);H2,H1]", "[C;D1,D2;+0]", "[Fe,Pt]", "[Na+]", "[Hg]", "C[Mg]", "[OX1]=[C,S;X3]", "c12ccccc1cccc2", "C->[Cu]", "[#7]->[#29]",
)  # fmt: skip


def _structures() -> list[Chem.Mol]:
    rows = []
    for name in ("block_structures.tsv", "pass_structures.tsv"):
        with (ROOT / "evals" / "data" / "guard" / name).open(encoding="utf-8", newline="") as handle:
            rows += [row["smiles"] for row in csv.DictReader(handle, delimiter="\t")]
    texts = [*ODD, *rows, *(group.example for group in GROUPS.values()), *(group.counterexample for group in GROUPS.values())]
    with rdBase.BlockLogs():
        mols = [mol for text in dict.fromkeys(texts) if (mol := Chem.MolFromSmiles(text)) is not None]
    return [*mols, *(Chem.AddHs(mol) for mol in mols[::7])]


@pytest.fixture(scope="module")
def structures() -> list[Chem.Mol]:
    return _structures()


def _queries(name: str) -> list[Chem.Mol]:
    with rdBase.BlockLogs():
        return {
            "written": lambda: [query for smarts in WRITTEN if (query := Chem.MolFromSmarts(smarts)) is not None],
            "groups": lambda: [Chem.MolFromSmarts(group.smarts) for group in GROUPS.values()],
            "guard": lambda: [pattern for rule in structure_rules() for pattern in (*rule.smarts, *rule.unless)],
            "qed": lambda: [*QED.Acceptors, *QED.StructuralAlerts],
        }[name]()


@pytest.mark.parametrize("name", ["written", "groups", "guard", "qed"])
def test_no_match_is_hidden(name: str, structures: list[Chem.Mol]) -> None:
    """Of the three million pairs of a structure and a group every sixteenth is looked at, so that each meets dozens of the others."""
    queries = _queries(name)
    assert len(queries) > 50
    screen, step = Prescreen(queries), 16 if name == "groups" else 1
    hidden, matches = [], 0
    for n, mol in enumerate(structures):
        answers = list(zip(queries, screen.possible(mol), strict=True))
        for query, possible in answers[n % step :: step]:
            if mol.HasSubstructMatch(query):
                matches += 1
                if not possible:
                    hidden.append((Chem.MolToSmiles(mol), Chem.MolToSmarts(query)))
    assert hidden == []
    assert matches > 100


def test_no_match_with_pieces_of_structures_is_hidden(structures: list[Chem.Mol]) -> None:
    """Queries that surely match: what lies about a bond of a structure, written as SMARTS."""
    rng = random.Random(5)
    hidden = []
    for mol in structures:
        if mol.GetNumBonds() < 2:
            continue
        bond = mol.GetBondWithIdx(rng.randrange(mol.GetNumBonds()))
        piece = Chem.FindAtomEnvironmentOfRadiusN(mol, 2, bond.GetBeginAtomIdx()) or [bond.GetIdx()]
        atoms = {i for b in piece for i in (mol.GetBondWithIdx(b).GetBeginAtomIdx(), mol.GetBondWithIdx(b).GetEndAtomIdx())}
        query = Chem.MolFromSmarts(Chem.MolFragmentToSmarts(mol, sorted(atoms), list(piece)))
        if query is not None and mol.HasSubstructMatch(query) and Prescreen([query]).possible(mol) != [True]:
            hidden.append((Chem.MolToSmiles(mol), Chem.MolToSmarts(query)))
    assert hidden == []


def test_most_searches_are_saved(structures: list[Chem.Mol]) -> None:
    queries = _queries("guard")
    screen = Prescreen(queries)
    plain = [mol for mol in structures if mol.GetNumAtoms() == mol.GetNumHeavyAtoms()]
    assert sum(sum(screen.possible(mol)) for mol in plain) < 0.15 * len(plain) * len(queries)
    ester, ring = Prescreen([Chem.MolFromSmarts("[CX3](=O)[OX2][#6]")]), Prescreen([Chem.MolFromSmarts("C1CC1")])
    assert [ester.possible(Chem.MolFromSmiles(s)) for s in ("CCO", "CC(C)=O", "CC(=O)OC")] == [[False], [False], [True]]
    assert [ring.possible(Chem.MolFromSmiles(s)) for s in ("CCC", "C1CC1", "c1ccccc1")] == [[False], [True], [False]]


def test_the_answer_does_not_depend_on_what_was_asked_before(structures: list[Chem.Mol], monkeypatch: pytest.MonkeyPatch) -> None:
    queries, asked = _queries("groups"), structures[:40:6]
    alone = [Prescreen(queries).possible(mol) for mol in asked]
    screen = Prescreen(queries)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(screen.possible, asked)) == alone
    monkeypatch.setattr(prescreen, "REMEMBERED", 5)
    assert [screen.possible(mol) for mol in asked] == alone


def test_of_the_first_few_structures_nothing_is_ruled_out() -> None:
    screen, acid = Prescreen([Chem.MolFromSmarts("[CX3](=O)[OX2]")], few=2), Chem.MolFromSmiles("CC(=O)O")
    assert [screen.possible(mol) for mol in (Chem.MolFromSmiles("CCO"), acid, Chem.MolFromSmiles("CCO"), acid)] == [
        [True],
        [True],
        [False],
        [True],
    ]


def test_every_rule_that_fires_is_a_possible_one(structures: list[Chem.Mol]) -> None:
    fired = 0
    for mol in structures:
        present = frozenset({atom.GetAtomicNum() for atom in mol.GetAtoms()} | {1})
        possible = {rule.id for rule in possible_rules(mol)}
        firing = {rule.id for rule in structure_rules() if rule.fires(mol, present)}
        assert firing <= possible, Chem.MolToSmiles(mol)
        fired += len(firing)
    assert fired > 60


def test_no_structure_without_the_needed_elements_matches(structures: list[Chem.Mol]) -> None:
    assert needed_elements(Chem.MolFromSmarts("[NX3;H2,H1;!$(NC=S)][CX3]=[O,S]")) == {"N", "C"}
    assert needed_elements(Chem.MolFromSmarts("[#7]c")) == {"N", "C"}
    assert needed_elements(Chem.MolFromSmarts("[!#6][$(NC)][#1]")) == set()
    held = [{atom.GetSymbol() for atom in mol.GetAtoms()} for mol in structures]
    for query in _queries("groups"):
        needs = needed_elements(query)
        assert not any(mol.HasSubstructMatch(query) for mol, has in zip(structures, held, strict=True) if not needs <= has)
