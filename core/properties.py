"""What a property is, and the registry type that holds all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from core.errors import ConfigurationError, SpecError
from core.spec import CandidateClass

PropertyKind = Literal["computed", "predicted", "level"]


@dataclass(frozen=True, kw_only=True)
class PropertyDefinition:
    """A registered property.

    Attributes:
        name: registered name, snake_case.
        label: name as printed in reports.
        synonyms: other names under which goals ask for it, lower case.
        unit: unit of the value; empty for dimensionless.
        accepted_units: units in which a goal may state it (see ``core.units``); converted to ``unit``.
        kind: ``computed`` exactly from the structure, ``predicted`` with an error, or an ordinal ``level``.
        low, high: the range that a sensible threshold lies in; a goal outside it is refused.
        typical_low, typical_high: ends of the default desirability ramp.
        up_words, down_words: words that mean "more" or "less" of this property ("lipophilic" is up for logp).
        classes: candidate classes for which it is defined.
        levels: names of the levels, best first, for ``level`` properties.
        integer: whether values are counts.
        method: what computes it.
        source: reference of the method.
        description: one sentence for people.
        window: default half-width of "at X" and "around X", in ``unit``; None: 10 % of X.
        plain_unit: unit in which a goal's number without a unit is read; empty: ``unit``.
        own: whether it is a user's own property, predicted by a model in the home folder.
    """

    name: str
    label: str
    synonyms: tuple[str, ...]
    unit: str
    kind: PropertyKind
    low: float
    high: float
    typical_low: float
    typical_high: float
    method: str
    source: str
    description: str
    accepted_units: tuple[str, ...] = ()
    up_words: tuple[str, ...] = ()
    down_words: tuple[str, ...] = ()
    classes: tuple[CandidateClass, ...] = ("molecule",)
    levels: tuple[str, ...] = ()
    integer: bool = False
    window: float | None = None
    plain_unit: str = ""
    own: bool = False


@dataclass
class PropertyRegistry:
    """All properties by name and synonym. Names and synonyms are unique across the registry. ``revision`` counts its changes."""

    _by_name: dict[str, PropertyDefinition] = field(default_factory=dict)
    _by_word: dict[str, str] = field(default_factory=dict)
    revision: int = 0

    def register(self, definition: PropertyDefinition) -> None:
        """Add a property. Raises ConfigurationError if its name or a synonym is taken."""
        words = {definition.name, definition.name.replace("_", " "), *definition.synonyms}
        taken = sorted(w for w in words if self._by_word.get(w, definition.name) != definition.name)
        if definition.name in self._by_name or taken:
            raise ConfigurationError(f"property {definition.name!r}: name or synonym already registered: {taken or definition.name}")
        self._by_name[definition.name] = definition
        self._by_word.update(dict.fromkeys(words, definition.name))
        self.revision += 1

    def unregister(self, name: str) -> None:
        """Forget the property ``name`` and its words; nothing happens if there is none."""
        if self._by_name.pop(name, None) is not None:
            self._by_word = {word: owner for word, owner in self._by_word.items() if owner != name}
            self.revision += 1

    def __getitem__(self, name: str) -> PropertyDefinition:
        try:
            return self._by_name[name]
        except KeyError:
            raise SpecError(f"unknown property {name!r}; known: {', '.join(sorted(self._by_name))}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[PropertyDefinition]:
        return iter(self._by_name.values())

    def resolve(self, word: str) -> PropertyDefinition | None:
        """The property called ``word`` (name or synonym, any case), or None."""
        name = self._by_word.get(word.strip().lower()) or self._by_word.get(word.strip())
        return self._by_name[name] if name else None

    def words(self) -> dict[str, str]:
        """Every name and synonym with the registered name it stands for."""
        return dict(self._by_word)
