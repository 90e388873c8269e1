"""What a kind of requirement is: one class that says how its requirements are read, written, checked, compared and scored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core.candidate import PropertyValue, RequirementResult
from core.spec import CandidateClass, Condition, RequirementBase
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.kinds.conditions import distance
from tools.catalogue.kinds.limits import Limits, Quantity

R = TypeVar("R", bound=RequirementBase)
Found = TypeVar("Found")

#: A test of a molecule; properties that it computes on the way are put into the mapping by name, in their registered units.
Test = Callable[[Chem.Mol, dict[str, float]], bool]

#: What an unmet substructure or element, an unmet core, and an unknown value leave of the fitness of a candidate.
MISSED_MOTIF, MISSED_SCAFFOLD, UNKNOWN = 0.3, 0.1, 1e-5
#: Microseconds that a search for a pattern takes in a molecule of ordinary size, and a test whose time is not known.
SMARTS_COST, DEFAULT_COST = 5.0, 50.0


class Calculations(Protocol):
    """What kinds take from the calculators, which stand above the catalogue."""

    def descriptor(self, name: str) -> Callable[[Chem.Mol], float]:
        """What computes the property ``name`` in its registered unit; ValueError from it where it is not defined for the structure.

        SpecError for a property that is not computed from the structure.
        """

    def descriptor_cost(self, name: str) -> float:
        """Microseconds that it takes for a molecule of ordinary size; only the order matters."""

    def violations(self, mol: Chem.Mol, rule_set: str) -> list[str]:
        """The rules of a set that ``mol`` breaks, in words. SpecError for an unknown set."""

    def level_probability(self, level: str) -> float:
        """The probability, 0 to 1, that a structure of a risk level survives."""


@dataclass(frozen=True)
class Terms:
    """What the words of a requirement refer to.

    Attributes:
        catalogue: the registered properties.
        candidate_class: the class of structures that the spec is about.
        temperature_c: temperature in °C at which levels are judged.
    """

    catalogue: Catalogue
    candidate_class: CandidateClass = "molecule"
    temperature_c: float = 25.0


@dataclass(frozen=True)
class Context:
    """What the checks of one spec share.

    Attributes:
        catalogue: the registered properties.
        calculations: what computes exact properties and rule sets.
        met_probability: a predicted requirement counts as met at or above this probability.
    """

    catalogue: Catalogue
    calculations: Calculations
    met_probability: float = 0.5


@dataclass(frozen=True)
class Subject:
    """A structure that is checked, with what is known about it.

    Attributes:
        mol: the molecule or repeat unit; None where it cannot be read. Shared, not to be modified.
        fault: why it cannot be read, or ''.
        values: property values by registered name.
    """

    mol: Chem.Mol | None = None
    fault: str = ""
    values: Mapping[str, PropertyValue] = field(default_factory=dict)


def result_of(
    requirement: RequirementBase,
    met: bool,
    value: float | str | None,
    *,
    probability: float | None = None,
    unit: str = "",
    reason: str = "",
) -> RequirementResult:
    """The result of a check; ``reason`` is kept where the requirement is not met. Without a probability it is 1 or 0: known exactly."""
    return RequirementResult(
        id=requirement.id,
        text=requirement.text,
        met=met,
        probability=(1.0 if met else 0.0) if probability is None else probability,
        value=value,
        unit=unit,
        reason="" if met else reason,
    )


def missed_by(steps: float) -> float:
    """What a requirement missed by ``steps`` of the distance that matters leaves of the fitness: 0.25 at one, 0.01 at nine."""
    return 1.0 / (1.0 + steps) ** 2


def numbers_of(values: Sequence[float | str]) -> list[float]:
    """Those of ``values`` that are numbers."""
    return [float(value) for value in values if isinstance(value, (int, float))]


def closest_number(condition: Condition, values: Sequence[float | str]) -> float | None:
    """The number nearest to what ``condition`` asks for, the smaller one on a tie; None without any."""
    return min(numbers_of(values), key=lambda number: (distance(condition, number), number), default=None)


class Kind(ABC, Generic[R]):
    """One kind of requirement. Kinds hold no state: one object of each class serves everybody.

    ``model`` is the persisted form of its requirements (``core/spec.py``), whose field ``kind`` names it. ``reads_structure``: whether its
    checks need the molecule, and not only property values. ``fraction``: whether its numbers lie between 0 and 1 and may be said in per cent.
    """

    model: type[R]
    reads_structure: ClassVar[bool] = True
    fraction: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The word that names the kind in specs and in the compact notation."""
        return str(self.model.model_fields["kind"].default)

    # ---- words

    @abstractmethod
    def words(self, requirement: R, terms: Terms) -> str:
        """The requirement as people read it, with numbers and units: 'logP (Crippen) at most 3'."""

    @abstractmethod
    def compact(self, requirement: R, terms: Terms) -> str:
        """What stands behind 'NAME:' in the compact notation: 'logp <= 3'."""

    @abstractmethod
    def parse(self, text: str, terms: Terms) -> R | None:
        """The reverse of :meth:`compact`, with empty id and text; None, or SpecError with the fault, for what is not in the notation."""

    # ---- what a spec may ask for

    @abstractmethod
    def validate(self, requirement: R, terms: Terms, what: str) -> R:
        """The requirement with what was left empty filled in. SpecError, beginning with ``what``, for names that do not exist, numbers out
        of range, and structures or patterns that cannot be read."""

    @abstractmethod
    def structures(self, requirement: R) -> tuple[str, ...]:
        """SMILES of the structures that the requirement asks for or starts from; the guard screens each of them."""

    def about(self, requirement: R) -> Quantity | None:
        """The registered thing that the requirement is about: ("property", name), ("element", symbol), ("group", name) or
        ("rule set", name); None where it is about a structure as a whole."""
        return None

    def property_name(self, requirement: R) -> str:
        """Name of the registered property that the requirement is about, or ''."""
        about = self.about(requirement)
        return about[1] if about is not None and about[0] == "property" else ""

    def condition(self, requirement: R) -> Condition | None:
        """The comparison that it makes with the number of what it is about; None where it makes none."""
        return None

    def condition_for(self, requirement: R, values: Mapping[str, PropertyValue]) -> Condition | None:
        """:meth:`condition` as it stands for a structure with these property values; None where it makes none, or where it is not known."""
        return self.condition(requirement)

    def names(self, requirement: R) -> tuple[str, ...]:
        """Names, patterns and structures of the requirement that a text about the spec may repeat; '' for what is left open."""
        return ()

    def limit(self, requirement: R, limits: Limits) -> None:
        """Enter into ``limits`` what the requirement leaves open, so that contradictions with others are found."""

    # ---- checking

    @abstractmethod
    def check(self, requirement: R, subject: Subject, context: Context) -> RequirementResult:
        """Whether ``subject`` meets the requirement, with probability, value and reason. Unknown or unreadable: not met, probability 0."""

    @abstractmethod
    def test(self, requirement: R, context: Context) -> Test | None:
        """The check as a fast test of a molecule; None for what is predicted, and so cannot be told from the structure alone."""

    def cost(self, requirement: R, context: Context) -> float:
        """Microseconds that :meth:`test` takes for a molecule of ordinary size; only the order matters."""
        return DEFAULT_COST

    # ---- scoring

    def satisfaction(self, requirement: R, result: RequirementResult, values: Mapping[str, PropertyValue], catalogue: Catalogue) -> float:
        """How nearly the requirement holds, 0 to 1: 1 where it is met exactly, falling with the distance where it is missed.

        ``result`` is its check, ``values`` are the candidate's property values.
        """
        if result.value is None:
            return UNKNOWN
        return 1.0 if result.met else self.missed(requirement, result)

    def missed(self, requirement: R, result: RequirementResult) -> float:
        """The satisfaction, 0 to 1, of a requirement that is not met though its value is known."""
        return MISSED_SCAFFOLD

    def closest(self, requirement: R, values: Sequence[float | str], catalogue: Catalogue) -> float | str | None:
        """The one of ``values`` that came closest to the requirement; None without any, or where the question has no meaning."""
        return None


