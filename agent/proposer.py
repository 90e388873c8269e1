"""The proposer: how a batch is shared between the generators. This is the built-in form; it needs no language model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.candidate import Proposal
from core.spec import DesignSpec
from tools.proposers.base import Parent, ProposalRequest
from tools.proposers.obedience import obeying
from tools.proposers.registry import applicable, load
from tools.synthesis.blocks import BlockLibrary

#: Structures proposed in one generation.
BATCH = 160
#: Structures listed at once where all that meet the goal are wanted.
WHOLE = 1000
#: Share of the batch that is divided evenly; the rest follows what each proposer has brought into the frontier.
EVEN_SHARE = 0.4


def batch_size(spec: DesignSpec) -> int:
    """How many structures one generation proposes."""
    return WHOLE if spec.exhaustive else BATCH


def allocate(spec: DesignSpec, generation: int, frontier_proposers: Sequence[str], batch: int) -> dict[str, int]:
    """How many structures each applicable proposer is asked for, by name in the order of the registry; the sum is ``batch``.

    The seed generation is shared evenly. Later, proposers whose structures made it into the frontier are asked for more.
    """
    names = [p.name for p in applicable(spec)]
    if not names:
        return {}
    success = Counter(frontier_proposers)
    total = sum(success[n] for n in names)
    even = EVEN_SHARE if generation and total else 1.0
    shares = [even / len(names) + (1 - even) * (success[n] / total if total else 0.0) for n in names]
    counts = [int(batch * s) for s in shares]
    counts[shares.index(max(shares))] += batch - sum(counts)
    return {name: count for name, count in zip(names, counts, strict=True) if count}


def propose_with(
    name: str,
    spec: DesignSpec,
    generation: int,
    count: int,
    parents: Sequence[Parent],
    hints: Sequence[str],
    library: BlockLibrary | None = None,
) -> list[Proposal]:
    """What one proposer suggests, without what changes fixed atoms. ``parents``: best first. ``library``: building blocks, the shipped ones if None.

    Nothing returned is trusted.
    """
    request = ProposalRequest(
        spec=spec,
        generation=generation,
        count=count,
        parents=tuple(parents),
        seed=spec.seed,
        hints=tuple(hints),
        library=library,
    )
    return obeying(load()[name].propose(request), spec)
