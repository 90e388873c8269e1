"""The report of a run: what the chemist reads and what other programs parse."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.candidate import Candidate, Citation
from core.model import Model, new_dict, new_list
from core.review import Review
from core.spec import Assumption, DesignSpec, Unchecked

REPORT_VERSION = "1"

RunStatus = Literal[
    "queued",
    "running",
    "waiting",
    "pausing",
    "paused",
    "cancelling",
    "cancelled",
    "success",
    "no_candidate",
    "refused",
    "rejected",
    "failed",
]
#: A run with one of these is over; a failed or paused one can be resumed.
FINISHED: tuple[RunStatus, ...] = ("success", "no_candidate", "refused", "rejected", "cancelled")
#: How a run may end by itself.
_ENDS: frozenset[RunStatus] = frozenset({"success", "no_candidate", "refused", "rejected", "failed"})
#: From each status to those that may follow it. Writing the same status again is always allowed. Nothing else changes a status.
#: ``pausing`` and ``cancelling`` are wishes from another door; the process that executes the run obeys between two steps. A run that no
#: live process executes is paused or cancelled at once. ``success`` may be followed by ``running`` because a conversation goes on.
TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    "queued": frozenset({"running", "paused", "cancelled"}),
    "running": _ENDS | {"waiting", "queued", "pausing", "paused", "cancelling", "cancelled"},
    "waiting": frozenset({"running", "queued", "cancelled", "refused", "rejected", "failed"}),
    "pausing": _ENDS | {"running", "queued", "paused", "cancelling", "cancelled"},
    "paused": frozenset({"running", "queued", "cancelled"}),
    "cancelling": _ENDS | {"cancelled"},
    "cancelled": frozenset(),
    "success": frozenset({"running"}),
    "no_candidate": frozenset(),
    "refused": frozenset(),
    "rejected": frozenset(),
    "failed": frozenset({"running", "queued", "cancelled"}),
}


def may_follow(status: RunStatus, following: RunStatus) -> bool:
    """Whether a run with ``status`` may get the status ``following``."""
    return following == status or following in TRANSITIONS[status]


def _nothing(value: object) -> bool:
    return not value


class Evidence(Model):
    """A statement from the literature that bears on the goal."""

    text: str = Field(description="The statement; cites its source as [n].")
    citation: int = Field(ge=1, description="Number of the citation.")
    requirements: list[str] = Field(
        default_factory=new_list,
        exclude_if=_nothing,
        description="Ids of the requirements and objectives that a paper was asked for; absent for notes and for what bears on the whole goal.",
    )


class BindingRequirement(Model):
    """The requirement that keeps most candidates out."""

    id: str = Field(description="Requirement id.")
    text: str = Field(description="The requirement in words.")
    failed: int = Field(ge=0, description="How many evaluated structures fail it.")
    failed_alone: int = Field(ge=0, description="How many fail it and nothing else.")
    evaluated: int = Field(ge=0, description="How many structures were checked.")
    best: float | str | None = Field(default=None, description="The value that came closest.")


class WeightSensitivity(Model):
    """What happens to the order when one objective's weight changes."""

    objective: str = Field(description="Objective id.")
    change: float = Field(description="Relative change of the weight: -0.2 or 0.2.")
    top_changes: list[str] = Field(default_factory=new_list, description="Keys of candidates whose rank would change by this.")
    first: str = Field(default="", description="Key of the candidate that would rank first.")


class Point(Model):
    """An evaluated structure in the plots."""

    key: str = Field(description="Its key.")
    smiles: str = Field(description="Its SMILES.")
    values: dict[str, float] = Field(default_factory=new_dict, description="Numbers by property name.")
    status: str = Field(description="kept or rejected.")
    listed: bool = Field(default=False, description="Whether it is in the ranked list.")


