"""Single structures, without a run: values, a check against a goal, the quick form of an answer, how one could be made."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from app.wiring import open_callers, open_workspace
from core.approval import looked_at
from core.candidate import Candidate, PropertyValue, Route
from core.errors import ConfigurationError, RefusedError
from core.settings import Settings
from core.spec import CandidateClass, DesignSpec, EstimationConditions

if TYPE_CHECKING:
    from tools.catalogue.property import Property
    from tools.ranking.set_level import SetResult
    from tools.synthesis.inventory import Inventory
    from tools.workspace import Workspace


@dataclass(frozen=True)
class QuickAnswer:
    """What the quick form answers.

    Attributes:
        spec: what the goal means.
        candidates: structures that meet every requirement; none where none was found.
        whole: how the requirements on the list as a whole stand.
        why_none: why nothing was found, in words; empty where something was.
        what_it_is: what the quick form does and does not do.
    """

    spec: DesignSpec
    candidates: list[Candidate]
    whole: list[SetResult]
    why_none: str
    what_it_is: str


@dataclass(frozen=True)
class GivenStructure:
    """One structure that a person gives, or a note on how their file was read.

    Attributes:
        smiles: the structure; '' where it cannot be read.
        where: the text itself, or its line in a file.
        title: name and identifier in the file.
        fault: why it cannot be read.
        note: what is to be said of the file, where this is no structure.
    """

    smiles: str
    where: str
    title: str = ""
    fault: str = ""
    note: str = ""


@dataclass(frozen=True)
class CostlyPart:
    """What one costly calculator computes of a structure.

    Attributes:
        calculator: its name.
        names: its properties that are meant, by their registered names.
        labels: as people call them, without the unit.
        takes: what a call takes, in words: '4 s'.
    """

    calculator: str
    names: tuple[str, ...]
    labels: tuple[str, ...]
    takes: str


def _nothing() -> None:
    """What is done while a call goes on, where nobody asks for more."""


def where_measured(name: str, value: PropertyValue) -> tuple[float, float] | None:
    """Where nine of ten measured values lie about a computed one that is an estimate of them, in its unit; None for any other value."""
    from tools.calculators.measured_spread import measured_range

    return measured_range(name, value)


class StructureService:
    """Answers for one structure at a time. The guard judges every structure."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def _workspace(self) -> Workspace:
        """What the user has when it is first asked for."""
        return open_workspace(self.settings)

    def values(
        self, smiles: str, conditions: EstimationConditions, also: Sequence[str] = (), meanwhile: Callable[[], None] = _nothing
    ) -> Candidate:
        """Every property of one structure that costs no call, with the guard's verdict beside.

        ``also``: names of properties of costly calculators, which are called for them; ``meanwhile`` is called every few seconds then, and what it
        raises passes through. StructureError if the structure cannot be read, SpecError for a name that does not exist.
        """
        from tools.calculators.costly.adapter import costly_names
        from tools.evaluation.judge import judge_one

        calculators = self._workspace.calculators
        kind: CandidateClass = "polymer" if "*" in smiles else "molecule"
        plain = DesignSpec.model_construct(
            goal="", candidate_class=kind, conditions=conditions
        )  # of parts that are valid: nothing to check
        dear = costly_names(calculators)
        names = [p.name for p in calculators.catalogue if kind in p.classes and p.name not in dear]
        candidate = judge_one(smiles, plain, proposer="user", names=names, blocked="answer", calculators=calculators)
        if not (asked := [name for name in also if calculators.catalogue[name].name in dear]):
            return candidate
        from tools.evaluation.called import called

        with closing(open_callers(self.settings)) as callers:
            return called(candidate, asked, conditions, callers, calculators=calculators, meanwhile=meanwhile)

    def quantum_names(self) -> list[str]:
        """The names of the properties of quantum chemistry. ConfigurationError, with what installs it, where its program is not installed."""
        from tools.calculators.quantum.calculators import costly
        from tools.calculators.quantum.definitions import INSTALL

        names = [p.name for calculator in costly() for p in calculator.properties]
        if not names:
            raise ConfigurationError(f"quantum chemistry is not installed: {INSTALL}")
        return names

    def costly(self, kind: CandidateClass, spec: DesignSpec | None = None) -> list[CostlyPart]:
        """What costs a call for a structure of this ``kind``, by calculator; ``spec``: only what it needs. [] for nothing."""
        from tools.calculators.costly.adapter import Costly, in_words

        wanted, found = None if spec is None else set(spec.property_names()), []
        for one in (c for c in self._workspace.calculators if isinstance(c, Costly)):
            there = [p for p in one.properties if kind in p.classes and (wanted is None or p.name in wanted)]
            if there:
                found.append(CostlyPart(one.name, tuple(p.name for p in there), tuple(p.label for p in there), in_words(one.inner.seconds)))
        return found

    def given(self, text: str, stdin: Callable[[], bytes]) -> Iterator[GivenStructure]:
        """The structures that ``text`` names: a file of structures, '-' for what ``stdin`` holds, or one SMILES.

        Raises NotFoundError or UsageError for a file that cannot be read at all.
        """
        if text != "-" and not os.path.isfile(text):
            yield GivenStructure(text, text)
            return
        from tools.files.records import StructureFile, known_kind, smiles_of
        from tools.files.source import Source

        if text == "-":
            file = StructureFile(Source("stdin.smi", content=stdin()))
        elif known_kind(Path(text)):
            file = StructureFile(Path(text))
        else:
            yield GivenStructure(text, text)
            return
        for record in file.records():
            where = f"line {record.line}" + (f" ({record.title})" if record.title else "")
            try:
                yield GivenStructure(smiles_of(record), where, record.title)
            except ValueError as error:
                yield GivenStructure("", where, record.title, str(error))
        for note in file.notes():
            yield GivenStructure("", note=note, where="")

    def definition(self, name: str) -> Property:
        """What is known of the property ``name``: label, unit, range, whether it is the user's own. SpecError if there is none."""
        return self._workspace.catalogue[name]

    def check(self, smiles: str, goal: str, *, despite_objections: bool = False, call: bool = False) -> tuple[DesignSpec, Candidate]:
        """What ``goal`` means, and how one structure stands to it. GoalError, or StructureError for what cannot be read.

        ``call``: whether costly calculators that the goal needs are called, which takes seconds to hours; else their values are unknown.
        Raises RefusedError where the guard refuses the goal, UnreadGoal where another rule wants a person to look at the spec first,
        unless ``despite_objections``.
        """
        spec = self.read_goal(goal, despite_objections=despite_objections)
        return spec, self.against(smiles, spec, call=call)

    def read_goal(self, goal: str, *, despite_objections: bool = False) -> DesignSpec:
        """What ``goal`` means for one structure; raises as :meth:`check`. The guard reads its words before anything else does."""
        from agent.reading import interpret
        from app.services.goals import GoalService

        GoalService(self.settings).guard(goal)
        return looked_at(interpret(goal, workspace=self._workspace), despite_objections=despite_objections)

    def against(self, smiles: str, spec: DesignSpec, *, call: bool = False, meanwhile: Callable[[], None] = _nothing) -> Candidate:
        """How one structure stands to a spec that was looked at; ``call`` as for :meth:`check`, ``meanwhile`` as for :meth:`values`. StructureError."""
        from tools.calculators.costly.adapter import wanted
        from tools.evaluation.called import called_and_checked
        from tools.evaluation.judge import judge_one

        calculators = self._workspace.calculators
        candidate = judge_one(smiles, spec, proposer="user", blocked="answer", calculators=calculators)
        if not call or not wanted(spec, calculators):
            return candidate
        with closing(open_callers(self.settings)) as callers:
            return called_and_checked(candidate, spec, callers, calculators=calculators, meanwhile=meanwhile)

    def quick(self, goal: str, number: int | None = None, *, despite_objections: bool = False) -> QuickAnswer:
        """At most ``number`` structures that meet ``goal``, constructed at once; see :func:`agent.quick.quick_answer`."""
        from agent.quick import WHAT_IT_IS, quick_answer, why_none
        from tools.ranking.set_level import judge

        spec, found = quick_answer(
            goal,
            number,
            self.settings.search.met_probability,
            despite_objections=despite_objections,
            workspace=self._workspace,
        )
        return QuickAnswer(
            spec,
            found,
            judge(found, spec),
            "" if found else why_none(spec, calculators=self._workspace.calculators),
            WHAT_IT_IS,
        )

    def route(self, smiles: str, blocks: Inventory | None = None, *, aizynth: bool = False) -> Route:
        """A route of one to three named reactions from building blocks, or one of status 'none known'.

        ``smiles``: the structure; two '*' for a polymer repeat unit. ``blocks``: the user's list. ``aizynth``: ask AiZynthFinder, which
        the settings name. Raises StructureError for what cannot be read, RefusedError if the guard blocks the structure or a material
        that it needs, ConfigurationError where AiZynthFinder is missing.
        """
        from tools.safety.guard import guarded_materials, structure_verdict
        from tools.structures.standardise import standardise
        from tools.synthesis.inventory import library_of
        from tools.synthesis.routes import find_route
        from tools.synthesis.routes.aizynth import AizynthFinder

        kind: CandidateClass = "polymer" if smiles.count("*") == 2 else "molecule"
        structure = standardise(smiles, kind)
        verdict = structure_verdict(structure.whole, kind)
        if verdict.verdict == "block":
            raise RefusedError("the safety guard blocks this structure. " + "; ".join(f"{h.id}: {h.reason}" for h in verdict.rules))
        library = library_of(blocks)
        if aizynth:
            found = AizynthFinder(self.settings.routes.aizynth_command).find(structure.smiles, library)
        else:
            found = find_route(structure.smiles, kind, library)
        found = guarded_materials(found)
        if any(m.verdict == "block" for m in found.starting_materials):
            raise RefusedError("the route that was found needs a material that the safety guard blocks")
        return found
