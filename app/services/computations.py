"""What costs seconds to hours, computed for one structure: stored as a job, executed by a worker, kept at an address of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import wiring
from app.services.jobs import HeldJob, Job, JobStore
from app.services.profiles import blocked
from app.services.structures import CostlyPart, StructureService
from core.candidate import Candidate
from core.errors import RefusedError, UsageError
from core.settings import Settings
from core.spec import CandidateClass, DesignSpec, EstimationConditions


class ComputationService:
    """Queues computations of a structure by costly calculators and shows what they came to. The guard judges every structure first."""

    def __init__(self, settings: Settings, jobs: JobStore, structures: StructureService) -> None:
        self._settings, self._jobs, self._structures = settings, jobs, structures

    def start(
        self, smiles: str, *, goal: str = "", names: Sequence[str] = (), despite_objections: bool = False, title: str = "", user: str = ""
    ) -> Job:
        """Put a computation into the queue: of what ``goal`` needs and costs a call, of the properties ``names``, or of every one that costs a call.

        ``title``: what the structure is called; by default its SMILES. Everything is looked at first. Raises as :meth:`StructureService.check`; RefusedError for a structure that the guard blocks; SpecError for a
        property that does not exist, UsageError for one that costs no call, a goal that needs none, and for goal and names together;
        ConfigurationError where nothing that costs a call is installed; StatusError where too many jobs wait.
        """
        if goal.strip() and names:
            raise UsageError("give either a goal or names of properties")
        spec = self._structures.read_goal(goal, despite_objections=despite_objections) if goal.strip() else None
        kind: CandidateClass = spec.candidate_class if spec is not None else "polymer" if "*" in smiles else "molecule"
        parts = self._structures.costly(kind, spec)
        if spec is not None and not parts:
            raise UsageError("nothing in this goal costs a call: it is answered at once (POST /structures/check, or the page Structures)")
        if spec is None:
            names = self._named(names, parts)
            candidate = self._structures.values(smiles, EstimationConditions())
        else:
            candidate = self._structures.against(smiles, spec)
        if blocked(candidate):
            hits = candidate.safety.rules if candidate.safety else []
            said = "; ".join(f"{h.id}: {h.reason}" for h in hits)
            raise RefusedError(f"the safety guard blocks this structure. {said}", rules=tuple(h.id for h in hits))
        takes = [f"{part.calculator}: about {part.takes}" for part in parts if spec is not None or set(part.names) & set(names)]
        asked: dict[str, Any] = {"smiles": smiles, "goal": goal.strip(), "names": list(names), "takes": takes}
        asked["spec"] = None if spec is None else spec.model_dump(mode="json")
        return self._jobs.create("computation", title or candidate.name or smiles, asked, user or wiring.user_name(self._settings), {})

    def _named(self, names: Sequence[str], parts: Sequence[CostlyPart]) -> list[str]:
        there = [name for part in parts for name in part.names]
        if not names:
            return there or self._structures.quantum_names()  # which says how it is installed
        asked = [self._structures.definition(name).name for name in names]
        if free := [name for name in asked if name not in there]:
            raise UsageError(
                f"{', '.join(free[:5])}: not what is computed by a call for this structure; such are: {', '.join(there) or 'none here'}"
            )
        return list(dict.fromkeys(asked))

    def spec(self, job: Job) -> DesignSpec | None:
        """What the structure is held against; None where properties were asked for."""
        return None if job.asked["spec"] is None else DesignSpec.model_validate(job.asked["spec"])

    def names(self, job: Job) -> list[str]:
        """The properties that are computed."""
        spec = self.spec(job)
        if spec is None:
            return [str(name) for name in job.asked["names"]]
        return [name for part in self._structures.costly(spec.candidate_class, spec) for name in part.names]

    def candidate(self, job: Job) -> Candidate | None:
        """The structure with what was computed; None before the end."""
        return Candidate.model_validate(job.result["candidate"]) if "candidate" in job.result else None

    def of_structure(self, smiles: str) -> list[Job]:
        """The computations of one structure, newest first."""
        return [job for job in self._jobs.all("computation") if job.asked["smiles"] == smiles]

    def work(self, held: HeldJob) -> Mapping[str, Any]:
        """Make the calls, again from the beginning where an earlier worker died; calls that were answered are kept. The structure with its values."""
        asked, spec = held.job.asked, self.spec(held.job)

        def still() -> None:
            held.go_on({}, whole=True)

        still()
        if spec is not None:
            found = self._structures.against(asked["smiles"], spec, call=True, meanwhile=still)
        else:
            found = self._structures.values(asked["smiles"], EstimationConditions(), asked["names"], still)
        return {"candidate": found.model_dump(mode="json")}
