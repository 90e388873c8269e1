"""The interface of a costly calculator: a simulation, a docking program, a team's own scorer.

Whoever writes one implements :class:`CostlyCalculator` and nothing else. It is called in a process of its own, one structure at a time, with
a time limit; a call that raises, dies or takes too long is a failed value with its reason. The values of a run are computed for some
structures and estimated for the others (``docs/costly.md``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from rdkit import Chem

from core.model import content_hash
from core.spec import CandidateClass, EstimationConditions
from tools.catalogue.property import Property


@dataclass(frozen=True)
class Outcome:
    """What a call found of one property.

    Attributes:
        value: a finite number in the unit of the property; None: it could not be had.
        sigma: one standard deviation of the method's error, where the value stands for a measurable quantity whose error is known from a
            calibration; 0 where the value is what the method says, and a goal is held against just that.
        reason: why the value is None, in words that a chemist understands.
    """

    value: float | None
    sigma: float = 0.0
    reason: str = ""


@dataclass(frozen=True)
class Call:
    """What is asked of a costly calculator: some of its properties, of one structure.

    Attributes:
        smiles: the structure in its standard form; two '*' for a polymer.
        names: which of its properties are wanted, in the order of the calculator's ``properties``.
        candidate_class: what the structure is.
        conditions: solvent, temperature; a calculator names those that it depends on in ``depends_on``.
    """

    smiles: str
    names: tuple[str, ...]
    candidate_class: CandidateClass = "molecule"
    conditions: EstimationConditions = field(default_factory=EstimationConditions)


@runtime_checkable
class CostlyCalculator(Protocol):
    """Something whose call costs seconds to hours. Immutable and picklable: it is handed to worker processes.

    Properties that come from one calculation belong to one calculator; what needs a further calculation is better a second calculator, since
    a run has a budget of calls for each.

    Attributes:
        name: its name among the calculators, as reports print it: 'GFN2-xTB orbitals'.
        version: of the method with everything that changes its values; a part of the key under which a call is kept.
        properties: what it computes, of kind "predicted", with words for goals, unit and ranges.
        seconds: what a call costs for a structure of ordinary size on one core; a run's budget follows from it.
        limit: seconds after which a call is ended, a failed value.
        depends_on: the fields of ``EstimationConditions`` that its values depend on.
    """

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def properties(self) -> tuple[Property, ...]: ...
    @property
    def seconds(self) -> float:
        """What a call takes, seconds; never 0."""
        ...

    @property
    def limit(self) -> float:
        """How many seconds a call may take; never 0."""
        ...

    @property
    def depends_on(self) -> tuple[str, ...]: ...

    def refuses(self, mol: Chem.Mol, candidate_class: CandidateClass) -> str:
        """Why it computes nothing for this structure (too large, an element that the method lacks), found without cost; '' where it does."""
        ...

    def compute(self, call: Call) -> Mapping[str, Outcome]:
        """What it finds for each of ``call.names``. Runs on one core in a worker process; the same call gives the same values.

        A failure is an :class:`Outcome` without a value, with the reason; an exception is such a failure of every property.
        """
        ...


class PlainCostly:
    """What most costly calculators have in common; a subclass gives ``name``, ``version``, ``properties``, ``seconds`` and ``compute``."""

    limit: float = 600.0
    depends_on: tuple[str, ...] = ()

    def refuses(self, mol: Chem.Mol, candidate_class: CandidateClass) -> str:
        """'': nothing is refused."""
        return ""


def failed(names: Sequence[str], reason: str) -> dict[str, Outcome]:
    """No value for any of ``names``, for this ``reason``; {} for no names."""
    return {name: Outcome(None, reason=reason) for name in names}


def call_key(calculator: CostlyCalculator, call: Call) -> str:
    """The key under which the outcome of ``call`` is kept for other runs: a hash of method and version, structure, properties and conditions that
    it depends on. A calculator may say in ``kept_as`` what else its answers depend on; '' there: nothing is kept, and the key is ''."""
    kept_as = getattr(calculator, "kept_as", calculator.version)
    if not kept_as:
        return ""
    conditions = call.conditions.model_dump(mode="json")
    asked = {
        "calculator": calculator.name,
        "version": kept_as,
        "smiles": call.smiles,
        "class": call.candidate_class,
        "names": list(call.names),
        "conditions": {name: conditions[name] for name in calculator.depends_on},
    }
    return content_hash(asked)
