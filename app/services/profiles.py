"""One structure looked at from every side, without a run: values, safety, alerts, what is known, what resembles it, how it could be made, a goal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.services.finding import FindingService, Hit, Wanted
from app.services.structures import StructureService
from core.candidate import Candidate, PropertyValue, Route, SafetyRuleHit
from core.errors import MolwrightError, RefusedError, StructureError, UsageError
from core.interfaces import RunFilter
from core.spec import DesignSpec, EstimationConditions

if TYPE_CHECKING:
    from tools.ranking.nearby import Near

#: Longest text of one structure, characters.
LONGEST = 20_000
#: Least similarity of a structure of a run that is shown, and how many are.
LEAST, SHOWN = 0.4, 10


def blocked(candidate: Candidate) -> bool:
    """Whether the guard blocks a structure; one that was not screened counts as blocked. Nothing that would help to make it is shown then."""
    return candidate.safety is None or candidate.safety.verdict == "block"


@dataclass(frozen=True)
class Profile:
    """What is known of one structure.

    Attributes:
        name: what it was called where it was given by name; empty.
        candidate: its values, the guard's verdict on all that was given, its standing to the named lists.
        alerts: PAINS and Brenk alerts, which say nothing of danger; none for polymers.
        known: in which shipped sets it stands, or under which name it ships, in words; [] for one that the guard blocks.
        near: the most similar structures that ship; likewise.
    """

    name: str
    candidate: Candidate
    alerts: list[SafetyRuleHit] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)


@dataclass(frozen=True)
class ValueLine:
    """One property of a structure as people read it.

    Attributes:
        name: registered name.
        label: as printed, without the unit.
        value: with its error and its mark; 'unknown'.
        unit: '' where there is no number or no unit.
        interval: where the value lies with 90 % probability, and of what that is the interval.
        method: what computed it, with its version.
        domain: whether the structure lies where the method is to be trusted; '' where that has no meaning.
        remark: what is known of the structure, the nearest measured one, why there is no value.
        exact: whether it is computed from the structure without error.
    """

    name: str
    label: str
    value: str
    unit: str
    interval: str
    method: str
    domain: str
    remark: str
    exact: bool


@dataclass(frozen=True)
class Standing:
    """How a structure stands to a goal: what the goal means, and each requirement in ``candidate``."""

    spec: DesignSpec
    candidate: Candidate


class ProfileService:
    """Answers for one structure at a time. Nothing is stored, no file is opened. The guard judges every structure."""

    def __init__(self, structures: Callable[[], StructureService], finding: Callable[[], FindingService]) -> None:
        self._structures, self._finding = structures, finding

    def read(self, text: str) -> tuple[str, str]:
        """(SMILES, name) of what a person gives: a SMILES, a mol block, or the name of a common compound. UsageError for anything else."""
        from tools.files.sdf import smiles_of_block
        from tools.groups.drawn_core import is_block, with_header
        from tools.structures.names import common_names

        given = text.strip()
        if not given or len(given) > LONGEST:
            raise UsageError(f"give a structure: a SMILES, a mol block or a common name, of at most {LONGEST:,} characters")
        if is_block(given):
            try:
                return smiles_of_block(with_header(given)), ""
            except ValueError as error:
                raise UsageError(f"the mol block cannot be read: {error}") from error
        named = common_names().get(" ".join(given.lower().split()))
        return (named[1], named[0]) if named else (given, "")

    def profile(self, text: str) -> Profile:
        """Everything but route, runs and goal. UsageError or StructureError for what cannot be read."""
        from tools.ranking.nearby import nearest_shipped
        from tools.safety.guard import alert_verdict

        smiles, name = self.read(text)
        conditions = EstimationConditions()
        try:
            candidate = self._structures().values(smiles, conditions)
        except StructureError as error:
            if name or any(sign in smiles for sign in "()[]=#"):
                raise
            raise UsageError(f"{error}; nor is it the name of a common compound that molwright knows") from error
        alerts = alert_verdict(candidate.smiles, candidate.candidate_class).rules
        if blocked(candidate):
            return Profile(name, candidate, alerts)
        near = nearest_shipped(candidate.smiles, candidate.candidate_class, conditions)
        return Profile(name, candidate, alerts, self._known(candidate), near)

    def route(self, smiles: str) -> tuple[Route | None, str]:
        """A route from the shipped building blocks, or why there is none to be shown: the guard blocks it."""
        try:
            return self._structures().route(smiles), ""
        except (RefusedError, StructureError) as error:
            return None, str(error)

    def in_runs(self, smiles: str) -> tuple[list[Hit], str]:
        """The most similar structures of stored runs, or why they cannot be looked for."""
        try:
            found = self._finding().find(Wanted(structure=smiles, how="similarity", least=LEAST), RunFilter())
        except MolwrightError as error:
            return [], str(error)
        return found.hits[:SHOWN], ""

    def standing(self, smiles: str, goal: str, *, despite_objections: bool = False) -> Standing:
        """How the structure stands to a goal. Raises as :meth:`app.services.structures.StructureService.check`."""
        spec, candidate = self._structures().check(smiles, goal, despite_objections=despite_objections)
        return Standing(spec, candidate)

    def lines(self, candidate: Candidate) -> list[ValueLine]:
        """Every property of a structure, in the order of the catalogue."""
        from tools.calculators.measured_spread import with_spread
        from tools.reporting.html import interval, interval_name, measured

        structures, found = self._structures(), []
        for name, v in candidate.properties.items():
            definition = structures.definition(name)
            ends = interval(v, False)
            spread = f"{ends} ({interval_name(v)})" if ends and v.basis else ends
            beside = measured(v, name)
            domain = v.basis or {True: "inside", False: "outside", None: ""}[v.in_domain]
            found.append(
                ValueLine(
                    name,
                    definition.label,
                    with_spread(name, v) + v.mark,
                    v.unit if v.number is not None else "",
                    spread or (f"{beside} (measured values)" if beside else ""),
                    f"{v.method} {v.method_version}".strip(),
                    domain,
                    "; ".join(text for text in (v.known, _nearest(v), v.reason or "") if text),
                    v.exact and not beside,
                )
            )
        return found

    def _known(self, candidate: Candidate) -> list[str]:
        from tools.ranking.novelty import known_to_all, known_to_sets

        plain = DesignSpec(goal="", candidate_class=candidate.candidate_class)
        found = []
        if name := known_to_all([candidate], plain).get(candidate.key):
            found.append(f"it ships as a known compound: {name}")
        if words := known_to_sets([candidate], plain).get(candidate.key):
            found.append(words)
        return found


def _nearest(value: PropertyValue) -> str:
    """The measured structure that is nearest, with what was measured of it; '' where there is none."""
    if value.nearest is None or value.similarity is None:
        return ""
    measured = "" if value.nearest_value is None else f", measured {value.nearest_value:.4g} {value.unit}".rstrip()
    return f"nearest measured structure {value.nearest} (similarity {value.similarity:.2f}){measured}"
