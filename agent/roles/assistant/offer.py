"""Which of the assistant's tools a language model is shown for a question: a few that fit, so that a small model can choose among them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.models.schema import Choices
from agent.roles.assistant.calls import OVERVIEW
from agent.roles.assistant.question import Question
from agent.toolbox import ASSISTANT_TOOLS
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.rule_sets import RULE_SETS

#: Tools that are shown for one question.
MOST = 5
#: Tokens of a prompt from which on all tools are shown.
ROOMY = 24_000
_RUNS = ("show_report", "show_candidate", "compare_candidates", "list_runs")
#: Words of a question and the tools that they call for, beside what the reader of questions finds.
_WORDS = (
    (re.compile(r"\b(?:papers?|literature|publications?|published|references?|articles?|studies|reported)\b", re.I), ("search_literature",)),
    (re.compile(r"\b(?:replac\w+|chang\w+|swap\w*|remov\w+|add(?:ing)?|instead|without|substitut\w+|modif\w+)\b", re.I), ("edit_structure", "start_design")),
    (re.compile(r"\b(?:variations?|analogues?|analogs?|derivatives?|variants?)\b", re.I), ("vary_structure", "edit_structure")),
    (re.compile(r"\b(?:redo|again|re-?run|design|start|new run)\b", re.I), ("start_design", "show_report")),
    (re.compile(r"\b(?:quick|quickly|at once|construct)\b", re.I), ("quick_structures",)),
    (re.compile(r"\b(?:forecast|how long|how likely|is it possible|feasible|will it find)\b", re.I), ("forecast_design",)),
    (re.compile(r"\bwhich properties\b|\bproperties (?:can|do) you\b|\bwhat can you\b", re.I), ("list_properties",)),
)  # fmt: skip
#: What is shown where nothing in a question says what it is about.
_PLAIN = ("estimate_properties", "check_structures", "show_report", "search_literature", "start_design")


def offered(text: str, question: Question, room: int) -> tuple[str, ...]:
    """The tools for ``text``, which reads as ``question``, in a prompt of ``room`` tokens: all of them, or at most MOST, the likeliest first."""
    if room >= ROOMY:
        return ASSISTANT_TOOLS
    wanted: list[str] = []
    for pattern, tools in _WORDS:
        if pattern.search(text):
            wanted += tools
    kinds = question.kinds
    if "design" in kinds:
        wanted += ["start_design", "quick_structures"]
    if question.run or question.ranks or kinds & {"list_runs", "best", "report", "rank"}:
        wanted += _RUNS
    if question.structures or question.properties or question.rule_sets or question.groups:
        wanted += ["estimate_properties"] if question.properties or not question.asks else []
        wanted += ["check_rule_set"] if question.rule_sets else []
        wanted += ["count_group"] if question.groups else []
        wanted += ["check_structures"] if kinds & {"safety", "toxicity"} else []
        wanted += ["compare_structures"] if "similar" in kinds else []
        wanted += ["find_route"] if "route" in kinds else []
        wanted += ["identify_structures", "estimate_properties", "check_structures"]
    return tuple(dict.fromkeys([*wanted, *_PLAIN]))[:MOST]


def choices(question: Question, runs: Sequence[str], *, catalogue: Catalogue) -> dict[str, Choices]:
    """By tool: what its arguments may be. ``runs``: ids of stored runs that are known here."""
    names = [*question.properties, *(OVERVIEW if question.properties else [p.name for p in catalogue])]
    ids = ["latest", *runs]
    return {
        "estimate_properties": {"properties[]": names},
        "check_rule_set": {"rule_set": list(RULE_SETS)},
        **{tool: {"run_id": ids} for tool in ("show_report", "show_candidate", "compare_candidates")},
    }
