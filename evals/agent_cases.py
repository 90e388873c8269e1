"""What the assistant is asked in evaluations, and what is true of it: by RDKit alone where that can say it, else by the calculators.

The tables in ``data/agent`` have the columns id, kind, question (or, of tasks of several steps, id and task), structures (SMILES, a space between them), asked (properties, rule sets or
'safety', a space between them; 'none' for what cannot be answered) and note (the author's own expectation, in words). Of the note two things count:
of a comparison 'larger' or 'smaller' and which is named first, of a question on safety whether it says 'warn'.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from rdkit import Chem, rdBase
from rdkit.Chem import Descriptors

from core.errors import ConfigurationError
from core.spec import DesignSpec
from evals.judges.facts import Fact, recomputed
from evals.judges.replies import Winner
from tools.calculators.rule_sets import violations
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.rule_sets import RULE_SETS
from tools.evaluation.judge import judge_one
from tools.safety.structure import structure_verdict
from tools.structures.wider_names import compound_of
from tools.workspace import Workspace

KINDS = ("value", "several", "compare", "predicted", "safety", "refuse", "task")
COLUMNS = ("id", "kind", "question", "structures", "asked", "note")
TASK_COLUMNS = ("id", "task", "structures", "asked", "note")
#: Short names of the tables, as the catalogue has them.
ALIASES = {
    "pains": "pains_alerts",
    "brenk": "brenk_alerts",
    "bbb": "bbb_permeation",
    "gi": "gi_absorption",
    "glass_transition": "glass_transition_temperature",
}
SAFETY = "safety"
_WORDS = {
    "bbb_permeation": ("BBB", "blood-brain barrier", "blood brain barrier", "brain"),
    "gi_absorption": ("GI", "gut", "gastrointestinal", "intestinal", "absorbed", "absorption"),
    "pains_alerts": ("PAINS", "pan-assay", "assay interference"),
    "brenk_alerts": ("Brenk", "structural alerts", "structural alert"),
    SAFETY: ("safety", "safe", "guard", "objection", "warning"),
}
_FLAGS = ("bbb_permeation", "gi_absorption")
_ALERTS = ("pains_alerts", "brenk_alerts")


@dataclass(frozen=True)
class AgentCase:
    """One row of a table."""

    id: str
    kind: str
    question: str
    structures: tuple[str, ...]
    asked: tuple[str, ...]
    note: str

    @property
    def most(self) -> bool:
        """Of a comparison: whether the one with more is asked for."""
        return re.match(r"\s*(?:smaller|lower|fewer)\b", self.note, re.I) is None

    @property
    def warned(self) -> bool:
        """Of a question on safety, or a task: whether the author expects a warning."""
        return re.search(r"\bwarn\b", self.note, re.I) is not None


def cases_in(path: Path) -> Iterator[AgentCase]:
    """The rows of a table. ConfigurationError for a kind or structure that cannot be used, with its place."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 2):
            where = f"{path.name}, line {number}"
            if tuple(row) not in (COLUMNS, TASK_COLUMNS) or None in row.values():
                raise ConfigurationError(f"{where}: the columns are {', '.join(COLUMNS)}, or {', '.join(TASK_COLUMNS)}")
            row = {"kind": "task", "question": row["task"], **row} if "task" in row else row
            if row["kind"] not in KINDS:
                raise ConfigurationError(f"{where}: {row['kind']!r} is none of {', '.join(KINDS)}")
            structures = tuple(row["structures"].split())
            with rdBase.BlockLogs():
                unread = [s for s in structures if Chem.MolFromSmiles(s) is None]
            if unread and row["kind"] not in ("refuse", "task"):
                raise ConfigurationError(f"{where}: {unread[0]!r} cannot be read")
            readable = structures if row["kind"] == "refuse" else tuple(s for s in structures if s not in unread)
            asked = tuple(ALIASES.get(a, a) for a in row["asked"].split() if a != "none")
            question = row["question"].replace("\\n", "\n")
            yield AgentCase(row["id"], row["kind"], question, readable, asked, row["note"])


def flat(smiles: str) -> str:
    """A structure without its stereochemistry; '' for none that can be read."""
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles)
    return Chem.MolToSmiles(mol, isomericSmiles=False) if mol is not None else ""


def structure_of(text: str) -> str:
    """The structure, as :func:`flat` writes it, that a name or a SMILES stands for; '' for none."""
    named = compound_of(text)
    return flat(named.smiles if named else text)


