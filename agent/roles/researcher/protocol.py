"""What a researcher is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import Field

from agent.models import Place
from core.candidate import Citation
from core.interfaces import LiteratureStore
from core.model import Model
from core.papers import OpenPapers
from core.report import Evidence
from core.spec import DesignSpec

ROLE = "researcher"

#: Opens the literature store for the length of a ``with`` block.
OpenStore = Callable[[], AbstractContextManager[LiteratureStore]]
#: Opens the team's papers for the length of a ``with`` block; None where there are none.
OpenTeamPapers = Callable[[], AbstractContextManager[OpenPapers | None]]


def no_papers() -> AbstractContextManager[OpenPapers | None]:
    """Where no papers are asked: None."""
    return nullcontext()


@dataclass(frozen=True)
class ResearchRequest:
    """The spec that the literature is asked about."""

    spec: DesignSpec


class DrawnRule(Model):
    """A design rule that a language model drew from a passage."""

    text: str = Field(description="The rule, in one sentence.")
    quote: str = Field(description="Words of the passage that support it.")
    citation: int = Field(description="Number of the passage's reference.")


class Findings(Model):
    """What the literature says."""

    evidence: list[Evidence] = Field(default_factory=list, description="Sentences with the number of their reference.")
    citations: list[Citation] = Field(default_factory=list, description="The references, numbered from 1.")
    hints: list[str] = Field(default_factory=list, description="Tags and structures that the proposers may follow.")
    warning: str = Field(default="", description="Why nothing was searched; empty if the store could be read.")
    rules: list[DrawnRule] = Field(default_factory=list, description="The rules that a language model drew, also among the evidence.")
    papers: int | None = Field(default=None, description="Passages of the team's papers that were asked; None where there are no papers.")

    def plain(self) -> dict[str, Any]:
        """The findings as JSON values; ``rules`` and ``papers`` only where there are some."""
        return self.model_dump(mode="json", exclude={name for name in ("rules", "papers") if not getattr(self, name)})


@dataclass(frozen=True)
class Research:
    """The answer: findings, and a note on what of a model's contribution was dropped, or ''."""

    findings: Findings
    note: str = ""


class Researcher(Protocol):
    """Asks the literature."""

    def research(self, request: ResearchRequest, place: Place) -> Research:
        """What the literature says about the spec. A store that cannot be read gives empty findings whose warning says why."""
        ...
