"""The calculators of a workspace: which property each computes, and the values of many structures at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.rdBase import BlockLogs

from core.candidate import PropertyValue
from core.errors import ConfigurationError, SpecError, StructureError
from core.plugins import CALCULATORS, SCORERS, plugins
from core.spec import CandidateClass, EstimationConditions
from tools.calculators.descriptors import Descriptors
from tools.calculators.learnt import LearntModels
from tools.calculators.protocol import Batch, Calculator
from tools.calculators.thermal import ThermalRules
from tools.calculators.user_models import UserModels
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.shipped import shipped
from tools.predictors.user_models.folder import with_card

if TYPE_CHECKING:
    from core.interfaces import Executor

#: Structures in one unit of parallel work.
CHUNK = 128
#: Processor seconds of work from which it is spread: two workers take as much to start, and memory as two programs do.
SPREAD_SECONDS = 5.0


@dataclass(frozen=True, eq=False)
class Calculators:
    """Calculators with the catalogue of what they compute; immutable.

    Attributes:
        catalogue: every property that can be asked for; each has one calculator.
        members: the calculators.
        made_by: the function, which remembers its results, and the arguments that make the same collection in another process.
    """

    catalogue: Catalogue
    members: tuple[Calculator, ...]
    made_by: tuple[Callable[..., Calculators], tuple[Any, ...]] | None = None

    def __reduce__(self) -> tuple[Callable[..., Calculators], tuple[Any, ...]]:
        """Made again in another process, once for the same content; by its parts where no function makes it."""
        return self.made_by or (Calculators, (self.catalogue, self.members))

    def __post_init__(self) -> None:
        """ConfigurationError where a property has no calculator or two."""
        computed = [p.name for member in self.members for p in member.properties]
        without = sorted({p.name for p in self.catalogue} - set(computed))
        twice = sorted({name for name in computed if computed.count(name) > 1})
        if without or twice:
            raise ConfigurationError(f"properties without a calculator: {without}; with two: {twice}")

    @cached_property
    def _of(self) -> dict[str, Calculator]:
        return {p.name: member for member in self.members for p in member.properties}

    def __iter__(self) -> Iterator[Calculator]:
        """The calculators in their order."""
        return iter(self.members)

    def of(self, name: str) -> Calculator:
        """The calculator of the property ``name``. SpecError if there is no such property."""
        return self._of[self.catalogue[name].name]

    def with_calculator(self, added: Calculator, catalogue: Catalogue | None = None) -> Calculators:
        """A new collection with ``added`` and its properties; ``catalogue``: the catalogue that already holds them.

        ConfigurationError if a name or word of its properties is taken.
        """
        return Calculators(catalogue or self.catalogue.with_properties(*added.properties), (*self.members, added))

    @property
    def user_models(self) -> UserModels | None:
        """The calculator of the user's own models, if there is one."""
        return next((member for member in self.members if isinstance(member, UserModels)), None)

    def exact(self, name: str) -> bool:
        """Whether ``name`` is a property that is computed without error from the structure."""
        return name in self.catalogue and isinstance(self.of(name), Descriptors)

    def number(self, name: str, mol: Chem.Mol) -> float:
        """The exactly computed property ``name`` of a sanitised molecule, in its unit.

        SpecError for a property that is not computed so, ValueError where it is not defined for the structure.
        """
        return self.exact_function(name)(mol)

    def exact_function(self, name: str) -> Callable[[Chem.Mol], float]:
        """What computes the exact property ``name`` of many molecules; raises and gives as :meth:`number` does. SpecError for any other property."""
        calculator = self.of(name) if name in self.catalogue else None
        if not isinstance(calculator, Descriptors):
            raise SpecError(f"{name!r} is not a computed property")
        return calculator.function(self.catalogue[name])

    def exact_value(self, name: str, value: float) -> PropertyValue:
        """The property value of an exactly computed property whose number, in its unit, is at hand. SpecError for any other."""
        calculator = self.of(name)
        if not isinstance(calculator, Descriptors):
            raise SpecError(f"{name!r} is not a computed property")
        return calculator.value(self.catalogue[name], value)

    def calibration(self, name: str) -> dict[str, NDArray[np.float32]]:
        """Out-of-fold ``oof_pred``, ``oof_sigma`` and ``oof_residual`` of what predicts ``name``, in its unit.

        SpecError for a property of whose errors nothing is known.
        """
        found = self.of(name).calibration(name)
        if found is None:
            raise SpecError(f"nothing is known of the errors of {name!r}")
        return found

    @cached_property
    def _moments(self) -> dict[str, tuple[float, float]]:
        return {}

    def measured_moments(self, name: str) -> tuple[float, float]:
        """Mean and standard deviation of the measured values from which what predicts ``name`` has learnt, in its unit; raises as :meth:`calibration`."""
        if name not in self._moments:
            arrays = self.calibration(name)
            measured = np.asarray(arrays["oof_pred"], dtype=np.float64) + np.asarray(arrays["oof_residual"], dtype=np.float64)
            self._moments[name] = float(measured.mean()), float(measured.std())
        return self._moments[name]

    def estimate(
        self,
        structures: Sequence[str],
        candidate_class: CandidateClass,
        names: Sequence[str],
        conditions: EstimationConditions,
        *,
        executor: Executor | None = None,
    ) -> list[dict[str, PropertyValue]]:
        """The properties ``names`` of every structure (SMILES), one dict a structure, in the order given.

        Computed values are exact (sigma 0); predicted ones carry uncertainty and domain; a level carries its reasons. A structure that
        cannot be read, or a property that is not defined for it, gives ``value`` None with the reason, never an exception. Raises
        SpecError for an unknown name and PredictorError where weights are missing or damaged. With an ``executor`` the structures are
        spread over its workers in chunks, unless the first chunk shows that the others take less than it takes to start them; the result
        is the same.
        """
        for name in names:
            self.catalogue[name]
        unique = tuple(dict.fromkeys(names))
        if executor is None or len(structures) <= CHUNK:
            return _estimate_chunk(_Chunk(tuple(structures), candidate_class, unique, conditions, self))
        chunks = [
            _Chunk(tuple(structures[start : start + CHUNK]), candidate_class, unique, conditions, self)
            for start in range(0, len(structures), CHUNK)
        ]
        begun = process_time()
        done = [_estimate_chunk(chunks[0])]
        worth_it = (process_time() - begun) * (len(chunks) - 1) > SPREAD_SECONDS
        done += executor.map(_estimate_chunk, chunks[1:]) if worth_it else map(_estimate_chunk, chunks[1:])
        return [values for part in done for values in part]

    def groups(self, names: Sequence[str]) -> list[tuple[Calculator, list[str]]]:
        """``names`` by their calculators, in the order in which these run: after what they use, cheap before dear."""
        wanted: dict[int, tuple[Calculator, list[str]]] = {}
        for name in names:
            calculator = self.of(name)
            wanted.setdefault(id(calculator), (calculator, []))[1].append(name)
        left = sorted(wanted.values(), key=lambda group: group[0].cost)
        done: list[tuple[Calculator, list[str]]] = []
        while left:
            pending = {name for _, group in left for name in group}
            ready = next((g for g in left if not pending & set(g[0].uses) - set(g[1])), left[0])
            left.remove(ready)
            done.append(ready)
        return done


