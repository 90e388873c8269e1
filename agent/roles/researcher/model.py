"""The researcher with a language model: the model asks queries of its own and draws design rules that each rest on a sentence of a passage.

The model gives the sentence by its number. A rule counts only if it states no number that the sentence does not hold, and speaks of what the
sentence speaks of. Everything else is dropped and counted. Rules are added to what the built-in form found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from agent.models import ModelSession, Place
from agent.roles.fact_check.numbers import factors, numbers_in, odd_digits
from agent.roles.fact_check.readable import readable, tidy
from agent.roles.fact_check.structures import unknown_structure
from agent.roles.prompting import conditions, goal_kind
from agent.roles.researcher.numbered import FEWEST_WORDS, SHORTEST, Sentence, numbered
from agent.roles.researcher.protocol import ROLE, DrawnRule, Findings, OpenStore, Research, Researcher, ResearchRequest
from core.errors import LiteratureError, StructureError, UsageError
from core.interfaces import Passage
from core.model import Model
from core.report import Evidence
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.literature.corpus import REMARK
from tools.literature.evidence import FLOOR, applies, hints_for
from tools.literature.passages import passages_from_json, passages_to_json
from tools.literature.search import search
from tools.literature.terms import words
from tools.safety.guard import structure_verdict
from tools.structures.parse import parse_smiles
from tools.workspace import Workspace

#: Most passages that one query gives, and most that are read in all.
PER_QUERY, READ = 4, 8
#: Longest passage that is read, in characters.
LONGEST_PASSAGE = 1500
#: Most rules that are kept, the longest rule in characters, and the largest example in heavy atoms.
MOST_RULES, LONGEST_RULE, LARGEST_EXAMPLE = 6, 240, 60


class Queries(Model):
    """What to look up."""

    queries: list[str] = Field(min_length=1, max_length=8, description="Two to five queries of a few technical words.")


@dataclass(frozen=True)
class DesignRule:
    """A rule that a model draws from a passage, by its number from 1, and the words of it that support the rule."""

    rule: str
    passage: int
    quote: str
    example: str = ""


class GivenRule(Model):
    """A rule as a model gives it."""

    rule: str = Field(max_length=400, description="One plain sentence that helps to design.")
    sentence: int = Field(description="Number of the sentence that supports it.")
    example: str = Field(max_length=200, description="SMILES of a small structure that shows it, or empty.")


class GivenRules(Model):
    """The rules that the passages support."""

    rules: list[GivenRule] = Field(max_length=12, description="At most six rules.")


@dataclass(frozen=True)
class Supported:
    """A rule whose quote stands in its passage. ``example`` is a SMILES, or ''."""

    text: str
    quote: str
    passage: Passage
    example: str


class ModelBackedResearcher:
    """Adds a language model's design rules to what the built-in form found. ``open_store`` opens the literature store."""

    def __init__(self, session: ModelSession, built_in: Researcher, open_store: OpenStore, workspace: Workspace) -> None:
        self._session = session
        self._built_in = built_in
        self._open_store = open_store
        self._workspace = workspace

    def research(self, request: ResearchRequest, place: Place) -> Research:
        """See :class:`Researcher`. What the guard could not screen is not shown to a model."""
        if request.spec.concerns:
            return self._built_in.research(request, place)
        found = self._built_in.research(request, place).findings
        self._session.about(goal_kind(request.spec))
        return research_further(request.spec, found, self._session, place, self._open_store, catalogue=self._workspace.catalogue)


def research_further(
    spec: DesignSpec, found: Findings, session: ModelSession, place: Place, open_store: OpenStore, *, catalogue: Catalogue
) -> Research:
    """``found``, what the built-in form gave, with the rules of a model; the same ``found`` if the model gives nothing usable."""
    asked = _queries(spec, session, place)
    if not asked:
        return Research(found)
    outcome = session.tool(place, "literature_search", {"queries": asked, "limit": PER_QUERY}, lambda: _search(asked, open_store))
    if outcome["problem"]:
        return Research(found, f"the literature could not be searched: {outcome['problem']}")
    passages = [p for p in passages_from_json(outcome["passages"]) if p.score >= FLOOR and applies(p, spec, catalogue=catalogue)][:READ]
    if not passages:
        return Research(found, "none of the model's queries found a passage that bears on the goal")
    shown, sentences = numbered([_said(p) for p in passages])
    variables = {"goal": spec.goal, "conditions": conditions(spec), "passages": shown}
    numbers = {"rules[].sentence": list(sentences)}
    reply = session.structured(place, ROLE, "researcher/rules", variables, GivenRules, shorten=_fewer_passages, choices=numbers)
    if reply.value is None:
        return Research(found)
    rules, dropped = supported([_placed(rule, sentences) for rule in reply.value.rules], passages, spec, catalogue=catalogue)
    return Research(merge(found, rules), _note(len(reply.value.rules), dropped))


def supported(
    rules: Sequence[DesignRule], passages: Sequence[Passage], spec: DesignSpec, *, catalogue: Catalogue
) -> tuple[list[Supported], Counter[str]]:
    """The rules that hold, in order without repeats, and how many were dropped for which reason. Pure."""
    kept: list[Supported] = []
    dropped: Counter[str] = Counter()
    for rule in rules:
        problem, made = _checked(rule, passages, spec, catalogue=catalogue)
        if made is None:
            dropped[problem] += 1
        elif len(kept) >= MOST_RULES or any(k.quote == made.quote or k.text == made.text for k in kept):
            dropped["one too many, or said already"] += 1
        else:
            kept.append(made)
    return kept, dropped


