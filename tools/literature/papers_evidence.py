"""What the team's own papers say of a spec: asked for each requirement, objective and class; a passage counts if it speaks of what was asked.

The notes that ship were written for goals; papers were not. So a passage is evidence for a property only where it names the property (by the
cues that reported values are read with, or by its label) and, where the goal names a class, the class; for the goal as a whole only where
the evidence reaches the bar that answers of ``molwright ask`` have to reach.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from core.candidate import Citation
from core.papers import OpenPapers
from core.passages import Document, Passage
from core.report import Evidence
from core.spec import DesignSpec, MotifRequirement
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds import kind_of
from tools.literature.analysis import passage_words
from tools.literature.answering.extracts import READ, extract
from tools.literature.answering.features import Read, Sentence
from tools.literature.answering.instructions import instructs
from tools.literature.chemistry.properties import properties
from tools.literature.evidence import label_words, worth_asking
from tools.literature.retrieval import retrieve
from tools.literature.search import MAX_QUERY
from tools.literature.sentences import sentence_spans

#: Most statements for one question, and most in all.
PER_QUESTION, MOST = 2, 10
#: Longest statement that is quoted, in characters.
LONGEST = 420
#: Properties whose reported values go by another name.
_SAME = {"aqueous_solubility": "solubility", "log_epsilon": "molar_absorptivity", "thermal_stability": "decomposition_temperature"}
_CITED = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class Question:
    """What the papers are asked, and for which requirements and objectives, by their ids; none: for the goal as a whole.

    ``property``: that a passage has to name, '' for none; ``words``: what it has to hold, stemmed; ``part``: letters that it has to hold.
    """

    text: str
    requirements: tuple[str, ...] = ()
    property: str = ""
    words: frozenset[str] = frozenset()
    part: str = ""


def questions(spec: DesignSpec, *, catalogue: Catalogue) -> list[Question]:
    """What to ask the papers about ``spec``: each property with the class or family, each wanted motif, and the goal itself."""
    subject = spec.family or ("polymer" if spec.candidate_class == "polymer" else "")
    named: dict[str, list[str]] = {}
    for requirement in spec.requirements:
        if name := kind_of(requirement).property_name(requirement):
            named.setdefault(name, []).append(requirement.id)
    for objective in spec.objectives:
        named.setdefault(objective.property, []).append(objective.id)
    known = [name for name in named if name in catalogue and worth_asking(name, catalogue=catalogue)]
    part = "poly" if spec.candidate_class == "polymer" else ""
    head = frozenset(passage_words(spec.family)[-1:])  # of 'organic dye' the dye
    asked = [Question(f"{_label(name, catalogue)} {subject}", tuple(named[name]), name, head, part) for name in known]
    for motif in spec.requirements_of(MotifRequirement):
        if motif.wanted:
            asked.append(Question(f"{motif.name} {subject}", (motif.id,), "", frozenset(passage_words(motif.name)), part))
    asked.append(Question(spec.sentence))
    tidy = [replace(q, text=" ".join(q.text[: MAX_QUERY // 4].split())) for q in asked]
    return [q for q in tidy if passage_words(q.text)]


def paper_evidence(spec: DesignSpec, papers: OpenPapers, first: int, *, catalogue: Catalogue) -> tuple[list[Evidence], list[Citation]]:
    """At most ten statements of the papers on ``spec``, the best of every question first, and their citations, numbered from ``first``.

    Both are empty where nothing bears on it. LiteratureError where the papers cannot be searched.
    """
    rounds: list[list[tuple[Question, Read, Sentence]]] = [[] for _ in range(PER_QUESTION)]
    for question in questions(spec, catalogue=catalogue):
        for at, (read, sentence) in enumerate(_found(question, papers, catalogue)):
            rounds[at].append((question, read, sentence))
    chosen: dict[tuple[str, int], tuple[Read, Sentence, list[str]]] = {}
    for question, read, sentence in (entry for entries in rounds for entry in entries):
        held = chosen.setdefault((read.passage.passage_id, sentence.start), (read, sentence, []))
        held[2].extend(name for name in question.requirements if name not in held[2])
    evidence: list[Evidence] = []
    citations: dict[str, Citation] = {}
    for read, sentence, requirements in list(chosen.values())[:MOST]:
        passage, document = read.passage, read.document
        if passage.passage_id not in citations:
            citations[passage.passage_id] = citation_of(first + len(citations), passage, document)
        number = citations[passage.passage_id].number
        page = f", p. {passage.page}" if passage.page else ""
        retracted = " This paper was retracted." if document.retracted else ""
        text = f"“{quoted(sentence.text)}” ({title_of(document)}{page}) [{number}]{retracted}"
        evidence.append(Evidence(text=text, citation=number, requirements=requirements))
    return evidence, list(citations.values())


def citation_of(number: int, passage: Passage, document: Document) -> Citation:
    """A passage of a paper as a reference; sentences that tell a language model what to do are left out of its text."""
    return Citation(
        number=number,
        key=passage.passage_id,
        title=title_of(document),
        year=document.year,
        doi=document.doi or "",
        authors=", ".join(document.authors),
        passage=without_orders(passage.text),
        document=document.document_id,
        page=passage.page,
        retracted=document.retracted,
    )


def title_of(document: Document) -> str:
    """The title of a paper, else its DOI or id; never ''."""
    return " ".join(document.title.split()) or document.doi or document.document_id


def quoted(text: str) -> str:
    """A sentence as it is quoted: on one line, shortened visibly, numbers in brackets so that none looks like a citation of ours."""
    plain = _CITED.sub(r"(\1)", " ".join("".join(c if c.isprintable() else " " for c in text).split()))
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def without_orders(text: str) -> str:
    """``text`` with '[…]' for each sentence that tells a language model what to do."""
    parts, at = [], 0
    for start, end in sentence_spans(text):
        if instructs(text[start:end]):
            parts += [text[at:start], "[…]"]
            at = end
    return "".join([*parts, text[at:]])


def _found(question: Question, papers: OpenPapers, catalogue: Catalogue) -> list[tuple[Read, Sentence]]:
    """The best sentences for a question with their passages, best first, of two papers where there are two; [] where no passage speaks of it."""
    answers = retrieve(papers.store, question.text, embedder=papers.embedder, limit=3 * READ)
    read = [Read(a.passage, a.document, a.lexical, a.dense) for a in answers]
    rarity = papers.store.rarity(question.text)
    if not question.requirements:
        whole = extract(question.text, read[:READ], rarity, PER_QUESTION)
        return [(read[s.at], s) for s in whole.sentences] if whole.enough else []
    found: dict[str, tuple[Read, Sentence]] = {}
    for one in read:
        if len(found) < PER_QUESTION and one.document.document_id not in found and _speaks(one, question, catalogue):
            for sentence in extract(question.text, [one], rarity, READ).sentences:
                if _names(sentence.text, question, catalogue):
                    found[one.document.document_id] = (one, sentence)
                    break
    return list(found.values())


def _speaks(read: Read, question: Question, catalogue: Catalogue) -> bool:
    """Whether a passage speaks of what was asked, the title of its paper counting for the class."""
    text = read.passage.text
    held = frozenset(passage_words(f"{read.document.title}\n{text}"))
    if not question.words <= held or question.part not in f"{read.document.title} {text}".lower():
        return False
    return _names(text, question, catalogue)


def _names(text: str, question: Question, catalogue: Catalogue) -> bool:
    """Whether the property that was asked for is named here; True where none was."""
    if not question.property:
        return True
    cue = _cue(_SAME.get(question.property, question.property))
    return (
        bool(cue.search(text))
        if cue is not None
        else frozenset(passage_words(_label(question.property, catalogue))) <= frozenset(passage_words(text))
    )


@lru_cache(maxsize=64)
def _cue(name: str) -> re.Pattern[str] | None:
    return next((p.cue for p in properties() if p.name == name), None)


def _label(name: str, catalogue: Catalogue) -> str:
    return label_words(name, catalogue=catalogue).removesuffix(" risk").lower()
