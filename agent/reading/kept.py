"""Which atoms of the compound of the goal a statement keeps."""

from __future__ import annotations

from agent.compound import analogue_of
from agent.reading.statements import Ref, Statement
from core.spec import (
    Assumption,
    CandidateClass,
    EditRequirement,
    FixedAtomsRequirement,
    Reference,
    Requirement,
    SimilarityRequirement,
)
from tools.groups import cores
from tools.structures.standardise import standardise


def kept_atoms(statement: Statement, ref: Ref, candidate_class: CandidateClass) -> FixedAtomsRequirement:
    """The requirement of a statement of the kind 'kept' on ``ref``. Raises StructureError where the part is not in it."""
    smiles = standardise(ref.smiles, candidate_class).smiles
    match statement.shape:
        case "core":
            found = cores.kept_scaffold(smiles, ref.name)
        case "but":
            found = cores.kept_but(smiles, statement.name, ref.name)
        case "around":
            found = cores.changed_around(smiles, statement.name, ref.name)
        case _:
            found = cores.kept_part(smiles, statement.name, ref.name)
    return found.model_copy(update={"phrase": statement.phrase, "origin": "goal"})


def compound_of(statements: list[Statement]) -> Ref | None:
    """The compound that 'the core' and 'the ester' are those of: the first that the goal starts from or wants to be near; None for none."""
    return next((s.ref for s in statements if s.ref is not None and s.ref.smiles and _starts_from(s)), None)


def _starts_from(statement: Statement) -> bool:
    if statement.kind == "similarity":
        return statement.wanted and (statement.limit is None or statement.limit.operator[0] != "<")
    return statement.kind in ("own", "kept", "edit", "objective")


def unstated_likeness(requirements: list[Requirement], ref: Ref | None) -> tuple[SimilarityRequirement, Assumption] | None:
    """The least similarity of an analogue, where atoms of ``ref`` are kept and nothing else says how near to it to stay; None elsewhere."""
    kept = next((r for r in requirements if isinstance(r, FixedAtomsRequirement)), None)
    near = [
        r for r in requirements if isinstance(r, EditRequirement) or (isinstance(r, SimilarityRequirement) and r.condition.bounds()[0] > 0)
    ]
    if kept is None or ref is None or near:
        return None
    return analogue_of(Reference(name=ref.name, smiles=ref.smiles), kept.phrase)
