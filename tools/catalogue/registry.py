"""Every property that a goal can name: the table ``properties.toml``. What computes them is in ``tools/calculators`` and ``tools/predictors``."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError
from core.properties import PropertyDefinition, PropertyRegistry

TABLE = Path(__file__).with_name("properties.toml")


def read_properties(path: Path) -> PropertyRegistry:
    """The registry of the definitions in ``path``, in the order of the file.

    Raises ConfigurationError naming the property for an unknown or missing field, or a name or synonym that is taken.
    """
    registry = PropertyRegistry()
    for name, fields in tomllib.loads(path.read_text(encoding="utf-8")).items():
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
        try:
            definition = PropertyDefinition(name=name, **values)
        except TypeError as error:
            raise ConfigurationError(f"{path.name}, property {name!r}: {error}") from error
        registry.register(definition)
    return registry


REGISTRY = read_properties(TABLE)
