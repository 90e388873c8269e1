"""The 20 oracles of the PMO benchmark that need RDKit only.

Definitions: GuacaMol (Brown et al., J. Chem. Inf. Model. 2019, 59, 1096, doi 10.1021/acs.jcim.8b00839; code BenevolentAI/guacamol) in the
variant that PMO scores with (mims-harvard/TDC, ``tdc/chem_utils/oracle/oracle.py``), isomers by the corrected scorer, which counts the
atoms of the molecule and not letters of the SMILES. Every oracle takes a sanitised molecule and gives a score in 0..1. They see nothing of
an engine, and no engine sees them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import Crippen, GraphDescriptors, rdFingerprintGenerator, rdMolDescriptors

Score = Callable[[Chem.Mol], float]

ALBUTEROL = "CC(C)(C)NCC(O)c1ccc(O)c(CO)c1"
AMLODIPINE = r"Clc1ccccc1C2C(=C(/N/C(=C2/C(=O)OCC)COCCN)C)\C(=O)OC"
CAMPHOR = "CC1(C)C2CCC1(C)C(=O)C2"
CELECOXIB = "CC1=CC=C(C=C1)C1=CC(=NN1C1=CC=C(C=C1)S(N)(=O)=O)C(F)(F)F"
FEXOFENADINE = "CC(C)(C(=O)O)c1ccc(cc1)C(O)CCCN2CCC(CC2)C(O)(c3ccccc3)c4ccccc4"
MENTHOL = "CC(C)C1CCC(C)CC1O"
MESTRANOL = "COc1ccc2[C@H]3CC[C@@]4(C)[C@@H](CC[C@@]4(O)C#C)[C@@H]3CCc2c1"
OSIMERTINIB = "COc1cc(N(C)CCN(C)C)c(NC(=O)C=C)cc1Nc2nccc(n2)c3cn(C)c4ccccc34"
PERINDOPRIL = "O=C(OCC)C(NC(C(=O)N1C(C(=O)O)CC2CCCCC12)C)CCC"
PHARMACOPHORE = "CCCOc1cc2ncnc(Nc3ccc4ncsc4c3)c2cc1S(=O)(=O)C(C)(C)C"
RANOLAZINE = "COc1ccccc1OCC(O)CN2CCN(CC(=O)Nc3c(C)cccc3C)CC2"
SILDENAFIL = "CCCC1=NN(C2=C1N=C(NC2=O)C3=C(C=CC(=C3)S(=O)(=O)N4CCN(CC4)C)OCC)C"
SITAGLIPTIN = "Fc1cc(c(F)cc1F)CC(N)CC(=O)N3Cc2nnc(n2CC3)C(F)(F)F"
TADALAFIL = "O=C1N(CC(N2C1CC3=C(C2C4=CC5=C(OCO5)C=C4)NC6=C3C=CC=C6)=O)C"
THIOTHIXENE = "CN(C)S(=O)(=O)c1ccc2Sc3ccccc3C(=CCCN4CCN(C)CC4)c2c1"
TROGLITAZONE = "Cc1c(C)c2OC(C)(COc3ccc(CC4SC(=O)NC4=O)cc3)CCc2c(C)c1O"
ZALEPLON = "O=C(C)N(CC)C1=CC=CC(C2=CC=NC3=C(C=NN23)C#N)=C1"


@lru_cache(maxsize=1)
def _generators() -> dict[str, Any]:
    rd = rdFingerprintGenerator
    features = rd.GetMorganFeatureAtomInvGen()
    return {
        "ECFP4": rd.GetMorganGenerator(radius=2),
        "ECFP6": rd.GetMorganGenerator(radius=3),
        "FCFP4": rd.GetMorganGenerator(radius=2, atomInvariantsGenerator=features),
        "AP": rd.GetAtomPairGenerator(maxDistance=10),
    }


def _similarity(target: str, kind: str) -> Score:
    """Tanimoto similarity of the count fingerprints (unfolded) to ``target``."""
    generator = _generators()[kind]
    wanted = generator.GetSparseCountFingerprint(Chem.MolFromSmiles(target))
    return lambda mol: float(DataStructs.TanimotoSimilarity(generator.GetSparseCountFingerprint(mol), wanted))


def _clipped(score: Score, upper: float) -> Score:
    return lambda mol: min(1.0, score(mol) / upper)


def _bell(x: float, mu: float, sigma: float) -> float:
    return math.exp(-0.5 * ((x - mu) / sigma) ** 2)


def _gaussian(score: Score, mu: float, sigma: float) -> Score:
    return lambda mol: _bell(score(mol), mu, sigma)


def _at_most(score: Score, mu: float, sigma: float) -> Score:
    """1 up to ``mu``, a falling half Gaussian above (GuacaMol's MinGaussian)."""
    return lambda mol: _bell(max(score(mol), mu), mu, sigma)


def _at_least(score: Score, mu: float, sigma: float) -> Score:
    """1 from ``mu`` on, a half Gaussian below (GuacaMol's MaxGaussian)."""
    return lambda mol: _bell(min(score(mol), mu), mu, sigma)


def geometric_mean(values: list[float]) -> float:
    """exp of the mean logarithm, so that small factors do not underflow; 0 if any value is 0."""
    if min(values) <= 0:
        return 0.0
    return math.exp(sum(math.log(v) for v in values) / len(values))


def _geometric(*parts: Score) -> Score:
    return lambda mol: geometric_mean([p(mol) for p in parts])


def _arithmetic(*parts: Score) -> Score:
    return lambda mol: sum(p(mol) for p in parts) / len(parts)


def isomer_score(formula: str) -> Score:
    """Closeness to ``formula``: geometric mean of a Gaussian an element (sigma 1) and one for the number of atoms with H (sigma 2)."""
    wanted = {e: int(n or 1) for e, n in re.findall(r"([A-Z][a-z]*)(\d*)", formula)}
    total = sum(wanted.values())

    def score(mol: Chem.Mol) -> float:
        counts: dict[str, int] = {}
        for atom in mol.GetAtoms():
            counts[atom.GetSymbol()] = counts.get(atom.GetSymbol(), 0) + 1
        atoms = mol.GetNumAtoms(onlyExplicit=False)
        counts["H"] = counts.get("H", 0) + atoms - mol.GetNumAtoms()
        return geometric_mean([_bell(counts.get(e, 0), n, 1.0) for e, n in wanted.items()] + [_bell(atoms, total, 2.0)])

    return score


def _has(smarts: str, present: bool = True) -> Score:
    query = Chem.MolFromSmarts(smarts)
    return lambda mol: float(mol.HasSubstructMatch(query) == present)


def _pharmacophores(target: str) -> Score:
    """Tanimoto similarity of the Gobbi two-dimensional pharmacophore fingerprints."""
    from rdkit.Chem.Pharm2D import Generate, Gobbi_Pharm2D

    wanted = Generate.Gen2DFingerprint(Chem.MolFromSmiles(target), Gobbi_Pharm2D.factory)
    return lambda mol: float(DataStructs.TanimotoSimilarity(Generate.Gen2DFingerprint(mol, Gobbi_Pharm2D.factory), wanted))


def _fluorines(mol: Chem.Mol) -> float:
    return float(sum(a.GetAtomicNum() == 9 for a in mol.GetAtoms()))


_logp: Score = Crippen.MolLogP
_tpsa: Score = rdMolDescriptors.CalcTPSA
_bertz: Score = GraphDescriptors.BertzCT
_SCAFFOLD = "[#7]-c1n[c;h1]nc2[c;h1]c(-[#8])[c;h0][c;h1]c12"
_DECORATION = "[#7]-c1ccc2ncsc2c1"


def _qed(mol: Chem.Mol) -> float:
    from rdkit.Chem import QED

    return float(QED.qed(mol))


def _sitagliptin() -> Score:
    target = Chem.MolFromSmiles(SITAGLIPTIN)
    return _geometric(
        _gaussian(_similarity(SITAGLIPTIN, "ECFP4"), 0.0, 0.1),
        _gaussian(_logp, _logp(target), 0.2),
        _gaussian(_tpsa, _tpsa(target), 5.0),
        isomer_score("C16H15F6N5O"),
    )


def _valsartan() -> Score:
    target = Chem.MolFromSmiles(SITAGLIPTIN)
    return _geometric(
        _has("CN(C=O)Cc1ccc(c2ccccc2)cc1"),
        _gaussian(_tpsa, _tpsa(target), 5.0),
        _gaussian(_logp, _logp(target), 0.2),
        _gaussian(_bertz, _bertz(target), 30.0),
    )


_MAKERS: dict[str, Callable[[], Score]] = {
    "albuterol_similarity": lambda: _clipped(_similarity(ALBUTEROL, "FCFP4"), 0.75),
    "amlodipine_mpo": lambda: _geometric(_similarity(AMLODIPINE, "ECFP4"), _gaussian(rdMolDescriptors.CalcNumRings, 3, 0.5)),
    "celecoxib_rediscovery": lambda: _similarity(CELECOXIB, "ECFP4"),
    "deco_hop": lambda: _arithmetic(
        _clipped(_pharmacophores(PHARMACOPHORE), 0.85), _has("CS([#6])(=O)=O", False), _has(_DECORATION, False), _has(_SCAFFOLD)
    ),
    "fexofenadine_mpo": lambda: _geometric(_at_least(_tpsa, 90, 10), _at_most(_logp, 4, 1), _clipped(_similarity(FEXOFENADINE, "AP"), 0.8)),
    "isomers_c7h8n2o2": lambda: isomer_score("C7H8N2O2"),
    "isomers_c9h10n2o2pf2cl": lambda: isomer_score("C9H10N2O2PF2Cl"),
    "median1": lambda: _geometric(_similarity(CAMPHOR, "ECFP4"), _similarity(MENTHOL, "ECFP4")),
    "median2": lambda: _geometric(_similarity(TADALAFIL, "ECFP6"), _similarity(SILDENAFIL, "ECFP6")),
    "mestranol_similarity": lambda: _clipped(_similarity(MESTRANOL, "AP"), 0.75),
    "osimertinib_mpo": lambda: _geometric(
        _at_least(_tpsa, 100, 10),
        _at_most(_logp, 1, 1),
        _clipped(_similarity(OSIMERTINIB, "FCFP4"), 0.8),
        _at_most(_similarity(OSIMERTINIB, "ECFP6"), 0.85, 0.1),
    ),
    "perindopril_mpo": lambda: _geometric(_similarity(PERINDOPRIL, "ECFP4"), _gaussian(rdMolDescriptors.CalcNumAromaticRings, 2, 0.5)),
    "qed": lambda: _qed,
    "ranolazine_mpo": lambda: _geometric(
        _at_least(_tpsa, 95, 20), _at_least(_logp, 7, 1), _clipped(_similarity(RANOLAZINE, "AP"), 0.7), _gaussian(_fluorines, 1, 1)
    ),
    "scaffold_hop": lambda: _arithmetic(
        _clipped(_pharmacophores(PHARMACOPHORE), 0.75),
        _has("[#6]-[#6]-[#6]-[#8]-[#6]~[#6]~[#6]~[#6]~[#6]-[#7]-c1ccc2ncsc2c1"),
        _has(_SCAFFOLD, False),
    ),
    "sitagliptin_mpo": _sitagliptin,
    "thiothixene_rediscovery": lambda: _similarity(THIOTHIXENE, "ECFP4"),
    "troglitazone_rediscovery": lambda: _similarity(TROGLITAZONE, "ECFP4"),
    "valsartan_smarts": _valsartan,
    "zaleplon_mpo": lambda: _geometric(_similarity(ZALEPLON, "ECFP4"), isomer_score("C19H17N3O2")),
}

TASKS: tuple[str, ...] = tuple(_MAKERS)


@lru_cache(maxsize=32)
def oracle(task: str) -> Score:
    """The scoring function of ``task`` (one of :data:`TASKS`): sanitised molecule to 0..1. Raises KeyError for an unknown task."""
    return _MAKERS[task]()


#: The structures that the oracles measure the likeness to, by name.
TARGETS = {
    name.lower(): value
    for name, value in sorted(globals().items())
    if name.isupper() and isinstance(value, str) and not name.startswith("_")
}


def answers_in(start: Iterable[str]) -> list[str]:
    """Names of the targets that ``start`` (SMILES) holds, whatever their stereochemistry: an engine that starts from these is told the answer."""
    flat = {Chem.MolToSmiles(Chem.MolFromSmiles(smiles), isomericSmiles=False): name for name, smiles in TARGETS.items()}
    with rdBase.BlockLogs():
        mols = (Chem.MolFromSmiles(smiles) for smiles in start)
        held = {flat.get(Chem.MolToSmiles(mol, isomericSmiles=False)) for mol in mols if mol is not None}
    return sorted(name for name in held if name)
