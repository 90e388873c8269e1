"""From the clauses of a reading to the parts of a spec: class, units, references, assumptions, families."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.reading.clause import Clause
from agent.reading.compact import parse_requirement
from agent.reading.kept import compound_of, unstated_likeness
from agent.reading.kin import kin_excluded
from agent.reading.kinds import kind_of
from agent.reading.lexicon import Family
from agent.reading.reading import Reading
from agent.reading.resolve_statements import StatementResolver, Unread
from agent.reading.said_narrower import without_said_in_numbers, without_said_narrower
from agent.reading.spoken_of import acts_on_family, spoken_of
from agent.reading.statements import Ref
from core.errors import ContradictionError, GoalError
from core.spec import (
    Assumption,
    CandidateClass,
    Condition,
    CountRequirement,
    EstimationConditions,
    Objective,
    PropertyRequirement,
    Requirement,
    SetRequirement,
)
from tools.calculators.collection import Calculators
from tools.structures.wider_names import polymer_names

#: Statements whose structure is the reference of the goal.
REFERRING = ("own", "similarity", "edit", "objective", "kept")


@dataclass
class Outcome:
    """What became of one clause: the reason why it is unread ('' if it was read), and the error behind it."""

    clause: Clause
    reason: str = ""
    error: GoalError | None = None


class Resolver(StatementResolver):
    """Turns the clauses of one reading into the parts of its spec. A clause that cannot be resolved is unread; the others stand."""

    def __init__(self, reading: Reading, calculators: Calculators, about: str = "") -> None:
        self.calculators = calculators
        self.catalogue = calculators.catalogue
        self.reading = reading
        self.goal_text = reading.lattice.plain.lower()
        self.requirements: list[Requirement] = []
        self.objectives: list[Objective] = []
        self.sets: list[SetRequirement] = []
        self.assumptions: list[Assumption] = []
        self.warnings: list[str] = []
        self.outcomes = [Outcome(c, c.reason or "not understood") if c.role == "unread" else Outcome(c) for c in reading.clauses]
        self.statements = [s for c in reading.clauses for s in c.statements]
        self.class_assumption = ""
        self.family, self.candidate_class = self._class()
        head = reading.head
        self.head_unread = head is not None and head.role == "unread"
        named = [f for c in reading.clauses if c.role == "adjunct" for f, _ in c.families]
        self.class_unsure = self.head_unread and self.candidate_class != "polymer" and any(f.candidate_class == "polymer" for f in named)
        self.kind = kind_of(reading) if self.candidate_class == "molecule" else None
        self.head_noun = reading.lattice.text(head.i, head.j).lower().removesuffix("s") if head is not None else ""
        self.solvent = next((s for s in self.statements if s.kind == "solvent"), None)
        self.exhaustive = next((s.phrase for s in self.statements if s.exhaustive), "")
        self.conditions = self._conditions()
        self.reference = next((s.ref for s in self.statements if s.kind in REFERRING and s.ref is not None and s.ref.smiles), None)
        self.compound = compound_of(self.statements)
        if self.reference is None:
            self.reference = next(
                (
                    s.limit.ref
                    for s in self.statements
                    if s.limit is not None and s.limit.ref is not None and s.limit.ref.smiles and s.kind == "set"
                ),
                Ref(smiles=about) if about and any(s.kind == "relative" for s in self.statements) else None,
            )

    # ---- class and conditions

    def _class(self) -> tuple[str, CandidateClass]:
        """The family and class of the thing designed: those of the noun at the head of the goal, or of a family right before it."""
        head = self.reading.head
        adjuncts = [(o, c.families[0][0]) for o in self.outcomes for c in [o.clause] if c.role == "adjunct"]
        own = head.families[0][0] if head is not None and head.families else None
        given = head.candidate_class if head is not None else ""
        if given == "either":
            of_uses = [family.candidate_class for _, family in adjuncts] + self._uses_before(head)
            given = "polymer" if of_uses and of_uses[-1] == "polymer" else "molecule"
        if head is not None and head.role == "unread":
            self._set_aside(adjuncts, "it names no thing that is designed here")
            adjuncts = []
        acted_on = [(o, family) for o, family in adjuncts if acts_on_family(self.reading, o.clause, family)]
        self._set_aside(acted_on, "it is not said whether the thing is one or acts on one")
        adjuncts = [pair for pair in adjuncts if pair not in acted_on]
        chosen = own if own is not None and own.name else None
        for outcome, family in adjuncts:
            if chosen is None and family.name and given in ("", family.candidate_class):
                chosen = family
            elif chosen is None and not family.name and given in ("", family.candidate_class):
                given = family.candidate_class
            elif family.name and family.name != (chosen.name if chosen else ""):
                self._set_aside(
                    [(outcome, family)],
                    f"the goal names two families; {chosen.name} is taken" if chosen else "what it is used for cannot be computed",
                )
        if chosen is not None:
            if any("polymeric" in self.reading.lattice.text(o.clause.i, o.clause.j).lower() and not o.reason for o, _ in adjuncts):
                return chosen.name, "polymer"
            return chosen.name, "polymer" if chosen.candidate_class == "polymer" else "molecule"
        if given:
            return "", "polymer" if given == "polymer" else "molecule"
        if (head is None or head.role == "unread") and (spoken := spoken_of(self.reading)) is not None:
            return spoken.name, "polymer" if spoken.candidate_class == "polymer" else "molecule"
        return "", self._class_of_statements(head)

    def _set_aside(self, adjuncts: list[tuple[Outcome, Family]], reason: str) -> None:
        for outcome, _ in adjuncts:
            outcome.reason = reason

    def _class_of_statements(self, head: Clause | None) -> CandidateClass:
        """Where no noun says what is designed: a polymer if 'my compound' is a repeat unit or a glass transition is asked for, else a molecule."""
        tg = any(
            s.name == "glass_transition_temperature" or (s.vague is not None and s.vague.candidate_class == "polymer")
            for s in self.statements
        )
        if any(s.kind == "own" and s.ref is not None and s.ref.smiles.count("*") == 2 for s in self.statements):
            return "polymer"
        if head is not None and head.reason.startswith("what would replace"):
            if self._polymer_replaced(head):
                return "polymer"
            if tg and not self._polymer_named(head):
                return "molecule"
        if tg and head is not None:
            self.class_assumption = "a polymer is designed, as a glass transition is asked for"
        return "polymer" if tg else "molecule"

    def _uses_before(self, head: Clause | None) -> list[str]:
        """The classes of nouns of uses right before the head: 'polymer electrolyte host'."""
        lattice, clauses = self.reading.lattice, self.reading.clauses
        before = [c for c in clauses if head is not None and c.j == head.i and c.role == "unread"]
        return [str(m.value) for c in before for m in lattice.of(c.i, "role") if m.j == c.j and m.value in ("polymer", "molecule")]

    def _polymer_named(self, head: Clause) -> bool:
        """Whether a word of the head is one for a polymer: 'an alternative to polystyrene', 'a substitute for PVC'."""
        pieces = self.reading.lattice.pieces[head.i : head.j]
        ends = ("resin", "plastic", "rubber", "elastomer", "nylon", "fibre", "film")
        return any(p.lower.startswith(("poly", *ends)) or (p.text.isupper() and len(p.text) > 2) for p in pieces)

    def _polymer_replaced(self, head: Clause) -> bool:
        """Whether the words right before 'replacement', or behind 'to' and 'for', name a polymer: 'PHB replacement', 'nitrile rubber substitute'."""
        lattice = self.reading.lattice
        said = [lattice.text(i, j).lower() for j in (head.i, head.j - 1, head.j) for i in range(max(0, j - 3), j)]
        known = polymer_names()
        return any(text in known or text.endswith((" rubber", " elastomer", " resin")) for text in said)

    def _conditions(self) -> EstimationConditions:
        levels = [s.temperature for s in self.statements if s.kind == "level"]
        for statement in self.statements:
            if statement.vague is not None and not statement.negated:
                requires, _ = statement.vague.meaning(self.candidate_class, self.family)
                levels += [
                    float(m[1])
                    for r in requires
                    if (m := re.search(r"@(-?[\d.]+)$", r)) and not any(s.kind == "level" for s in self.statements)
                ]
        conditions = EstimationConditions(temperature_c=round(max(levels), 4)) if levels else EstimationConditions()
        if self.solvent is not None and self.solvent.ref is not None:
            conditions = conditions.model_copy(update={"solvent": self.solvent.ref.name, "solvent_smiles": self.solvent.ref.smiles})
        return conditions

    # ---- statements

    def run(self) -> None:
        """Resolve every clause, then what the family adds. Raises ContradictionError."""
        later = [o for o in self.outcomes if any(s.kind == "vague" for s in o.clause.statements)]
        for outcome in [o for o in self.outcomes if o not in later] + later:
            if outcome.clause.role in ("read", "head"):
                self._clause(outcome)
        self.requirements = without_said_narrower(self.requirements, [o.clause for o in self.outcomes])
        kept = without_said_in_numbers(self.objectives, self.requirements, [o.clause for o in self.outcomes])
        for objective in self.objectives:
            if objective not in kept:
                self.assume(objective.phrase, "adds no threshold beside the number that the goal states")
        self.objectives = kept
        if (analogue := unstated_likeness(self.requirements, self.compound)) is not None:
            self.requirements.append(analogue[0])
            self.assume(analogue[1].phrase, analogue[1].text)
        self._family_requirements()
        self._kind_requirements()
        kin, assumed = kin_excluded(self.requirements, self.goal_text)
        self.requirements += kin
        self.assumptions += assumed
        self._merge()

    def _clause(self, outcome: Outcome) -> None:
        """Take all statements of a clause, or none of them."""
        kept = (
            list(self.requirements),
            list(self.objectives),
            list(self.sets),
            list(self.assumptions),
            list(self.warnings),
            self.reference,
        )
        try:
            for statement in outcome.clause.statements:
                if statement.assumption:
                    self.assume(statement.phrase, statement.assumption)
                getattr(self, f"_{statement.kind}")(statement)
        except ContradictionError:
            raise
        except (GoalError, Unread) as error:
            self.requirements, self.objectives, self.sets, self.assumptions, self.warnings, self.reference = kept
            outcome.reason = str(error)
            outcome.error = error if isinstance(error, GoalError) else error.error

    # ---- the family

    def _family_requirements(self) -> None:
        family = next((f for f, _ in self.reading.families if f.name == self.family and f.name), None)
        if family is None or (self.kind is not None and self.kind[0].instead):
            return
        for text in family.requires:
            requirement = parse_requirement(text, catalogue=self.catalogue)
            if isinstance(requirement, PropertyRequirement) and (
                self._states(requirement.property) or self.candidate_class not in self.catalogue[requirement.property].classes
            ):
                continue
            if self.family == "monomer" and any(isinstance(r, CountRequirement) and r.what == "group" for r in self.requirements):
                continue
            if any(requirement.model_copy(update={"phrase": r.phrase, "origin": r.origin}) == r for r in self.requirements):
                continue
            self.requirements.append(requirement.model_copy(update={"origin": "class"}))
        if family.note and family.requires:
            self.assume(family.name, f"{family.note}")

    def _kind_requirements(self) -> None:
        """What the name at the head demands: 'a mesogen' is a rod of rings with a chain."""
        if self.kind is None:
            return
        kind, phrase = self.kind
        for text in kind.requires:
            requirement = parse_requirement(text, catalogue=self.catalogue)
            if not any(requirement.model_copy(update={"phrase": r.phrase, "origin": r.origin}) == r for r in self.requirements):
                self.requirements.append(requirement.model_copy(update={"origin": "class", "phrase": phrase}))
        self.assume(phrase, kind.note)

    # ---- merging

    def _merge(self) -> None:
        merged: list[Requirement] = []
        for requirement in self.requirements:
            twin = next(
                (
                    r
                    for r in merged
                    if r.model_copy(update={"phrase": "", "origin": "goal"})
                    == requirement.model_copy(update={"phrase": "", "origin": "goal"})
                ),
                None,
            )
            if twin is not None:
                continue
            if isinstance(requirement, PropertyRequirement):
                joined = self._join(merged, requirement)
                if joined:
                    continue
            merged.append(requirement)
        self.requirements = merged

    @staticmethod
    def _join(merged: list[Requirement], new: PropertyRequirement) -> bool:
        """Join 'at least 2' and 'at most 4' of one property into one window; answers whether it did."""
        for index, old in enumerate(merged):
            if isinstance(old, PropertyRequirement) and (old.property, old.origin, old.basis) == (new.property, new.origin, new.basis):
                pair = {old.condition.comparison: old.condition.value, new.condition.comparison: new.condition.value}
                low, high = pair.get(">="), pair.get("<=")
                if low is not None and high is not None and low <= high:
                    condition = Condition(comparison="between", low=low, high=high)
                    merged[index] = old.model_copy(update={"condition": condition, "phrase": f"{old.phrase}, {new.phrase}"})
                    return True
        return False
