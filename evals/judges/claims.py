"""Recompute every claim that a listed candidate makes, with RDKit alone.

Nothing of ``tools/``, ``agent/`` or ``graphs/`` is imported: a mistake there must not hide itself here. Computed properties are
computed again from the SMILES; counts, motifs, elements, similarity and scaffolds are matched again; a predicted property cannot
be recomputed by RDKit, so its arithmetic is checked: the probability that is claimed must follow from the stored value and sigma
(a model outside its domain may claim less, never more).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import assert_never

from rdkit import Chem, DataStructs, rdBase
from rdkit.Chem import QED, Crippen, Descriptors, Lipinski, rdFingerprintGenerator, rdMolDescriptors

from core.candidate import Candidate, PropertyValue
from core.report import Report
from core.spec import (
    Condition,
    CountRequirement,
    DesignSpec,
    EditRequirement,
    ElementsRequirement,
    FixedAtomsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    ReferenceSetRequirement,
    Requirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)
from evals.judges.fixed_atoms import Keep, changed

#: Tolerance of a recomputed number, relative and absolute.
RELATIVE, ABSOLUTE = 1e-3, 5e-3
#: Slack of a recomputed probability: a heavier-tailed distribution than the normal may be in use.
PROBABILITY_SLACK = 0.12

COMPUTED: dict[str, Callable[[Chem.Mol], float]] = {
    "molecular_weight": Descriptors.MolWt,
    "exact_mass": Descriptors.ExactMolWt,
    "logp": Crippen.MolLogP,
    "molar_refractivity": Crippen.MolMR,
    "tpsa": rdMolDescriptors.CalcTPSA,
    "labute_asa": rdMolDescriptors.CalcLabuteASA,
    "hbd": Lipinski.NumHDonors,
    "hba": Lipinski.NumHAcceptors,
    "rotatable_bonds": rdMolDescriptors.CalcNumRotatableBonds,
    "ring_count": rdMolDescriptors.CalcNumRings,
    "aromatic_rings": rdMolDescriptors.CalcNumAromaticRings,
    "aliphatic_rings": rdMolDescriptors.CalcNumAliphaticRings,
    "saturated_rings": rdMolDescriptors.CalcNumSaturatedRings,
    "heterocycles": rdMolDescriptors.CalcNumHeterocycles,
    "aromatic_heterocycles": rdMolDescriptors.CalcNumAromaticHeterocycles,
    "fraction_csp3": rdMolDescriptors.CalcFractionCSP3,
    "heavy_atoms": lambda m: sum(a.GetAtomicNum() > 1 for a in m.GetAtoms()),
    "heteroatoms": rdMolDescriptors.CalcNumHeteroatoms,
    "formal_charge": Chem.GetFormalCharge,
    "valence_electrons": Descriptors.NumValenceElectrons,
    "spiro_atoms": rdMolDescriptors.CalcNumSpiroAtoms,
    "bridgehead_atoms": rdMolDescriptors.CalcNumBridgeheadAtoms,
    "amide_bonds": rdMolDescriptors.CalcNumAmideBonds,
    "qed": QED.qed,
    "stereocentres": lambda m: len(Chem.FindMolChiralCenters(m, includeUnassigned=True, useLegacyImplementation=False)),
}
LEVELS = {"low": 0, "moderate": 1, "high": 2}


def judge_report(report: Report) -> list[str]:
    """What is wrong with the claims of the listed candidates; empty if every one holds. Duplicates are wrong by themselves."""
    problems: list[str] = []
    seen: dict[str, int] = {}
    for candidate in report.candidates:
        label = f"candidate {candidate.rank} {candidate.smiles}"
        problems += [f"{label}: {p}" for p in judge_candidate(candidate, report.spec)]
        identity = _identity(candidate)
        if identity in seen:
            problems.append(f"{label}: the same structure as candidate {seen[identity]}")
        seen[identity] = candidate.rank or 0
    ranks = [c.rank for c in report.candidates]
    if ranks != list(range(1, len(ranks) + 1)):
        problems.append(f"the ranks are {ranks}")
    scores = [c.score or 0.0 for c in report.candidates]
    if len(scores) > report.spec.candidates:
        problems.append(f"{len(scores)} candidates are listed, {report.spec.candidates} were asked for")
    return problems


def judge_candidate(candidate: Candidate, spec: DesignSpec) -> list[str]:
    """What is wrong with one listed candidate."""
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(candidate.smiles)
    if mol is None:
        return ["the structure cannot be read"]
    stars = sum(a.GetAtomicNum() == 0 for a in mol.GetAtoms())
    if stars != (2 if spec.candidate_class == "polymer" else 0):
        return [f"{stars} attachment points in a {spec.candidate_class}"]
    problems = []
    if candidate.safety is None or candidate.safety.verdict == "block":
        problems.append("it was not screened, or it is blocked")
    for name, value in candidate.properties.items():
        if name in COMPUTED and value.number is not None and not _close(_computed(name, mol), value.number):
            problems.append(f"{name} is stated as {value.number:g}, recomputed {_computed(name, mol):g}")
    claimed = {r.id: r for r in candidate.requirements}
    for requirement in spec.requirements:
        result = claimed.get(requirement.id)
        if result is None or not result.met:
            problems.append(f"{requirement.id} ({requirement.text}) is not claimed as met, yet the candidate is listed")
            continue
        wrong = _wrong(requirement, mol, candidate, result.probability, spec)
        if wrong:
            problems.append(f"{requirement.id} ({requirement.text}): {wrong}")
    return problems


def _wrong(requirement: Requirement, mol: Chem.Mol, candidate: Candidate, probability: float, spec: DesignSpec) -> str:
    match requirement:
        case PropertyRequirement():
            return _wrong_property(requirement, mol, candidate, probability, spec)
        case LevelRequirement():
            level = candidate.properties[requirement.property].value
            return "" if LEVELS[str(level)] <= LEVELS[requirement.at_worst] else f"the level is {level}"
        case CountRequirement():
            count = _repeated_count(requirement, mol) if spec.candidate_class == "polymer" else _count(requirement, mol)
            return "" if requirement.condition.holds(count) else f"recounted {count}"
        case MotifRequirement():
            whole = chain(mol, 3) if spec.candidate_class == "polymer" else mol
            found = whole.HasSubstructMatch(Chem.MolFromSmarts(requirement.smarts))
            return "" if found == requirement.wanted else f"the motif is {'present' if found else 'absent'}"
        case ElementsRequirement():
            extra = {a.GetSymbol() for a in mol.GetAtoms() if a.GetAtomicNum() > 1} - set(requirement.allowed)
            return f"contains {', '.join(sorted(extra))}" if extra else ""
        case SimilarityRequirement():
            similarity = _similarity(mol, requirement.reference)
            fits = requirement.condition.holds(similarity) or _near(requirement.condition, similarity)
            return "" if fits else f"recomputed {similarity:.4f}"
        case ScaffoldRequirement():
            whole = chain(mol, 3) if spec.candidate_class == "polymer" else mol
            return "" if whole.HasSubstructMatch(Chem.MolFromSmarts(requirement.smarts)) else "the scaffold is not there"
        case EditRequirement():
            return _wrong_edit(requirement, mol)
        case RuleSetRequirement():
            return _wrong_rule_set(requirement, mol)
        case FixedAtomsRequirement():
            return changed(_keep(requirement), chain(mol, 3) if spec.candidate_class == "polymer" else mol)
        case ReferenceSetRequirement():
            found = [_similarity(mol, reference) for reference in requirement.references]
            similarity = max(found) if requirement.measure == "max" else sum(found) / len(found)
            fits = requirement.condition.holds(similarity) or _near(requirement.condition, similarity)
            return "" if fits else f"recomputed {similarity:.4f}"
        case _:
            assert_never(requirement)


def _keep(requirement: FixedAtomsRequirement) -> Keep:
    return Keep(
        Chem.MolFromSmiles(requirement.reference),
        requirement.fixed,
        frozenset(requirement.open),
        {choice.atom: choice.elements for choice in requirement.choices},
        requirement.new_rings,
        requirement.largest_substituent,
    )


def _wrong_property(requirement: PropertyRequirement, mol: Chem.Mol, candidate: Candidate, probability: float, spec: DesignSpec) -> str:
    if requirement.property in COMPUTED:
        number = _computed(requirement.property, mol)
        return "" if requirement.condition.holds(number) or _near(requirement.condition, number) else f"recomputed {number:g}"
    value = candidate.properties.get(requirement.property)
    if value is None or value.number is None:
        return "there is no value"
    if requirement.basis == "mass concentration":
        requirement = requirement.model_copy(update={"condition": requirement.condition_for(Descriptors.MolWt(mol))})
    if value.exact:
        return "" if requirement.condition.holds(value.number) else f"the value is {value.number:g}"
    if not value.sigma:
        return "a predicted value without an uncertainty"
    if probability < spec.met_probability:
        return f"the probability {probability:.3f} is below {spec.met_probability:g}"
    most = _normal_probability(requirement.condition, value)
    return (
        f"the probability {probability:.3f} does not follow from {value.number:g} ± {value.sigma:g} ({most:.3f})"
        if probability > most + PROBABILITY_SLACK
        else ""
    )


def _wrong_edit(requirement: EditRequirement, mol: Chem.Mol) -> str:
    """An edit changes the size by less than the whole and keeps most of the given structure; counted by the largest common part."""
    from rdkit.Chem import rdFMCS

    before = Chem.MolFromSmiles(requirement.reference)
    if Chem.MolToSmiles(before, isomericSmiles=False) == Chem.MolToSmiles(mol, isomericSmiles=False):
        return "nothing is changed"
    common = rdFMCS.FindMCS([before, mol], timeout=5).numAtoms
    return "" if common >= 0.5 * min(before.GetNumAtoms(), mol.GetNumAtoms()) else f"only {common} atoms are as they were"


def _wrong_rule_set(requirement: RuleSetRequirement, mol: Chem.Mol) -> str:
    """Lipinski's and Veber's rules are counted again; for the other sets there is no second implementation, and that is said."""
    w, p, d, a = Descriptors.MolWt(mol), Crippen.MolLogP(mol), Lipinski.NHOHCount(mol), Lipinski.NOCount(mol)
    rotors, tpsa = rdMolDescriptors.CalcNumRotatableBonds(mol), rdMolDescriptors.CalcTPSA(mol)
    broken = {"lipinski": sum((w > 500, p > 5, d > 5, a > 10)), "veber": sum((rotors > 10, tpsa > 140))}.get(requirement.rule_set)
    return f"{broken} rules are broken" if broken is not None and broken > requirement.allowed_violations else ""


def _computed(name: str, mol: Chem.Mol) -> float:
    return float(COMPUTED[name](mol))


def _count(requirement: CountRequirement, mol: Chem.Mol) -> int:
    if requirement.what == "group":
        return len(mol.GetSubstructMatches(Chem.MolFromSmarts(requirement.smarts), uniquify=True, maxMatches=10_000))
    if requirement.name == "H":
        return sum(a.GetTotalNumHs() for a in mol.GetAtoms())
    return sum(a.GetSymbol() == requirement.name for a in mol.GetAtoms())


def chain(unit: Chem.Mol, length: int) -> Chem.Mol:
    """``length`` repeat units joined head to tail, with an attachment point at each end: a group may straddle the joint."""
    joined = unit
    for _ in range(length - 1):
        offset = joined.GetNumAtoms()
        both = Chem.RWMol(Chem.CombineMols(joined, unit))
        tail = [a.GetIdx() for a in both.GetAtoms() if a.GetAtomicNum() == 0 and a.GetIdx() < offset][-1]
        head = next(a.GetIdx() for a in both.GetAtoms() if a.GetAtomicNum() == 0 and a.GetIdx() >= offset)
        left, right = (both.GetAtomWithIdx(i).GetNeighbors()[0].GetIdx() for i in (tail, head))
        both.AddBond(left, right, Chem.BondType.SINGLE)
        for index in sorted((tail, head), reverse=True):
            both.RemoveAtom(index)
        joined = both.GetMol()
        Chem.SanitizeMol(joined)
    return joined


def _repeated_count(requirement: CountRequirement, unit: Chem.Mol) -> int:
    """How often the group occurs in each further repeat unit of a long chain."""
    return _count(requirement, chain(unit, 4)) - _count(requirement, chain(unit, 3))


def _similarity(mol: Chem.Mol, reference: str) -> float:
    morgan = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=2048)
    return float(DataStructs.TanimotoSimilarity(morgan.GetFingerprint(mol), morgan.GetFingerprint(Chem.MolFromSmiles(reference))))


def _normal_probability(condition: Condition, value: PropertyValue) -> float:
    """What a normal distribution gives the range: with the value's sigma, or straight through its quartiles and the ends of its interval."""
    low, high = condition.bounds()
    return _cdf(_score(value, high)) - _cdf(_score(value, low))


