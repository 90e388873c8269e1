"""Registers the polymer proposers."""

from __future__ import annotations

from tools.generators.polymers.assembly import PolymerAssembly
from tools.generators.polymers.mutation import PolymerMutation
from tools.generators.registry import register

register(PolymerAssembly())
register(PolymerMutation())
