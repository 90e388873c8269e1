"""Energetic materials that a number shows: oxygen balance, nitrogen content, active oxygen, nitro groups on one ring."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from rdkit import Chem
from rdkit.Chem import rdMolDescriptors

from core.candidate import SafetyRuleHit, Verdict
from tools.safety.forms import Form
from tools.safety.rules import thresholds
from tools.structures.atoms import atoms

NITRO = "[#6,#7][NX3+](=O)[O-]"
NITRATE = "[#6][OX2][NX3+](=O)[O-]"
AZIDE = "[#6,#7,#14,#15,#16][NX2]=[NX2+]=[NX1-]"
PEROXIDE = "[#6,#14,#1][OX2][OX2]"
FURAZAN_OXIDE = "[#7+]([O-])o"
EXPLOSOPHORES = (NITRO, NITRATE, AZIDE, FURAZAN_OXIDE, "[#6]=[NX2+]=[NX1-]", "[NX2]([#6])=O")


@lru_cache(maxsize=64)
def _pattern(smarts: str) -> Chem.Mol:
    return Chem.MolFromSmarts(smarts)


def _count(mol: Chem.Mol, smarts: str) -> int:
    return len(mol.GetSubstructMatches(_pattern(smarts)))


def oxygen_balance(mol: Chem.Mol) -> float | None:
    """Oxygen balance to CO2 and H2O in percent of the mass, -1600 / M (2 C + H / 2 - O); None without carbon or with elements other
    than C, H, N, O and halogen. Halogen is counted as hydrogen, in mass too, so that it cannot dilute a nitro compound into a milder or
    a harsher one; open ends of a chain count as nothing."""
    counts = Counter(atom.GetAtomicNum() for atom in mol.GetAtoms())
    if not counts[6] or set(counts) - {0, 1, 6, 7, 8, 9, 17, 35, 53}:
        return None
    hydrogens = sum(atom.GetTotalNumHs() for atom in mol.GetAtoms()) + counts[1]
    halogens = counts[9] + counts[17] + counts[35] + counts[53]
    hydrogens += halogens
    mass = 12.011 * counts[6] + 1.008 * hydrogens + 14.007 * counts[7] + 15.999 * counts[8]
    return float(-1600.0 / mass * (2 * counts[6] + hydrogens / 2 - counts[8]))


def energetic_hits(form: Form, *, polymer: bool) -> list[SafetyRuleHit]:
    """Hits of the numeric energetic rules on ``form``."""
    mol, present = form.mol, form.present
    if 6 not in present or (7 not in present and 8 not in present):
        return []
    hits: list[SafetyRuleHit] = []
    if 7 in present:
        hits += _nitro_rings(mol)
        hits += _azides(mol, polymer=polymer)
        hits += _nitrogen_rich(mol)
        if 8 in present:
            hits += _balance(mol, polymer=polymer)
    if 8 in present:
        hits += _peroxides(mol)
    return hits


def _hit(rule: str, name: str, verdict: Verdict, reason: str) -> SafetyRuleHit:
    return SafetyRuleHit(id=rule, name=name, verdict=verdict, reason=reason)


def _nitro_rings(mol: Chem.Mol) -> list[SafetyRuleHit]:
    """Three or more nitro groups on one aromatic ring."""
    bearing = {match[0] for match in mol.GetSubstructMatches(_pattern("[c,n][NX3+](=O)[O-]"))}
    if len(bearing) < 3:
        return []
    most = max((len(bearing.intersection(ring)) for ring in mol.GetRingInfo().AtomRings()), default=0)
    if most < 3:
        return []
    return [_hit("energetic.polynitroaromatic", "polynitroaromatic", "block", f"{most} nitro groups on one aromatic ring, as in TNT.")]


def _balance(mol: Chem.Mol, *, polymer: bool) -> list[SafetyRuleHit]:
    limits = thresholds()
    groups = sum(_count(mol, smarts) for smarts in EXPLOSOPHORES)
    if not groups:
        return []
    balance = oxygen_balance(mol)
    if balance is None:
        return []
    nitrates = _count(mol, NITRATE)
    units = 3 if polymer else 1
    limit = limits["oxygen_balance_two_groups"] if groups >= 2 * units else limits["oxygen_balance_one_group"]
    if nitrates:
        limit = min(limit, limits["oxygen_balance_nitrate"])
    if balance <= limit:
        return []
    reason = f"Oxygen balance {balance:.0f} % with {groups} energetic group{'s' if groups > 1 else ''}: explosives lie above {limit:.0f} %."
    return [_hit("energetic.oxygen_balance", "oxygen balance of an explosive", "block", reason)]


def _azides(mol: Chem.Mol, *, polymer: bool) -> list[SafetyRuleHit]:
    azides = _count(mol, AZIDE)
    if not azides:
        return []
    counts = Counter(atom.GetAtomicNum() for atom in mol.GetAtoms())
    ratio = (counts[6] + counts[8] + counts[14]) / counts[7]
    limit = thresholds()["azide_block_polymer" if polymer else "azide_block"]
    block = ratio < limit
    reason = f"Organic azide with (C + O) / N = {ratio:.1f}; below {limit:.1f} it is treated as explosive, below 3 as unsafe to isolate."
    return [_hit("energetic.azide", "organic azide", "block" if block else "warn", reason)]


def _nitrogen_rich(mol: Chem.Mol) -> list[SafetyRuleHit]:
    nitrogens = sum(atom.GetAtomicNum() == 7 for atom in atoms(mol))
    if nitrogens < 4 or not mol.HasSubstructMatch(_pattern("[#7]~[#7]~[#7]")):
        return []
    share = 100.0 * 14.007 * nitrogens / rdMolDescriptors._CalcMolWt(mol)
    if share < thresholds()["nitrogen_rich"]:
        return []
    return [_hit("energetic.nitrogen_rich", "nitrogen-rich compound", "warn", f"{share:.0f} % nitrogen by mass: check sensitivity.")]


def _peroxides(mol: Chem.Mol) -> list[SafetyRuleHit]:
    bonds = {frozenset(match[-2:]) for match in mol.GetSubstructMatches(_pattern(PEROXIDE))}
    if not bonds:
        return []
    limits = thresholds()
    active = 100.0 * 15.999 * len(bonds) / rdMolDescriptors._CalcMolWt(mol)
    limit = limits["active_oxygen_two"] if len(bonds) > 1 else limits["active_oxygen_one"]
    if active >= limit:
        reason = f"{len(bonds)} peroxide group(s) with {active:.0f} % active oxygen (block from {limit:.0f} %): a primary explosive."
        return [_hit("energetic.peroxide", "peroxide explosive", "block", reason)]
    in_ring = all(mol.GetBondBetweenAtoms(*sorted(pair)).IsInRing() for pair in bonds)
    if in_ring and len(bonds) == 1 and active < limits["active_oxygen_ring"]:
        return []
    reason = f"Organic peroxide with {active:.1f} % active oxygen: can decompose violently."
    return [_hit("energetic.organic_peroxide", "organic peroxide", "warn", reason)]
