"""The proposer ``polymer_mutation``: good polymers varied by exchanging one monomer, so that every child has a route."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from rdkit import rdBase

from core import data
from core.candidate import Proposal
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.proposers.base import Parent, ProposalRequest
from tools.proposers.polymers.assembly import Draw
from tools.proposers.polymers.collect import Collector
from tools.proposers.polymers.steering import allowed_polymerisations, monomer_weight, ranked_shares, tg_window
from tools.synthesis.polymers.chemistry import first_unit
from tools.synthesis.polymers.disassembly import Found, stranger
from tools.synthesis.polymers.library import Monomer, candidates
from tools.synthesis.polymers.routes import built_from, decompose
from tools.synthesis.polymers.structure import canonical, read, run

_TRIES_PER_PROPOSAL = 15
_MAX_HEAVY_ATOMS = 60
_SWAP_SHARE = 0.55


@dataclass(frozen=True)
class Substitution:
    """A change of a monomer: its name and its reaction SMARTS."""

    name: str
    smarts: str


@lru_cache(maxsize=1)
def substitutions() -> tuple[Substitution, ...]:
    """Every substitution of the table."""
    rows = data.table("tools.proposers.polymers", "substitutions.toml")["substitution"]
    return tuple(Substitution(row["name"], row["smarts"]) for row in rows)


@lru_cache(maxsize=4096)
def variants(smiles: str, monomer_class: str, substitution: Substitution) -> tuple[Monomer, ...]:
    """Monomers that ``substitution`` makes of ``smiles`` and that still fit ``monomer_class``, ordered by SMILES."""
    found = []
    for mol in run(substitution.smarts, read(smiles)):
        if mol.GetNumHeavyAtoms() > _MAX_HEAVY_ATOMS:
            continue
        monomer = stranger(canonical(mol), (monomer_class,))
        if monomer is not None and monomer.smiles != smiles:
            found.append(monomer)
    return tuple(found)


class PolymerMutation:
    """Varies the parents of a request. Without parents it has nothing to propose."""

    name = "polymer_mutation"

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        """For polymers only."""
        return spec.candidate_class == "polymer"

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """At most ``request.count`` distinct children of the parents, each with a route; [] without parents that have one."""
        if not self.applies(request.spec, request.calculators.catalogue) or request.count <= 0 or not request.parents:
            return []
        rng = request.generator(self.name)
        collector = Collector(request, self.name)
        with rdBase.BlockLogs():
            pool = self._decomposed(request)
            if not pool:
                return []
            shares = ranked_shares([parent for parent, _ in pool])
            draw = Draw([0.1 + share for share in shares])
            window = tg_window(request.spec)
            for _ in range(_TRIES_PER_PROPOSAL * request.count):
                if collector.full:
                    break
                parent, found = pool[draw.pick(rng)]
                self._vary(rng, collector, parent, found, window)
        return collector.result()

    def _decomposed(self, request: ProposalRequest) -> list[tuple[Parent, Found]]:
        allowed = {p.id for p in allowed_polymerisations(request.spec)}
        pool = [(parent, built_from(parent.route) or decompose(parent.smiles)) for parent in request.parents]
        return [(parent, found) for parent, found in pool if found is not None and found[0].id in allowed]

    def _vary(self, rng: random.Random, collector: Collector, parent: Parent, found: Found, window: tuple[float, float] | None) -> None:
        polymerisation, monomers = found
        slot = rng.randrange(polymerisation.slots)
        old = monomers[slot]
        if rng.random() < _SWAP_SHARE:
            options = candidates(polymerisation, slot)
            new = options[rng.choices(range(len(options)), weights=[monomer_weight(m, window) for m in options])[0]]
            change, operator = "the other monomer kept" if len(monomers) > 1 else "same polymerisation", "swap monomer"
        else:
            substitution = substitutions()[rng.randrange(len(substitutions()))]
            choices = variants(old.smiles, old.monomer_class, substitution)
            if not choices:
                return
            new = choices[rng.randrange(len(choices))]
            change, operator = substitution.name, "substitute monomer"
        if new.smiles == old.smiles:
            return
        chosen = (*monomers[:slot], new, *monomers[slot + 1 :])
        unit = first_unit(polymerisation, tuple(m.smiles for m in chosen))
        rationale = f"{_shown(old)} exchanged for {_shown(new)} ({change})"
        collector.offer(polymerisation, chosen, unit, operator=operator, rationale=rationale, parents=(parent.key,))


def _shown(monomer: Monomer) -> str:
    return monomer.name if monomer.known else f"{monomer.name}, {monomer.smiles}"
