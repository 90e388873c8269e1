"""Tools on structures: identity, values, checks, similarity, variations, routes. All are computed again in a replay."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from rdkit import Chem
from rdkit.rdBase import BlockLogs

from agent.toolbox.identity import class_of, smiles_of, told
from agent.toolbox.tool import MAX_STRUCTURES, ToolContext, ToolError, tool
from core.candidate import COMPUTED, ESTIMATED, Candidate, PropertyValue, format_value
from core.errors import SpecError, StructureError
from core.model import Model
from core.spec import DesignSpec, EstimationConditions
from tools.calculators.collection import Calculators
from tools.calculators.exact import ExactCalculations
from tools.structures.standardise import StandardStructure, standardise

MAX_VARIATIONS = 12
MAX_EDITS = 30
"""Structures that an edit answers with; how many are possible is said beside."""
SmilesText = Field(description="A structure as SMILES or by its name; a polymer repeat unit has two '*'.", max_length=2000)
SmilesList = Field(description=f"Structures as SMILES or by name, at most {MAX_STRUCTURES}.", min_length=1, max_length=MAX_STRUCTURES)


class StructuresArguments(Model):
    """Structures."""

    smiles: list[str] = SmilesList


class EstimateArguments(Model):
    """Structures and what to estimate."""

    smiles: list[str] = SmilesList
    properties: list[str] = Field(
        description="Registered property names, such as logp or melting_point; see list_properties.", max_length=12
    )


class PairArguments(Model):
    """Two structures."""

    first: str = SmilesText
    second: str = SmilesText


class SubstructureArguments(Model):
    """A structure and a group."""

    smiles: str = SmilesText
    group: str = Field(description="Name of a functional group or ring system, such as 'hydroxyl' or 'imide', or a SMARTS.", max_length=200)


class VariationArguments(Model):
    """What to vary."""

    smiles: str = SmilesText
    count: int = Field(description=f"How many variations, 1 to {MAX_VARIATIONS}.", ge=1, le=MAX_VARIATIONS)


class RuleSetArguments(Model):
    """Structures and a named rule set."""

    smiles: list[str] = SmilesList
    rule_set: str = Field(
        description="Name of a rule set: Lipinski (drug-likeness), Veber, Ghose, PAINS filter, Brenk filter, REACH entry 43, ...",
        max_length=80,
    )


class NoArguments(Model):
    """Nothing."""


class EditArguments(Model):
    """One change of a structure."""

    smiles: str = SmilesText
    operation: Literal["add", "remove", "replace"] = Field(description="What to do with the group.")
    group: str = Field(
        description="Name of the functional group, such as 'hydroxyl' or 'sulfone', or a halogen as its symbol.", max_length=80
    )
    replacement: str = Field(description="Group that takes its place; empty unless replacing.", max_length=80)


class RouteArguments(Model):
    """One structure."""

    smiles: str = SmilesText


class QuickArguments(Model):
    """A goal, and how many structures."""

    goal: str = Field(description="The goal in a sentence, such as 'a molecule with 4 carbon atoms and 1 oxygen atom'.", max_length=8000)
    count: int = Field(
        description=f"How many structures, 1 to {MAX_STRUCTURES}; more than one takes some seconds.", ge=1, le=MAX_STRUCTURES
    )


@tool()
def check_structures(arguments: StructuresArguments, context: ToolContext) -> list[dict[str, Any]]:
    """Read structures, standardise and screen them, and hold each against every requirement of the goal.

    Answers for each: its canonical SMILES, whether the safety guard allows it, what is implausible about it, and each requirement with
    its value and whether it is met. Use this before submitting a structure.
    """
    return [_checked(smiles_of(text), context.spec, calculators=context.workspace.calculators) for text in arguments.smiles]


@tool()
def estimate_properties(arguments: EstimateArguments, context: ToolContext) -> list[dict[str, Any]]:
    """Compute or predict properties of structures, each value with its unit, its uncertainty and whether it is an extrapolation."""
    try:
        for name in arguments.properties:
            context.workspace.catalogue[name]
    except SpecError as error:
        raise ToolError(f"{error}; list_properties gives the names") from error
    conditions = context.spec.conditions if context.spec else EstimationConditions()
    calculators = context.workspace.calculators
    return [_estimated(smiles_of(text), arguments.properties, conditions, calculators=calculators) for text in arguments.smiles]


@tool()
def check_rule_set(arguments: RuleSetArguments, context: ToolContext) -> list[dict[str, Any]]:
    """Hold molecules against a named rule set, such as Lipinski's for drug-likeness: whether each meets it, and which rules it breaks; salts as given."""
    from tools.calculators.rule_sets import violations
    from tools.catalogue.rule_sets import RULE_SETS, resolve_rule_set

    rules = resolve_rule_set(arguments.rule_set)
    if rules is None:
        raise ToolError(f"{arguments.rule_set!r} is no rule set; there are: {', '.join(RULE_SETS)}")
    answers: list[dict[str, Any]] = []
    for text in arguments.smiles:
        try:
            structure = _standard(text)
        except ToolError as error:
            answers.append({"input": text, "error": str(error)})
            continue
        if class_of(structure.smiles) == "polymer":
            answers.append({"input": text, "error": f"{rules.label} is for molecules"})
            continue
        broken = violations(Chem.MolFromSmiles(structure.whole), rules.name)
        answer = {"smiles": structure.smiles, "rule_set": rules.label, "met": len(broken) <= rules.allowed_violations, "broken": broken}
        if structure.given and (of_part := violations(_mol(structure), rules.name)) != broken:
            answer |= {"judged": "the salt as it was given", "broken_of_the_part_alone": of_part}
        answers.append(answer)
    return answers


