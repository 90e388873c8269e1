"""Which structure a text means: compounds by name, SMILES with all their parts, and what has to be said of them."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from rdkit import Chem, rdBase
from rdkit.Chem import rdMolDescriptors

from agent.toolbox.tool import MAX_STRUCTURES, ToolContext, tool
from core.candidate import Candidate
from core.errors import StructureError
from core.model import Model
from core.spec import CandidateClass, DesignSpec
from tools.calculators.collection import Calculators
from tools.structures.names import common_names
from tools.structures.wider_names import compound_of


class NamedArguments(Model):
    """Structures by name or as SMILES."""

    structures: list[str] = Field(
        description=f"Names of compounds or SMILES, at most {MAX_STRUCTURES}.", min_length=1, max_length=MAX_STRUCTURES
    )


def smiles_of(text: str) -> str:
    """The SMILES of a compound that ``text`` names; ``text`` itself where it names none, or is a SMILES that only looks like an abbreviation."""
    shipped = common_names().get(" ".join(text.split()).lower())
    if shipped:
        return shipped[1]
    with rdBase.BlockLogs():
        written = " " not in text.strip() and Chem.MolFromSmiles(text.strip()) is not None
    found = None if written else compound_of(text)
    return found.smiles if found else text.strip()


def class_of(smiles: str) -> CandidateClass:
    """'polymer' for a structure with '*', else 'molecule'."""
    return "polymer" if "*" in smiles else "molecule"


def told(candidate: Candidate) -> dict[str, Any]:
    """What a model must know of a structure beside its values: what of it was judged, and what the guard says of all that was given."""
    told: dict[str, Any] = {"notes": candidate.notes} if candidate.notes else {}
    if candidate.lists:
        told["lists"] = [standing.text for standing in candidate.lists]
    if candidate.safety is not None and candidate.safety.verdict != "allow":
        told |= {"safety": candidate.safety.verdict, "safety_reasons": [h.reason for h in candidate.safety.rules]}
    return told


@tool()
def identify_structures(arguments: NamedArguments, context: ToolContext) -> list[dict[str, Any]]:
    """The structures that names or SMILES stand for: canonical SMILES, name, formula, molar mass and InChIKey, salts with all their parts."""
    return [_identified(text, context.workspace.calculators) for text in arguments.structures]


def _identified(text: str, calculators: Calculators) -> dict[str, Any]:
    from tools.evaluation.judge import judge_one

    smiles = smiles_of(text)
    try:
        plain = DesignSpec(goal="", candidate_class=class_of(smiles))
        candidate = judge_one(smiles, plain, proposer="model", operator="tool", names=[], blocked="answer", calculators=calculators)
    except StructureError as error:
        return {"input": text, "error": str(error)}
    whole = Chem.MolFromSmiles(candidate.given or candidate.smiles)
    return {
        "smiles": candidate.given or candidate.smiles,
        "name": candidate.name,
        "formula": rdMolDescriptors.CalcMolFormula(whole),
        "molar_mass": f"{rdMolDescriptors._CalcMolWt(whole):.2f} g/mol",
        "inchikey": Chem.MolToInchiKey(whole) if "*" not in candidate.smiles else "none for a repeat unit",
        **told(candidate),
    }
