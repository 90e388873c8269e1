"""The proposer ``polymer_assembly``: repeat units built from monomers of the library by named polymerisations."""

from __future__ import annotations

import random
from itertools import accumulate, islice, product
from math import sqrt

from rdkit import rdBase

from core.candidate import Proposal
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.proposers.base import ProposalRequest
from tools.proposers.polymers.collect import Collector
from tools.proposers.polymers.steering import (
    allowed_polymerisations,
    experience,
    family_weight,
    hinted,
    hinted_monomer,
    monomer_weight,
    tg_window,
)
from tools.synthesis.polymers.chemistry import first_unit
from tools.synthesis.polymers.library import Monomer, Polymerisation, candidates, polymerisations

_TRIES_PER_PROPOSAL = 12
_SCAN_LIMIT = 6000


class Draw:
    """A weighted choice among fixed options."""

    def __init__(self, weights: list[float]) -> None:
        self._cumulative = list(accumulate(weights))

    def pick(self, rng: random.Random) -> int:
        """Index of an option."""
        options = range(len(self._cumulative))
        return rng.choices(options, cum_weights=self._cumulative)[0]


class PolymerAssembly:
    """Assembles repeat units from real monomers. Families, stiffness and the monomers of good parents steer the draw."""

    name = "polymer_assembly"

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        """For polymers only."""
        return spec.candidate_class == "polymer"

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """At most ``request.count`` distinct repeat units with their routes; [] for a spec that is not about polymers."""
        if not self.applies(request.spec, request.calculators.catalogue) or request.count <= 0:
            return []
        rng = request.generator(self.name)
        collector = Collector(request, self.name)
        chemistry = allowed_polymerisations(request.spec)
        with rdBase.BlockLogs():
            if sum(_size([candidates(p, slot) for slot in range(p.slots)]) for p in chemistry) > 2 * request.count:
                self._draw(rng, collector, chemistry, request)
            self._scan(collector, chemistry)
        return collector.result()

    def _draw(self, rng: random.Random, collector: Collector, chemistry: list[Polymerisation], request: ProposalRequest) -> None:
        window = tg_window(request.spec)
        learnt = experience(request.parents)
        slots = [[candidates(p, slot) for slot in range(p.slots)] for p in chemistry]
        sizes = [_size(s) for s in slots]
        families = Draw(
            [sqrt(n) * family_weight(p, window) * learnt.of(p) * hinted(p, request.hints) for p, n in zip(chemistry, sizes, strict=True)]
        )
        draws = [
            [Draw([monomer_weight(m, window) * learnt.of_monomer(m) * hinted_monomer(m, request.hints) for m in pool]) for pool in s]
            for s in slots
        ]
        for _ in range(_TRIES_PER_PROPOSAL * request.count):
            if collector.full:
                return
            k = families.pick(rng)
            chosen = tuple(pool[draw.pick(rng)] for pool, draw in zip(slots[k], draws[k], strict=True))
            _offer(collector, chemistry[k], chosen)

    def _scan(self, collector: Collector, chemistry: list[Polymerisation]) -> None:
        """Where drawing found too few (a small family, strict motifs): go through combinations in order, evenly over the chemistry."""
        if collector.full:
            return
        share = max(50, _SCAN_LIMIT // max(1, len(chemistry)))
        for polymerisation in chemistry:
            pools = [candidates(polymerisation, slot) for slot in range(polymerisation.slots)]
            stride = max(1, _size(pools) // share)
            for chosen in islice(product(*pools), 0, None, stride):
                if collector.full:
                    return
                _offer(collector, polymerisation, chosen)


def _size(pools: list[tuple[Monomer, ...]]) -> int:
    size = 1
    for pool in pools:
        size *= len(pool)
    return size


def _offer(collector: Collector, polymerisation: Polymerisation, chosen: tuple[Monomer, ...]) -> None:
    unit = first_unit(polymerisation, tuple(m.smiles for m in chosen))
    rationale = f"{polymerisation.families[0]} of {' and '.join(m.name for m in chosen)}: {polymerisation.name}"
    collector.offer(polymerisation, chosen, unit, operator=polymerisation.id, rationale=rationale)


def reachable() -> int:
    """How many combinations of polymerisation and library monomers there are (an upper bound of the distinct repeat units)."""
    return sum(_size([candidates(p, slot) for slot in range(p.slots)]) for p in polymerisations())
