"""What each statement of a clause becomes: requirements, wishes, conditions on the list, assumptions."""

from __future__ import annotations

import copy
import re
from typing import Any

from rdkit import Chem

from agent.compound import analogue_of
from agent.reading.compact import number_text, parse_requirement
from agent.reading.contradictions import reject_formula
from agent.reading.kept import kept_atoms
from agent.reading.limits import check_edit, count_condition, mass_condition, property_condition, reference_value, similarity_condition
from agent.reading.objectives import ramp_for, soft_objective
from agent.reading.registered import GROUPS, RULE_SETS
from agent.reading.statements import Limit, Ref, Statement
from agent.reading.wording import comparison, objective_text, requirement_text
from core.errors import GoalError, MolwrightError, StructureError
from core.spec import (
    Assumption,
    CandidateClass,
    Condition,
    CountRequirement,
    EditRequirement,
    ElementsRequirement,
    EstimationConditions,
    LevelRequirement,
    MotifRequirement,
    Objective,
    PropertyRequirement,
    Reference,
    Requirement,
    RuleSetRequirement,
    ScaffoldRequirement,
    SetRequirement,
    SimilarityRequirement,
)
from tools.calculators.collection import Calculators
from tools.calculators.thermal_rules import least_risk
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds.property import MASS_UNIT
from tools.groups.scaffold import scaffold_smarts

#: Properties that count a group of their own, which is counted where there is no method for the property.
_COUNTED_GROUPS = {"spiro_atoms": "spiro centre", "double_bonds": "alkene", "triple_bonds": "alkyne", "amide_bonds": "amide"}
_DUMMY: dict[str, Any] = {"id": "", "text": ""}


#: Nouns for things of which light is more often said to be emitted, without a plural s, and words that say that it is absorbed.
_EMITTING = frozenset(
    ["emitter", "fluorophore", "luminophore", "luminogen", "phosphor", "scintillator", "laser dye", "fluorescent probe", "fluorescent dye"]
)
#: Of these a peak without another word is that of their light.
_LIGHT_SOURCES = frozenset(["emitter", "luminogen", "luminophore", "phosphor", "scintillator", "laser dye"])
_ABSORBING = ("abs", "λ", "lambda", "uv", "excit", "ex ", "ex.", "colour", "color", "wavelength")
#: Of these 'cationic' says how what they start goes on.
_INITIATING = frozenset(["photoinitiator", "initiator", "thermal initiator", "photoacid generator", "curing agent", "hardener"])
#: Words that say of a property that it is that of the substance by itself.
_OF_THE_PURE = frozenset(["neat", "pure", "undiluted"])
_SIGNS = re.compile(r"[,;:.!?()](?=\s|$)|\(")


def _is_permittivity(limit: Limit, phrase: str) -> bool:
    """Whether an ε without a unit has the size of a permittivity: above all logarithms of molar absorptivities, below all that are none."""
    numbers = [v for v in (limit.low, limit.high) if v is not None]
    plain = not limit.unit and limit.ref is None and "log" not in phrase.lower() and "lg" not in phrase.lower()
    return plain and bool(numbers) and all(7.0 < v < 200.0 for v in numbers)


def near_text(goal: str, phrase: str) -> str:
    """The part of ``goal``, both in lower case, between the signs around ``phrase``; all of it where the phrase is not found in it."""
    at = goal.find(phrase) if phrase else -1
    if at < 0:
        return goal
    before = max((m.end() for m in _SIGNS.finditer(goal, 0, at)), default=0)
    after = _SIGNS.search(goal, at + len(phrase))
    return goal[before : after.start() if after else len(goal)]


class Unread(Exception):
    """A clause that cannot be resolved after all; ``str`` of it is the reason. ``error``: the error that says so, where one does."""

    def __init__(self, reason: str, error: GoalError | None = None) -> None:
        super().__init__(reason)
        self.error = error