def spoken_names(question: str, smiles: str) -> tuple[str, ...]:
    """How ``question`` may call a structure: names of the shipped tables that stand in it, then its SMILES."""
    found = []
    for separators in (r"[^\s,;:?!()]+", r"[^\s,;:?!()/]+"):
        words = re.findall(separators, question)
        for length in range(6, 0, -1):
            for start in range(len(words) - length + 1):
                phrase = " ".join(words[start : start + length]).strip(".'\"").lower().removesuffix("'s")
                if length == 1 and phrase.endswith("ic") and "acid" in question.lower():
                    phrase = f"{phrase} acid"  # one of several that share the noun
                named = compound_of(phrase)
                if named and flat(named.smiles) == flat(smiles):
                    found.append(phrase)
    # and as SMILES, in the question's own way of writing it
    written = [w.strip(",;:?!.") for w in question.split()]
    found += [w for w in written if re.search(r"[A-Z*].*[=()#1-9]|[CNO]{3}", w) and flat(w) == flat(smiles)]
    return tuple(dict.fromkeys((*found, smiles, Chem.MolToSmiles(Chem.MolFromSmiles(smiles)))))


@lru_cache(maxsize=2)
def vocabulary(catalogue: Catalogue) -> Mapping[str, tuple[str, ...]]:
    """How each property and rule set may be called."""
    words: dict[str, list[str]] = {p.name: [p.label, *_WORDS.get(p.name, ())] for p in catalogue}
    for word, name in catalogue.words().items():
        words[name].append(word)
    for definition in catalogue:
        head = definition.label.split(" (")[0]
        if catalogue.resolve(head) is None:
            words[definition.name].append(head)
    made = {name: tuple(w for w in spelled if len(w) > 1) for name, spelled in words.items()}
    return {**made, **{r.name: (r.name, r.label, *r.words) for r in RULE_SETS.values()}, SAFETY: _WORDS[SAFETY]}


def facts_of(case: AgentCase, workspace: Workspace) -> list[Fact]:
    """What an answer has to state: each thing that is asked, of each structure. Left out is what cannot be known (:func:`unknown_in`)."""
    return [fact for smiles in case.structures for fact in _facts(case, smiles, workspace)]


def unknown_in(case: AgentCase, workspace: Workspace) -> list[str]:
    """What is asked and has no value by the calculators either."""
    known = {(f.names[-1], f.subject) for f in facts_of(case, workspace)}
    ends = {s: spoken_names(case.question, s)[-1] for s in case.structures}
    return [a for s in case.structures for a in case.asked if a != SAFETY and (ends[s], a) not in known]


def _facts(case: AgentCase, smiles: str, workspace: Workspace) -> Iterator[Fact]:
    names, words = spoken_names(case.question, smiles), vocabulary(workspace.catalogue)
    for subject in case.asked:
        if subject == SAFETY:
            continue
        kind: Literal["number", "flag", "alerts"] = "number"
        if subject in RULE_SETS or subject in _FLAGS:
            kind = "flag"
        elif subject in _ALERTS:
            kind = "alerts"
        value, unit, sigma = _truth(subject, smiles, workspace)
        if value is not None:
            mass = Descriptors.MolWt(Chem.MolFromSmiles(smiles)) if subject == "aqueous_solubility" else 0.0
            yield Fact(names, subject, words.get(subject, (subject,)), kind, value, unit, sigma, mass)


def _truth(subject: str, smiles: str, workspace: Workspace) -> tuple[float | None, str, float]:
    """Value, unit and standard deviation of a property; 1 or 0 for a rule set. (None, '', 0) where there is none."""
    alone = recomputed(subject, smiles)
    if subject in RULE_SETS:
        rules = RULE_SETS[subject]
        passed = len(violations(Chem.MolFromSmiles(smiles), subject)) <= rules.allowed_violations
        return (float(passed) if alone is None else alone), "", 0.0
    if subject not in workspace.catalogue:
        raise ConfigurationError(f"{subject!r} is neither a property nor a rule set")
    if alone is not None:
        return alone, workspace.catalogue[subject].unit, 0.0
    plain = DesignSpec(goal="", candidate_class="polymer" if "*" in smiles else "molecule")
    candidate = judge_one(smiles, plain, proposer="evaluation", names=[subject], blocked="answer", calculators=workspace.calculators)
    value = candidate.properties.get(subject)
    if value is None or value.number is None:
        return None, "", 0.0
    return value.number, value.unit, value.sigma or 0.0


def winner_of(case: AgentCase, facts: Sequence[Fact]) -> Winner:
    """Which structure a comparison has to name: by the recomputed values where these are numbers, else the one that the author names.

    Where the values are the same, each of them.
    """
    names = {f.names[-1]: f.names for f in facts}
    values = {f.names[-1]: f.value for f in facts}
    best = (max if case.most else min)(values.values())
    if len(set(values.values())) == 1:
        return Winner(names, frozenset(values), case.most)
    if any(f.kind != "number" for f in facts):
        ordinal = re.search(r"\b(first|second)\b", case.note)
        if ordinal:
            named = list(names)[("first", "second").index(ordinal[1])]
            return Winner(names, frozenset([named]), values[named] == max(values.values()))
    return Winner(names, frozenset(k for k, v in values.items() if v == best), case.most)


def objected(smiles: str) -> bool:
    """Whether the safety guard warns of a structure or blocks it."""
    return structure_verdict(smiles, "polymer" if "*" in smiles else "molecule").verdict != "allow"