class Choice(Model):
    """What the shortlist was compared with, and how many structures that meet every requirement it passed over."""

    similarity_limit: float = Field(default=1.0, description="Largest Tanimoto similarity of two listed candidates; 1: no limit.")
    similar_left_out: int = Field(default=0, ge=0, description="Passed over while the list was filled: too similar to a better one.")
    relaxed_to: float | None = Field(default=None, description="The limit in the end, where too few are as different as the default asks.")
    relaxed_listed: int = Field(default=0, ge=0, description="Listed although more similar to a better one than similarity_limit.")
    known_left_out: int = Field(default=0, ge=0, description="Passed over: shipped known compounds, or the structure that the goal names.")
    user_known_left_out: int = Field(default=0, ge=0, description="Passed over: in the user's list of known structures.")
    known_listed: int = Field(default=0, ge=0, description="Listed although known; their notes say so.")
    measured_left_out: int = Field(
        default=0,
        ge=0,
        description="Passed over for new ones: they stand in a training set, whose values are known, or are catalogued under a name.",
    )
    unfit_listed: int = Field(
        default=0,
        ge=0,
        exclude_if=_nothing,
        description="How many of the listed, which stand last, have in their structure what speaks against the use.",
    )
    rule: str = Field(default="", description="What the list was to be made of, in words; empty in reports of earlier versions.")
    new_listed: int | None = Field(default=None, ge=0, description="How many of the listed are new; None in reports of earlier versions.")
    sets: int = Field(default=0, ge=0, description="Structures of the training sets that the list was compared with.")
    named: int = Field(
        default=0, ge=0, exclude_if=_nothing, description="Compounds with a name that the list was compared with; 0 for polymers."
    )
    shipped: int = Field(default=0, ge=0, description="Known compounds that ship with molwright; 0 for polymers.")
    user_source: str = Field(default="", description="Name of the user's file; empty if there is none.")
    user_sha256: str = Field(default="", description="SHA-256 of that file.")
    user_structures: int = Field(default=0, ge=0, description="Distinct structures in it.")
    user_unreadable: int = Field(default=0, ge=0, description="Entries of it that could not be read.")
    user_faults: list[str] = Field(default_factory=new_list, description="The first of these with their place and the reason.")


class BlockList(Model):
    """The user's block list that a run worked with."""

    source: str = Field(description="Name of the file.")
    sha256: str = Field(description="SHA-256 of the file.")
    mode: Literal["extend", "replace"] = Field(description="Whether it was added to the shipped blocks or took their place.")
    blocks: int = Field(ge=0, description="Blocks of it that could be used.")
    priced: int = Field(ge=0, description="How many of these have a price.")
    faults: list[str] = Field(default_factory=new_list, description="Lines left out, each with its number and the reason.")
    note: str = Field(default="", description="What it does not apply to.")


class ModelUse(Model):
    """What one endpoint's model did for one role in a run."""

    role: str = Field(description="The reasoning role: interpreter, researcher, proposer, critic, reporter.")
    model: str = Field(description="The model that answered; that was asked, where none did.")
    endpoint: str = Field(default="", description="Name of the endpoint that answered; empty where none did.")
    calls: int = Field(default=0, ge=0, description="Exchanges, repairs and failures among them.")
    repairs: int = Field(default=0, ge=0, description="Replies that were mended or asked for again because they could not be used.")
    failures: int = Field(default=0, ge=0, description="Exchanges that brought nothing: no server, a refusal, a spent budget.")
    tokens_in: int = Field(default=0, ge=0, description="Prompt tokens.")
    tokens_out: int = Field(default=0, ge=0, description="Completion tokens.")
    tokens_estimated: bool = Field(default=False, description="Whether some counts are estimates because a server gave none.")
    seconds: float = Field(default=0.0, ge=0, description="Wall-clock seconds of the calls.")
    fell_back: bool = Field(default=False, description="Whether the role's built-in form or its fallback model had to step in.")
    note: str = Field(default="", description="Why, in words.")


class CostlyUse(Model):
    """What a costly calculator did in a run."""

    calculator: str = Field(description="Its name.")
    version: str = Field(default="", description="Its version.")
    properties: list[str] = Field(description="Names of its properties that the spec needs.")
    calls: int = Field(ge=0, description="Structures that it was called for.")
    allowed: int = Field(ge=1, description="How many calls the run could make.")
    failed: int = Field(ge=0, description="How many calls brought no value.")
    seconds: float = Field(ge=0, description="Seconds of all calls together, side by side or not.")
    surrogate_errors: dict[str, float] = Field(
        default_factory=new_dict,
        description="By property, in its unit: root mean square error of the surrogate for computed structures that were left out of what it learnt from.",
    )
    reasons: list[str] = Field(default_factory=new_list, description="The most frequent reasons of failed calls.")
    not_computed: int | None = Field(
        default=None,
        exclude_if=lambda value: value is None,
        description="In a screen: how many structures that meet everything before were not computed. Absent in a run, where they are estimated.",
    )

    @property
    def said(self) -> str:
        """In words: 'vina score: called for 40 of at most 48 structures, 2 of them without a value (it took longer than 60 s and was ended); ...'."""
        why = f" ({'; '.join(self.reasons)})" if self.reasons else ""
        failed = f", {self.failed} of them without a value{why}" if self.failed else ""
        others = "; the others were estimated" if self.surrogate_errors else "; nothing was estimated from so few"
        others = others if self.not_computed is None else f"; {self.not_computed:,} others were not computed" if self.not_computed else ""
        return f"{self.calculator}: called for {self.calls} of at most {self.allowed} structures{failed}{others}"


