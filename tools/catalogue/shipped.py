"""The properties that ship: one TOML file each in ``properties/``.

A file names everything that is said about its property, the function that computes it included, as "module:name". A data file was chosen
over a Python module beside the function because the catalogue is read where no chemistry is loaded (words of goals, labels of stored
reports): reading it must not import RDKit, and what is data stays checkable as data. One file is enough to add a property that RDKit or
any importable function computes; a property that needs a calculator of its own is declared beside that (``tools/calculators/protocol.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from core import data
from core.errors import ConfigurationError
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.property import Property


def property_of(name: str, table: Mapping[str, Any]) -> Property:
    """The property ``name`` that the TOML ``table`` states. ConfigurationError naming the property for an unknown or missing field."""
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}
    try:
        definition = Property(name=name, **fields)
    except TypeError as error:
        raise ConfigurationError(f"property {name!r}: {error}") from error
    if bool(definition.function) + bool(definition.smarts) != (definition.kind == "computed"):
        raise ConfigurationError(f"property {name!r}: a computed property names its function or its SMARTS, and no other does")
    return definition


def in_order(definitions: Iterable[Property]) -> tuple[Property, ...]:
    """``definitions`` by their position, equals by name."""
    return tuple(sorted(definitions, key=lambda p: (p.position, p.name)))


@cache
def shipped() -> Catalogue:
    """The catalogue of the properties that ship. ConfigurationError naming the file that cannot be used."""
    return Catalogue(in_order(property_of(name, table) for name, table in data.tables("tools.catalogue", "properties").items()))
