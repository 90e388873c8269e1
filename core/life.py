"""The life of one candidate of a run, and where a structure is to be found in it: what the trace tells, in a form for every door."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.candidate import Candidate, PropertyValue, RequirementResult, SafetyVerdict
from core.model import Model, new_dict, new_list

Fate = Literal["listed", "closest", "kept", "rejected", "blocked", "broken", "unfinished"]
Presence = Literal["evaluated", "another form", "not evaluated", "never proposed"]


class ProposedBy(Model):
    """One recorded proposal that became the candidate, or was the same structure."""

    proposer: str = Field(description="Name of the proposer.")
    generation: int = Field(ge=0, description="Generation in which it was proposed.")
    number: int = Field(ge=0, description="Its place in the proposer's batch, from 0.")
    smiles: str = Field(description="The structure as the proposer wrote it.")
    operator: str = Field(default="", description="What the proposer did.")
    parents: list[str] = Field(default_factory=new_list, description="Keys of the parents in this run.")
    parent_smiles: list[str] = Field(default_factory=new_list, description="Their SMILES; '' for one that is not in the run.")
    rationale: str = Field(default="", description="Why it was proposed.")
    event: int = Field(default=0, ge=0, description="Number of the event that holds the batch; 0 where it has none.")


class Standing(Model):
    """Where the candidate stood among the best after a generation."""

    generation: int = Field(ge=0, description="The generation.")
    place: int | None = Field(description="Its place among the parents of the next generation, from 1; None: not among them.")
    of: int = Field(ge=0, description="How many there were.")
    fitness: float | None = Field(default=None, description="Its fitness, 0 to 1; None where it is not among them.")


class CandidateLife(Model):
    """What is known of one candidate of a run, in the order in which it happened."""

    run_id: str = Field(description="The run.")
    key: str = Field(description="The candidate's key.")
    smiles: str = Field(description="Its SMILES; as it was proposed where it could not be read.")
    name: str = Field(default="", description="Its name, where one is known.")
    fate: Fate = Field(description="How it ended.")
    why: str = Field(description="Why it ended so, in a sentence.")
    proposed: list[ProposedBy] = Field(description="Who proposed it; empty only for a record that lost its proposals.")
    notes: list[str] = Field(default_factory=new_list, description="What standardisation changed.")
    structure: str = Field(default="", description="Why it counts as broken or implausible; empty where it does not.")
    safety: SafetyVerdict | None = Field(default=None, description="The guard's verdict; None: it never came there.")
    values: dict[str, PropertyValue] = Field(default_factory=new_dict, description="Property values by name.")
    requirements: list[RequirementResult] = Field(default_factory=new_list, description="The verdict on each requirement.")
    standings: list[Standing] = Field(default_factory=new_list, description="Its place after each generation from its own on.")
    unknown_standings: list[int] = Field(default_factory=new_list, description="Generations whose order the record does not give.")
    rank_by_score: int | None = Field(default=None, description="Its place by score among all that meet every requirement.")
    meeting: int | None = Field(default=None, description="How many meet every requirement; None where that cannot be told.")
    score: float | None = Field(default=None, description="p_meets times desirability, corrected for selection.")
    rank: int | None = Field(default=None, description="Its rank in the list.")
    rank_before_remark: int | None = Field(default=None, description="Its rank before a language model's remark changed it.")
    remark: str = Field(default="", description="That remark.")
    children: list[str] = Field(default_factory=new_list, description="Keys of candidates that were made from it.")
    steps: dict[str, int] = Field(default_factory=new_dict, description="Number of the event of each step that dealt with it, by node.")


class Whereabouts(Model):
    """Where a structure that somebody names is to be found in a run, and why it is not where it is not."""

    run_id: str = Field(description="The run.")
    asked: str = Field(description="The structure as it was asked for.")
    smiles: str = Field(default="", description="Its SMILES in the run's form; '' for what is no structure.")
    presence: Presence = Field(
        description="evaluated: it is a candidate; another form: a tautomer or form of it that counts as the same is; not evaluated: it was "
        "proposed and the run ended or its budget was spent first; never proposed: no proposer brought it."
    )
    key: str = Field(default="", description="Key of the candidate that it is; '' where it is none.")
    why: str = Field(description="What became of it, in a sentence.")
    proposed: list[ProposedBy] = Field(default_factory=new_list, description="Proposals of it that were not evaluated.")
    judged: Candidate | None = Field(
        default=None,
        description="What the run's goal says of it now, worked out for this answer and not part of the run; null where it is a candidate.",
    )
