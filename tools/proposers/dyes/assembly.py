"""The proposer ``dye_assembly``: dyes of the classic families and donor-bridge-acceptor dyes, each with the route that made it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from rdkit import Chem, rdBase

from core.candidate import Proposal
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.proposers.base import ProposalRequest
from tools.proposers.dyes.steering import allowed_recipes, hinted_families, is_about_dyes, lambda_window, promise
from tools.proposers.dyes.variation import varied_part
from tools.proposers.polymers.steering import ranked_shares
from tools.proposers.spec_fit import SpecFit, spec_fit
from tools.synthesis.dyes.library import Part, Recipe, parts, pool, recipes
from tools.synthesis.dyes.regulated import unwanted
from tools.synthesis.dyes.routes import Identity, build_dye_route, identify

_TRIES_PER_PROPOSAL = 12
_RESERVE = 400
_EXCHANGE_SHARE, _VARY_SHARE = 0.6, 0.25


@dataclass
class Batch:
    """The proposals of one request, distinct and within what the spec excludes at once."""

    request: ProposalRequest
    proposer: str
    fit: SpecFit
    taken: list[Proposal] = field(default_factory=list)
    _reserve: list[tuple[float, int, Proposal]] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    @property
    def full(self) -> bool:
        """Whether there are as many as were asked for."""
        return len(self.taken) >= self.request.count

    def offer(self, recipe: Recipe, chosen: dict[str, Part], parents: tuple[str, ...] = (), change: str = "") -> bool:
        """Make the dye and take it if it is new and fits; one that misses only counts or windows goes to the reserve."""
        chosen = in_order(recipe, chosen)
        route = build_dye_route(recipe, chosen)
        if route is None:
            return False
        smiles = route.steps[-1].product
        if smiles in self._seen:
            return False
        self._seen.add(smiles)
        mol = Chem.MolFromSmiles(smiles)
        if self.fit.excluded(mol) or unwanted(mol):
            return False
        distance = self.fit.distance(mol)
        if distance > 0 and len(self._reserve) >= _RESERVE:
            return False
        proposal = Proposal(
            smiles=smiles,
            name=dye_name(recipe, chosen),
            proposer=self.proposer,
            operator=recipe.family,
            parents=list(parents),
            rationale=rationale(recipe, chosen) + (f"; against its parent {change}" if change else ""),
            route=route,
        )
        if distance > 0:
            self._reserve.append((distance, len(self._reserve), proposal))
            return False
        self.taken.append(proposal)
        return True

    def leave_out(self, smiles: str) -> None:
        """Never take this structure."""
        self._seen.add(smiles)

    def result(self) -> list[Proposal]:
        """What was taken, filled up from the reserve (nearest to the spec first)."""
        missing = max(0, self.request.count - len(self.taken))
        return self.taken + [p for _, _, p in sorted(self._reserve, key=lambda entry: entry[:2])[:missing]]


def in_order(recipe: Recipe, chosen: dict[str, Part]) -> dict[str, Part]:
    """The same parts with interchangeable ones (role and role#2) in a fixed order: A-B and B-A are the same dye."""
    swapped = dict(chosen)
    for role in recipe.slots:
        second = f"{role}#2"
        if second in chosen and chosen[second].smiles < chosen[role].smiles:
            swapped[role], swapped[second] = chosen[second], chosen[role]
    return swapped


def dye_name(recipe: Recipe, chosen: dict[str, Part]) -> str:
    """A descriptive name: the family and what it is made from. No systematic name is claimed."""
    names = list(dict.fromkeys(p.name for role, p in chosen.items() if len(pool(recipe, role)) > 1))
    return f"{recipe.family} dye from {' and '.join(names)}"


def rationale(recipe: Recipe, chosen: dict[str, Part]) -> str:
    """What the dye is made from, and which part plays donor, bridge and acceptor where these are different parts."""
    spoken = {what: chosen[role].name if role in chosen else role for what, role in _speaking(recipe).items()}
    if len(set(spoken.values())) < len(spoken):
        return f"{recipe.family} dye made from {' and '.join(dict.fromkeys(p.name for p in chosen.values()))}"
    return f"{recipe.family} dye: donor from {spoken['donor']}, bridge {spoken['bridge']}, acceptor from {spoken['acceptor']}"


def _speaking(recipe: Recipe) -> dict[str, str]:
    return {"donor": recipe.donor, "bridge": recipe.bridge, "acceptor": recipe.acceptor}


class DyeAssembly:
    """Fresh dyes from all families in turn; with parents, mostly parents with one part exchanged or slightly changed."""

    name = "dye_assembly"

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        """For molecules that are to be dyes."""
        return is_about_dyes(spec, catalogue=catalogue)

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """At most ``request.count`` distinct dyes, each with its route; [] for a spec that is about no dye."""
        if not self.applies(request.spec, request.calculators.catalogue) or request.count <= 0:
            return []
        rng = request.generator(self.name)
        batch = Batch(request, self.name, spec_fit(request.spec, calculators=request.calculators))
        allowed = allowed_recipes(request.spec)
        with rdBase.BlockLogs():
            for parent in request.parents:
                batch.leave_out(parent.smiles)
            family = self._vary_parents(rng, batch, request, allowed)
            self._fresh(rng, batch, request, allowed, family)
            self._scan(batch, allowed)
        return batch.result()

    def _vary_parents(self, rng: random.Random, batch: Batch, request: ProposalRequest, allowed: list[Recipe]) -> dict[str, float]:
        """Children of the parents, for most of the request; how well each family did, 0 to 1."""
        ids = {r.id for r in allowed}
        known: list[tuple[str, Identity, float]] = []
        for parent, share in zip(request.parents, ranked_shares(request.parents), strict=True):
            found = identify(parent.smiles)
            if found is not None and found[0].id in ids:
                known.append((parent.key, found, share))
        best: dict[str, float] = {}
        for _, (recipe, _), share in known:
            best[recipe.family] = max(best.get(recipe.family, 0.0), share)
        wanted = int(request.count * (_EXCHANGE_SHARE + _VARY_SHARE))
        weights = [0.1 + share for _, _, share in known]
        for _ in range(_TRIES_PER_PROPOSAL * wanted if known else 0):
            if len(batch.taken) >= wanted:
                break
            key, (recipe, chosen), _ = known[rng.choices(range(len(known)), weights=weights)[0]]
            child = self._child(rng, recipe, chosen)
            if child is not None:
                batch.offer(recipe, child[0], (key,), child[1])
        return best

    def _child(self, rng: random.Random, recipe: Recipe, chosen: dict[str, Part]) -> tuple[dict[str, Part], str] | None:
        free = [role for role in recipe.slots if len(pool(recipe, role)) > 1]
        role = free[rng.randrange(len(free))]
        old = chosen[role]
        if rng.random() < _EXCHANGE_SHARE / (_EXCHANGE_SHARE + _VARY_SHARE):
            options = pool(recipe, role)
            new: Part | None = options[rng.randrange(len(options))]
        else:
            new = varied_part(rng, old)
        if new is None or new.smiles == old.smiles:
            return None
        return {**chosen, role: new}, f"{old.name} exchanged for {new.name}"

    def _fresh(self, rng: random.Random, batch: Batch, request: ProposalRequest, allowed: list[Recipe], best: dict[str, float]) -> None:
        """Families in turn; those whose usual absorption fits, or that did well, more than once in a round."""
        window = lambda_window(request.spec)
        turns: list[str] = []
        for family in dict.fromkeys(r.family for r in allowed):
            chance = max(promise(r, window) for r in allowed if r.family == family)
            spoken_of = family in hinted_families(request.hints)
            turns += [family] * (1 + (window is not None and chance >= 1.0) * 2 + round(2 * best.get(family, 0.0)) + spoken_of)
        rng.shuffle(turns)
        of_family = {f: [r for r in allowed if r.family == f] for f in turns}
        for attempt in range(_TRIES_PER_PROPOSAL * request.count if turns else 0):
            if batch.full:
                return
            options = of_family[turns[attempt % len(turns)]]
            recipe = options[rng.choices(range(len(options)), weights=[promise(r, window) * _size(r) ** 0.5 for r in options])[0]]
            pools = {role: pool(recipe, role) for role in recipe.slots}
            batch.offer(recipe, {role: options_[rng.randrange(len(options_))] for role, options_ in pools.items()})

    def _scan(self, batch: Batch, allowed: list[Recipe]) -> None:
        """Where drawing found too few (a small family, strict motifs): go through combinations in order."""
        for recipe in allowed:
            stride = max(1, _size(recipe) // 400)
            for number in range(0, _size(recipe), stride):
                if batch.full:
                    return
                batch.offer(recipe, _combination(recipe, number))


def _size(recipe: Recipe) -> int:
    size = 1
    for role in recipe.slots:
        size *= len(pool(recipe, role))
    return size


def _combination(recipe: Recipe, number: int) -> dict[str, Part]:
    chosen = {}
    for role in recipe.slots:
        options = pool(recipe, role)
        number, index = divmod(number, len(options))
        chosen[role] = options[index]
    return chosen


def reachable() -> int:
    """How many combinations of recipes and library parts there are (an upper bound of the distinct dyes)."""
    return sum(_size(r) for r in recipes()) if parts() else 0
