"""The compact notation of requirements and objectives: 'property:logp <= 3', 'motif:nitro absent', 'minimise:sa_score'.

Used by the word tables and by tests; the judge of the evals writes it by itself. The notation is described at the top of
``evals/data/interpreter/held_out.toml``.
"""

from __future__ import annotations

from core.errors import SpecError
from core.spec import Objective, Requirement
from tools.catalogue.kinds import KINDS, Kinds, Terms
from tools.catalogue.kinds.conditions import number_text


def parse_requirement(text: str, terms: Terms, kinds: Kinds = KINDS) -> Requirement:
    """The requirement that a compact text stands for, with empty id and text. Raises SpecError for anything else or an unknown name."""
    name, _, rest = text.partition(":")
    kind = kinds.named(name)
    requirement: Requirement | None = kind.parse(rest, terms) if kind is not None else None
    if requirement is None:
        raise SpecError(f"{text!r} is not a compact requirement")
    return requirement


def compact_requirement(requirement: Requirement, terms: Terms, kinds: Kinds = KINDS) -> str:
    """One requirement in the compact notation."""
    kind = kinds.of(requirement)
    return f"{kind.name}:{kind.compact(requirement, terms)}"


def compact_objective(objective: Objective) -> str:
    """'maximise:qed', 'target:logp=2'."""
    end = f"={number_text(objective.target)}" if objective.target is not None else ""
    return f"{objective.shape}:{objective.property}{end}"