@tool()
def list_properties(arguments: NoArguments, context: ToolContext) -> list[dict[str, str]]:
    """List the properties that can be computed or predicted, with their units."""
    wanted = context.spec.candidate_class if context.spec else None
    return [
        {"name": p.name, "label": p.label, "unit": p.unit, "kind": p.kind}
        for p in context.workspace.catalogue
        if wanted is None or wanted in p.classes
    ]  # fmt: skip


@tool()
def compare_structures(arguments: PairArguments, context: ToolContext) -> dict[str, Any]:
    """Tanimoto similarity (Morgan, radius 2, 2048 bits; 0 to 1) of two structures, and whether they are the same."""
    from tools.structures.similarity import tanimoto

    first, second = _standard(arguments.first), _standard(arguments.second)
    return {"similarity": round(tanimoto(_mol(first), _mol(second)), 3), "same": first.key == second.key}


@tool()
def count_group(arguments: SubstructureArguments, context: ToolContext) -> dict[str, Any]:
    """How often a functional group, ring system or SMARTS occurs in a structure."""
    from tools.groups.groups import resolve_group
    from tools.groups.matching import count_smarts

    mol = _mol(_standard(arguments.smiles))
    group = resolve_group(arguments.group)
    if group is not None:
        return {"group": group.name, "count": count_smarts(mol, group.smarts)}
    with BlockLogs():
        if len(arguments.group.split()) != 1 or Chem.MolFromSmarts(arguments.group) is None:
            raise ToolError(f"{arguments.group!r} is neither a known group nor a SMARTS")
        return {"group": arguments.group, "count": count_smarts(mol, arguments.group)}


@tool()
def vary_structure(arguments: VariationArguments, context: ToolContext) -> list[dict[str, str]]:
    """Variations of a structure that are chemically valid: groups, rings and linkers changed, units exchanged in polymers."""
    from tools.proposers.base import Parent, ProposalRequest

    structure = _standard(arguments.smiles)
    kind = class_of(structure.smiles)
    spec = context.spec if context.spec and context.spec.candidate_class == kind else DesignSpec(goal="", candidate_class=kind)
    request = ProposalRequest(
        spec=spec,
        generation=1,
        count=arguments.count,
        calculators=context.workspace.calculators,
        parents=(Parent(key=structure.key, smiles=structure.smiles, score=1.0),),
        seed=context.seed,
    )
    proposer = context.workspace.proposers["polymer_mutation" if kind == "polymer" else "evolution"]
    return [{"smiles": p.smiles, "change": p.operator} for p in proposer.propose(request)]


@tool()
def edit_structure(arguments: EditArguments, context: ToolContext) -> dict[str, Any]:
    """Add, remove or replace one functional group of a molecule; everything else stays as it is. Answers every structure that can result."""
    from tools.groups.edits import edited

    structure = _standard(arguments.smiles)
    if class_of(structure.smiles) == "polymer":
        raise ToolError("groups of a repeat unit cannot be edited; vary_structure exchanges units")
    if (arguments.operation == "replace") != bool(arguments.replacement):
        raise ToolError("replacement is needed for replace, and for nothing else")
    group, replacement = (_group(name) for name in (arguments.group, arguments.replacement))
    found = edited(structure.smiles, arguments.operation, group, replacement)
    if not found:
        raise ToolError(f"this change of {arguments.group!r} is not possible in {structure.smiles}")
    return {"structures": list(found[:MAX_EDITS]), "possible": len(found)}


@tool()
def find_route(arguments: RouteArguments, context: ToolContext) -> dict[str, Any]:
    """Look for a route of up to three named reactions from shipped building blocks (monomers for a polymer)."""
    from tools.safety.guard import guarded_materials
    from tools.synthesis.routes import find_route as search

    structure = _standard(arguments.smiles)
    route = guarded_materials(search(structure.smiles, class_of(structure.smiles)))
    return {
        "status": route.status,
        "steps": [{"reaction": s.reaction, "reactants": s.reactants, "product": s.product} for s in route.steps],
        "starting_materials": [{"name": m.name, "smiles": m.smiles, "safety": m.verdict} for m in route.starting_materials],
        "note": route.note,
    }


