"""Arrays that ship with the guard's learned parts."""

from __future__ import annotations

from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigurationError


def shipped(name: str, *keys: str) -> list[NDArray[Any]]:
    """The arrays ``keys`` of the file ``name`` of this package, in their order and of the shapes in which they were stored. ConfigurationError if one cannot be read."""
    try:
        with resources.files("tools.safety").joinpath(name).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return [stored[key] for key in keys]
    except (OSError, KeyError, ValueError) as error:
        raise ConfigurationError(f"the guard's file {name} cannot be read: {error}") from error
