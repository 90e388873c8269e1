"""How the difference of two runs is shown in the terminal."""

from __future__ import annotations

from rich.markup import escape

from app.console import out
from app.tables import TextTable, columns, print_table
from core.run_difference import RankedTwice, RunDifference


def print_difference(found: RunDifference) -> None:
    """Print how the second run differs from the first: in words, then what was asked for, what is listed, what each step took."""
    out.print(escape(f"{found.b.run_id} against {found.a.run_id}"))
    out.print(escape(found.text))
    for change in found.first.changes if found.first else ():
        out.print(escape(f"  {change}"))
    if found.spec:
        table = TextTable(columns("asked for", "name", found.a.run_id, found.b.run_id))
        for line in found.spec:
            table.add(line.part, line.name, line.a if line.a is not None else "–", line.b if line.b is not None else "–")
        print_table(table, out)
    if found.ranking:
        ranks = TextTable(
            columns("rank", "was", "score", "was ", "candidate", "in the other run", numbers=("rank", "was", "score", "was "))
        )
        for row in found.ranking:
            ranks.add(_rank(row.rank_b), _rank(row.rank_a), _score(row.score_b), _score(row.score_a), row.name or row.smiles, _note(row))
        print_table(ranks, out)
    if found.nodes:
        uses = TextTable(columns("step", "events", "were", "seconds", "were ", numbers=("events", "were", "seconds", "were ")))
        for node in found.nodes:
            uses.add(node.node, str(node.events_b), str(node.events_a), f"{node.seconds_b:.2f}", f"{node.seconds_a:.2f}")
        print_table(uses, out)


def _rank(rank: int | None) -> str:
    return "–" if rank is None else str(rank)


def _score(score: float | None) -> str:
    return "–" if score is None else f"{score:.3f}"


def _note(row: RankedTwice) -> str:
    if row.elsewhere:
        return row.elsewhere
    return f"moved {'up' if row.moved > 0 else 'down'} by {abs(row.moved)}" if row.moved else "same rank"
