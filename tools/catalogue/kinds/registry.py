"""All kinds of requirement, and which kind a requirement is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import assert_never

from core.spec import (
    CountRequirement,
    EditRequirement,
    ElementsRequirement,
    FixedAtomsRequirement,
    LevelRequirement,
    MotifRequirement,
    PropertyRequirement,
    ReferenceSetRequirement,
    Requirement,
    RequirementBase,
    RuleSetRequirement,
    ScaffoldRequirement,
    SimilarityRequirement,
)
from tools.catalogue.kinds.base import AnyKind
from tools.catalogue.kinds.count import CountKind
from tools.catalogue.kinds.edit import EditKind
from tools.catalogue.kinds.elements import ElementsKind
from tools.catalogue.kinds.fixed_atoms import FixedAtomsKind
from tools.catalogue.kinds.level import LevelKind
from tools.catalogue.kinds.motif import MotifKind
from tools.catalogue.kinds.property import PropertyKind
from tools.catalogue.kinds.reference_set import ReferenceSetKind
from tools.catalogue.kinds.rule_set import RuleSetKind
from tools.catalogue.kinds.scaffold import ScaffoldKind
from tools.catalogue.kinds.similarity import SimilarityKind

PROPERTY, LEVEL, COUNT, MOTIF, ELEMENTS = PropertyKind(), LevelKind(), CountKind(), MotifKind(), ElementsKind()
SIMILARITY, RULE_SET, SCAFFOLD, EDIT = SimilarityKind(), RuleSetKind(), ScaffoldKind(), EditKind()
FIXED_ATOMS, REFERENCE_SET = FixedAtomsKind(), ReferenceSetKind()
#: The kinds that ship.
SHIPPED: tuple[AnyKind, ...] = (
    PROPERTY, LEVEL, COUNT, MOTIF, ELEMENTS, SIMILARITY, RULE_SET, SCAFFOLD, EDIT, FIXED_ATOMS, REFERENCE_SET,
)  # fmt: skip


def kind_of(requirement: Requirement) -> AnyKind:
    """The kind of a requirement. A form of requirement that has no case here is an error of the type checker."""
    match requirement:
        case PropertyRequirement():
            return PROPERTY
        case LevelRequirement():
            return LEVEL
        case CountRequirement():
            return COUNT
        case MotifRequirement():
            return MOTIF
        case ElementsRequirement():
            return ELEMENTS
        case SimilarityRequirement():
            return SIMILARITY
        case RuleSetRequirement():
            return RULE_SET
        case ScaffoldRequirement():
            return SCAFFOLD
        case EditRequirement():
            return EDIT
        case FixedAtomsRequirement():
            return FIXED_ATOMS
        case ReferenceSetRequirement():
            return REFERENCE_SET
        case _:
            assert_never(requirement)


class Kinds(Mapping[type[RequirementBase], AnyKind]):
    """Kinds by the model of their requirements: those that ship, and ``added`` ones. Immutable."""

    def __init__(self, *added: AnyKind) -> None:
        self._kinds = MappingProxyType({kind.model: kind for kind in (*SHIPPED, *added)})
        self._names = MappingProxyType({kind.name: kind for kind in self._kinds.values()})

    def __getitem__(self, model: type[RequirementBase]) -> AnyKind:
        """The kind whose requirements are ``model``. KeyError if there is none."""
        return self._kinds[model]

    def __iter__(self) -> Iterator[type[RequirementBase]]:
        """The models, shipped ones first."""
        return iter(self._kinds)

    def __len__(self) -> int:
        """How many kinds there are."""
        return len(self._kinds)

    def of(self, requirement: Requirement) -> AnyKind:
        """The kind of a requirement, an added one included."""
        return self._kinds.get(type(requirement)) or kind_of(requirement)

    def named(self, name: str) -> AnyKind | None:
        """The kind that specs and the compact notation call ``name``, or None."""
        return self._names.get(name)


#: What every function uses that is not told otherwise.
KINDS = Kinds()
