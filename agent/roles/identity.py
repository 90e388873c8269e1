"""What makes two specs ask for the same thing: the part of a request that the record compares."""

from __future__ import annotations

from core.model import content_hash
from core.spec import DesignSpec

#: Fields of a spec that a fork may change without changing what is asked for.
_FREE = {"budget", "candidates", "interpreter", "met_probability", "seed"}


def spec_identity(spec: DesignSpec) -> str:
    """SHA-256 of what ``spec`` asks for, without what a fork may change: budget, seed, number listed, threshold."""
    return content_hash(spec.model_dump(mode="json", exclude=_FREE))
