"""Registers the polymer proposers."""

from __future__ import annotations

from tools.proposers.polymers.assembly import PolymerAssembly
from tools.proposers.polymers.mutation import PolymerMutation
from tools.proposers.registry import register

register(PolymerAssembly())
register(PolymerMutation())
