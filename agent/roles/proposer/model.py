"""The proposer with a language model: in a tool loop it looks at the frontier, tries ideas and submits structures.

Nothing that it submits is trusted: every structure goes through the same gates as any other proposal.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from agent.models import ModelSession, Place, ToolCall, ToolSchema
from agent.roles.prompting import goal_kind
from agent.roles.proposer import MODEL
from agent.roles.proposer.protocol import ROLE, BatchRequest, Proposer
from agent.roles.researcher.protocol import OpenStore
from agent.toolbox import PROPOSER_TOOLS, ToolContext
from agent.toolbox.conversation import Conversation
from core.candidate import Candidate, Proposal, format_value
from core.errors import StructureError
from core.interfaces import Recorder
from core.model import Model
from core.spec import DesignSpec
from prompts.library import fence
from tools.proposers.obedience import obeying
from tools.search.policy import SearchPolicy
from tools.search.shares import probation, shares
from tools.structures.standardise import standardise
from tools.workspace import Workspace

COUNT = 12
"""Structures that it may submit in one generation."""
STEPS = 6
"""Turns that it has for one generation."""
LAST_STEPS = 2
"""Turns at the end in which a model that has submitted nothing can only submit."""
SUBMISSIONS = 2
"""How often it may submit: once, and once more if something could not be read."""
FRONTIER_SHOWN = 10
"""Candidates of the frontier that it is shown."""


class Submission(Model):
    """One structure."""

    smiles: str = Field(description="The structure as SMILES; two '*' for a polymer repeat unit.", max_length=2000)
    reason: str = Field(description="Why it is proposed, in one sentence.", max_length=400)


class SubmitArguments(Model):
    """What is submitted."""

    structures: list[Submission] = Field(description="The structures, all different.", min_length=1, max_length=COUNT)


SUBMIT = ToolSchema("submit_structures", "Submit structures for the run. This ends your turn once all can be read.", SubmitArguments)


class ModelBackedProposer:
    """Lets a language model propose a few structures of each batch beside the sources of the built-in form.

    A model that brought nothing new and readable for some generations is asked more rarely (``policy``).
    """

    def __init__(
        self,
        session: ModelSession,
        recorder: Recorder,
        built_in: Proposer,
        open_store: OpenStore,
        workspace: Workspace,
        policy: SearchPolicy,
    ) -> None:
        self._session = session
        self._recorder = recorder
        self._built_in = built_in
        self._open_store = open_store
        self._workspace = workspace
        self._policy = policy

    def shares(self, request: BatchRequest) -> dict[str, int]:
        """See :class:`Proposer`. The model's few are taken from the others' batch; it has none of a goal that the guard
        could not screen."""
        if request.spec.concerns or self._rests(request):
            return self._built_in.shares(request)
        return shares(request.search, request.spec, self._policy, workspace=self._workspace, model=MODEL, most=COUNT)

    def beside_model(self, request: BatchRequest, found: Sequence[Proposal]) -> dict[str, int]:
        """See :class:`Proposer`. What cannot be read takes no place from the others."""
        readable = sum(_readable(p.smiles, request.spec) for p in found)
        divided = shares(request.search, request.spec, self._policy, workspace=self._workspace, model=MODEL, most=readable)
        return {source: count for source, count in divided.items() if source != MODEL}

    def propose(self, request: BatchRequest, source: str, count: int, place: Place) -> list[Proposal]:
        """See :class:`Proposer`. The calls of the model are recorded one by one; what comes of them is computed again in a replay."""
        if source != MODEL:
            return self._built_in.propose(request, source, count, place)
        self._session.about(goal_kind(request.spec))
        suggested = [p.model_dump(mode="json") for p in self._suggested(request)]
        found = self._recorder.record(place.node, place.generation, MODEL, request.asked(count), lambda: suggested)
        return [Proposal.model_validate(p) for p in found]

    def _rests(self, request: BatchRequest) -> bool:
        """Whether the model sits this generation out, because it brought nothing new and readable in the last ones."""
        last = probation(request.search.generation, self._policy)
        earlier = (c for generation in last for c in request.candidates(generation=generation))
        return bool(last) and not any(c.origin.proposer == MODEL and not c.rejected_by.startswith("structure:") for c in earlier)

    def _suggested(self, request: BatchRequest) -> list[Proposal]:
        keys = [entry["key"] for entry in request.search.frontier[:FRONTIER_SHOWN]]
        known = {c.key: c for c in request.candidates(keys=keys)}
        tools = ToolContext(spec=request.spec, literature=self._open_store, seed=request.spec.seed, workspace=self._workspace)
        frontier = [known[key] for key in keys if key in known]
        return propose(self._session, request.spec, request.search.generation, frontier, request.rules, tools)


def propose(
    session: ModelSession, spec: DesignSpec, generation: int, frontier: Sequence[Candidate], rules: Sequence[str], context: ToolContext
) -> list[Proposal]:
    """What the model submits in one generation: at most COUNT texts, no two alike, broken ones among them so that the report counts them.

    [] where it brings nothing.

    ``frontier``: the best candidates so far, best first. ``rules``: what the literature says, as untrusted text. Raises nothing for what a
    model or server does.
    """
    place = Place("propose", generation, MODEL)
    variables = {
        "goal": fence(spec.goal, "goal"),
        "candidate_class": spec.candidate_class,
        "requirements": _lines([r.text for r in spec.requirements]),
        "objectives": _lines([o.text for o in spec.objectives]),
        "rules": fence("\n".join(rules), "literature") if rules else "(nothing)",
        "frontier": fence("\n".join(_frontier_line(c) for c in frontier[:FRONTIER_SHOWN]), "frontier") if frontier else "(nothing yet)",
        "count": COUNT,
        "steps": STEPS,
    }
    state = {"messages": session.prompt(place, ROLE, "proposer/propose", variables)}
    talk = Conversation(session, ROLE, PROPOSER_TOOLS, context, state, extra=[SUBMIT])
    submitted: dict[str, str] = {}
    submissions = 0
    for step in range(STEPS):
        only = (SUBMIT.name,) if step >= STEPS - LAST_STEPS and not submissions else ()
        turn = talk.turn(place, must_call=True, only=only)
        if not turn.calls:
            break
        call = turn.calls[0]
        if call.name != SUBMIT.name:
            talk.run(call, place)
            continue
        submissions += 1
        if not _take(talk, call, spec, submitted) or submissions == SUBMISSIONS:
            break
    proposals = [Proposal(smiles=s, proposer=MODEL, operator="submitted", rationale=r) for s, r in list(submitted.items())[:COUNT]]
    return obeying(proposals, spec)


def _take(talk: Conversation, call: ToolCall, spec: DesignSpec, submitted: dict[str, str]) -> bool:
    """Take the structures into ``submitted`` (text and reason); whether the model should try again because some cannot be read."""
    assert isinstance(call.arguments, SubmitArguments)
    faults = []
    for s in call.arguments.structures:
        submitted.setdefault(s.smiles.strip(), s.reason.strip())
        if fault := _fault(s.smiles, spec):
            faults.append(fault)
    talk.give(call, {"taken": len(submitted) - len(faults), "not_read": faults})
    return bool(faults) and len(submitted) < COUNT


def _fault(smiles: str, spec: DesignSpec) -> str:
    """Why a structure cannot be read; '' where it can."""
    try:
        standardise(smiles, spec.candidate_class)
    except StructureError as error:
        return str(error)
    return ""


def _readable(smiles: str, spec: DesignSpec) -> bool:
    return not _fault(smiles, spec)


def _frontier_line(candidate: Candidate) -> str:
    values = "; ".join(f"{name} {format_value(value)}" for name, value in candidate.properties.items())
    missed = "; ".join(r.text for r in candidate.requirements if not r.met)
    return f"{candidate.smiles}  [{values}]" + (f"  misses: {missed}" if missed else "  meets every requirement")


def _lines(texts: Sequence[str]) -> str:
    return "\n".join(f"- {text}" for text in texts) or "(none)"
