"""The proposer ``evolution``: the evolutionary engine, started from the run's own best structures and kept to the spec."""

from __future__ import annotations

import random

from rdkit import Chem, rdBase

from core.candidate import Proposal
from core.spec import DesignSpec, ReferenceSetRequirement, ScaffoldRequirement
from tools.calculators.drug_likeness import sa_score
from tools.catalogue.catalogue import Catalogue
from tools.proposers.base import Parent, Prescreen, ProposalRequest
from tools.proposers.evolution.engine import Engine, EngineConfig, Offspring
from tools.proposers.evolution.repair import repair
from tools.proposers.exemptions import Exemptions, exemptions
from tools.proposers.library.known import Known, ranked
from tools.proposers.spec_fit import SpecFit, spec_fit

_DEFAULT_MAX_SA = 4.5
_DEFAULT_MAX_ATOMS = 50
_ENOUGH_PARENTS = 20
_SEEDS = 60
#: Structures of a set to be resembled from which the search starts.
_REFERENCES = 20
_OVERSAMPLING = 1.5


class EvolutionProposer:
    """Varies and recombines the parents; without enough parents it starts from known compounds near the spec."""

    name = "evolution"

    def applies(self, spec: DesignSpec, catalogue: Catalogue) -> bool:
        """Molecules only."""
        return spec.candidate_class == "molecule"

    def propose(self, request: ProposalRequest) -> list[Proposal]:
        """At most ``count`` new structures that the spec does not exclude, nearest to its countable requirements."""
        if request.count < 1:
            return []
        fit = spec_fit(request.spec, calculators=request.calculators)
        rng = request.generator(self.name)
        keys, names = self._sources(request)
        engine = self._engine(request, fit, rng)
        wanted = int(request.count * _OVERSAMPLING) + 1 if fit.steerable else request.count
        offspring = _offspring(engine, request.prescreen, wanted)
        if fit.steerable:
            with rdBase.BlockLogs():
                offspring.sort(key=lambda o: round(fit.distance(Chem.MolFromSmiles(o.smiles)), 3))
        return [self._proposal(o, keys, names) for o in offspring[: request.count]]

    def _sources(self, request: ProposalRequest) -> tuple[dict[str, str], dict[str, str]]:
        """Keys of the parents and names of the known compounds by canonical SMILES."""
        keys = {}
        for parent in request.parents:
            mol = Chem.MolFromSmiles(parent.smiles)
            if mol is not None:
                keys[Chem.MolToSmiles(mol)] = parent.key
        return keys, {k.smiles: k.name for _, k in self._seeds(request, spec_fit(request.spec, calculators=request.calculators))}

    def _seeds(self, request: ProposalRequest, fit: SpecFit) -> list[tuple[float, Known]]:
        """Starting structures where the run has too few of its own: the goal's own structures, hints, then the nearest known compounds."""
        if len(request.parents) >= _ENOUGH_PARENTS:
            return []
        given = [(r.scaffold, "the scaffold to keep") for r in request.spec.requirements_of(ScaffoldRequirement)]
        if request.spec.reference is not None:
            given.append((request.spec.reference.smiles, request.spec.reference.name or "the reference of the goal"))
        sets = [r for r in request.spec.requirements_of(ReferenceSetRequirement) if r.condition.bounds()[0] > 0]
        given += [(smiles, r.name or "a reference of the goal") for r in sets for smiles in r.references[:_REFERENCES]]
        given += [(hint, "a hint") for hint in request.hints]
        seeds = []
        with rdBase.BlockLogs():
            for smiles, name in given:
                mol = Chem.MolFromSmiles(smiles) if len(smiles) <= 300 else None
                if mol is not None and mol.GetNumAtoms() > 0 and "." not in smiles and "*" not in smiles:
                    seeds.append((-1.0, Known(name, Chem.MolToSmiles(mol), "goal", mol)))
        limit = _ENOUGH_PARENTS - len(request.parents) if request.parents else _SEEDS
        return seeds + ranked(fit, limit, allow_excluded=not (fit.scaffolds or fit.fixed))

    def _engine(self, request: ProposalRequest, fit: SpecFit, rng: random.Random) -> Engine:
        lifted = exemptions(request.spec)
        config = _config(request.spec, fit, lifted)

        def accept(mol: Chem.Mol) -> bool:
            return not fit.excluded(mol)

        def mend(mol: Chem.Mol, rng: random.Random) -> Chem.Mol | None:
            return repair(mol, fit, rng, implausible=lifted.first)

        engine = Engine(rng, config, accept=accept if fit.excluded_possible else None, repair=mend if fit.steerable else None)
        parents: tuple[Parent, ...] = request.parents
        seeds = self._seeds(request, fit)
        floor = min((p.score for p in parents), default=0.0)
        engine.tell([k.smiles for _, k in seeds], [floor - 2.0 - distance for distance, _ in seeds])
        engine.tell([p.smiles for p in parents], [p.score for p in parents])
        return engine

    def _proposal(self, child: Offspring, keys: dict[str, str], names: dict[str, str]) -> Proposal:
        sources = [names[s] if s in names and s not in keys else s for s in child.parents]
        done = child.operator.removesuffix(", repair")
        repaired = ", then edited towards what the spec counts" if done != child.operator else ""
        return Proposal(
            smiles=child.smiles,
            proposer=self.name,
            operator=child.operator,
            parents=[keys[s] for s in child.parents if s in keys],
            rationale=f"{done} of {' and '.join(sources)}{repaired}",
        )


def _offspring(engine: Engine, prescreen: Prescreen | None, wanted: int) -> list[Offspring]:
    """``wanted`` offspring of the engine, chosen by ``prescreen`` from as many more as it asks for."""
    if prescreen is None:
        return engine.ask_offspring(wanted)
    made = engine.ask_offspring(prescreen.oversampling * wanted)
    return [made[i] for i in prescreen.choose([o.smiles for o in made], wanted)]


def _config(spec: DesignSpec, fit: SpecFit, lifted: Exemptions) -> EngineConfig:
    """Engine settings for ``spec``. The structures that it gives itself raise the limit on the effort of making one."""
    max_sa = _DEFAULT_MAX_SA
    for name, condition in fit.windows:
        if name == "sa_score":
            max_sa = min(max_sa, condition.bounds()[1]) if condition.bounds()[0] < _DEFAULT_MAX_SA else condition.bounds()[1]
    own = [r.scaffold for r in spec.requirements_of(ScaffoldRequirement)]
    own += [spec.reference.smiles] if spec.reference is not None else []
    for smiles in own:
        mol = Chem.MolFromSmiles(smiles)
        if mol is not None:
            max_sa = max(max_sa, sa_score(mol) + 0.5)
    limit = min(max(_DEFAULT_MAX_ATOMS, int(1.3 * fit.min_heavy_atoms)), fit.max_heavy_atoms)
    return EngineConfig(max_sa=max_sa, max_heavy_atoms=limit, min_heavy_atoms=min(3, limit), implausible=lifted.first)
