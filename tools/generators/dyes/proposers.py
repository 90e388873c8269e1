"""Registers the dye proposer."""

from __future__ import annotations

from tools.generators.dyes.assembly import DyeAssembly
from tools.generators.registry import register

register(DyeAssembly())
