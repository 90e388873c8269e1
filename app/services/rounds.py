"""Next rounds: runs that are started from the decisions on another run, and from what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.services.feedback import FeedbackService, reviewed
from app.services.goals import GoalService
from app.services.measurements import MeasurementService
from app.services.run_reading import rounds_after
from app.services.runs import RunService
from app.services.sharing import SharingService
from app.wiring import open_workspace
from core.errors import NotFoundError, StatusError, UsageError
from core.interfaces import RunRecord, RunStore
from core.limits import MAX_SEED
from core.model import content_hash
from core.options import NamedReferences, given_options
from core.review import DECIDED, CandidateReview
from core.rounds import NextRound
from core.spec import DesignSpec, ReferenceSetRequirement

if TYPE_CHECKING:
    from tools.ranking.novelty import KnownSet

#: How the set of accepted structures is called in a spec, before the run.
ACCEPTED = "the accepted list of run"
#: Most accepted structures that a spec resembles.
MOST = 200
#: A line of rounds is followed so far back.
LONGEST_LINE = 100


@dataclass(frozen=True)
class Family:
    """The runs that a run was started from, the newest first, and those that were started from it, the oldest first."""

    earlier: list[RunRecord]
    later: list[RunRecord]


@dataclass(frozen=True)
class _Decided:
    """A structure on which somebody has decided: how it stands, its tautomer-independent key, and that in words."""

    review: CandidateReview
    known_key: str
    said: str


class RoundService:
    """Starts runs from decisions. ``runs`` starts them, ``goals`` checks what is asked for."""

    def __init__(
        self,
        store: RunStore,
        runs: RunService,
        goals: GoalService,
        feedback: FeedbackService,
        measurements: MeasurementService,
        sharing: SharingService,
    ) -> None:
        self.store = store
        self._runs = runs
        self._goals = goals
        self._feedback = feedback
        self._measurements = measurements
        self._sharing = sharing

    def family(self, run_id: str) -> Family:
        """The rounds before a run and after it. One that was deleted ends the line. NotFoundError."""
        record = self.store.run(run_id)
        return Family(self._earlier(record), list(rounds_after(self.store, record.run_id)))

    def plan(self, run_id: str, *, resemble: bool = True) -> NextRound:
        """What a next round would be started from. ``resemble``: whether its candidates have to resemble what was accepted.

        StatusError for a run without a spec, UsageError where nobody has decided or measured anything. NotFoundError.
        """
        record = self.store.run(run_id)
        if record.kind != "design" or not record.spec_version:
            raise StatusError(f"run {record.run_id} has no spec yet, so there is no next round")
        line = [record, *self._earlier(record)]
        if not any(c.decisions or c.measured for c in self._feedback.review(record.run_id).candidates):
            raise UsageError(f"nobody has decided on a candidate of run {record.run_id} or measured one: there is nothing to start from")
        decided = self._decided(line)
        reviews = [d.review for d in decided]
        accepted = [c for c in reviews if c.decision == "accept"]
        rejected = [c for c in reviews if c.decision == "reject"]
        still_open = [c for c in reviews if c.decision not in ("accept", "reject")]
        known = self._known(line, decided, self.store.spec(record.run_id))
        measured = {key for values in known.values.values() for key in values}
        return NextRound(
            run_id=record.run_id,
            earlier=[r.run_id for r in line[1:]],
            spec=self._spec(record, accepted if resemble else []),
            accepted=accepted,
            rejected=rejected,
            open=still_open,
            measured=len(measured),
            notes=_notes(accepted, still_open, resemble),
        )

    def start(
        self,
        run_id: str,
        spec: DesignSpec | None = None,
        *,
        resemble: bool = True,
        changes: Mapping[str, Any] | None = None,
        approve: bool = False,
        accept_unread: bool = False,
        use_models: bool = True,
        queued: bool = True,
        key: str = "",
        author: str = "",
    ) -> str:
        """Store the next round and return its id. ``spec``: the one to run in place of that of :meth:`plan`; ``changes``: settings in its place.

        Who sees the run sees its next round.
        What people have decided on is not listed again, measured values take the place of predictions, and the lists of building blocks
        and of known structures that the run was given go with it; all of it is recorded in the new run. Raises as :meth:`plan` and
        :meth:`RunService.start`, SpecError for a spec that cannot be run.
        """
        from graphs.user_inputs import BLOCKS, NODE
        from tools.synthesis.inventory import Inventory

        planned = self.plan(run_id, resemble=resemble)
        asked = self._goals.check((spec or planned.spec).model_copy(update=dict(changes or {})))
        record = self.store.run(planned.run_id)
        line = [record, *self._earlier(record)]
        blocks = self.store.event(record.run_id, NODE, 0, BLOCKS)
        options: dict[str, Any] = {"spec": asked.model_dump(mode="json"), "parent": record.run_id}
        options |= {"yes": True} if approve else {}
        options |= {"despite_objections": True} if accept_unread else {}
        options |= {"user": author} if author else {}
        made = self._runs.start(
            asked.goal,
            given_options(options),
            use_models=use_models,
            blocks=Inventory.model_validate(blocks.outputs) if blocks is not None else None,
            known=self._known(line, self._decided(line), asked),
            queued=queued,
            key=key,
        )
        self._sharing.share_like(made, record.run_id)
        return made

    def _earlier(self, record: RunRecord) -> list[RunRecord]:
        found: list[RunRecord] = []
        while (parent := record.options.get("parent")) and len(found) < LONGEST_LINE:
            try:
                record = self.store.run(str(parent))
            except NotFoundError:
                break
            found.append(record)
        return found

    def _decided(self, line: Sequence[RunRecord]) -> list[_Decided]:
        """Each structure on which somebody has decided in one of these runs, the newest first, as the first of them that has it says."""
        found: dict[str, _Decided] = {}
        for record in line:
            entries = self.store.feedback(record.run_id)
            reviews = {c.key: c for c in reviewed(self.store, record.run_id, None, None, entries).candidates if c.decisions}
            for candidate in self.store.candidates(record.run_id, keys=list(reviews)) if reviews else []:
                said = DECIDED[d] if (d := reviews[candidate.key].decision) else "disputed"
                decided = _Decided(reviews[candidate.key], candidate.dedup_key or candidate.key, f"{said} in run {record.run_id}")
                found.setdefault(decided.known_key, decided)
        return list(found.values())

    def _spec(self, record: RunRecord, accepted: Sequence[CandidateReview]) -> DesignSpec:
        """The spec of the run with another seed, near ``accepted`` in place of what its own round was near."""
        from agent.compound import with_wishes

        spec = self.store.spec(record.run_id)
        before = [r for r in spec.requirements_of(ReferenceSetRequirement) if r.name.startswith(ACCEPTED)]
        if before:
            sets = [r.references for r in before]
            requirements = [r for r in spec.requirements if r not in before]
            objectives = [o for o in spec.objectives if o.property != "similarity" or o.references not in sets]
            spec = spec.model_copy(update={"requirements": requirements, "objectives": objectives})
        spec = spec.model_copy(update={"seed": (spec.seed + 1) % MAX_SEED})
        if accepted:
            references = NamedReferences(name=f"{ACCEPTED} {record.run_id}", references=[c.smiles for c in accepted[:MOST]])
            spec = with_wishes(
                spec, given_options({"like": [references.model_dump()]}), catalogue=open_workspace(self._runs.settings).catalogue
            )
        return self._goals.check(spec)

    def _known(self, line: Sequence[RunRecord], decided: Sequence[_Decided], spec: DesignSpec) -> KnownSet:
        """What the next round knows: the lists that the runs of the line were given, what was decided in them, and what was measured anywhere."""
        from graphs.user_inputs import KNOWN, NODE
        from tools.ranking.novelty import KnownSet

        given = [KnownSet.model_validate(e.outputs) for r in line if (e := self.store.event(r.run_id, NODE, 0, KNOWN)) is not None]
        whole = len(line) == 1 or not line[-1].options.get("parent")
        structures: dict[str, str] = {}
        excluded: dict[str, None] = {}
        for list_ in given:
            own = set(list_.excluded)
            structures |= {k: v for k, v in list_.structures.items() if k not in own or not whole}
            excluded |= {} if whole else dict.fromkeys(list_.excluded)  # of a run that was deleted nothing else is left
        structures |= {d.known_key: d.said for d in decided}
        excluded |= dict.fromkeys(d.known_key for d in decided)
        measured = self._measurements.as_known(spec.conditions.solvent_smiles)
        files = [g.source for g in given if not g.excluded]
        content = {
            "source": " and ".join([*dict.fromkeys(files), f"of what was reviewed in run {', '.join(r.run_id for r in line)}"]),
            "structures": structures,
            "unreadable": sum(g.unreadable for g in given if not g.excluded),
            "faults": [f for g in given if not g.excluded for f in g.faults],
            "values": measured.values,
            "sources": measured.sources,
            "solvents": measured.solvents,
            "excluded": list(excluded),
        }
        return KnownSet.model_validate({**content, "sha256": content_hash(content)})


def _notes(accepted: Sequence[CandidateReview], still_open: Sequence[CandidateReview], resemble: bool) -> list[str]:
    notes = []
    if not accepted:
        notes.append("Nothing was accepted, so the next round looks everywhere again, without what was reviewed.")
    elif resemble:
        notes.append(
            "Every candidate of the next round has to resemble one that was accepted (similarity at least 0.4); leave that out to look further."
        )
    alone = [c for c in accepted if c.agreement == "one decision"]
    if alone:
        notes.append(f"{len(alone)} of the accepted {'was' if len(alone) == 1 else 'were'} accepted by one reviewer alone.")
    disputed = sum(c.agreement == "disputed" for c in still_open)
    if disputed:
        notes.append(f"{disputed} of those left open {'is' if disputed == 1 else 'are'} disputed.")
    return notes
