"""Tasks for the researcher: passages with numbered sentences, and the rules that they support.

The passages are the shipped notes. Which of them bear on a goal is said by the search that the built-in form uses; a rule is a sentence of such a note, and
counts only if the role's own check of rules takes it. A goal without a note that bears on it is answered with no rules.
"""

from __future__ import annotations

import random
from collections import Counter

from agent.models.schema import response_schema
from agent.reading import interpret
from agent.roles.prompting import conditions
from agent.roles.researcher.model import DesignRule, GivenRule, GivenRules, supported
from agent.roles.researcher.numbered import numbered
from core.errors import MolwrightError
from core.interfaces import Passage
from learn.example import Example, Split, named, part_of, text_message
from learn.wordings import frames, said, words
from prompts.library import load
from tools.literature.corpus import REMARK, load_notes
from tools.literature.notes import ShippedNotes
from tools.literature.terms import words as terms
from tools.safety.guard import concerns, goal_verdict
from tools.workspace import Workspace

ROLE = "researcher"
PROMPT = "researcher/rules"
#: Passages of one prompt, and the longest sentence that a rule is made of.
SHOWN, LONGEST = 3, 240
_ABOUT = (
    "aqueous_solubility",
    "melting_point",
    "boiling_point",
    "flash_point",
    "logp",
    "tpsa",
    "sa_score",
    "qed",
    "density",
    "surface_tension",
)


def examples(split: Split, wanted: int, rng: random.Random, workspace: Workspace, dropped: Counter[str]) -> list[Example]:
    """At most ``wanted`` prompts with their rules."""
    notes = [n for n in load_notes() if part_of(n.key) == split]
    made: dict[str, Example] = {}
    for _ in range(4 * wanted):
        if len(made) >= wanted or not notes:
            break
        if (example := _example(split, rng, workspace, notes, dropped)) is not None:
            made.setdefault(example.id, example)
    return list(made.values())


def _example(split: Split, rng: random.Random, workspace: Workspace, notes: list[Passage], dropped: Counter[str]) -> Example | None:
    name = rng.choice(_ABOUT)
    called = rng.choice(list(words("properties", split)[name]))
    goal = said(rng.choice(list(frames("goal", split))), rng, c=f"{rng.choice(('high', 'low'))} {called}")
    if goal_verdict(goal).verdict == "block" or concerns(goal):
        dropped["blocked by the guard"] += 1
        return None
    try:
        spec = interpret(goal, may_be_empty=True, workspace=workspace)
    except MolwrightError:
        dropped["the parser refuses it"] += 1
        return None
    bearing = {p.key for p in ShippedNotes().search(f"{called} {name.replace('_', ' ')}", 6) if p.key in {n.key for n in notes}}
    asked = set(terms(called))
    near = [n for n in notes if n.key in bearing and asked & set(terms(n.text))]
    far = [n for n in notes if n.key not in bearing and not asked & set(terms(n.text))]
    if len(far) < SHOWN:
        dropped["too few passages"] += 1
        return None
    picked = [*near[:1], *rng.sample(far, SHOWN - len(near[:1]))]
    rng.shuffle(picked)
    shown, sentences = numbered([" ".join(p.text.partition(REMARK)[0].split()) for p in picked])
    right = [
        (number, s.text)
        for number, s in sentences.items()
        if near and picked[s.passage - 1].key == near[0].key and asked & set(terms(s.text)) and len(s.text) <= LONGEST
    ][:1]
    rules = [GivenRule(rule=text, sentence=number, example="") for number, text in right]
    if near and not rules:
        dropped["no sentence that says it"] += 1
        return None
    placed = [DesignRule(r.rule, sentences[r.sentence].passage, sentences[r.sentence].text, r.example) for r in rules]
    kept, refused = supported(placed, picked, spec, catalogue=workspace.catalogue)
    if refused or len(kept) != len(rules):
        dropped["the role's own check drops the rule"] += 1
        return None
    others = [n for n in sentences if n not in [number for number, _ in right]]
    wrong = [GivenRule(rule=(right[0][1] if right else "Add more rings."), sentence=rng.choice(others), example="")]
    variables = {"goal": goal, "conditions": conditions(spec), "passages": shown}
    return Example(
        id=named(ROLE, "rules", goal, "|".join(p.key for p in picked)),
        role=ROLE,
        kind="rule" if rules else "no rule",
        split=split,
        asked=goal,
        messages=[dict(m) for m in load(PROMPT).render(**variables)],
        form=response_schema(GivenRules, choices={"rules[].sentence": list(sentences)}),
        reply=text_message(GivenRules(rules=rules).model_dump_json()),
        wrong=[text_message(GivenRules(rules=wrong).model_dump_json())],
        checked=["the rule is a sentence of a note that bears on the goal", "the role's check takes it"]
        if rules
        else ["no note bears on it"],
    )
