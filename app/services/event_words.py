"""What an event of a trace holds, in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.trace import TraceEvent

#: What the steps of a run are called.
STAGES = {
    "brought": "taking in the lists of the user",
    "screen": "screening the goal for safety",
    "interpret": "reading the goal",
    "approve": "waiting for approval",
    "guard_spec": "screening what is asked for",
    "research": "searching the literature",
    "propose": "proposing structures",
    "standardise": "standardising structures",
    "guard": "screening structures for safety",
    "estimate": "estimating properties",
    "check": "checking requirements",
    "select": "choosing parents for the next generation",
    "confirm": "computing what is to be listed",
    "route": "looking for routes",
    "rank": "ranking",
    "explain": "explaining",
    "report": "writing the report",
    "listen": "a question",
    "answer": "answering",
}
#: What the kinds of events are called.
KINDS = {
    "step": "result of a step",
    "record": "what was brought in",
    "model": "language model",
    "tool": "tool",
    "decision": "decision",
    "error": "error",
}
#: The safety guard's verdicts as they are read.
VERDICTS = {"allow": "no objection", "warn": "allowed with a warning", "block": "blocked"}
_LONGEST = 160


def stage_words(node: str) -> str:
    """What a node does; its own name where nothing else is known."""
    return STAGES.get(node, node.replace("_", " "))


def event_words(event: TraceEvent) -> str:
    """What an event holds, in at most some 200 characters; '' where there is nothing to say."""
    if event.kind == "model":
        return _exchange(event)
    if event.kind == "tool":
        return _short(f"{event.inputs.get('tool', '')}, {event.seconds:.2f} s{_call(event)}")
    outputs = event.outputs
    if is_hash(outputs):
        return "too much to be kept: a replay works it out again and compares it"
    if event.kind in ("decision", "error"):
        return _short(", ".join(f"{name} {value}" for name, value in outputs.items()) if isinstance(outputs, dict) else str(outputs))
    if (event.node, event.index) == ("approve", "clock"):
        return "the time of the approval"
    said = _known(event.node, event.index, outputs)
    if said:
        return _short(said)
    return f"{len(outputs)} items" if isinstance(outputs, (list, dict)) else _short(str(outputs)) if isinstance(outputs, str) else ""


def is_hash(value: Any) -> bool:
    """Whether ``value`` stands for something long of which the record keeps only the hash."""
    return isinstance(value, dict) and value.keys() == {"sha256", "characters"}


def _call(event: TraceEvent) -> str:
    """What a call of a costly calculator brought; '' for another tool."""
    outputs = event.outputs
    if not isinstance(outputs, dict) or "outcomes" not in outputs:
        return ""
    found = [
        f"{name} {value:.5g}" if value is not None else f"{name}: {reason}" for name, (value, _, reason) in outputs["outcomes"].items()
    ]
    return f": {', '.join(found)} for {outputs['smiles']}{' (from an earlier run)' if outputs['kept'] else ''}"


def _exchange(event: TraceEvent) -> str:
    counted = "about " if event.outputs["tokens_estimated"] else ""
    said = event.outputs["problem"] or event.outputs["fault"] or event.outputs["mended"]
    asked = f"{event.inputs['role']}: {event.model} at {event.endpoint or 'no endpoint'}"
    return f"{asked}, {counted}{event.tokens_in}+{event.tokens_out} tokens, {event.seconds:.2f} s" + (f": {said[:100]}" if said else "")


def _known(node: str, index: str, outputs: Any) -> str:
    """Words for what the nodes of a design run leave; '' for anything else."""
    if node == "propose" and isinstance(outputs, list):
        return f"{_many(outputs, 'structure')} from {index}"
    if node in ("screen", "guard_spec", "approve") and isinstance(outputs, dict) and "verdict" in outputs:
        return VERDICTS.get(str(outputs["verdict"]), str(outputs["verdict"]))
    if node == "interpret" and isinstance(outputs, dict) and "requirements" in outputs:
        return f"{_many(outputs['requirements'], 'requirement')}, {_many(outputs.get('objectives'), 'objective')}"
    if node == "research" and isinstance(outputs, dict) and "evidence" in outputs:
        return f"{_many(outputs['evidence'], 'piece')} of evidence, {_many(outputs.get('citations'), 'reference')}"
    if node == "approve" and isinstance(outputs, dict) and "decision" in outputs:
        return f"{outputs['decision']}{' by ' + str(outputs['by']) if outputs.get('by') else ''}"
    if node == "standardise" and isinstance(outputs, dict):
        return f"{_many(outputs.get('fresh'), 'new structure')}, {_many(outputs.get('broken'), 'broken one')}"
    if node == "guard" and isinstance(outputs, list):
        return f"{_many(outputs, 'structure')}, {sum(bool(row[1]) for row in outputs)} blocked"
    if node == "estimate" and isinstance(outputs, list):
        return f"values of {_many(outputs, 'structure')}"
    if node == "check" and isinstance(outputs, list):
        return f"{_many(outputs, 'structure')}, {sum(all(r[1] for r in row[1]) for row in outputs)} meet every requirement"
    if node == "select" and isinstance(outputs, dict) and isinstance(outputs.get("best"), (int, float)):
        return f"mean score of the ten best {outputs['best']:.3f}"
    if node == "route" and isinstance(outputs, list):
        return f"routes of {_many(outputs, 'structure')}"
    if node == "rank" and isinstance(outputs, list) and outputs and isinstance(outputs[0], dict):
        return f"{_many(outputs[0].get('listed'), 'candidate')} listed"
    if node == "report":
        return "the report is written"
    if node == "explain" and isinstance(outputs, list):
        return f"words for {_many(outputs, 'candidate')}"
    return ""


def _many(items: Any, noun: str) -> str:
    """'12 structures'; of what was too long to be kept no number is known."""
    if not isinstance(items, Sequence) or isinstance(items, str):
        return f"{noun}s (too many to be kept)"
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
