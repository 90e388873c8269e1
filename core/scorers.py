"""A program that scores structures for a team: what is declared of it. Its command comes from whoever runs molwright, never from a request."""

import math
import re
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

#: A name that a goal can say: letters first, then letters, digits, spaces and a few signs.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 ._/-]{1,58}[A-Za-z0-9]")
#: A call that takes longer than this many times what was declared is ended, unless a limit is declared too; at least a minute.
PATIENCE, SHORTEST = 10.0, 60.0
#: Structures that a program of the forms "batch" and "reinvent" is given at once, unless declared.
BATCH = 16


class Scorer(BaseModel):
    """A team's own program that gives one number a structure; a goal asks for it by its name."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)  # most commands run no program

    name: str = Field(description="What goals and reports call the number: 'vina score'.")
    command: str = Field(
        default="",
        description="The program with its arguments, as a shell would split them; no shell runs it. Empty where only its answers are needed.",
    )
    unit: str = Field(default="", max_length=30, description="Unit of the number; empty for none.")
    better: Literal["", "lower", "higher"] = Field(default="", description="Which way is better; empty: neither.")
    seconds: float = Field(
        default=10.0, gt=0, le=604_800, description="What a structure of ordinary size takes; a run's calls follow from it."
    )
    limit: float | None = Field(
        default=None, gt=0, le=604_800, description="Seconds after which a structure is given up; none: ten times ``seconds``, at least 60."
    )
    range: tuple[float, float] | None = Field(
        default=None, description="Between which numbers it usually lies, for 'as low as possible'; none: 0 to 1 where there is no unit."
    )
    form: Literal["lines", "batch", "reinvent"] = Field(
        default="lines",
        description="How it is spoken to: JSON lines to one process that stays, JSON lines to a process a batch, or REINVENT's external process.",
    )
    batch: int = Field(
        default=BATCH, ge=1, le=10_000, description="Structures that a process of the forms 'batch' and 'reinvent' gets at once."
    )
    of: Literal["molecule", "polymer", "both"] = Field(default="molecule", description="What it can score.")
    version: str = Field(default="1", max_length=60, description="Said in reports; to be raised when the program gives other numbers.")
    keep: bool = Field(
        default=False, description="Whether its answers are kept for other runs, until command, version or a file of the command changes."
    )

    @field_validator("name")
    @classmethod
    def _can_be_said(cls, name: str) -> str:
        """In one line of letters, digits and spaces."""
        tidy = " ".join(name.split())
        if not _NAME.fullmatch(tidy):
            raise ValueError(f"{name!r}: a name begins with a letter and has 3 to 60 letters, digits and spaces")
        return tidy

    @field_validator("range", mode="before")
    @classmethod
    def _two_numbers(cls, value: Any) -> Any:
        """'-12..-4' as (-12, -4)."""
        return tuple(value.split("..")) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.range is not None and not (all(map(math.isfinite, self.range)) and self.range[0] < self.range[1]):
            raise ValueError("range: a lower and a higher number, such as -12..-4")
        if self.range is None and self.unit:
            raise ValueError(f"range: say between which numbers {self.name} usually lies, in {self.unit}, such as -12..-4")
        return self

    @property
    def usual(self) -> tuple[float, float]:
        """Between which numbers it usually lies, in ``unit``; 0 to 1 where nothing is declared."""
        return self.range or (0.0, 1.0)

    @property
    def longest(self) -> float:
        """Seconds after which a structure is given up, at least 60 where no limit is declared; never 0."""
        return self.limit or max(SHORTEST, PATIENCE * self.seconds)

    def stored(self) -> dict[str, Any]:
        """What is stored with a run: everything but the command."""
        return self.model_dump(mode="json", exclude={"command"})


def named(scorers: Any) -> Any:
    """The tables of the settings, by name, with each name in its table; anything else as it is."""
    if not isinstance(scorers, dict):
        return scorers
    return {name: {"name": name, **table} if isinstance(table, dict) else table for name, table in scorers.items()}
