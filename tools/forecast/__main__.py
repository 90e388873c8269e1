"""Write the reference structures of the forecast: ``python -m tools.forecast``. Needed whenever a predictor that ships is trained anew.

Deterministic: the same code and weights give the same structures and numbers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.candidate import Candidate, Proposal
from core.spec import CandidateClass, DesignSpec, EstimationConditions
from tools.catalogue.probability import effective_sigma
from tools.evaluation.judge import guarded, plausible, standardised
from tools.forecast.reference import FILE, LEVEL, STEPS, TEMPERATURES, Reference, packed
from tools.proposers.base import ProposalRequest
from tools.proposers.exemptions import exemptions
from tools.proposers.library.known import known_compounds
from tools.workspace import Workspace, builtin

#: How many structures each proposer is asked for, in generation 0 of a run without a wish.
ASKED: dict[CandidateClass, dict[str, int]] = {
    "molecule": {"reactions": 900, "dye_assembly": 450, "evolution": 450},
    "polymer": {"polymer_assembly": 2000},
}


def neutral(candidate_class: CandidateClass) -> DesignSpec:
    """A spec that asks for nothing."""
    return DesignSpec(goal=f"any {candidate_class}", candidate_class=candidate_class)


def proposals(candidate_class: CandidateClass, workspace: Workspace) -> list[Proposal]:
    """The structures, from the known ones to the made ones."""
    found = []
    if candidate_class == "molecule":
        found = [Proposal(smiles=k.smiles, proposer="known", operator="known") for k in known_compounds()]
    for name, count in ASKED[candidate_class].items():
        spec = neutral(candidate_class)
        if name == "dye_assembly":
            spec = spec.model_copy(update={"family": "dye"})  # it makes nothing for a goal that is about no dyes
        request = ProposalRequest(spec=spec, generation=0, count=count, calculators=workspace.calculators)
        found += workspace.proposers[name].propose(request)
    return found


def build(candidate_class: CandidateClass, workspace: Workspace) -> Reference:
    """The reference structures of a class with their predictions."""
    spec = neutral(candidate_class)
    lifted = exemptions(spec)
    kept: dict[str, Candidate] = {}
    for proposal in proposals(candidate_class, workspace):
        candidate = guarded(plausible(standardised(proposal, candidate_class), lifted), alerts=False)
        if not candidate.rejected_by and candidate.status == "screened":
            kept.setdefault(candidate.key, candidate)
    rows = list(kept.values())
    smiles = [c.smiles for c in rows]
    names = [p.name for p in workspace.catalogue if candidate_class in p.classes and p.name in STEPS]
    values = workspace.estimate(smiles, candidate_class, names, EstimationConditions())
    numbers = {n: np.array([np.nan if v[n].number is None else v[n].number for v in values], dtype=np.float64) for n in names}
    predicted = [n for n in names if workspace.catalogue[n].kind == "predicted"]
    sigmas = {n: np.array([effective_sigma(v[n]) or np.nan for v in values]) for n in predicted}
    versions = {n: next(v[n].method_version for v in values if v[n].number is not None) for n in predicted}
    levels = {t: _levels(smiles, candidate_class, t, workspace) for t in TEMPERATURES}
    return Reference(tuple(smiles), tuple(c.origin.proposer for c in rows), numbers, sigmas, levels, versions)


def _levels(smiles: list[str], candidate_class: CandidateClass, temperature: int, workspace: Workspace) -> NDArray[np.int8]:
    """The position of each structure's level of thermal stability at ``temperature`` (°C); -1 where it is not known."""
    order = workspace.catalogue[LEVEL].levels
    found = workspace.estimate(smiles, candidate_class, [LEVEL], EstimationConditions(temperature_c=float(temperature)))
    return np.array([order.index(str(v[LEVEL].value)) if v[LEVEL].value in order else -1 for v in found], dtype=np.int8)


def main() -> int:
    """Write the file beside this module."""
    workspace = builtin()
    tables = {name: build(name, workspace) for name in ASKED}
    target = Path(__file__).with_name(FILE)
    np.savez_compressed(target, **packed(tables))  # type: ignore[arg-type]
    for name, table in tables.items():
        print(f"{name}: {len(table)} structures, {', '.join(table.values)}")
    print(f"{target}: {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
