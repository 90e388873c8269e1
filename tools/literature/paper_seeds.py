"""Structures that the team's papers report to meet a requirement: evidence with its sentence, and starting structures for the search.

A number counts if it is of the requirement's own property and unit, stands alone or as a rough one ('=', '~'), meets the requirement, is not
from a retracted paper, and is of a substance that was resolved to a small molecule which the guard does not block. It makes no score: what is
found from there is estimated and judged like everything else.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.candidate import Citation
from core.errors import StructureError
from core.in_papers import number_text
from core.papers import PaperFacts, ReportedValue
from core.passages import Document, Passage
from core.report import Evidence
from core.spec import DesignSpec, PropertyRequirement
from tools.catalogue.catalogue import Catalogue
from tools.literature.answering.instructions import instructs
from tools.literature.papers_evidence import citation_of, quoted, title_of
from tools.safety.guard import structure_verdict
from tools.structures.parse import parse_smiles

#: Most structures in all, and most numbers of a property that are looked at; the largest structure in heavy atoms.
MOST, LOOKED_AT, LARGEST = 6, 2000, 60


@dataclass(frozen=True)
class Seed:
    """A structure that a paper reports to meet a requirement, with the passage that says so."""

    smiles: str
    requirement: str
    value: ReportedValue
    document: Document
    passage: Passage


def seeds(spec: DesignSpec, facts: PaperFacts, *, catalogue: Catalogue) -> list[Seed]:
    """At most six structures, each once, in the order of the requirements; [] for polymers and where nothing is reported. StoreError."""
    found: dict[str, Seed] = {}
    if spec.candidate_class != "molecule":
        return []
    for requirement in spec.requirements_of(PropertyRequirement):
        name = requirement.property
        if name not in catalogue or requirement.basis != "registered":
            continue
        for _, document, value in facts.values(property=name, limit=LOOKED_AT):
            if len(found) >= MOST:
                return list(found.values())
            if not _meets(value, requirement, catalogue[name].unit) or document.retracted or value.key in found:
                continue
            passage = facts.holding(document.document_id, value.start) if _usable(value.smiles or "") else None
            if passage is not None:
                found[value.key or ""] = Seed(value.smiles or "", requirement.id, value, document, passage)
    return list(found.values())


def stated(found: list[Seed], known: list[Citation]) -> tuple[list[Evidence], list[Citation]]:
    """A statement for each structure, and all citations: those ``known`` and new ones behind them."""
    citations = {c.key: c for c in known}
    evidence = []
    for seed in found:
        if seed.passage.passage_id not in citations:
            citations[seed.passage.passage_id] = citation_of(len(citations) + 1, seed.passage, seed.document)
        number, value = citations[seed.passage.passage_id].number, seed.value
        said = number_text(value.relation, value.value, value.upper, value.spread, value.unit)
        page = f", p. {value.page}" if value.page else ""
        text = f"Reported to meet it, and given to the search to start from: {seed.smiles}, {said}: “{quoted(value.quote)}” ({title_of(seed.document)}{page}) [{number}]"
        evidence.append(Evidence(text=text, citation=number, requirements=[seed.requirement]))
    return evidence, list(citations.values())


def _meets(value: ReportedValue, requirement: PropertyRequirement, unit: str) -> bool:
    if value.relation not in "=~" or value.standard is None or value.standard_unit != unit or not value.key or instructs(value.quote):
        return False
    ends = [value.standard, *([value.standard_upper] if value.standard_upper is not None else [])]
    return all(map(requirement.condition.holds, ends))


def _usable(smiles: str) -> bool:
    """Whether a structure is one small molecule that the guard does not block."""
    if not smiles or "." in smiles or "*" in smiles:
        return False
    try:
        atoms = parse_smiles(smiles).GetNumAtoms()
    except StructureError:
        return False
    return 3 <= atoms <= LARGEST and structure_verdict(smiles, "molecule").verdict != "block"
