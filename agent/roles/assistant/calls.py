"""Which tools answer a question that code has read, with which arguments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

from agent.roles.assistant.question import Question
from agent.toolbox.tool import MAX_STRUCTURES
from tools.catalogue.catalogue import Catalogue

Given = dict[str, Any]
#: (tool, arguments as JSON) to the answer that it gave.
Done = Mapping[tuple[str, str], Any]
#: What is told of a structure that somebody asks about in general.
OVERVIEW = ("molecular_weight", "logp", "tpsa", "hbd", "hba", "rotatable_bonds", "qed", "sa_score", "aqueous_solubility", "melting_point")
POLYMER_OVERVIEW = ("glass_transition_temperature",)
#: Properties that one call may ask for.
_MOST_PROPERTIES = 12
#: Units of concentration that need the molar mass.
BY_MASS = {"mg/L": 1000.0, "g/L": 1.0}
#: Pairs that are compared.
_MOST_PAIRS = 6


def key_of(name: str, given: Given) -> tuple[str, str]:
    """How a call is found again."""
    return name, json.dumps(given, sort_keys=True)


def wanted(question: Question, done: Done, *, catalogue: Catalogue) -> Iterator[tuple[str, Given]]:
    """The calls that answer ``question``, in order. What comes later may depend on what earlier ones gave; none where nothing is to be called."""
    if question.run or question.kinds & {"list_runs"}:
        yield from _of_runs(question)
    if question.candidate and not _is_of_runs(question):
        answer = done.get(key_of("show_candidate", _shown(question)))
        if answer is not None and not _all_stored(question, answer):
            stored = answer.get("values", {}) if isinstance(answer, dict) else {}
            missing = tuple(p for p in question.properties if p not in stored)
            if missing or question.rule_sets or question.groups or question.kinds & {"identity"}:
                yield from _of_structures(
                    replace(question, properties=missing, kinds=question.kinds - {"safety", "toxicity", "route"}), catalogue
                )
        return
    if not question.candidate:
        yield from _of_structures(question, catalogue)


def _of_runs(question: Question) -> Iterator[tuple[str, Given]]:
    if "list_runs" in question.kinds and not question.ranks:
        yield "list_runs", {"containing": ""}
    elif question.candidate:
        yield "show_candidate", _shown(question)
    elif len(question.ranks) > 1:
        for first, second in list(combinations(question.ranks, 2))[:_MOST_PAIRS]:
            yield "compare_candidates", {"run_id": question.run, "first": str(first), "second": str(second)}
    elif question.ranks:
        yield "show_candidate", {"run_id": question.run, "candidate": str(question.ranks[0])}
    elif question.run:
        yield "show_report", {"run_id": question.run}


def _shown(question: Question) -> Given:
    return {"run_id": question.run, "candidate": question.candidate}


def _is_of_runs(question: Question) -> bool:
    """Whether nothing but the stored run is asked about."""
    beyond = question.properties or question.rule_sets or question.groups or question.kinds & {"similar", "identity"}
    return not beyond


def _all_stored(question: Question, answer: Any) -> bool:
    """Whether what is asked stands in what is stored of a candidate."""
    stored = answer.get("values", {}) if isinstance(answer, dict) else {}
    return (
        not question.rule_sets
        and not question.groups
        and not question.kinds & {"identity"}
        and all(p in stored for p in question.properties)
    )


def _of_structures(question: Question, catalogue: Catalogue) -> Iterator[tuple[str, Given]]:
    smiles = [s.smiles for s in question.structures][:MAX_STRUCTURES]
    if not smiles:
        return
    properties = list(question.properties)
    general = "about" in question.kinds or (not question.asks and not question.unread and not question.unknown)
    for polymer in (False, True):
        group = [s for s in smiles if ("*" in s) is polymer]
        names = properties + [n for n in (POLYMER_OVERVIEW if polymer else OVERVIEW) if general and n not in properties]
        kind = "polymer" if polymer else "molecule"
        if question.unit in BY_MASS and "aqueous_solubility" in names and "molecular_weight" not in names:
            names.append("molecular_weight")
        names = [n for n in names if n in catalogue and kind in catalogue[n].classes]
        for start in range(0, len(names), _MOST_PROPERTIES):
            if group:
                yield "estimate_properties", {"smiles": group, "properties": names[start : start + _MOST_PROPERTIES]}
    for rules in question.rule_sets:
        yield "check_rule_set", {"smiles": smiles, "rule_set": rules}
    for _, counted in question.groups:
        for one in smiles:
            yield "count_group", {"smiles": one, "group": counted}
    if question.kinds & {"identity", "about"}:
        yield "identify_structures", {"structures": smiles}
    if question.kinds & {"safety", "about", "toxicity"}:
        yield "check_structures", {"smiles": smiles}
    if "similar" in question.kinds or ("compare" in question.kinds and len(smiles) > 1 and not question.asks):
        for first, second in list(combinations(smiles, 2))[:_MOST_PAIRS]:
            yield "compare_structures", {"first": first, "second": second}
    if "route" in question.kinds:
        for one in smiles:
            yield "find_route", {"smiles": one}
