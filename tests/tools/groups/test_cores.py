"""Which atoms words and drawings mean."""

from __future__ import annotations

import pytest
from rdkit import Chem

from core.errors import StructureError
from core.spec import FixedAtomsRequirement
from tests.tables import each_row
from tools.groups.cores import described_core
from tools.groups.drawn_core import drawn_core
from tools.structures.fixed_atoms import compiled, fault, kept_of

IMATINIB = "Cc1ccc(NC(=O)c2ccc(CN3CCN(C)CC3)cc2)cc1Nc1nccc(-c2cccnc2)n1"
TRIMETHOPRIM = "COc1cc(Cc2cnc(N)nc2N)cc(OC)c1OC"


def part(found: FixedAtomsRequirement) -> str:
    return Chem.CanonSmiles(Chem.MolFragmentToSmiles(Chem.MolFromSmiles(found.reference), found.fixed))


@each_row(
    ("compound", "text", "kept", "opened"),
    [
        ("CC(=O)Nc1ccc(O)cc1", "scaffold", "c1ccccc1", 6),
        ("CC(=O)Nc1ccc(O)cc1", "the core", "c1ccccc1", 6),
        ("CN1C(=O)CN=C(c2ccccc2)c2cc(Cl)ccc21", "scaffold", "O=C1CN=C(c2ccccc2)c2ccccc2N1", 11),
        (IMATINIB, "aminopyrimidine", "Nc1ncccn1", 4),
        (IMATINIB, "keep the aminopyrimidine", "Nc1ncccn1", 4),
        ("Nc1cccc2c1C(=O)c1ccccc1C2=O", "anthraquinone", "O=C1c2ccccc2C(=O)c2ccccc21", 8),
        ("CCOC(=O)c1ccc(N)cc1", "all but the ester", "Nc1ccccc1", 1),
        ("CCOC(=O)c1ccc(N)cc1", "only vary the ester", "Nc1ccccc1", 1),
        (TRIMETHOPRIM, "substituents on the phenyl ring", "Nc1ncc(Cc2ccccc2)c(N)n1", 5),
        ("CC(C)Cc1ccc(C(C)C(=O)O)cc1", "*c1ccc(C(C)C(=O)O)cc1", "CC(C(=O)O)c1ccccc1", 1),
        ("CC(C)Cc1ccc(C(C)C(=O)O)cc1", "[c:1]1ccc(C(C)C(=O)O)cc1", "CC(C(=O)O)c1ccccc1", 1),
        ("", "CC(=O)Nc1ccccc1", "CC(=O)Nc1ccccc1", 7),
    ],
)
def test_words_and_structures_mean_atoms_of_the_compound(compound: str, text: str, kept: str, opened: int) -> None:
    found = described_core(compound, text)
    assert (part(found), len(found.open)) == (Chem.CanonSmiles(kept), opened)
    if compound:
        assert fault(compiled(kept_of(found)), Chem.MolFromSmiles(compound)) == ""


@each_row(
    ("compound", "text", "why"),
    [
        ("CCCCO", "core", "no ring"),
        ("Cc1ccccc1", "pyridine", "has no pyridine"),
        ("", "scaffold", "none is named"),
        ("Cc1ccccc1C", "*c1ccccc1", "not marked as open"),
        ("Cc1ccccc1", "c1ccncc1", "not part of the compound"),
        ("Cc1ccccc1", "unobtainyl", "begins no atom"),
        ("Cc1ccccc1.Cl", "scaffold", "one piece"),
        ("CCO", "all but the hydroxyl or so", "no part"),
    ],
)
def test_what_does_not_fit_the_compound_is_refused_with_the_reason(compound: str, text: str, why: str) -> None:
    with pytest.raises(StructureError, match=why):
        described_core(compound, text)


BLOCK = """
  drawn

  7  7  1  0  0  0  0  0  0  0999 V2000
    0.0000    1.4000    0.0000 L   0  0  0  0  0  0  0  0  0  0  0  0
    1.2124    0.7000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    1.2124   -0.7000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    0.0000   -1.4000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   -1.2124   -0.7000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
   -1.2124    0.7000    0.0000 C   0  0  0  0  0  0  0  0  0  0  0  0
    0.0000   -2.8000    0.0000 R#  0  0  0  0  0  0  0  0  0  0  0  0
  1  2  2  0
  2  3  1  0
  3  4  2  0
  4  5  1  0
  5  6  2  0
  6  1  1  0
  4  7  1  0
{listed}
M  RGP  1   7   1
M  END
""".format(listed="M  ALS   1  2 F C   N   ")


@pytest.mark.parametrize("compound", ["", "Cc1ccncc1", "Cc1ccccc1"])
def test_a_mol_block_marks_open_positions_and_lists_elements(compound: str) -> None:
    found = described_core(compound, BLOCK)
    kept = compiled(kept_of(found))
    assert len(found.fixed) == 6
    assert len(found.open) == 1
    assert [set(choice.elements) for choice in found.choices] == [{"C", "N"}]
    assert [fault(kept, Chem.MolFromSmiles(s)) == "" for s in ("CCc1ccncc1", "CCc1ccccc1", "CCc1cccnc1", "Cc1ccncc1C")] == [
        True,
        True,
        False,
        False,
    ]


def test_what_is_no_mol_block_is_refused() -> None:
    with pytest.raises(StructureError):
        described_core("", "nothing\nM  END\n")


@pytest.mark.parametrize(
    ("text", "smiles"),
    [("O=[C:1]Nc1ccc(O)cc1", "O=CNc1ccc(O)cc1"), ("[c:1]1ccccc1", "c1ccccc1"), ("C[O:1]", "CO"), ("c1ccc([N:1])cc1", "Nc1ccccc1")],
)
def test_an_open_atom_whose_hydrogens_are_not_written_is_no_radical(text: str, smiles: str) -> None:
    core = drawn_core(text)
    assert Chem.CanonSmiles(core.smiles) == smiles
    assert len(core.open) == 1
