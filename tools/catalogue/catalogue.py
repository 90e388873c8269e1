"""The properties that goals can name, as an immutable collection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from core.errors import ConfigurationError, SpecError
from core.spec import CandidateClass
from core.units import BUILTIN, UnitTable
from tools.catalogue.property import Property


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Properties by name and by word. Names and synonyms are unique; ConfigurationError where one is taken twice.

    Two catalogues are equal only if they are the same object, so that what is built from one can be remembered by it.

    Attributes:
        properties: in the order of lists and reports.
        units: the units in which goals and the properties may be written.
    """

    properties: tuple[Property, ...]
    units: UnitTable = BUILTIN

    def __post_init__(self) -> None:
        """Check that names and synonyms are unique."""
        owners: dict[str, str] = {}
        for definition in self.properties:
            words = _words(definition)
            taken = sorted(word for word in words if word in owners)
            if taken:
                raise ConfigurationError(f"property {definition.name!r}: name or synonym already registered: {taken}")
            owners.update(dict.fromkeys(words, definition.name))

    @cached_property
    def _by_name(self) -> dict[str, Property]:
        return {definition.name: definition for definition in self.properties}

    @cached_property
    def _by_word(self) -> dict[str, str]:
        return {word: definition.name for definition in self.properties for word in _words(definition)}

    def with_properties(self, *added: Property, units: UnitTable | None = None) -> Catalogue:
        """A new catalogue with ``added`` at its end, and with ``units`` where given. ConfigurationError if a name or synonym is taken."""
        return Catalogue((*self.properties, *added), units or self.units)

    def __getitem__(self, name: str) -> Property:
        """The property ``name``. SpecError, with the names that there are, for any other."""
        try:
            return self._by_name[name]
        except KeyError:
            raise SpecError(f"unknown property {name!r}; known: {', '.join(sorted(self._by_name))}") from None

    def __contains__(self, name: object) -> bool:
        """Whether there is a property ``name``."""
        return name in self._by_name

    def __iter__(self) -> Iterator[Property]:
        """The properties in their order."""
        return iter(self.properties)

    def __len__(self) -> int:
        """How many properties there are."""
        return len(self.properties)

    def resolve(self, word: str) -> Property | None:
        """The property called ``word`` (name or synonym, any case), or None."""
        name = self._by_word.get(word.strip().lower()) or self._by_word.get(word.strip())
        return self._by_name[name] if name else None

    def words(self) -> dict[str, str]:
        """Every name and synonym with the name it stands for."""
        return dict(self._by_word)

    def always(self, candidate_class: CandidateClass) -> tuple[str, ...]:
        """Names of the properties that every candidate of a class gets, asked for or not."""
        return tuple(p.name for p in self.properties if candidate_class in p.always_for)

    def listed(self, candidate_class: CandidateClass) -> tuple[str, ...]:
        """Names of the properties that every listed candidate of a class shows, asked for or not."""
        return tuple(p.name for p in self.properties if candidate_class in p.listed_for)

    def columns(self) -> tuple[str, ...]:
        """Names of the properties that have a column in every table of a report."""
        return tuple(p.name for p in self.properties if p.column)

    def axes(self) -> tuple[str, ...]:
        """Names of the properties on which plots fall back."""
        return tuple(p.name for p in self.properties if p.axis)

    def on(self, topic: str) -> frozenset[str]:
        """Names of the properties that call for literature on ``topic``."""
        return frozenset(p.name for p in self.properties if topic in p.topics)


def _words(definition: Property) -> dict[str, None]:
    """Name and synonyms of a property, without repeats, in their order."""
    return dict.fromkeys((definition.name, definition.name.replace("_", " "), *definition.synonyms))
