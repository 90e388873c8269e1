"""Tasks for the proposer: a candidate that misses one requirement, the edit of a group that mends it, and the submission of what the edit gives.

Code makes the edit and judges its results: only structures that meet every requirement and that the guard allows are submitted.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from rdkit import Chem
from rdkit.Chem import Descriptors

from agent.models import ModelSession, Place, ToolCall
from agent.reading import interpret
from agent.roles.proposer import model as role
from agent.toolbox import PROPOSER_TOOLS, ToolContext
from agent.toolbox.conversation import READ_RESULT, Conversation
from core.candidate import Candidate, format_value
from core.errors import MolwrightError
from core.spec import DesignSpec
from learn.compounds import Compound, drawn
from learn.example import Call, Example, Split, call_message, named
from learn.wordings import frames, words
from prompts.library import fence, load
from tools.evaluation.judge import judge_one
from tools.groups.edits import edited
from tools.groups.groups import GROUPS, compile_smarts
from tools.safety.guard import concerns, goal_verdict
from tools.workspace import Workspace

ROLE = "proposer"
PROMPT = "proposer/propose"
#: Structures that are submitted at once.
MOST = 4
#: Results of an edit that are judged.
TRIED = 6
#: Heavy atoms of the candidates.
SMALLEST, LARGEST = 8, 22


def examples(split: Split, wanted: int, rng: random.Random, workspace: Workspace, dropped: Counter[str]) -> list[Example]:
    """At most ``wanted`` steps: the edit, and the submission behind it."""
    made: dict[str, Example] = {}
    for _ in range(3 * wanted):
        if len(made) >= wanted:
            break
        for example in _examples(split, rng, workspace, dropped):
            made.setdefault(example.id, example)
    return list(made.values())


def _examples(split: Split, rng: random.Random, workspace: Workspace, dropped: Counter[str]) -> Iterator[Example]:
    remove = rng.random() < 0.5
    group = rng.choice(list(words("groups", split)))
    smarts = compile_smarts(GROUPS[group].smarts)
    found = drawn(
        split, rng, 1, holds=lambda mol: mol.HasSubstructMatch(smarts) is remove and SMALLEST <= mol.GetNumHeavyAtoms() <= LARGEST
    )  # fmt: skip
    if not found:
        return
    parent = found[0]
    called = rng.choice(list(words("groups", split)[group]))
    limit = round(Descriptors.MolWt(Chem.MolFromSmiles(parent.smiles)) + rng.uniform(40, 150))
    condition = (
        f"no {called} and molecular weight below {limit:g} g/mol" if remove else f"{called} and molecular weight below {limit:g} g/mol"
    )
    goal = rng.choice(list(frames("goal", split))).format(c=condition)
    if goal_verdict(goal).verdict == "block" or concerns(goal):
        dropped["blocked by the guard"] += 1
        return
    made = _edit(parent, group, remove, goal, workspace)
    if isinstance(made, str):
        dropped[made] += 1
        return
    spec, candidate, good, bad = made
    call = {"smiles": candidate.smiles, "operation": "remove" if remove else "add", "group": group, "replacement": ""}
    talk = _opened(goal, spec, candidate, workspace)
    tools = [s.openai() for s in talk.schemas if s.name in ("edit_structure", "check_structures", role.SUBMIT.name)]
    other = {**call, "operation": "add" if remove else "remove"}
    first = call_message("edit_structure", call)
    common: dict[str, Any] = {"role": ROLE, "split": split, "asked": goal, "tools": tools}
    yield Example(
        **common,
        id=named(ROLE, "edit", goal, candidate.smiles),
        kind="edit",
        messages=[dict(m) for m in talk.messages],
        reply=first,
        wrong=[call_message("edit_structure", other)],
        accepted=[Call(name="edit_structure", arguments=call)],
        checked=["the edit is made", "some of its results meet every requirement", "the guard allows them"],
    )
    talk.messages.append(first)
    schema = next(s for s in talk.schemas if s.name == "edit_structure")
    talk.run(ToolCall("call0", schema.name, schema.arguments.model_validate(call), call), Place("propose", 1, ROLE))
    reason = f"The {group} is gone." if remove else f"It has the {group}."
    submitted = {"structures": [{"smiles": s, "reason": reason} for s in good[:MOST]]}
    wrong = {"structures": [{"smiles": s, "reason": reason} for s in (bad or [candidate.smiles])[:1]]}
    yield Example(
        **common,
        id=named(ROLE, "submit", goal, candidate.smiles),
        kind="submit",
        messages=[dict(m) for m in talk.messages],
        reply=call_message(role.SUBMIT.name, submitted),
        wrong=[call_message(role.SUBMIT.name, wrong)],
        accepted=[Call(name=role.SUBMIT.name, arguments=submitted)],
        checked=["each structure meets every requirement", "the guard allows each"],
    )


def _edit(
    parent: Compound, group: str, remove: bool, goal: str, workspace: Workspace
) -> tuple[DesignSpec, Candidate, list[str], list[str]] | str:
    """(spec, the judged parent, results that meet everything, results that do not), or why there is no such task."""
    try:
        spec = interpret(goal, workspace=workspace)
        candidate = judge_one(parent.smiles, spec, proposer="model", operator="tool", calculators=workspace.calculators)
    except MolwrightError:
        return "the parser refuses it"
    if spec.unchecked or candidate.meets_all() or len(spec.requirements) < 2:
        return "nothing to mend"
    results = [s for s in edited(candidate.smiles, "remove" if remove else "add", group, "")[:TRIED] if s]
    good: list[str] = []
    bad: list[str] = []
    for smiles in results:
        try:
            judged = judge_one(smiles, spec, proposer="model", operator="tool", calculators=workspace.calculators)
        except MolwrightError:
            continue
        fine = judged.meets_all() and judged.safety is not None and judged.safety.verdict == "allow"
        (good if fine else bad).append(smiles)
    return (spec, candidate, good, bad) if good else "no edit mends it"


def _opened(goal: str, spec: DesignSpec, candidate: Candidate, workspace: Workspace) -> Conversation:
    missed = "; ".join(r.text for r in candidate.requirements if not r.met)
    values = "; ".join(f"{n} {format_value(v)}" for n, v in candidate.properties.items())
    variables = {
        "goal": fence(goal, "goal"),
        "candidate_class": spec.candidate_class,
        "requirements": "\n".join(f"- {r.text}" for r in spec.requirements),
        "objectives": "(none)",
        "rules": "(nothing)",
        "frontier": fence(f"{candidate.smiles}  [{values}]  misses: {missed}", "frontier"),
        "count": role.COUNT,
        "steps": role.STEPS,
    }
    messages = [dict(m) for m in load(PROMPT).render(**variables)]
    nobody = cast(ModelSession, None)  # nothing is asked here
    talk = Conversation(
        nobody, ROLE, PROPOSER_TOOLS, ToolContext(spec=spec, workspace=workspace), {"messages": messages}, extra=[role.SUBMIT]
    )
    assert READ_RESULT in {s.name for s in talk.schemas}
    return talk
