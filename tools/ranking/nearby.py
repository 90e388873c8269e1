"""What stands nearest to one structure among all that ships: the training structures of the predictors, the building blocks, the common compounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from rdkit import Chem, DataStructs, rdBase

from core.spec import CandidateClass, EstimationConditions
from tools.predictors.features.assemble import Describer
from tools.predictors.features.solvent import canonical_solvent
from tools.predictors.model import load_model
from tools.predictors.prepare import prepare
from tools.predictors.specs import PREDICTORS
from tools.safety.guard import structure_verdict
from tools.structures.similarity import morgan_fingerprint

#: How many of each kind are looked for.
MOST = 3


@dataclass(frozen=True)
class Near:
    """A structure that ships.

    Attributes:
        smiles: the structure.
        similarity: Tanimoto similarity (Morgan, radius 2), 0 to 1.
        source: where it stands, in words.
        name: what it is called; empty where no name ships.
        measured: what was measured of it, by property, with its unit; empty where nothing may be shown.
    """

    smiles: str
    similarity: float
    source: str
    name: str = ""
    measured: dict[str, str] = field(default_factory=dict)


def nearest_shipped(smiles: str, candidate_class: CandidateClass, conditions: EstimationConditions, most: int = 10) -> list[Near]:
    """At most ``most`` of the structures that are most similar to ``smiles`` (Tanimoto similarity, dimensionless), the most similar first; [] for one without fingerprint bits.

    The structure itself is among them where it ships; what the guard blocks is not. Raises PredictorError where weights are missing or damaged.
    """
    found = [*_measured(smiles, candidate_class, conditions), *(_named(smiles) if candidate_class == "molecule" else [])]
    joined: dict[str, Near] = {}
    for near in sorted(found, key=lambda n: -n.similarity):
        known = joined.get(near.smiles)
        if known is None:
            joined[near.smiles] = near
        else:
            sources = dict.fromkeys([*known.source.split("; "), near.source])
            joined[near.smiles] = Near(
                near.smiles, known.similarity, "; ".join(sources), known.name or near.name, {**known.measured, **near.measured}
            )
    allowed = (n for n in joined.values() if structure_verdict(n.smiles, candidate_class).verdict != "block")
    return list(islice(allowed, most))


def _measured(smiles: str, candidate_class: CandidateClass, conditions: EstimationConditions) -> list[Near]:
    """The nearest training structures of each predictor that covers the structure."""
    describer = Describer()
    solvent = canonical_solvent(conditions.solvent_smiles.strip()) or ""
    found = []
    for name, spec in PREDICTORS.items():
        item = prepare(smiles, spec.kind, candidate_class)
        if isinstance(item, str):
            continue
        model = load_model(name)
        bits = describer.fingerprints(spec.kind, [item.smiles], [item.mol])[0]
        for position, similarity in model.nearby(bits):
            value = model.measured(position, solvent)
            shown = {} if value is None else {name: f"{value:.{spec.decimals}f} {spec.unit}".rstrip()}
            found.append(Near(model.structure(position), round(float(similarity), 3), spec.source, measured=shown))
    return found


@lru_cache(maxsize=1)
def _named_prints() -> tuple[list[tuple[str, str, str]], list[DataStructs.ExplicitBitVect]]:
    """(SMILES, name, source) of the named compounds that ship, and their fingerprints, in the same order."""
    from tools.proposers.library.known import known_compounds

    known = known_compounds()
    return [(k.smiles, k.name, k.source) for k in known], [morgan_fingerprint(k.mol) for k in known]


def _named(smiles: str) -> list[Near]:
    """The building blocks and common compounds that are most similar; [] where the structure cannot be read."""
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    if mol is None:
        return []
    known, prints = _named_prints()
    alike = DataStructs.BulkTanimotoSimilarity(morgan_fingerprint(mol), prints)
    places = sorted(range(len(alike)), key=lambda i: (-alike[i], i))[:MOST]
    return [Near(known[i][0], round(alike[i], 3), known[i][2], known[i][1]) for i in places if alike[i] > 0]
