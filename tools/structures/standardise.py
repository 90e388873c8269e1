"""One form for one structure: the part that is meant, without isotopes and maps; everything that was changed or left out is said.

The form is the one *as drawn*: no canonical tautomer is made (that rewrites dyes such as indigo). Tautomers meet only in
``dedup_key``. A charge that belongs to a chromophore (cyanine, pyridinium, rhodamine ...) stays; only the charges that a
proton transfer made (carboxylates, ammonium salts) are undone, and only where a counter-ion was removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from rdkit import Chem, rdBase
from rdkit.Chem import inchi, rdMolDescriptors, rdMolHash

from core.errors import StructureError
from core.spec import CandidateClass
from tools.structures import enhanced_stereo
from tools.structures.atoms import atoms
from tools.structures.parse import parse_polymer, parse_smiles
from tools.structures.polymer_key import polymer_key
from tools.structures.salts import disconnect_alkali, neutralise, split_parent, uncharge_oxides


@dataclass(frozen=True)
class StandardStructure:
    """A structure in its one form."""

    smiles: str
    """Canonical SMILES of the form as drawn, with an extension where configurations are only relative; for a polymer the repeat unit in
    the frame as drawn."""
    key: str
    """InChIKey, of a racemate or relative configuration that of the form drawn and '-rac' or '-rel'; for a polymer its polymer key."""
    inchikey: str
    """InChIKey of what is sure: without the configuration of centres that are only relative; empty for a polymer."""
    dedup_key: str
    """Shared by tautomers and charge states (not by stereoisomers); the polymer key for a polymer."""
    undefined_stereocentres: int
    """Number of tetrahedral stereocentres whose configuration is not given, or only relative to others."""
    notes: list[str] = field(default_factory=list)
    """What was changed, and what a reader should know."""
    given: str = ""
    """Canonical SMILES of everything that was given, where ``smiles`` is only a part of it; else empty."""

    @property
    def whole(self) -> str:
        """SMILES of everything that was given: what the guard looks at."""
        return self.given or self.smiles


def standardise(smiles: str, candidate_class: CandidateClass) -> StandardStructure:
    """The one form of ``smiles``; equal structures give equal results, whatever their SMILES looked like.

    Raises StructureError for what cannot be read (see :func:`parse_smiles`, :func:`parse_polymer`), and for a molecule with '*'.
    """
    return standard_form(smiles, candidate_class)[0]


def standard_form(smiles: str, candidate_class: CandidateClass) -> tuple[StandardStructure, Chem.Mol | None]:
    """:func:`standardise`, and the molecule as RDKit has read it from the SMILES of that form; None where it has not."""
    polymer = candidate_class == "polymer"
    mol = parse_polymer(smiles) if polymer else parse_smiles(smiles)
    notes: list[str] = []
    with rdBase.BlockLogs():
        mol, given = clean(enhanced_stereo.settle(mol, notes), notes)
        written, mol, steady = _canonical(enhanced_stereo.regrouped(mol))
        relative, suffix = enhanced_stereo.relative(mol, notes)
        key = polymer_key(written) if polymer else inchikey(mol)
        if not key:
            raise StructureError("no InChIKey can be made for this structure", smiles=smiles)
        if given:
            notes.insert(0, _part(written, mol, given))
        _remarks(mol, notes)
        if given and Chem.GetFormalCharge(mol):
            notes.append("the ion alone is judged: the melting point or solubility of its salt is another matter")
        undefined = _stereo(mol, notes) + relative
        duplicates = key if polymer else tautomer_key(mol) + suffix
        sure = "" if polymer else inchikey(enhanced_stereo.without_groups(mol)) if relative else key
        found = StandardStructure(written, key if polymer else key + suffix, sure, duplicates, undefined, notes, given)
        return found, mol if steady else None


def _part(written: str, mol: Chem.Mol, given: str) -> str:
    """The note that says which part of the structure given is judged, with formulas and the molar mass of the whole."""
    if any(atom.GetAtomicNum() == 0 for atom in atoms(mol)):
        return f"judged: the repeat unit {written}, a part of what was given"
    whole = Chem.MolFromSmiles(given)
    formula, all_of_it = (rdMolDescriptors.CalcMolFormula(m) for m in (mol, whole))
    return f"judged: {written} ({formula}), a part of what was given ({all_of_it}, {rdMolDescriptors._CalcMolWt(whole):.2f} g/mol)"


def clean(mol: Chem.Mol, notes: list[str]) -> tuple[Chem.Mol, str]:
    """``mol`` without atom maps, isotopes, counter-ions and the charges they made; adds to ``notes`` what was changed.

    With it the canonical SMILES of everything that was given where pieces were left out, else ''.
    """
    mol = Chem.RWMol(mol)
    isotopes = False
    for atom in atoms(mol):
        if atom.GetAtomMapNum():
            atom.SetAtomMapNum(0)
        if atom.GetIsotope():
            isotopes = isotopes or atom.GetAtomicNum() != 0
            atom.SetIsotope(0)
    cleaned: Chem.Mol = mol
    if isotopes:
        notes.append("isotope labels removed")
        cleaned = Chem.RemoveHs(mol)
        Chem.AssignStereochemistry(cleaned, cleanIt=True, force=True)
    cleaned = uncharge_oxides(disconnect_alkali(cleaned))
    if len(Chem.GetMolFrags(cleaned)) == 1:
        return cleaned, ""
    split = split_parent(cleaned, notes)
    given = enhanced_stereo.written(enhanced_stereo.regrouped(cleaned)) if split.part else ""
    cleaned = split.parent
    if split.ion_removed and Chem.GetFormalCharge(cleaned):
        cleaned = neutralise(cleaned, notes)
    return cleaned, given


def _canonical(mol: Chem.Mol) -> tuple[str, Chem.Mol, bool]:
    """Canonical SMILES, the molecule read back (so that the result does not depend on how the input was drawn), and whether from it."""
    written = enhanced_stereo.written(mol)
    for _ in range(3):
        again = Chem.MolFromSmiles(written)
        if again is None:
            raise StructureError("the standard form of this structure cannot be read back", smiles=written)
        rewritten = enhanced_stereo.written(again)
        if rewritten == written:
            return written, again, True
        written = rewritten
    return written, again, False


#: InChIKeys of the structures met last, by their SMILES in the order of their atoms: one structure is asked for several times in a row.
_KEYS: dict[str, str] = {}
_KEYS_KEPT = 4096


def inchikey(mol: Chem.Mol) -> str:
    """Standard InChIKey of ``mol``; empty if InChI refuses it."""
    convert: Callable[[Chem.Mol], str] = inchi.MolToInchiKey
    drawn = Chem.MolToSmiles(mol, canonical=False)
    key = _KEYS.get(drawn)
    if key is None:
        if len(_KEYS) >= _KEYS_KEPT:
            _KEYS.clear()
        key = _KEYS[drawn] = convert(mol) or convert(_disconnected(mol))
    return key


def _disconnected(mol: Chem.Mol) -> Chem.Mol:
    """``mol`` without its dative bonds: standard InChI has no bonds of metals, and RDKit gives it none that are dative."""
    work = Chem.RWMol(mol)
    for bond in [b for b in mol.GetBonds() if b.GetBondType() == Chem.BondType.DATIVE]:
        work.RemoveBond(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
    return work.GetMol()


def tautomer_key(mol: Chem.Mol) -> str:
    """32 hexadecimal characters that tautomers, and a structure's charge states by proton transfer, share.

    RDKit's second heteroatom tautomer hash; the numbers of R and S centres are added, because that hash forgets the centre
    next to a carbonyl group.
    """
    neutral = neutralise(mol, []) if any(atom.GetFormalCharge() for atom in atoms(mol)) else mol
    hashed = rdMolHash.MolHash(neutral, rdMolHash.HashFunction.HetAtomTautomerv2)
    labels = [atom.GetProp("_CIPCode") for atom in atoms(mol) if atom.HasProp("_CIPCode")]
    text = f"{hashed}|R{labels.count('R')}S{labels.count('S')}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _stereo(mol: Chem.Mol, notes: list[str]) -> int:
    """Number of undefined tetrahedral stereocentres; notes those and the undefined double bonds."""
    atoms = bonds = 0
    for info in Chem.FindPotentialStereo(mol):
        if info.specified == Chem.StereoSpecified.Unspecified:
            atoms += info.type == Chem.StereoType.Atom_Tetrahedral
            bonds += info.type == Chem.StereoType.Bond_Double and _holds_its_shape(mol.GetBondWithIdx(info.centeredOn))
    if atoms:
        notes.append(f"{atoms} stereocentre{'s' if atoms > 1 else ''} without configuration")
    if bonds:
        notes.append(f"{bonds} double bond{'s' if bonds > 1 else ''} without E/Z configuration")
    return atoms


def _holds_its_shape(bond: Chem.Bond) -> bool:
    """Whether E/Z of a double bond means two compounds: not where an end bears only hydrogen or a second multiple bond."""
    ends = (bond.GetBeginAtom(), bond.GetEndAtom())
    return all(end.GetDegree() > 1 for end in ends) and all(
        other.GetIdx() == bond.GetIdx() or other.GetBondTypeAsDouble() < 2 for end in ends for other in end.GetBonds()
    )


@lru_cache(maxsize=1)
def _nonmetals() -> frozenset[int]:
    return frozenset({0, 1, 2, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 32, 33, 34, 35, 36, 51, 52, 53, 54, 85, 86})


def _remarks(mol: Chem.Mol, notes: list[str]) -> None:
    """Note metals, radicals, missing carbon and a remaining charge."""
    everyone = atoms(mol)
    metals = sorted({atom.GetSymbol() for atom in everyone if atom.GetAtomicNum() not in _nonmetals()})
    if metals:
        notes.append(f"contains the metal {', '.join(metals)}: most methods here do not cover it")
    if not any(atom.GetAtomicNum() == 6 for atom in everyone):
        notes.append("contains no carbon: most methods here do not cover it")
    radicals = sum(atom.GetNumRadicalElectrons() for atom in everyone)
    if radicals:
        notes.append(f"radical with {radicals} unpaired electron{'s' if radicals > 1 else ''}")
    charge = Chem.GetFormalCharge(mol)
    if charge:
        notes.append(f"charge {charge:+d} kept as drawn")
