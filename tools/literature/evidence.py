"""From a design spec to cited evidence: what to ask, what to keep, and one or two sentences of each source with its [n]."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from core.candidate import Citation
from core.errors import LiteratureError
from core.interfaces import LiteratureStore, Passage
from core.report import Evidence
from core.spec import DesignSpec, MotifRequirement, RuleSetRequirement
from tools.catalogue.catalogue import Catalogue
from tools.literature.corpus import REMARK, load_notes
from tools.literature.search import MAX_QUERY, relevance, search, searchable_text
from tools.literature.terms import words

#: A passage below this relevance to every question is not evidence (chosen on the example goals; relevance is 0 to 1).
FLOOR = 0.3
_PER_QUESTION = 4
_LONGEST = 420
_DRUG_WORDS = frozenset(words("drug drugs medicine oral brain cns lead fragment lipinski inhibitor"))
#: Tags of notes that name something a proposer can build in, or should keep out.
STRUCTURAL_HINTS = frozenset(
    [
        "rigid-aromatic",
        "imide",
        "amide",
        "benzimidazole",
        "cardo",
        "fluorene",
        "kinked",
        "noncoplanar",
        "triphenylamine",
        "push-pull",
        "donor-acceptor",
        "conjugation",
        "azo",
        "bodipy",
        "aza-bodipy",
        "cyanine",
        "polymethine",
        "coumarin",
        "xanthene",
        "rhodamine",
        "aryl-ether",
        "biphenyl",
        "aromatic",
        "avoid-peroxide",
        "avoid-azide",
        "avoid-oxanorbornene",
    ]
)
_CITED = re.compile(r"\[(\d+)\]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9λ])")
_POINTS_BACK = re.compile(
    r"(It|Its|They|Their|This|These|Those|There|Here|Both|Two levers|In its|The (aim|same|score|set|review))\b|\w+ (of them|such)\b"
)


def evidence_for(
    spec: DesignSpec, store: LiteratureStore, *, limit: int = 6, floor: float = FLOOR, catalogue: Catalogue
) -> tuple[list[Evidence], list[Citation]]:
    """At most ``limit`` statements on ``spec`` from ``store``, each ending in [n], and the citations 1..n in the same order.

    The best passage of every question comes first, then the others by relevance; equal ones by key. Passages below ``floor`` are
    left out; both lists may be empty. Raises LiteratureError if the store cannot be used.
    """
    return statements(find_passages(spec, store, limit=limit, floor=floor, catalogue=catalogue), questions(spec, catalogue=catalogue))


def find_passages(spec: DesignSpec, store: LiteratureStore, *, limit: int = 6, floor: float = FLOOR, catalogue: Catalogue) -> list[Passage]:
    """The passages on which :func:`evidence_for` rests, best first. Raises LiteratureError if the store cannot be used."""
    firsts: list[Passage] = []
    others: list[Passage] = []
    for question in questions(spec, catalogue=catalogue):
        hits = [p for p in search(store, question, 4 * _PER_QUESTION) if p.score >= floor and applies(p, spec, catalogue=catalogue)][
            :_PER_QUESTION
        ]
        firsts += hits[:1]
        others += hits[1:]
    unique: dict[str, Passage] = {}
    for passage in _best(firsts) + _best(others):
        unique.setdefault(passage.key, passage)
    return list(unique.values())[: max(0, limit)]


def questions(spec: DesignSpec, *, catalogue: Catalogue) -> list[str]:
    """What to ask the literature about ``spec``: each property with the class or family, named motifs and rule sets, the goal itself."""
    subject = spec.family or ("polymer" if spec.candidate_class == "polymer" else "")
    asked = [
        f"{label_words(name, catalogue=catalogue)} {subject}" for name in spec.property_names() if worth_asking(name, catalogue=catalogue)
    ]
    asked += [f"{r.rule_set} drug-likeness" for r in spec.requirements_of(RuleSetRequirement)]
    asked += [f"{r.name} {subject}" for r in spec.requirements_of(MotifRequirement) if r.wanted]
    asked.append(spec.sentence)
    tidy = [" ".join(text[: MAX_QUERY // 4].split()) for text in asked]
    return [text for text in dict.fromkeys(tidy) if words(text)]


def applies(passage: Passage, spec: DesignSpec, *, catalogue: Catalogue) -> bool:
    """Whether a passage can bear on the spec: polymer notes on polymers, dye notes on dyes, drug rules where the goal speaks of drugs."""
    names = set(spec.property_names())
    if "polymer" in passage.tags and spec.candidate_class != "polymer":
        return False
    if "dye" in passage.tags and not ("dye" in spec.family.lower() or names & catalogue.on("dye")):
        return False
    drug = bool(_DRUG_WORDS & set(words(f"{spec.sentence} {spec.family}"))) or bool(names & catalogue.on("drug"))
    drug = drug or bool(spec.requirements_of(RuleSetRequirement))
    return drug or "drug-likeness" not in passage.tags


def statements(passages: Sequence[Passage], asked: Sequence[str]) -> tuple[list[Evidence], list[Citation]]:
    """One statement a passage, in order, numbered from 1, chosen for the questions ``asked``."""
    evidence, citations = [], []
    for number, passage in enumerate(passages, start=1):
        excerpt = _excerpt(passage, asked)
        evidence.append(Evidence(text=f"{excerpt} [{number}]", citation=number))
        citations.append(passage.citation.model_copy(update={"number": number, "key": passage.key, "passage": passage.text}))
    problems = [p for e in evidence for p in check_citations(e.text, citations)]
    if problems:
        raise LiteratureError(f"the evidence does not resolve: {'; '.join(problems)}")
    return evidence, citations


def hints_for(passages: Iterable[Passage]) -> tuple[str, ...]:
    """Structural tags of the passages, in their order, without repeats: 'imide', 'push-pull', 'avoid-peroxide', ..."""
    return tuple(dict.fromkeys(tag for p in passages for tag in p.tags if tag in STRUCTURAL_HINTS))


def hints_for_citations(citations: Iterable[Citation]) -> tuple[str, ...]:
    """:func:`hints_for` the shipped notes that ``citations`` name; a citation of another source gives none."""
    notes = {note.key: note for note in load_notes()}
    return hints_for(notes[c.key] for c in citations if c.key in notes)


def check_citations(text: str, citations: Sequence[Citation]) -> list[str]:
    """Problems in words: a [n] of ``text`` that resolves to no citation, a number given twice, a citation without a title. Empty if none."""
    numbers = [c.number for c in citations]
    problems = [f"[{n}] has no reference" for n in dict.fromkeys(int(m) for m in _CITED.findall(text)) if n not in numbers]
    problems += [f"number {n} is given to more than one reference" for n in sorted(set(numbers)) if numbers.count(n) > 1]
    return problems + [f"reference {c.number} has no title" for c in citations if not c.title.strip()]


def worth_asking(name: str, *, catalogue: Catalogue) -> bool:
    """Whether the literature can say more of a property than a computation does."""
    return name not in catalogue or catalogue[name].kind != "computed" or catalogue[name].in_literature


def label_words(name: str, *, catalogue: Catalogue) -> str:
    """A property's name in plain words, without what stands in brackets."""
    return re.sub(r"\(.*?\)", "", catalogue[name].label if name in catalogue else name.replace("_", " "))


def _best(passages: Iterable[Passage]) -> list[Passage]:
    return sorted(passages, key=lambda p: (-p.score, p.key))


def _excerpt(passage: Passage, asked: Sequence[str]) -> str:
    """The sentence of the passage that answers best, with the one before it where there is room; the first if it points back.

    Our own remarks are not quoted, and brackets with numbers, which would look like citations, are defused.
    """
    said = passage.text.partition(REMARK)[0]
    text = "".join(ch if ch.isprintable() else " " for ch in said)
    sentences = [" ".join(s.split()) for s in _SENTENCE.split(_CITED.sub(r"(\1)", text)) if s.strip()]
    if not sentences:
        return _shorten(passage.citation.title)
    question = max(asked, key=lambda q: relevance(q, searchable_text(passage)), default=passage.citation.title)
    best = max(range(len(sentences)), key=lambda i: (round(relevance(question, sentences[i]), 6), -i))
    if best and len(sentences[best - 1]) + len(sentences[best]) < _LONGEST:
        return f"{sentences[best - 1]} {sentences[best]}"
    return _shorten(sentences[0 if _POINTS_BACK.match(sentences[best]) else best])


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
