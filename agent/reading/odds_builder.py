"""How sure a predicted class is to be: 'brain-penetrant with a probability over 80 %', 'at least 90 % likely to be Ames-negative'."""

from __future__ import annotations

import re

from agent.reading.comparisons import limits_of
from agent.reading.grammar import Node
from agent.reading.lexicon import Vague
from agent.reading.mentions import Lattice
from agent.reading.stance import Built, Stance
from agent.reading.statements import Limit, Statement

_REQUIRED = re.compile(r"property:(\w+) (<|<=|>|>=) [\d.]+")
#: The comparison that the complement of a share is under.
_COMPLEMENT = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def odds(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """The limit of a probability that is said of a word for its outcome; None for a word that stands for no probability, for a bare number, and where it is denied."""
    entry = node.mentions("vague")[0].value
    limits = limits_of(node, catalogue=lattice.catalogue) or []
    said = _REQUIRED.fullmatch(entry.requires[0]) if isinstance(entry, Vague) and len(entry.requires) == 1 and not entry.special else None
    if said is None or stance.denied or len(limits) != 1 or limits[0].operator not in _COMPLEMENT or limits[0].low is None:
        return None
    definition = lattice.catalogue[said[1]]
    if not definition.fraction or "(probability)" not in definition.label or limits[0].unit not in ("", "%", "percent", "per cent"):
        return None
    limit = limits[0] if said[2].startswith(">") else _of_the_other(limits[0])
    return [Statement("property", "", name=said[1], limit=limit, assumption=entry.reason)]


def _of_the_other(limit: Limit) -> Limit:
    """The limit of the probability of the other outcome."""
    whole = 100.0 if limit.unit else 1.0
    assert limit.low is not None
    return Limit(_COMPLEMENT[limit.operator], low=round(whole - limit.low, 6), unit=limit.unit)
