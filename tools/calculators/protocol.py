"""What computes property values: the protocol that RDKit descriptors, rules, learnt models, users' models and plug-ins follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem

from core.candidate import PropertyValue
from core.spec import CandidateClass, EstimationConditions
from tools.catalogue.property import Property


class Cost(IntEnum):
    """What one value costs. Cheaper calculators run first; dear ones are for structures that a search has chosen."""

    EXACT = 0  #: microseconds, computed from the structure
    LEARNT = 1  #: milliseconds, a rule or a trained model
    SIMULATED = 2  #: seconds to hours, a simulation such as quantum chemistry
    OUTSIDE = 3  #: asked of a service or a laboratory


@dataclass(frozen=True)
class Batch:
    """Structures that a calculator is asked about, all of them readable.

    Attributes:
        structures: SMILES, as they were given.
        mols: the sanitised molecules of ``structures``, without explicit hydrogens; two '*' each for polymers. Not to be changed.
        candidate_class: what they are.
        conditions: temperature (°C), solvent and the like under which values hold.
        known: values of the properties that the calculator ``uses``, where they were asked for too; one a structure.
    """

    structures: tuple[str, ...]
    mols: tuple[Chem.Mol, ...]
    candidate_class: CandidateClass
    conditions: EstimationConditions
    known: Mapping[str, Sequence[PropertyValue]] = field(default_factory=dict)


@runtime_checkable
class Calculator(Protocol):
    """Something that computes properties. Immutable; it can be handed to another process.

    Attributes:
        name: its name among the calculators.
        cost: what a value costs, which decides when it runs.
        properties: the definitions of what it computes.
        uses: names of properties whose values, where they are at hand, it wants to see; it runs after what computes them.
    """

    @property
    def name(self) -> str: ...
    @property
    def cost(self) -> Cost: ...
    @property
    def properties(self) -> tuple[Property, ...]: ...
    @property
    def uses(self) -> tuple[str, ...]: ...

    def version(self, name: str) -> str:
        """Version of what computes the property ``name``; '' where it is known only with a value."""
        ...

    def applies(self, definition: Property, candidate_class: CandidateClass) -> bool:
        """Whether it gives values of one of its properties for structures of this class."""
        ...

    def missing(self, definition: Property, reason: str) -> PropertyValue:
        """The value None of one of its properties, with the reason in words."""
        ...

    def batch(self, names: Sequence[str], batch: Batch) -> dict[str, list[PropertyValue]]:
        """The values of ``names``, one a structure, in the order of the batch.

        A property that a structure does not have is a value None with its reason. Raises nothing for a structure; PredictorError or
        ConfigurationError where the calculator itself cannot work.
        """
        ...

    def calibration(self, name: str) -> dict[str, NDArray[np.float32]] | None:
        """What is known of its errors: ``oof_pred``, ``oof_sigma``, ``oof_residual`` of structures it had not seen; None if nothing."""
        ...


class PlainCalculator:
    """What most calculators have in common; a subclass gives ``name``, ``cost``, ``properties`` and ``batch``."""

    uses: tuple[str, ...] = ()

    def version(self, name: str) -> str:
        """'': a subclass that has versions says so."""
        return ""

    def method(self, definition: Property) -> str:
        """How reports name what computed a value."""
        return definition.method_detail or definition.method

    def applies(self, definition: Property, candidate_class: CandidateClass) -> bool:
        """Where the property is defined."""
        return candidate_class in definition.classes

    def missing(self, definition: Property, reason: str) -> PropertyValue:
        """The value None with its reason."""
        return PropertyValue(
            value=None,
            unit=definition.unit,
            method=self.method(definition),
            method_version=self.version(definition.name),
            reason=reason,
        )

    def calibration(self, name: str) -> dict[str, NDArray[np.float32]] | None:
        """Arrays in the unit of the property; None: nothing is known of its errors."""
        return None