class StatementResolver:
    """Takes statements, one method a kind, into the parts of a spec. Each raises GoalError or :class:`Unread` where it cannot."""

    calculators: Calculators
    catalogue: Catalogue
    requirements: list[Requirement]
    objectives: list[Objective]
    sets: list[SetRequirement]
    assumptions: list[Assumption]
    warnings: list[str]
    candidate_class: CandidateClass
    family: str
    conditions: EstimationConditions
    reference: Ref | None
    compound: Ref | None
    statements: list[Statement]
    head_noun: str
    head_unread: bool
    goal_text: str
    class_unsure: bool

    def assume(self, phrase: str, text: str) -> None:
        """State an assumption once."""
        if not any(a.phrase == phrase and a.text == text for a in self.assumptions):
            self.assumptions.append(Assumption(phrase=phrase, text=text))

    def _resolve_ref(self, ref: Ref, phrase: str) -> Ref:
        if ref.smiles:
            return ref
        if self.reference is None:
            raise GoalError("the goal refers to a parent or reference but names none: give it as SMILES or by a common name", phrase=phrase)
        return self.reference

    def tried(self, statements: tuple[Statement, ...]) -> tuple[list[Requirement], list[Objective]]:
        """What ``statements`` would ask for, in words and as values; nothing if they cannot be resolved."""
        scratch = copy.copy(self)
        scratch.requirements, scratch.objectives, scratch.sets, scratch.assumptions, scratch.warnings = [], [], [], [], []
        try:
            for statement in statements:
                getattr(scratch, f"_{statement.kind}")(statement)
        except (MolwrightError, Unread):
            return [], []
        at = self.conditions.temperature_c
        return (
            [r.model_copy(update={"text": requirement_text(r, at, catalogue=self.catalogue)}) for r in scratch.requirements],
            [o.model_copy(update={"text": objective_text(o, catalogue=self.catalogue)}) for o in scratch.objectives],
        )

    def _for_class(self, name: str) -> str:
        """The property that is meant by ``name`` for what is designed: the density of a polymer is another model's than that of a liquid.

        Raises Unread where an unknown noun behind the name of a polymer leaves open which it is: 'polysiloxane hard coats'.
        """
        if self.class_unsure and self.catalogue[name].for_polymers:
            raise Unread("it is not said whether a polymer is designed, of which another method predicts it")
        return self.catalogue[name].for_polymers or name if self.candidate_class == "polymer" else name

    def _fits_class(self, name: str, phrase: str) -> None:
        """Raises Unread where the property is not that of such a thing, or where its name means something else beside other words of the goal."""
        definition = self.catalogue[name]
        if self.candidate_class not in definition.classes:
            what = "polymers" if self.candidate_class == "polymer" else "molecules"
            raise Unread(f"{definition.label}: no method for {what}")
        near = near_text(self.goal_text, phrase.lower())
        beside = next((word for word in definition.other_sense if word in self.goal_text), "")
        beside = "" if beside and not _OF_THE_PURE.isdisjoint(near.split()) else beside  # 'neat surface tension'
        beside = beside or next((word for word in definition.other_sense_near if word in near), "")
        if beside:
            raise Unread(
                f"beside '{beside.strip()}' it means something else than the {definition.label[0].lower() + definition.label[1:]} that is predicted"
            )

    def _solvent(self, s: Statement) -> None:
        """Taken into the conditions."""

    def _property(self, s: Statement) -> None:
        name = self._for_class(s.name)
        definition = self.catalogue[name]
        assert s.limit is not None
        if definition.kind == "level":
            raise Unread(f"{definition.label} is a class, not a number: say 'stable at 200 °C'")
        group = _COUNTED_GROUPS.get(name, "")
        if group and self.candidate_class not in definition.classes:
            self._count(Statement("count", s.phrase, name=group, limit=s.limit, soft=s.soft, assumption=s.assumption))
            return
        if name == "log_epsilon" and self.family != "dye" and _is_permittivity(s.limit, s.phrase):
            self.assume(s.phrase, "an ε of this size is taken as the relative permittivity")
            name, definition = "relative_permittivity", self.catalogue["relative_permittivity"]
        self._fits_class(name, s.phrase)
        if definition.needs_unit and not s.limit.unit and s.limit.ref is None:
            raise Unread(f"{definition.label}: without a unit it is not said which way round ({', '.join(definition.accepted_units)})")
        if s.shape:
            raise Unread(
                f"{definition.label} is not predicted {s.shape}, only at {' and '.join(definition.measured_at).replace('..', ' to ')}"
            )
        if name == "absorption_maximum" and self.head_noun in _EMITTING and not any(word in s.phrase.lower() for word in _ABSORBING):
            if self.head_noun not in _LIGHT_SOURCES or "peak" not in s.phrase.lower():
                raise Unread("it is not said whether the light is absorbed or emitted")  # 'fluorophore, peak at 520 nm'
            self.assume(s.phrase, "the peak of an emitter is taken as that of its light")
            name, definition = "emission_maximum", self.catalogue["emission_maximum"]
        value = None
        if s.limit.ref is not None:
            ref = self._resolve_ref(s.limit.ref, s.phrase)
            value = reference_value(name, ref, self.candidate_class, self.conditions, s.phrase, calculators=self.calculators)
            self.assume(s.phrase, f"the {definition.label} of {ref.name or ref.smiles} is {number_text(value)} {definition.unit}".rstrip())
        mass = mass_condition(definition, s.limit, s.phrase, catalogue=self.catalogue)
        condition, notes = mass if mass is not None else property_condition(definition, s.limit, s.phrase, value, catalogue=self.catalogue)
        if s.soft and mass is not None:
            raise Unread("a wish in mass of a solute is not scored; state it as a requirement, or in mol/L")
        for note in notes:
            self.assume(s.phrase, f"{definition.label}: {note}")
        if s.soft:
            self.objectives.append(soft_objective(definition, condition, s.phrase))
            return
        kept: dict[str, Any] = {"unit": MASS_UNIT, "basis": "mass concentration"} if mass is not None else {"unit": definition.unit}
        self.requirements.append(PropertyRequirement(**_DUMMY, phrase=s.phrase, property=name, condition=condition, **kept))

    def _relative(self, s: Statement) -> None:
        reference = s.ref or self.reference
        if reference is None:
            self._objective(Statement("objective", s.phrase, name=s.name, shape="maximise" if s.shape == "up" else "minimise"))
            return
        limit = Limit(">" if s.shape == "up" else "<", ref=reference)
        self._property(Statement("property", s.phrase, name=s.name, limit=limit, soft=s.soft))

    def _objective(self, s: Statement) -> None:
        if s.name == "similarity":
            if s.ref is not None and s.ref.smiles:
                self.reference = self.reference or s.ref
            if self.reference is None:
                raise GoalError("similarity to what? Name a compound or give a SMILES", phrase=s.phrase)
            self.objectives.append(Objective(id="", property="similarity", shape="maximise", low=0.0, high=1.0, text="", phrase=s.phrase))
            return
        name = self._for_class(s.name)
        self._fits_class(name, s.phrase)
        if self.catalogue[name].needs_unit:
            raise Unread(f"{self.catalogue[name].label}: without a unit it is not said which way round; state a limit")
        low, high = ramp_for(self.catalogue[name])
        shape = "maximise" if s.shape == "maximise" else "minimise"
        self.objectives.append(Objective(id="", property=name, shape=shape, low=low, high=high, text="", phrase=s.phrase))

    def _level(self, s: Statement) -> None:
        at = self.conditions.temperature_c
        level = "moderate" if least_risk(at) == "moderate" else "low"
        self.requirements.append(LevelRequirement(**_DUMMY, phrase=s.phrase, property=s.name, at_worst=level))
        given = "no temperature is given; " if s.shape == "assumed" else ""
        text = f"{given}'{s.phrase}' means a {level} thermal stability risk at {number_text(at)} °C by weak-bond rules; no decomposition temperature is predicted"
        if level != "low":
            text += "; so near to where every organic compound begins to go, the rules call none low"
        if s.temperature < at and s.shape != "assumed":
            text += f" (the highest temperature of the goal, {number_text(at)} °C, is used)"
        self.assume(s.phrase, text)
        if s.shape == "heat" and self.candidate_class == "polymer" and not self._states("glass_transition_temperature"):
            condition = Condition(comparison=">=", value=round(s.temperature, 4))
            self.requirements.append(
                PropertyRequirement(
                    **_DUMMY, phrase=s.phrase, origin="assumption", property="glass_transition_temperature", condition=condition, unit="°C"
                )
            )
            self.assume(s.phrase, f"a polymer that resists {number_text(s.temperature)} °C must not soften below it: Tg at least that")
        if self.candidate_class == "polymer" and s.shape == "heat":
            self._heat_warnings()

    def _count(self, s: Statement) -> None:
        assert s.limit is not None
        condition = count_condition(s.limit, s.phrase)
        if s.soft:
            raise Unread("a wish for a count is not scored; state it as a requirement")
        if s.name == "primary amine" and s.phrase.lower().endswith(("amine", "amines")) and "primary" not in s.phrase.lower():
            self._only_primary_amines()
        if s.limit.operator in ("bare",):
            self.assume(s.phrase, f"a number without a comparison is exact: {comparison(condition)}")
        smarts = GROUPS[s.name].smarts if s.what == "group" else ""
        self.requirements.append(CountRequirement(**_DUMMY, phrase=s.phrase, what=s.what, name=s.name, smarts=smarts, condition=condition))

    def _only_primary_amines(self) -> None:
        """Raises Unread for a 'diamine' of a goal that names amines of another degree."""
        if any(other.name in ("secondary amine", "tertiary amine") for other in self.statements):
            raise Unread("it is not said of which degree its amines are")

    def _motif(self, s: Statement) -> None:
        if s.soft:
            raise Unread("a wish for a substructure is not scored; state it as a requirement")
        name, smarts = s.name, s.smarts
        if s.ref is not None:
            ref = self._resolve_ref(s.ref, s.phrase)
            name, smarts = ref.name or ref.smiles, scaffold_smarts(ref.smiles)
        self.requirements.append(MotifRequirement(**_DUMMY, phrase=s.phrase, name=name, smarts=smarts, wanted=s.wanted))

    def _elements(self, s: Statement) -> None:
        self.requirements.append(ElementsRequirement(**_DUMMY, phrase=s.phrase, allowed=sorted({"H", *s.elements})))

    def _formula(self, s: Statement) -> None:
        atoms = [(m[1], int(m[2] or 1)) for m in re.finditer(r"([A-Z][a-z]?)(\d*)", s.name)]
        table = Chem.GetPeriodicTable()
        if any(n > 1000 for _, n in atoms):
            raise GoalError("not a sensible molecular formula", phrase=s.phrase)
        reject_formula(dict(atoms), s.phrase)
        mass = sum(table.GetAtomicWeight(symbol) * n for symbol, n in atoms)
        for symbol, n in atoms:
            if symbol != "H":
                condition = Condition(comparison="==", value=float(n))
                self.requirements.append(CountRequirement(**_DUMMY, phrase=s.phrase, what="element", name=symbol, condition=condition))
        self.requirements.append(ElementsRequirement(**_DUMMY, phrase=s.phrase, allowed=sorted({"H", *(a for a, _ in atoms)})))
        limit = Limit("between", low=round(mass - 0.1, 3), high=round(mass + 0.1, 3), unit="g/mol")
        self._property(Statement("property", s.phrase, name="molecular_weight", limit=limit))

    def _similarity(self, s: Statement) -> None:
        ref = self._resolve_ref(s.ref or Ref(), s.phrase)
        condition, notes = similarity_condition(s.limit, s.wanted, s.phrase)
        for note in notes:
            self.assume(s.phrase, note)
        self.requirements.append(
            SimilarityRequirement(**_DUMMY, phrase=s.phrase, reference=ref.smiles, reference_name=ref.name, condition=condition)
        )

    def _scaffold(self, s: Statement) -> None:
        smiles = Chem.MolToSmiles(Chem.MolFromSmiles(s.smarts))
        self.requirements.append(ScaffoldRequirement(**_DUMMY, phrase=s.phrase, scaffold=smiles, smarts=scaffold_smarts(smiles)))
        if self.reference is None:
            self.reference = Ref(name=s.name, smiles=smiles)

    def _own(self, s: Statement) -> None:
        ref = self._resolve_ref(s.ref or Ref(), s.phrase)
        similar, assumption = analogue_of(Reference(name=ref.name, smiles=ref.smiles), s.phrase)
        self.requirements.append(similar)
        self.assume(assumption.phrase, assumption.text)

    def _kept(self, s: Statement) -> None:
        if s.soft:
            raise Unread("a wish to keep atoms is not scored; state it as a requirement")
        ref = s.ref if s.ref is not None and s.ref.smiles else self.compound
        if s.smarts and s.ref is None and not any(other.kind == "own" for other in self.statements):
            self._motif(Statement("motif", s.phrase, name=s.name, smarts=s.smarts))
            return
        if ref is None:
            raise Unread("it is said of a compound, and the goal names none; give it as SMILES or by a common name")
        try:
            self.requirements.append(kept_atoms(s, ref, self.candidate_class))
        except StructureError as error:
            raise Unread(str(error).removesuffix(f": {error.smiles!r}")) from error

    def _edit(self, s: Statement) -> None:
        ref = self._resolve_ref(s.ref or Ref(), s.phrase)
        requirement = EditRequirement.model_validate(
            {
                **_DUMMY,
                "phrase": s.phrase,
                "operation": s.shape,
                "reference": ref.smiles,
                "reference_name": ref.name,
                "group": s.name,
                "replacement": s.replacement,
                "every": s.every,
            }
        )
        check_edit(requirement)
        self.requirements.append(requirement)
        self.assume(s.phrase, "one change is made; everything else of the structure stays as it is")

    def _set(self, s: Statement) -> None:
        """Diversity is a condition on the list; novelty becomes a largest similarity to each reference, which every candidate must meet."""
        assert s.limit is not None
        condition, _ = similarity_condition(s.limit, True, s.phrase)
        least = condition.bounds()[0]
        if least in (float("-inf"), 0.0):
            raise Unread(f"{s.name} is asked for as 'at least' a number")
        if s.name == "novelty" and not s.references:
            raise Unread("novelty against what? Name compounds or give SMILES")
        measure = "diversity" if s.name == "diversity" else "novelty"
        self.sets.append(
            SetRequirement(id="", phrase=s.phrase, measure=measure, condition=condition, references=[r.smiles for r in s.references])
        )
        for ref in s.references:
            most = Condition(comparison="<=", value=round(1.0 - least, 6))
            self.requirements.append(
                SimilarityRequirement(**_DUMMY, phrase=s.phrase, reference=ref.smiles, reference_name=ref.name, condition=most)
            )
        meaning = (
            "1 less the mean pairwise Tanimoto similarity of the list"
            if measure == "diversity"
            else "1 less the largest similarity to a reference"
        )
        self.assume(s.phrase, f"{s.name} is {meaning} (Morgan, radius 2)")

    def _rule_set(self, s: Statement) -> None:
        rules = RULE_SETS[s.name]
        if self.candidate_class == "polymer":
            raise Unread(f"{rules.label} is for molecules")
        self.requirements.append(
            RuleSetRequirement(**_DUMMY, phrase=s.phrase, rule_set=s.name, allowed_violations=rules.allowed_violations)
        )
        if rules.note:
            self.assume(s.phrase, f"{rules.label}: {rules.note}")

    def _states(self, name: str) -> bool:
        return any(isinstance(r, (PropertyRequirement, LevelRequirement)) and r.property == name for r in self.requirements) or any(
            o.property == name for o in self.objectives
        )

    def _vague(self, s: Statement) -> None:
        entry = s.vague
        assert entry is not None
        if s.negated and not entry.negated:
            raise Unread("the negation of this word is not understood")
        if not (s.negated or entry.requires or entry.objective):
            raise Unread("only that it is not so can be asked for")
        if self.head_noun in entry.not_for:
            raise Unread(f"'{s.phrase}' has no meaning here that can be computed for a {self.head_noun}")
        if entry.not_for and self.head_unread:
            raise Unread(f"'{s.phrase}' is said of gases in another sense, and what the thing is was not understood")
        if any("formal_charge" in text for text in entry.requires):
            if f"whose {s.phrase.lower().removeprefix('whose ')}" in self.goal_text:
                raise Unread("which ion stands beside the one that is designed is not computed")
            if self.head_noun in _INITIATING and s.phrase.lower() in ("cationic", "anionic"):
                raise Unread("how a polymerisation goes on is not computed; of a charge speaks 'a cation'")
        if entry.colour and self.head_noun in _EMITTING:
            raise Unread("of what emits a colour is that of its light")
        if entry.colour and any(other.name == "emission_maximum" for other in self.statements):
            raise Unread("the goal states an emission, and does not say whether the dye or its light is to have this colour")
        requires, reason = (entry.negated, entry.reason) if s.negated else entry.meaning(self.candidate_class, self.family)
        if "heat" in s.phrase.lower() and self.candidate_class == "polymer":
            self._heat_warnings()
        if entry.objective:
            shape, _, name = entry.objective.partition(":")
            self._objective(Statement("objective", s.phrase, name=name, shape=shape))
            self.assume(s.phrase, f"'{s.phrase}': {entry.reason}")
            return
        for text in requires:
            requirement = parse_requirement(text, catalogue=self.catalogue)
            if isinstance(requirement, (PropertyRequirement, LevelRequirement)):
                self._fits_class(requirement.property, s.phrase)
                if self._states(requirement.property):
                    self.assume(
                        s.phrase,
                        f"'{s.phrase}' adds no threshold of its own: the goal states {self.catalogue[requirement.property].label} itself",
                    )
                    continue
                if s.soft and isinstance(requirement, PropertyRequirement):
                    self.objectives.append(soft_objective(self.catalogue[requirement.property], requirement.condition, s.phrase))
                    continue
            update = {"phrase": s.phrase, "origin": "assumption"}
            self.requirements.append(requirement.model_copy(update=update))
            words = requirement_text(requirement, self.conditions.temperature_c, catalogue=self.catalogue)
            self.assume(s.phrase, f"'{s.phrase}' is taken as: {words} ({reason})")

    def _heat_warnings(self) -> None:
        text = (
            "heat resistance is judged by the glass transition alone: a polymer may decompose, or melt if it crystallises, "
            "below or near its Tg; no decomposition or melting temperature of polymers is predicted"
        )
        if text not in self.warnings:
            self.warnings.append(text)