def _score(value: PropertyValue, bound: float) -> float:
    mean, sigma = value.number or 0.0, value.sigma or 1.0
    if value.quartiles is None or value.lower is None or value.upper is None or not math.isfinite(bound):
        return (bound - mean) / sigma
    points = [(value.lower, -1.6449), (value.quartiles[0], -0.6745), (mean, 0.0), (value.quartiles[1], 0.6745), (value.upper, 1.6449)]
    if bound < mean:  # as far as the end, straight through the points; beyond it by the arm's own length
        points = [(2 * mean - at, -score) for at, score in reversed(points)]
        return -_beyond(points[2:], 2 * mean - bound)
    return _beyond(points[2:], bound)


def _beyond(points: list[tuple[float, float]], bound: float) -> float:
    """The score of ``bound`` above the first of three points."""
    (start, _), (quartile, inner), (end, outer) = points
    if bound >= end or end <= quartile or quartile <= start:
        return outer * (bound - start) / max(end - start, 1e-12)
    if bound <= quartile:
        return inner * (bound - start) / (quartile - start)
    return inner + (outer - inner) * (bound - quartile) / (end - quartile)


def _cdf(z: float) -> float:
    return 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _near(condition: Condition, number: float) -> bool:
    """Whether ``number`` misses by no more than the rounding of a stored number."""
    return any(abs(number - end) < 1e-6 for end in condition.bounds()) and condition.comparison in ("<=", ">=", "==", "between")


def _identity(candidate: Candidate) -> str:
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(candidate.smiles)
        return candidate.key if mol is None or "*" in candidate.smiles else Chem.MolToInchiKey(mol)
