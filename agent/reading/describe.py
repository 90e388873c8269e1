"""A spec in plain words, as shown before approval."""

from __future__ import annotations

from core.counting import counted, verb
from core.novelty import HALF_NEW, novelty_rule
from core.spec import DesignSpec, Unchecked, marked, share_checked


def _title(spec: DesignSpec) -> str:
    kind = "polymer repeat units" if spec.candidate_class == "polymer" else "molecules"
    family = f" of the family '{spec.family}'" if spec.family else ""
    return f"Sought: {spec.candidates} {kind}{family}."


_ORIGINS = {
    "assumption": " [assumed]",
    "class": " [from the family]",
    "person": " [edited by a person]",
    "model": " [from a model]",
    "goal": "",
}


def _suggested(entry: Unchecked) -> str:
    if not entry.suggestion:
        return ""
    clear = entry.requirements or entry.objectives
    how = "to take it, approve with --accept-suggestions" if clear else "say it in other words"
    return f" (could be read as: {entry.suggestion}; {how})"


def describe(spec: DesignSpec) -> str:
    """The spec as text for people: what is sought, every requirement and wish, assumptions, unchecked phrases, warnings.

    Lines are plain text, one statement a line; the last line says budget and seed.
    """
    lines = [f"Goal: {spec.goal}"]
    if spec.translation:
        lines.append(f"In English, by a language model: {spec.translation}")
    if any(s.unread for s in spec.reading):
        lines.append(f"Read:  {marked(spec)}")
    lines.append(_title(spec))
    if spec.requirements:
        lines.append("Every candidate must meet:")
        lines += [f"  {r.id}  {r.text}{_ORIGINS[r.origin]}" for r in spec.requirements]
    if spec.set_requirements:
        lines.append("The list as a whole must meet:")
        lines += [f"  {s.id}  {s.text}" for s in spec.set_requirements]
    if spec.objectives:
        lines.append("Among these, better is:")
        lines += [f"  {o.id}  {o.text}, weight {o.weight:g}{_ORIGINS[o.origin]}" for o in spec.objectives]
    if spec.reference is not None:
        lines.append(f"Reference structure: {spec.reference.name + ', ' if spec.reference.name else ''}{spec.reference.smiles}")
    if spec.assumptions:
        lines.append("Assumed:")
        lines += [f"  - {a.phrase + ': ' if a.phrase and a.phrase not in a.text else ''}{a.text}" for a in spec.assumptions]
    if spec.unchecked:
        share = share_checked(spec)
        lines.append(f"Not checked ({share} are checked):" if share else "Not checked:")
        lines += [f'  - "{u.phrase}": {u.reason}{_suggested(u)}' for u in spec.unchecked]
    if spec.warnings:
        lines.append("Note:")
        lines += [f"  - {w}" for w in spec.warnings]
    if spec.novelty != HALF_NEW or spec.list_known:
        lines.append(f"The list: {novelty_rule(spec)}.")
    lines.append(
        f"Up to {counted(spec.budget, 'structure')} {verb(spec.budget, 'is', 'are')} evaluated, seed {spec.seed}; a prediction counts as met from {spec.met_probability:.0%}."
    )
    return "\n".join(lines)