@tool()
def quick_structures(arguments: QuickArguments, context: ToolContext) -> dict[str, Any]:
    """Construct structures that meet a goal at once, without a run: best for goals that can be counted, or a small change of a structure.

    The quick form: every requirement is checked and the safety guard asked, but nothing is searched over generations, ranked by probability
    or stored; start_design does that. Answers what was understood, and each structure with its requirements.
    """
    from agent.quick import WHAT_IT_IS, quick_answer

    spec, found = quick_answer(arguments.goal, arguments.count, workspace=context.workspace)  # a model cannot say that a person has looked
    return {
        "form": WHAT_IT_IS,
        "understood": [r.text for r in spec.requirements],
        "not_checked": [u.phrase for u in spec.unchecked],
        "structures": [
            {"smiles": c.smiles, **told(c), "requirements": [{"text": r.text, "value": _shown(r.value)} for r in c.requirements]}
            for c in found
        ],
    }


def _group(name: str) -> str:
    """The name under which edits know a group; '' for none. ToolError if it is unknown."""
    from tools.groups.edits import known
    from tools.groups.groups import resolve_group

    if not name or known(name):
        return name
    group = resolve_group(name)
    if group is None or not known(group.name):
        raise ToolError(f"{name!r} is no group that can be edited")
    return group.name


def _standard(smiles: str) -> StandardStructure:
    smiles = smiles_of(smiles)
    try:
        return standardise(smiles, class_of(smiles))
    except StructureError as error:
        raise ToolError(str(error)) from error


def _mol(structure: StandardStructure) -> Chem.Mol:
    return Chem.MolFromSmiles(structure.smiles)


def _estimated(text: str, names: list[str], conditions: EstimationConditions, *, calculators: Calculators) -> dict[str, Any]:
    from tools.evaluation.judge import judge_one

    plain = DesignSpec(goal="", candidate_class=class_of(text), conditions=conditions)
    try:
        candidate = judge_one(text, plain, proposer="model", operator="tool", names=names, blocked="answer", calculators=calculators)
    except StructureError as error:
        return {"input": text, "error": str(error)}
    values = {n: format_value(v) + _standing_of(v) for n, v in candidate.properties.items()}
    whole = _as_given(candidate, names, calculators) if candidate.given else {}
    return {"smiles": candidate.smiles, **told(candidate), "values": values, **({"as_given": whole} if whole else {})}


def _as_given(candidate: Candidate, names: list[str], calculators: Calculators) -> dict[str, str]:
    """Of a salt or solvate: what is computed exactly of all that was given, its counter-ions included, with its unit."""
    whole = Chem.MolFromSmiles(candidate.given)
    exact = ExactCalculations(calculators)
    made = {}
    for name in names if whole is not None else ():
        if calculators.exact(name):
            value = PropertyValue(
                value=exact.descriptor(name)(whole), unit=calculators.catalogue[name].unit, sigma=0.0, method="exact", method_version="1"
            )
            made[name] = format_value(value)
    return made


def _standing_of(value: PropertyValue) -> str:
    """What a model must say of a value beside it: that it is measured, a fit of the training set, or an extrapolation."""
    if value.basis is not None:
        if value.basis in (COMPUTED, ESTIMATED):
            return f" ({value.known})"
        return f" ({'a fit, no prediction' if value.basis == 'in the training set' else value.basis}; {value.known})"
    return " (extrapolation)" if value.in_domain is False else ""


def _checked(text: str, spec: DesignSpec | None, *, calculators: Calculators) -> dict[str, Any]:
    from tools.evaluation.judge import broken_rules, judge_one

    wanted = spec or DesignSpec(goal="", candidate_class=class_of(text))
    try:
        candidate = judge_one(text, wanted, proposer="model", operator="tool", calculators=calculators)
    except StructureError as error:
        return {"input": text, "error": str(error)}
    assert candidate.safety is not None
    answer: dict[str, Any] = {"smiles": candidate.smiles, "safety": candidate.safety.verdict, **told(candidate)}
    implausible = [reason for _, reason in broken_rules(candidate)]
    if implausible:
        answer["implausible"] = implausible
    if spec is None or candidate.safety.verdict == "block":
        return answer
    answer["strongest_reason_against"] = candidate.strongest_against
    answer["requirements"] = [
        {"text": r.text, "met": r.met, "probability": round(r.probability, 2), "value": _shown(r.value), "reason": r.reason}
        for r in candidate.requirements
    ]
    return answer


def _shown(value: float | str | None) -> float | str | None:
    return round(value, 3) if isinstance(value, float) else value