@dataclass(frozen=True)
class _Chunk:
    structures: tuple[str, ...]
    candidate_class: CandidateClass
    names: tuple[str, ...]
    conditions: EstimationConditions
    calculators: Calculators


def _parse(smiles: str, candidate_class: CandidateClass) -> Chem.Mol | str:
    """The molecule, or the reason why there is none."""
    from tools.structures.parse import parse_polymer, parse_smiles

    try:
        with BlockLogs():
            return parse_polymer(smiles) if candidate_class == "polymer" else parse_smiles(smiles)
    except StructureError as error:
        return str(error)


def _estimate_chunk(chunk: _Chunk) -> list[dict[str, PropertyValue]]:
    parsed = [_parse(smiles, chunk.candidate_class) for smiles in chunk.structures]
    readable = [row for row, mol in enumerate(parsed) if isinstance(mol, Chem.Mol)]
    structures, mols = tuple(chunk.structures[row] for row in readable), tuple(parsed[row] for row in readable)
    columns: dict[str, list[PropertyValue]] = {}
    for calculator, names in chunk.calculators.groups(chunk.names):
        defined = [n for n in names if calculator.applies(chunk.calculators.catalogue[n], chunk.candidate_class)]
        known = {n: [columns[n][row] for row in readable] for n in calculator.uses if n in columns}
        batch = Batch(structures, mols, chunk.candidate_class, chunk.conditions, known)
        found = calculator.batch(defined, batch) if defined and readable else {}
        for name in names:
            columns[name] = _column(chunk, calculator, name, parsed, found if name in defined else None)
    return [{name: columns[name][row] for name in chunk.names} for row in range(len(parsed))]


