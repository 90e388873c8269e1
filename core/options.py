"""What a run was started with, beside its goal."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, JsonValue, ValidationError, field_validator

from core.errors import StoreError, UsageError
from core.limits import MAX_BUDGET, MAX_CANDIDATES, MAX_SEED
from core.model import Model
from core.novelty import Novelty
from core.scorers import Scorer

#: The kind of a run that says nothing else of itself.
DESIGN = "design"


class ListSource(Model):
    """A list that the user brought along; its content is in the run's record."""

    source: str = Field(description="Name of the file.")
    sha256: str = Field(description="SHA-256 of the file.")


class BlockSource(ListSource):
    """The user's block list."""

    mode: Literal["extend", "replace"] = Field(description="Whether it is added to the shipped blocks or takes their place.")


class NamedReferences(Model):
    """Reference structures that the user brought along."""

    name: str = Field(default="", description="What the set is called: a file, a compound.")
    references: list[str] = Field(min_length=1, max_length=1000, description="Their SMILES.")


class RunOptions(Model):
    """What a run was started with, beside its goal. Stored as JSON with the run; what was not given is left out there."""

    kind: str | None = Field(
        default=None,
        description="What kind of run it is: none for a design run, 'chat' for a conversation, 'ask' for a question to the team's papers.",
    )
    sentences: int | None = Field(
        default=None, ge=1, le=10, description="For a question to the papers: how many sentences are quoted at most."
    )
    follows: str | None = Field(default=None, description="For a question to the papers: the run of the question that it follows.")
    earlier: list[str] | None = Field(
        default=None, max_length=50, description="For a question to the papers: the questions of the conversation before it, oldest first."
    )
    accepted: dict[str, JsonValue] | None = Field(default=None, description="For a question to the papers: which passages may be found.")
    candidates: int | None = Field(default=None, ge=1, le=MAX_CANDIDATES, description="How many candidates to list.")
    budget: int | None = Field(default=None, ge=1, le=MAX_BUDGET, description="How many distinct structures may be evaluated.")
    calls: int | None = Field(
        default=None,
        ge=1,
        le=MAX_BUDGET,
        description="How often each costly calculator that the goal needs may be called; none: by what a call costs.",
    )
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, description="Seed of every random choice.")
    patience: int | None = Field(
        default=None, ge=1, le=MAX_BUDGET, description="Generations in a row without a better ten best that end the search."
    )
    met_probability: float | None = Field(default=None, gt=0, lt=1, description="A predicted requirement counts as met at or above this.")
    max_similarity: float | None = Field(default=None, gt=0, le=1, description="Largest similarity of two listed candidates; 1: no limit.")
    list_known: bool | None = Field(default=None, description="Whether known structures are listed too.")
    novelty: Novelty | None = Field(
        default=None, description="What the list is made of: 'half new' (the default), 'new only', 'known first' or 'known only'."
    )
    core: str | None = Field(
        default=None, max_length=100_000, description="What stays of the compound that the goal names: SMILES, a mol block, or words."
    )
    like: list[NamedReferences] | None = Field(default=None, description="Sets of references that candidates have to resemble.")
    unlike: list[NamedReferences] | None = Field(default=None, description="Sets of references that candidates must not resemble.")
    spec: dict[str, JsonValue] | None = Field(
        default=None, description="JSON of the spec to run instead of reading the goal, exactly as handed in: the record's hash covers it."
    )
    yes: bool | None = Field(default=None, description="Whether the spec counts as approved.")
    despite_objections: bool | None = Field(
        default=None, description="Whether ``yes`` also counts where a rule wants a person to look at the spec first."
    )
    scorers: list[Scorer] | None = Field(
        default=None,
        description="The scorers that goals could name when the run was started, without their commands, which are never stored.",
    )
    user: str | None = Field(default=None, description="Who started the run.")
    models: dict[str, JsonValue] | None = Field(default=None, description="JSON of the plan of who uses which language model.")
    blocks: BlockSource | None = Field(default=None, description="The user's block list.")
    known: ListSource | None = Field(default=None, description="The user's list of known structures.")
    parent: str | None = Field(default=None, max_length=64, description="For a next round: the run from whose decisions it was started.")
    forked_from: str | None = Field(default=None, description="For a fork: the run and the event that it goes on from, as RUN:EVENT.")
    copied_events: int | None = Field(default=None, ge=0, description="For a fork: how many events were copied.")

    @field_validator("scorers")
    @classmethod
    def _without_commands(cls, scorers: list[Scorer] | None) -> list[Scorer] | None:
        """A command comes from the settings or the command line of whoever executes the run."""
        if any(scorer.command for scorer in scorers or ()):
            raise ValueError("a command is never part of a run's options")
        return scorers

    def stored(self) -> dict[str, Any]:
        """The options as JSON, without what was not given."""
        return self.model_dump(mode="json", exclude_none=True)

    def updated(self, **changes: Any) -> "RunOptions":
        """These options with others in their place. UsageError if a value is out of range."""
        return given_options({**self.stored(), **{k: v for k, v in changes.items() if v is not None}})


def given_options(options: Mapping[str, Any]) -> RunOptions:
    """The options that a person or a program gives. UsageError naming each field that is wrong or unknown."""
    try:
        return RunOptions.model_validate(options)
    except ValidationError as error:
        raise UsageError(f"options: {_faults(error)}") from error


def stored_options(options: Mapping[str, Any], run_id: str = "") -> RunOptions:
    """The options of a stored run. StoreError if this version of molwright cannot read them."""
    try:
        return RunOptions.model_validate(options)
    except ValidationError as error:
        raise StoreError(f"the options of run {run_id} cannot be read by this version of molwright: {_faults(error)}") from error


def _faults(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())