def merge(found: Findings, rules: Sequence[Supported]) -> Findings:
    """``found`` with the rules in front of its evidence; citations keep their numbers, new ones follow."""
    citations = list(found.citations)
    evidence: list[Evidence] = []
    drawn: list[DrawnRule] = []
    for rule in rules:
        known = next((c for c in citations if c.key == rule.passage.key), None)
        if known is None:
            update = {"number": len(citations) + 1, "key": rule.passage.key, "passage": rule.passage.text}
            known = rule.passage.citation.model_copy(update=update)
            citations.append(known)
        text = f'{rule.text} (A rule that a language model drew from: "{rule.quote}") [{known.number}]'
        evidence.append(Evidence(text=text, citation=known.number))
        drawn.append(DrawnRule(text=rule.text, quote=rule.quote, citation=known.number))
    hints = [*found.hints, *hints_for(r.passage for r in rules), *(r.example for r in rules if r.example)]
    return Findings(
        evidence=[*evidence, *found.evidence],
        citations=citations,
        hints=list(dict.fromkeys(hints)),
        warning=found.warning,
        rules=drawn,
        papers=found.papers,
    )


def _queries(spec: DesignSpec, session: ModelSession, place: Place) -> list[str]:
    variables = {"goal": spec.goal, "conditions": conditions(spec), "candidate_class": spec.candidate_class}
    outcome = session.structured(place, ROLE, "researcher/queries", variables, Queries)
    if outcome.value is None:
        return []
    tidied = (" ".join("".join(c if c.isprintable() else " " for c in q).split())[:200] for q in outcome.value.queries)
    return [q for q in dict.fromkeys(tidied) if words(q)][:5]


def _search(queries: Sequence[str], open_store: OpenStore) -> dict[str, Any]:
    """The best passages of all queries as JSON, best first, each once; ``problem`` says why there are none."""
    best: dict[str, Passage] = {}
    try:
        with open_store() as store:
            for query in queries:
                for passage in search(store, query, PER_QUERY):
                    if passage.key not in best or passage.score > best[passage.key].score:
                        best[passage.key] = passage
    except (LiteratureError, UsageError) as error:
        return {"passages": [], "problem": str(error)[:500]}
    ordered = sorted(best.values(), key=lambda p: (-p.score, p.key))
    return {"passages": passages_to_json(ordered), "problem": ""}


def _said(passage: Passage) -> str:
    """What the source says, without our own remark; shortened visibly."""
    text = " ".join(passage.text.partition(REMARK)[0].split())
    return text if len(text) <= LONGEST_PASSAGE else f"{text[:LONGEST_PASSAGE]} [shortened]"


def _placed(given: GivenRule, sentences: Mapping[int, Sentence]) -> DesignRule:
    """A rule with the words of the sentence that it names; with passage 0 where there is no such sentence."""
    sentence = sentences.get(given.sentence, Sentence(0, ""))
    return DesignRule(given.rule, sentence.passage, sentence.text, given.example)


def _fewer_passages(variables: dict[str, Any]) -> dict[str, Any] | None:
    passages = variables["passages"]
    return {**variables, "passages": passages[: len(passages) // 2]} if len(passages) > 1 else None


def _checked(rule: DesignRule, passages: Sequence[Passage], spec: DesignSpec, *, catalogue: Catalogue) -> tuple[str, Supported | None]:
    """('', the rule) or (why not, None)."""
    if not 1 <= rule.passage <= len(passages):
        return "from a passage that was not given", None
    passage = passages[rule.passage - 1]
    quote = " ".join(rule.quote.split())
    if len(quote) < SHORTEST or len(quote.split()) < FEWEST_WORDS:
        return "with a quote too short to support it", None
    if quote not in " ".join(passage.text.partition(REMARK)[0].split()):
        return "with a quote that is not in its passage", None
    text = re.sub(r"\s*\[\s*[\d,; –-]+\]", "", tidy(rule.rule, LONGEST_RULE))
    if not readable(text, [quote], catalogue=catalogue):
        return "not in plain words", None
    if not set(words(text)) & set(words(quote)):
        return "about something else than its quote", None
    held = {(n.value, n.unit) for n in numbers_in(quote, catalogue=catalogue)}
    if (
        any((n.value, n.unit) not in held for n in numbers_in(text, catalogue=catalogue))
        or odd_digits(text)
        or factors(text)
        or unknown_structure(text)
    ):
        return "with a number or structure that its quote does not hold", None
    return "", Supported(text, re.sub(r"\[(\d+)\]", r"(\1)", quote), passage, _example(rule.example, spec))


def _example(smiles: str, spec: DesignSpec) -> str:
    """``smiles`` if it is a small molecule that the guard does not block, else ''."""
    smiles = smiles.strip()
    if not smiles or spec.candidate_class != "molecule" or "." in smiles:
        return ""
    try:
        atoms = parse_smiles(smiles).GetNumAtoms()
    except StructureError:
        return ""
    allowed = 3 <= atoms <= LARGEST_EXAMPLE and structure_verdict(smiles, "molecule").verdict != "block"
    return smiles if allowed else ""


def _note(given: int, dropped: Counter[str]) -> str:
    if not dropped:
        return ""
    said = "; ".join(f"{count} {reason}" for reason, count in sorted(dropped.items()))
    return f"{sum(dropped.values())} of {given} design rules of the model were dropped: {said}"
