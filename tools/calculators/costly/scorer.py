"""A team's own program as a costly calculator, and the workspace property that goals name it by."""

from __future__ import annotations

import hashlib
import re
import shlex
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rdkit import Chem

from core.errors import ConfigurationError
from core.scorers import Scorer
from core.spec import CandidateClass
from core.units import UnitTable
from tools.calculators.collection import Calculators
from tools.calculators.costly.adapter import Costly
from tools.calculators.costly.programs import BatchSession, LinesSession
from tools.calculators.costly.protocol import Call, Outcome, PlainCostly
from tools.calculators.costly.session import Session
from tools.catalogue.property import Property

#: No number of a scorer is refused for its size.
FAR = 1e12
#: Files named in a command are part of the key of kept answers up to this size, bytes.
LARGEST = 20_000_000


class _Declared(PlainCostly, ABC):
    """What a calculator takes from what is declared of its scorer; ``definition``: its property."""

    definition: Property

    @property
    @abstractmethod
    def declared(self) -> Scorer:
        """What is declared of it."""

    @property
    def name(self) -> str:
        """As it was declared."""
        return self.declared.name

    @property
    def version(self) -> str:
        """As it was declared."""
        return self.declared.version

    @property
    def properties(self) -> tuple[Property, ...]:
        """The one number."""
        return (self.definition,)

    @property
    def seconds(self) -> float:
        """How many seconds a structure takes, as it was declared; never 0."""
        return self.declared.seconds

    @property
    def limit(self) -> float:  # type: ignore[override]
        """How many seconds a structure may take; never 0."""
        return self.declared.longest

    def refuses(self, mol: Chem.Mol, candidate_class: CandidateClass) -> str:
        """What it was not declared for."""
        return "" if candidate_class in self.definition.classes else f"{self.name} is not declared for a {candidate_class}"


@dataclass(frozen=True)
class ScorerCalculator(_Declared):
    """``scorer`` with the definition of its ``definition`` property."""

    scorer: Scorer
    definition: Property

    @property
    def declared(self) -> Scorer:
        """``scorer``."""
        return self.scorer

    @property
    def kept_as(self) -> str:
        """What kept answers depend on: version, command, and the files that it names; '' where none are to be kept."""
        if not self.scorer.keep or not self.scorer.command:
            return ""
        parts = [self.scorer.version, self.scorer.form, self.scorer.command]
        for word in shlex.split(self.scorer.command):
            path = Path(word)
            try:
                if path.is_file() and path.stat().st_size <= LARGEST:
                    parts.append(hashlib.sha256(path.read_bytes()).hexdigest())
            except OSError:
                continue
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def session(self) -> Session:
        """Its program at work. ConfigurationError where its command is not known here."""
        if not self.scorer.command:
            raise ConfigurationError(
                f"the command of the scorer {self.name!r} is not known here: name it in the settings ([scorers.{toml_key(self.name)}]) or with "
                f"--scorer '{self.name}=COMMAND'"
            )
        return LinesSession(self.scorer) if self.scorer.form == "lines" else BatchSession(self.scorer)

    def compute(self, call: Call) -> Mapping[str, Outcome]:
        """One structure, with a process of its own."""
        session = self.session()
        try:
            return session.ask([call])[0]
        finally:
            session.close()


@dataclass(frozen=True)
class FunctionScorer:
    """A Python function as a scorer: what an entry point of the group ``molwright.scorers`` names.

    Attributes:
        scorer: what is declared of it; ``command``, ``form`` and ``batch`` mean nothing here.
        function: takes a SMILES and gives a finite number in the unit of the scorer. What it raises is a failed value with that reason. It is
            called in worker processes, so it is defined at the top of its module; what takes long to load is loaded when it is first called.
    """

    scorer: Scorer
    function: Callable[[str], float]


@dataclass(frozen=True)
class FunctionCalculator(_Declared):
    """A :class:`FunctionScorer` with the definition of its property."""

    given: FunctionScorer
    definition: Property

    @property
    def declared(self) -> Scorer:
        """That of ``given``."""
        return self.given.scorer

    @property
    def kept_as(self) -> str:
        """Its version, where its answers are to be kept; else ''."""
        return self.given.scorer.version if self.given.scorer.keep else ""

    def compute(self, call: Call) -> Mapping[str, Outcome]:
        """What the function says."""
        return {self.definition.name: Outcome(float(self.given.function(call.smiles)))}


def with_function(base: Calculators, given: FunctionScorer) -> Calculators:
    """``base`` and the scorer ``given``. ConfigurationError where its name or words are taken."""
    definition, units = _definition(given.scorer, base)
    return base.with_calculator(Costly(FunctionCalculator(given, definition)), base.catalogue.with_properties(definition, units=units))


def toml_key(name: str) -> str:
    """``name`` as a key of a TOML table: in quotes where it has to be."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'


def property_name(name: str) -> str:
    """The registered name of a scorer's number: 'vina score' is vina_score."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


@lru_cache(maxsize=32)
def with_scorers(base: Calculators, scorers: tuple[Scorer, ...]) -> Calculators:
    """``base`` and a calculator for each of ``scorers``; ``base`` itself without any.

    ConfigurationError naming the scorer whose name or words are taken.
    """
    found = base
    for scorer in scorers:
        definition, units = _definition(scorer, found)
        costly = Costly(ScorerCalculator(scorer, definition))
        try:
            found = found.with_calculator(costly, found.catalogue.with_properties(definition, units=units))
        except ConfigurationError as error:
            raise ConfigurationError(f"the scorer {scorer.name!r}: {error}") from error
    return found if found is base else Calculators(found.catalogue, found.members, (with_scorers, (base, scorers)))


def _definition(scorer: Scorer, base: Calculators) -> tuple[Property, UnitTable]:
    catalogue, name = base.catalogue, property_name(scorer.name)
    units = catalogue.units.with_unit(scorer.unit) if scorer.unit else catalogue.units
    unit = (units.parse(scorer.unit) or scorer.unit) if scorer.unit else ""
    said = scorer.name.lower()
    low, high = scorer.usual
    definition = Property(
        name=name,
        label=scorer.name,
        synonyms=() if said in (name, name.replace("_", " ")) else (said,),
        unit=unit,
        kind="predicted",
        low=-FAR,
        high=FAR,
        typical_low=low,
        typical_high=high,
        method=f"scorer {scorer.name}",
        source="a program of your own",
        description=f"What the program called {scorer.name!r} says of the structure.",
        accepted_units=tuple(dict.fromkeys([unit, *units.convertible(unit)])) if unit else (),
        classes=("molecule", "polymer") if scorer.of == "both" else (scorer.of,),
        better={"": 0, "lower": -1, "higher": 1}[scorer.better],
    )
    return definition, units
