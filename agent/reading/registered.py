"""What is registered elsewhere in the house and read by name: the only place of this package that imports chemistry tables."""

from __future__ import annotations

from tools.catalogue.rule_sets import RULE_SETS
from tools.groups.groups import GROUPS, compile_smarts, group_words, plural
from tools.groups.scaffold import scaffold_smarts
from tools.structures.names import common_names
from tools.structures.parse import parse_polymer, parse_smiles

__all__ = [
    "GROUPS",
    "RULE_SETS",
    "common_names",
    "compile_smarts",
    "group_words",
    "parse_polymer",
    "parse_smiles",
    "plural",
    "scaffold_smarts",
]
