"""What every proposer's answer goes through where a goal fixes atoms: what has changed them is dropped, whoever proposed it."""

from __future__ import annotations

from collections.abc import Sequence

from rdkit import Chem, rdBase

from core.candidate import Proposal
from core.spec import DesignSpec, FixedAtomsRequirement
from tools.structures.fixed_atoms import FixedAtoms, compiled, keeps, kept_of, restored


def fixed_atoms_of(spec: DesignSpec) -> list[FixedAtoms]:
    """The fixed atoms that ``spec`` asks for, ready to be looked for."""
    return [compiled(kept_of(r)) for r in spec.requirements_of(FixedAtomsRequirement)]


def obeying(proposals: Sequence[Proposal], spec: DesignSpec) -> list[Proposal]:
    """The proposals that keep what ``spec`` fixes, each structure once; all of them where it fixes nothing.

    Generators that know no configuration are given that of the fixed part; a proposal that comes with a route stays as its route makes it.
    What cannot be read is handed on, so that it is counted as broken.
    """
    cores = fixed_atoms_of(spec)
    if not cores:
        return list(proposals)
    kept: dict[str, Proposal] = {}
    with rdBase.BlockLogs():
        for proposal in proposals:
            mol = Chem.MolFromSmiles(proposal.smiles)
            if mol is None:
                kept.setdefault(proposal.smiles, proposal)
                continue
            changed = mol
            for core in cores if proposal.route is None else ():
                changed = restored(core, changed)
            smiles = proposal.smiles if changed is mol else Chem.MolToSmiles(changed)
            if all(keeps(core, changed) for core in cores):
                kept.setdefault(smiles, proposal.model_copy(update={"smiles": smiles}))
    return list(kept.values())
