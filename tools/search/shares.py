"""Whom to ask for how many structures in a generation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.spec import DesignSpec
from tools.proposers.registry import applicable
from tools.search.policy import SearchPolicy
from tools.search.state import SearchState
from tools.workspace import Workspace


def shares(
    search: SearchState, spec: DesignSpec, policy: SearchPolicy, *, workspace: Workspace, model: str = "", most: int = 0
) -> dict[str, int]:
    """How many structures each proposer is asked for in the generation of ``search``, by name; a model takes its few from the others' batch.

    ``workspace``: the proposers. ``model``: name under which a language model proposes, asked for at most ``most``; '' or 0 where none is asked.
    """
    mine = min(most, spec.budget - search.evaluated) if model else 0
    names = [proposer.name for proposer in applicable(spec, workspace.proposers, workspace.catalogue)]
    divided = allocate(names, search, batch_size(spec, policy) - mine, policy.even_share)
    return {**divided, model: mine} if mine else divided


def batch_size(spec: DesignSpec, policy: SearchPolicy) -> int:
    """How many structures one generation proposes."""
    return policy.whole if spec.exhaustive else policy.batch


def allocate(names: Sequence[str], search: SearchState, batch: int, even_share: float) -> dict[str, int]:
    """How many structures each proposer of ``names`` is asked for, in their order, none with 0; the sum is ``batch``. {} for no names.

    The seed generation is shared evenly. Later, proposers whose structures made it into the frontier are asked for more: ``even_share``
    of the batch is divided evenly, the rest by success.
    """
    if not names:
        return {}
    success = Counter(entry["proposer"] for entry in search.frontier)
    total = sum(success[name] for name in names)
    even = even_share if search.generation and total else 1.0
    parts = [even / len(names) + (1 - even) * (success[name] / total if total else 0.0) for name in names]
    counts = [int(batch * part) for part in parts]
    counts[parts.index(max(parts))] += batch - sum(counts)
    return {name: count for name, count in zip(names, counts, strict=True) if count}


def probation(generation: int, policy: SearchPolicy) -> range:
    """The generations in which a language model must have brought something new and readable to be asked in ``generation``.

    Empty where it is asked in any case: in the first generations and in every ``policy.rest``-th.
    """
    if generation < policy.barren or generation % policy.rest == 0:
        return range(0)
    return range(generation - policy.barren, generation)