class Remark(Model):
    """A language model's opinion on a listed candidate. It can lower a rank within the rank's own error, and nothing else."""

    key: str = Field(description="Key of the candidate.")
    severity: Literal["note", "question", "lower"] = Field(
        description="Worth knowing, to be checked before use, or worse than its neighbours."
    )
    reason: str = Field(description="Why, in the model's words.")
    rank_before: int = Field(ge=1, description="The rank that the arithmetic gave.")
    rank_after: int = Field(ge=1, description="The rank in the list.")


def _absent(value: object) -> bool:
    return value is None


class Report(Model):
    """Everything that a reviewer needs, in one document."""

    schema_version: str = Field(default=REPORT_VERSION, description="Version of this model.")
    run_id: str = Field(description="The run.")
    goal: str = Field(description="The goal sentence, unchanged.")
    status: RunStatus = Field(description="How the run ended.")
    created_at: str = Field(default="", description="When the run was started, ISO 8601 UTC.")
    spec: DesignSpec = Field(description="The approved spec.")
    approved_by: str = Field(default="", description="Who approved the spec.")
    summary: str = Field(default="", description="The result in words; every number in it is a stored one.")
    candidates: list[Candidate] = Field(default_factory=new_list, description="Ranked; every requirement of each is met.")
    closest: list[Candidate] = Field(default_factory=new_list, description="Those that come closest without meeting every requirement.")
    binding_requirement: BindingRequirement | None = Field(default=None, description="What keeps most structures out.")
    goal_marked: str = Field(
        default="", description="The goal with its unread words between [? and ?]; no candidate was held against them."
    )
    wishes_checked: int | None = Field(default=None, ge=0, description="How many wishes of the goal the requirements and objectives cover.")
    wishes_unchecked: int | None = Field(default=None, ge=0, description="How many wishes of the goal nothing here was held against.")
    assumptions: list[Assumption] = Field(default_factory=new_list, description="Copied from the spec.")
    unchecked: list[Unchecked] = Field(default_factory=new_list, description="Copied from the spec.")
    warnings: list[str] = Field(default_factory=new_list, description="What the reader should know before using the result.")
    evidence: list[Evidence] = Field(default_factory=new_list, description="What the literature says.")
    citations: list[Citation] = Field(default_factory=new_list, description="References of the evidence.")
    papers: int | None = Field(
        default=None, ge=0, exclude_if=_nothing, description="Passages of the team's papers that were asked; absent where there were none."
    )
    rejected: dict[str, int] = Field(default_factory=new_dict, description="Number of rejected structures by rule.")
    proposers: dict[str, dict[str, int]] = Field(default_factory=new_dict, description="By proposer: proposed, valid, novel, kept, listed.")
    choice: Choice | None = Field(default=None, description="How the shortlist was kept diverse and new.")
    blocks: BlockList | None = Field(default=None, description="The user's block list; None if the run had none.")
    models: list[ModelUse] = Field(default_factory=new_list, description="Which model and endpoint did what; empty without models.")
    costly: list[CostlyUse] = Field(
        default_factory=new_list, exclude_if=_nothing, description="What costly calculators did; absent where the spec needs none."
    )
    remarks: list[Remark] = Field(default_factory=new_list, description="What a language model questions; its opinion, not a result.")
    sensitivity: list[WeightSensitivity] = Field(default_factory=new_list, description="Effect of ±20 % on each weight.")
    tied: list[list[str]] = Field(default_factory=new_list, description="Groups of listed candidates that are tied within error.")
    points: list[Point] = Field(default_factory=new_list, description="A sample of the evaluated structures for the plots.")
    evaluated: int = Field(default=0, ge=0, description="Distinct structures evaluated.")
    stop_reason: str = Field(default="", description="Why the search ended.")
    versions: dict[str, str] = Field(default_factory=new_dict, description="Versions of molwright, RDKit, predictors.")
    timings: dict[str, float] = Field(default_factory=new_dict, description="Seconds by stage, and 'total'.")
    review: Review | None = Field(
        default=None,
        exclude_if=_absent,
        description="What people have said of the candidates by now; never part of what the run stored. Absent where nobody said anything.",
    )

    @property
    def left_out_by_rule(self) -> int:
        """The number of structures, without a unit, that meet every requirement where the rule of what the list is made of leaves them all out; 0 where some are listed."""
        ruled = not self.candidates and self.choice is not None and self.choice.rule
        return sum(counts.get("kept", 0) for counts in self.proposers.values()) if ruled else 0
