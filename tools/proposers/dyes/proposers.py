"""Registers the dye proposer."""

from __future__ import annotations

from tools.proposers.dyes.assembly import DyeAssembly
from tools.proposers.registry import register

register(DyeAssembly())
