"""Which questions only ask for what is known or computed of a hazardous or controlled substance: these are answered by code, with the guard's warning.

The guard refuses goals that name an explosive or a narcotic. A question for the molar mass of nitroglycerin asks for none. It is spared if it asks for properties, rules
or safety and nothing else, if no word of it speaks of making, hiding or using, if none of its structures is a chemical weapon, and if the guard has nothing against
the same question about water. Nothing of it is shown to a language model.
"""

from __future__ import annotations

import re

from agent.roles.assistant.named import spoken_in
from agent.roles.assistant.question import Question, read_question
from core.candidate import SafetyVerdict
from tools.catalogue.catalogue import Catalogue
from tools.safety.guard import goal_verdict, structure_verdict

#: What of a question is more than a question: kinds that lead to structures or ways to make them.
_MORE = frozenset(["route", "similar", "design", "list_runs", "report", "best", "rejected", "evaluated", "why"])
_DOING = re.compile(
    r"\b(?:mak(?:e|es|ing)|made|cook\w*|prepar\w*|synthes\w+|produc\w+|manufactur\w+|recipes?|procedures?|protocols?|instructions?|step by step|how to|routes?|yields?|purif\w+|extract\w*|isolat\w+|convert\w*|"
    r"precursors?|reagents?|obtain\w*|get hold|buy\w*|sell\w*|order (?:it|some|online)|hid(?:e|ing)|disguis\w+|smuggl\w+|detonat\w+|ignit\w+|initiat\w+|press(?:ed|ing)|mixed|casting|bombs?|devices?|weapons?|weaponi\w+|kill\w*|"
    r"poison\w*|harm\w*|attack\w*|get high|snort\w*|smok\w+|inject\w*|analogu?e?s?|derivatives?|replace\w*|instead|improv\w+|stronger|more potent|undetect\w*|evad\w+|avoid\w*|bypass\w*|design\w*)\b",
    re.IGNORECASE,
)
#: Words of safety that the guard knows as hazards: the question is about them.
_HAZARD_WORDS = re.compile(
    r"\b(?:explosives?|explosive (?:hazard|class)|controlled (?:drugs?|substances?|stimulants?)|narcotics?|drugs? of abuse|chemical weapons?|toxic|poisonous|illegal|illicit|dangerous)\b",
    re.IGNORECASE,
)
_HARMLESS = "water"
#: How the ids of rules begin whose structures are not spoken of here at all.
_WEAPONS = ("cwa.", "listed.cwc1", "cwc")


def only_information(text: str, verdict: SafetyVerdict, *, catalogue: Catalogue) -> bool:
    """Whether a question that the guard refuses (``verdict``) asks for no more than what is known of a substance."""
    if any(hit.id == "goal.chemical_weapon" for hit in verdict.rules):
        return False
    question = read_question(text, catalogue=catalogue)
    asked = question.properties or question.rule_sets or question.kinds & {"safety", "identity"}
    if not asked or not question.structures or question.kinds & _MORE or question.unknown or question.run or question.ranks:
        return False
    if _DOING.search(_without_names(text, question)) or any(_is_weapon(s.smiles) for s in question.structures):
        return False
    return goal_verdict(_without_names(text, question)).verdict != "block"


def _without_names(text: str, question: Question) -> str:
    """The question about water in place of what it names, in plain words in place of the hazards that it asks about."""
    for one in sorted(spoken_in(text), key=lambda s: -s.start):
        text = f"{text[: one.start]}{_HARMLESS}{text[one.end :]}"
    for said in sorted({s.said for s in question.structures}, key=len, reverse=True):
        text = text.replace(said, _HARMLESS)
    kept = [word for word in text.split() if not re.search(r"[=#\[\]()]|\w\d\w", word)]
    return _HAZARD_WORDS.sub("safe", " ".join(kept))


def _is_weapon(smiles: str) -> bool:
    """Whether the guard takes a structure for a chemical weapon, or lists it as one."""
    verdict = structure_verdict(smiles, "polymer" if "*" in smiles else "molecule")
    return any(h.verdict == "block" and (h.id.startswith(_WEAPONS) or "Schedule 1" in h.reason) for h in verdict.rules)