def _column(
    chunk: _Chunk,
    calculator: Calculator,
    name: str,
    parsed: Sequence[Chem.Mol | str],
    found: Mapping[str, Sequence[PropertyValue]] | None,
) -> list[PropertyValue]:
    """One value a structure: what was ``found`` for those that could be read, the reason for the others; ``found`` None: not defined."""
    definition = chunk.calculators.catalogue[name]
    if found is None:
        return [calculator.missing(definition, f"{definition.label} is not defined for a {chunk.candidate_class}")] * len(parsed)
    values = iter(found.get(name, ()))
    return [calculator.missing(definition, mol) if isinstance(mol, str) else next(values) for mol in parsed]


@cache
def installed_calculators() -> Calculators:
    """The calculators that ship, and those that other installed packages add as entry points ``molwright.calculators``.

    An entry point names a calculator or a class of calculators without arguments, also a costly one; one of the group ``molwright.scorers``
    a function that scores (:class:`tools.calculators.costly.scorer.FunctionScorer`). ConfigurationError naming the plug-in that cannot be
    used, or whose properties have names or words that are taken.
    """
    found = shipped_calculators()
    for plugin in plugins(CALCULATORS):
        calculator = plugin.value() if isinstance(plugin.value, type) else plugin.value
        if not isinstance(calculator, Calculator):
            from tools.calculators.costly.adapter import Costly
            from tools.calculators.costly.protocol import CostlyCalculator

            calculator = Costly(calculator) if isinstance(calculator, CostlyCalculator) else None
        if calculator is None:
            raise ConfigurationError(f"{plugin} is no calculator: see tools/calculators/protocol.py")
        try:
            found = found.with_calculator(calculator)
        except ConfigurationError as error:
            raise ConfigurationError(f"{plugin}: {error}") from error
    for plugin in plugins(SCORERS):
        from tools.calculators.costly.scorer import FunctionScorer, with_function

        if not isinstance(plugin.value, FunctionScorer):
            raise ConfigurationError(f"{plugin} is no FunctionScorer: see docs/costly.md")
        try:
            found = with_function(found, plugin.value)
        except ConfigurationError as error:
            raise ConfigurationError(f"{plugin}: {error}") from error
    return replace(found, made_by=(installed_calculators, ()))


@lru_cache(maxsize=32)
def with_user_models(base: Calculators, folder: Path, cards: tuple[str, ...]) -> Calculators:
    """``base`` and the user's own models in ``folder`` whose model cards, as JSON, are ``cards``; ``base`` itself without cards.

    ConfigurationError where a name is taken.
    """
    if not cards:
        return base
    catalogue = base.catalogue
    for text in cards:
        catalogue = with_card(catalogue, json.loads(text))
    models = UserModels(folder, catalogue.properties[len(base.catalogue) :], cards)
    return replace(base.with_calculator(models, catalogue), made_by=(with_user_models, (base, folder, cards)))


@cache
def shipped_calculators() -> Calculators:
    """The calculators of the properties that ship, and those of quantum chemistry where its program is installed."""
    from tools.calculators.costly.adapter import Costly
    from tools.calculators.quantum.calculators import costly

    cheap = shipped()
    of_kind = {kind: tuple(p for p in cheap if p.kind == kind) for kind in ("computed", "predicted", "level")}
    dear = tuple(Costly(calculator) for calculator in costly())
    return Calculators(
        cheap.with_properties(*(p for calculator in dear for p in calculator.properties)),
        (Descriptors(of_kind["computed"]), LearntModels(of_kind["predicted"]), ThermalRules(of_kind["level"]), *dear),
        (shipped_calculators, ()),
    )
