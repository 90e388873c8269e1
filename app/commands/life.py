"""How the life of a candidate is shown in the terminal."""

from __future__ import annotations

from rich.markup import escape

from app.console import out
from core.candidate import format_value
from core.life import CandidateLife, ProposedBy, Standing


def print_life(life: CandidateLife) -> None:
    """Print what became of a candidate, one line a fact, in the order in which it happened."""
    out.print(escape(f"{life.key}  {life.smiles}" + (f"  {life.name}" if life.name else "")))
    for proposed in life.proposed:
        out.print(escape(_proposal(proposed)))
    for note in life.notes:
        out.print(escape(f"standardised: {note}"))
    if life.structure:
        out.print(escape(f"structure: rejected: {life.structure}"))
    if life.safety:
        rules = "; ".join(f"{rule.id}: {rule.reason}" for rule in life.safety.rules)
        out.print(escape(f"guard: {life.safety.verdict}" + (f": {rules}" if rules else "")))
    for name, value in life.values.items():
        out.print(escape(f"value: {name} = {format_value(value)} ({value.method} {value.method_version})"))
    for result in life.requirements:
        verdict = "met" if result.met else "not met"
        why = f": {result.reason}" if result.reason else ""
        out.print(escape(f"{result.id}: {verdict}, probability {result.probability:.2f}: {result.text}{why}"))
    for standing in life.standings:
        out.print(_place(standing))
    for generation in life.unknown_standings:
        out.print(f"after generation {generation}: the record does not tell the order")
    if life.rank_by_score is not None:
        out.print(f"ranking: number {life.rank_by_score} of {life.meeting} by score" + _score(life.score))
    if life.rank_before_remark is not None:
        out.print(escape(f"a model's remark: rank {life.rank_before_remark} -> {life.rank}: {life.remark}"))
    if life.children:
        out.print(f"made from it: {len(life.children)}: {', '.join(life.children[:5])}{', ...' if len(life.children) > 5 else ''}")
    rank = f", rank {life.rank}" if life.rank is not None else ""
    out.print(escape(f"{life.fate}{rank}: {life.why}"))


def _proposal(proposed: ProposedBy) -> str:
    parents = ", ".join(f"{k} ({s})" if s else k for k, s in zip(proposed.parents, proposed.parent_smiles, strict=True))
    made = f"proposed by {proposed.proposer} in generation {proposed.generation} ({proposed.operator})"
    return made + (f" from {parents}" if parents else "") + (f": {proposed.rationale}" if proposed.rationale else "")


def _place(standing: Standing) -> str:
    if standing.place is None:
        return f"after generation {standing.generation}: not among the {standing.of} best"
    return f"after generation {standing.generation}: number {standing.place} of {standing.of}, fitness {standing.fitness:.3f}"


def _score(score: float | None) -> str:
    return "" if score is None else f", score {score:.3f}"
