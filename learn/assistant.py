"""Tasks for the assistant: a question, the call that answers it, and the sentence over its result.

A task is kept only if the call runs without a fault, the assistant would offer the tool for these words, the guard lets the question pass, and, where
RDKit alone can say what is asked, the result says the same. The prompt is the one that the role itself sends.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from rdkit import Chem

from agent.models import ModelSession, Place, ToolCall
from agent.models.schema import ToolSchema
from agent.roles.assistant import model as role
from agent.roles.assistant.calls import key_of
from agent.roles.assistant.offer import choices, offered
from agent.roles.assistant.question import Question, read_question
from agent.roles.assistant.sentences import answered
from agent.toolbox import ASSISTANT_TOOLS, ToolContext
from agent.toolbox.conversation import READ_RESULT, Conversation
from core.errors import MolwrightError
from evals.judges.facts import recomputed
from learn.compounds import Compound, compounds, drawn
from learn.example import Call, Example, Split, call_message, named, text_message
from learn.wordings import frames, said, wordings, words
from prompts.library import load
from tools.groups.groups import GROUPS, compile_smarts
from tools.safety.guard import concerns, goal_verdict
from tools.workspace import Workspace

ROLE = "assistant"
#: Tokens that the prompts of the models to be trained may have: few, as small models have.
ROOM = 2048
#: Share of the calls whose result is put into a sentence too; such prompts are long.
SENTENCES = 0.35
#: Tools whose results are not there when data are made: stored runs and the literature are read outside.
_OUTSIDE = ("show_report", "list_runs", "search_literature")


@dataclass(frozen=True)
class Task:
    """A question and the call that answers it. ``about``: SMILES by the name used. ``words``: an answer in words, where nothing is to be called."""

    kind: str
    question: str
    call: Call
    about: dict[str, str] = field(default_factory=dict)
    words: str = ""


def examples(split: Split, wanted: int, rng: random.Random, workspace: Workspace, dropped: Counter[str]) -> list[Example]:
    """At least ``wanted`` first steps where so many can be made, kinds in turn, and the sentences over some results behind them."""
    made: list[Example] = []
    seen: set[str] = set()
    makers = list(MAKERS.items())
    turn = 0
    while len(made) < wanted and turn < 6 * wanted:
        kind, maker = makers[turn % len(makers)]
        turn += 1
        task = maker(kind, split, rng)
        if task is None or task.question in seen:
            dropped["said already" if task else "cannot be asked"] += 1
            continue
        seen.add(task.question)
        found = list(_examples(task, split, rng, workspace, dropped))
        made += found
    return made


def _examples(task: Task, split: Split, rng: random.Random, workspace: Workspace, dropped: Counter[str]) -> Iterator[Example]:
    if goal_verdict(task.question).verdict == "block" or concerns(task.question):
        dropped["blocked by the guard"] += 1
        return
    question = read_question(task.question, catalogue=workspace.catalogue)
    talk = opened(task.question, question, workspace)
    tools = {t.name: t for t in first_tools(task.question, question, talk)}
    if task.call.name not in tools:
        dropped["its tool is not offered"] += 1
        return
    try:
        arguments = tools[task.call.name].arguments.model_validate(task.call.arguments)
    except ValueError:
        dropped["its arguments do not fit"] += 1
        return
    if not _choosable(task.call, tools[task.call.name]):
        dropped["its arguments cannot be chosen"] += 1
        return
    reply = call_message(task.call.name, task.call.arguments)
    common: dict[str, Any] = {"role": ROLE, "kind": task.kind, "split": split, "asked": task.question}
    prompt = [dict(m) for m in talk.messages]
    shown = [t.openai() for t in tools.values()]
    checks, answer = ["the tool is offered for these words", "the guard lets it pass"], None
    if task.call.name not in (role.ANSWER.name, *_OUTSIDE):
        answer, fault = _run(talk, task, arguments, reply)
        if fault:
            dropped[fault] += 1
            return
        checks.append("the call runs without a fault")
        if (problem := _against_rdkit(task, answer)) is None:
            checks.append("RDKit alone says the same")
        elif problem:
            dropped["RDKit says otherwise"] += 1
            return
    yield Example(
        **common, id=named(ROLE, task.kind, task.question), messages=prompt, tools=shown, reply=reply, wrong=_wrong(task, tools, rng),
        accepted=[task.call], checked=checks,
    )  # fmt: skip
    if answer is not None and rng.random() < SENTENCES and (sentence := _sentence(task, question, answer, workspace)):
        yield Example(
            **{**common, "kind": f"{task.kind} sentence"},
            id=named(ROLE, f"{task.kind}-sentence", task.question),
            messages=talk.messages,
            tools=[t.openai() for t in _offered(task.question, question, talk)],
            reply=text_message(sentence),
            checked=[*checks, "the sentence is made of the tool's values"],
        )


def opened(text: str, question: Question, workspace: Workspace) -> Conversation:
    """The conversation that ``text`` opens, as the role opens it for a model with little context and no stored runs."""
    messages = [dict(m) for m in load(role.prompt_for(little=True)).render(question=text, runs="(none)")]
    bound = choices(question, (), catalogue=workspace.catalogue)
    nobody = cast(ModelSession, None)  # nothing is asked here
    return Conversation(nobody, ROLE, ASSISTANT_TOOLS, ToolContext(workspace=workspace), {"messages": messages}, choices=bound)


def first_tools(text: str, question: Question, talk: Conversation) -> list[ToolSchema]:
    """What the first step of a question may call."""
    return [*_offered(text, question, talk), role.ANSWER]


def _offered(text: str, question: Question, talk: Conversation) -> list[ToolSchema]:
    names = offered(text, question, ROOM)
    return [s for s in talk.schemas if s.name in names and s.name != READ_RESULT]


def _choosable(call: Call, tool: ToolSchema) -> bool:
    """Whether the grammar lets these arguments through."""
    for path, allowed in tool.choices.items():
        given = call.arguments.get(path.removesuffix("[]"))
        if any(value not in allowed for value in (given if isinstance(given, list) else [given])):
            return False
    return True


def _run(talk: Conversation, task: Task, arguments: Any, reply: dict[str, Any]) -> tuple[Any, str]:
    """(the tool's answer, ''), or (None, what was wrong)."""
    talk.messages.append(reply)
    try:
        answer = talk.run(ToolCall("call0", task.call.name, arguments, task.call.arguments), Place(ROLE, 1, "step0"))
    except MolwrightError:
        return None, "the call fails"
    rows = answer if isinstance(answer, list) else [answer]
    if not rows or any(isinstance(row, dict) and "error" in row for row in rows):
        return None, "the call fails"
    return answer, ""


def _against_rdkit(task: Task, answer: Any) -> str | None:
    """None where RDKit alone says what the tool said, '' where it cannot say, else what differs."""
    if task.call.name != "estimate_properties":
        return ""
    compared = False
    for row in answer:
        for name in task.call.arguments["properties"]:
            alone = recomputed(name, row["smiles"])
            if alone is None:
                continue
            compared = True
            told = float(str(row["values"].get(name, "nan")).replace("≈", "").split()[0].rstrip("%"))
            if abs(told - alone) > 0.006 * max(1.0, abs(alone)):
                return f"{name}: {told} and {alone}"
    return None if compared else ""


def _sentence(task: Task, question: Question, answer: Any, workspace: Workspace) -> str:
    """The built-in form's sentence over the result; '' where it does not read the question as this call, or does not answer wholly."""
    given = dict(task.call.arguments)
    resolved = {k: [task.about.get(v, v) for v in vs] if isinstance(vs, list) else task.about.get(str(vs), vs) for k, vs in given.items()}
    text = answered(question, {key_of(task.call.name, resolved): answer}, catalogue=workspace.catalogue)
    unfit = ("Not understood", "cannot be answered", "Of which structure", "cannot be computed", "Designing is")
    return "" if any(u in text for u in unfit) or len(text) > 400 else text


def _wrong(task: Task, tools: dict[str, ToolSchema], rng: random.Random) -> list[dict[str, Any]]:
    """Calls that are wrong for certain: another property, structure or tool of the same form."""
    name, given = task.call.name, task.call.arguments
    found: list[dict[str, Any]] = []
    if name == "estimate_properties":
        allowed = [p for p in tools[name].choices.get("properties[]", ()) if p not in given["properties"]]
        if allowed:
            found.append(call_message(name, {**given, "properties": [str(rng.choice(allowed))]}))
        if "check_structures" in tools:
            found.append(call_message("check_structures", {"smiles": given["smiles"]}))
    elif name == role.ANSWER.name:
        found.append(call_message("estimate_properties", {"smiles": ["water"], "properties": ["logp"]}))
    elif "estimate_properties" in tools:
        about = given.get("smiles") or given.get("structures") or [given.get("first", "water")]
        about = about if isinstance(about, list) else [about]
        allowed = [str(p) for p in tools["estimate_properties"].choices.get("properties[]", ("logp",))]
        found.append(call_message("estimate_properties", {"smiles": about, "properties": [rng.choice(allowed)]}))
    return [
        w
        for w in found
        if json.loads(w["tool_calls"][0]["function"]["arguments"]) != given or w["tool_calls"][0]["function"]["name"] != name
    ]


# ---- the kinds of tasks

Maker = Callable[[str, Split, random.Random], Task | None]


def _spoken(compound: Compound, rng: random.Random) -> str:
    """How a compound is called: mostly by its name, sometimes by its SMILES."""
    return compound.smiles if rng.random() < 0.2 and len(compound.smiles) <= 32 else compound.name


def _some(split: Split, rng: random.Random, number: int) -> list[tuple[str, str]]:
    """(how it is called, SMILES) of compounds, all different."""
    return [(_spoken(c, rng), c.smiles) for c in drawn(split, rng, number)]


def _word(table: str, split: Split, rng: random.Random) -> tuple[str, str]:
    """(name, how it is called)."""
    name, called = rng.choice(list(words(table, split).items()))
    return name, rng.choice(list(called))


def _value(kind: str, split: Split, rng: random.Random) -> Task:
    ((x, smiles),) = _some(split, rng, 1)
    name, p = _word("properties", split, rng)
    text = said(rng.choice(frames("value", split)), rng, x=x, p=p)
    return Task(kind, text, Call(name="estimate_properties", arguments={"smiles": [x], "properties": [name]}), {x: smiles})


def _two_properties(kind: str, split: Split, rng: random.Random) -> Task | None:
    ((x, smiles),) = _some(split, rng, 1)
    (first, p), (second, q) = _word("properties", split, rng), _word("properties", split, rng)
    if first == second:
        return None
    frame = rng.choice(frames("two_properties", split))
    ordered = [first, second] if frame.index("{p}") < frame.index("{q}") else [second, first]
    text = said(frame, rng, x=x, p=p, q=q)
    return Task(kind, text, Call(name="estimate_properties", arguments={"smiles": [x], "properties": ordered}), {x: smiles})


def _two_structures(kind: str, split: Split, rng: random.Random) -> Task:
    (x, one), (y, two) = _some(split, rng, 2)
    name, p = _word("properties", split, rng)
    text = said(rng.choice(frames(kind, split)), rng, x=x, y=y, p=p)
    return Task(kind, text, Call(name="estimate_properties", arguments={"smiles": [x, y], "properties": [name]}), {x: one, y: two})


def _rules(kind: str, split: Split, rng: random.Random) -> Task:
    ((x, smiles),) = _some(split, rng, 1)
    name, p = _word("rules", split, rng)
    text = said(rng.choice(frames(kind, split)), rng, x=x, p=p)
    return Task(kind, text, Call(name="check_rule_set", arguments={"smiles": [x], "rule_set": name}), {x: smiles})


def _count(kind: str, split: Split, rng: random.Random) -> Task:
    name, p = _word("groups", split, rng)
    often = rng.random() < 0.7  # a count of 0 is an answer too
    (compound,) = drawn(split, rng, 1, holds=lambda mol: not often or _has(mol, name))
    x, smiles = _spoken(compound, rng), compound.smiles
    text = said(rng.choice(frames(kind, split)), rng, x=x, p=p)
    return Task(kind, text, Call(name="count_group", arguments={"smiles": x, "group": name}), {x: smiles})


def _of_one(tool: str, argument: str, several: bool) -> Maker:
    def made(kind: str, split: Split, rng: random.Random) -> Task:
        ((x, smiles),) = _some(split, rng, 1)
        text = said(rng.choice(frames(kind, split)), rng, x=x)
        return Task(kind, text, Call(name=tool, arguments={argument: [x] if several else x}), {x: smiles})

    return made


def _similar(kind: str, split: Split, rng: random.Random) -> Task:
    (x, one), (y, two) = _some(split, rng, 2)
    text = said(rng.choice(frames(kind, split)), rng, x=x, y=y)
    return Task(kind, text, Call(name="compare_structures", arguments={"first": x, "second": y}), {x: one, y: two})


def _edit(kind: str, split: Split, rng: random.Random) -> Task:
    operation = kind.partition("_")[2]
    table = words("added" if operation == "add" else "groups", split)
    group = rng.choice(list(table))
    (compound,) = drawn(split, rng, 1, holds=lambda mol: operation == "add" or _has(mol, group))
    x, smiles = _spoken(compound, rng), compound.smiles
    other = rng.choice([g for g in words("added", split) if g != group]) if operation == "replace" else ""
    text = said(rng.choice(frames(kind, split)), rng, x=x, p=group_word(group), q=group_word(other))
    given = {"smiles": x, "operation": operation, "group": group, "replacement": other}
    return Task(kind, text, Call(name="edit_structure", arguments=given), {x: smiles})


def group_word(name: str) -> str:
    """How a group or halogen is called in a sentence."""
    return {"F": "fluorine", "Cl": "chlorine"}.get(name, name)


def _has(mol: Chem.Mol, group: str) -> bool:
    return bool(mol.HasSubstructMatch(compile_smarts(GROUPS[group].smarts)))


def _vary(kind: str, split: Split, rng: random.Random) -> Task:
    ((x, smiles),) = _some(split, rng, 1)
    count = rng.randint(2, 9)
    text = said(rng.choice(frames(kind, split)), rng, x=x, q=str(count))
    return Task(kind, text, Call(name="vary_structure", arguments={"smiles": x, "count": count}), {x: smiles})


def _runs(tool: str, arguments: dict[str, Any]) -> Maker:
    return lambda kind, split, rng: Task(kind, said(rng.choice(frames(kind, split)), rng), Call(name=tool, arguments=arguments))


def _search(kind: str, split: Split, rng: random.Random) -> Task:
    topic = rng.choice(list(words("topics", split)["x"]))
    text = said(rng.choice(frames(kind, split)), rng, p=topic)
    return Task(kind, text, Call(name="search_literature", arguments={"query": topic, "limit": 3}))


def _in_words(kind: str, split: Split, rng: random.Random) -> Task:
    x = rng.choice(compounds(split)).name
    reply = rng.choice(wordings()["replies"][kind])
    return Task(kind, said(rng.choice(frames(kind, split)), rng, x=x), Call(name=role.ANSWER.name, arguments={"text": reply}))


MAKERS: dict[str, Maker] = {
    "value": _value,
    "two_properties": _two_properties,
    "value by another name": lambda kind, split, rng: _value("value", split, rng),
    "two_structures": _two_structures,
    "rules": _rules,
    "compare": _two_structures,
    "safety": _of_one("check_structures", "smiles", True),
    "count": _count,
    "value once more": lambda kind, split, rng: _value("value", split, rng),
    "similar": _similar,
    "route": _of_one("find_route", "smiles", False),
    "identity": _of_one("identify_structures", "structures", True),
    "edit_add": _edit,
    "edit_remove": _edit,
    "edit_replace": _edit,
    "vary": _vary,
    "refuse": _in_words,
    "report": _runs("show_report", {"run_id": "latest"}),
    "list": _runs("list_runs", {"containing": ""}),
    "search": _search,
    "answer": _in_words,
}