class StructuralKind(Kind[R], Generic[R, Found]):
    """A kind whose requirements are decided by the structure alone, without error."""

    @abstractmethod
    def find(self, requirement: R, mol: Chem.Mol, context: Context) -> Found:
        """What the molecule has of that which the requirement is about. StructureError for a pattern that cannot be read."""

    @abstractmethod
    def accepts(self, requirement: R, found: Found) -> bool:
        """Whether that is what the requirement asks for."""

    @abstractmethod
    def report(self, requirement: R, found: Found) -> tuple[float | str | None, str]:
        """(the value for people, the reason if it is not accepted)."""

    def check(self, requirement: R, subject: Subject, context: Context) -> RequirementResult:
        """Met or not met, by :meth:`find`; a structure that cannot be read is not met, with its fault as the reason."""
        if subject.mol is None:
            return result_of(requirement, False, None, reason=subject.fault)
        with BlockLogs():
            found = self.find(requirement, subject.mol, context)
            value, reason = self.report(requirement, found)
        return result_of(requirement, self.accepts(requirement, found), value, reason=reason)

    def test(self, requirement: R, context: Context) -> Test:
        """:meth:`find` and :meth:`accepts`, without the words. Screening's hot path: where these are quick, a kind writes it out."""
        find, accepts = self.find, self.accepts
        return lambda mol, known: accepts(requirement, find(requirement, mol, context))


AnyKind = Kind[Any]
