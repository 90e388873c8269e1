"""What a screen hands over: every hit as a ranked CSV, the best as a report, what could not be read, a summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.candidate import Candidate, PropertyValue, Proposal
from core.counting import counted, verb
from core.report import CostlyUse, Report
from core.sheet import SheetWriter
from core.spec import DesignSpec, marked, share_checked, use_in_words
from tools.against.reasons import with_reasons
from tools.calculators.collection import Calculators
from tools.calculators.measured_spread import measured_in_all, spread_of
from tools.ranking.rank import rank
from tools.safety.named_lists import with_lists
from tools.screening.journal import Journal
from tools.screening.run import Screened
from tools.versions import versions

#: Hits for each one listed, among which the full ranking chooses.
POOL = 5

_COLUMNS = ("place", "name", "id", "smiles", "key", "score", "p_meets", "safety", "warnings", "notes", "record", "line")


def write_hits(hits: Iterable[Mapping[str, Any]], spec: DesignSpec, path: Path) -> int:
    """``hits``, as :meth:`Journal.hits` gives them, as CSV, one row at a time; returns their number. Values carry the property's registered unit."""
    names = list(dict.fromkeys(spec.property_names()))
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = SheetWriter(file)
        estimates = [n for n in names if measured_in_all(n)]
        writer.row([*_COLUMNS, *names, *(f"{n}_sigma" for n in estimates)])
        for hit in hits:
            count += 1
            fixed = [
                count,
                hit["name"],
                hit["identifier"],
                hit["smiles"],
                hit["key"],
                f"{hit['score']:.6f}",
                f"{hit['p_meets']:.6f}",
                hit["safety"],
            ]
            row = [
                *fixed,
                " ".join(hit["warnings"]),
                "; ".join(hit["notes"]),
                hit["record"] + 1,
                hit["line"],
                *(hit["values"].get(n) for n in names),
                *(_sigma(n, hit["values"].get(n)) for n in estimates),
            ]
            writer.row(row)
    return count


def _sigma(name: str, number: float | str | None) -> float | str:
    """How far measured values lie about a computed one that is an estimate of them, one standard deviation; '' where it is not known."""
    spread = spread_of(name, PropertyValue(value=number, sigma=0.0, method="", method_version=""))
    return "" if spread is None else round(spread.rms, 2)


def write_rejects(journal: Journal, table: str, path: Path) -> int:
    """The unreadable or blocked records as CSV: line, record, name, reason; returns their number."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = SheetWriter(file)
        writer.row(["line", "record", "name", "reason"])
        for record, line, name, reason in journal.listed(table):
            count += 1
            writer.row([line, record + 1, name, reason])
    return count


def shortlist(
    journal: Journal, spec: DesignSpec, read: int, met: Sequence[Candidate] | None = None, *, calculators: Calculators
) -> tuple[list[Candidate], list[list[str]]]:
    """The best ``spec.candidates`` hits after full ranking (selection from ``read`` records accounted for), with the reasons against each, and the groups of ties.

    ``met``: the hits, where costly values were computed for them; None: those of the journal.
    """
    best = POOL * spec.candidates + 50
    candidates = list(met)[:best] if met is not None else judged(list(journal.hits(best)), spec, calculators=calculators)
    result = rank(candidates, spec, max(read, len(candidates), 1), calculators=calculators)
    return [with_reasons(with_lists(c, calculators=calculators), spec) for c in result.ranked], result.tied


def judged(hits: Sequence[Mapping[str, Any]], spec: DesignSpec, *, calculators: Calculators) -> list[Candidate]:
    """The hits judged in full, with alerts where the goal is drug-like: the journal keeps the numbers that order them, not the reasons."""
    from tools.evaluation.judge import judge

    found = judge([_proposal(hit) for hit in hits], spec, calculators=calculators)
    return [c.model_copy(update={"notes": list(hit["notes"])}) for c, hit in zip(found, hits, strict=True)]


def _proposal(hit: Mapping[str, Any]) -> Proposal:
    words = f"record {hit['record'] + 1} of the library, line {hit['line']}"
    smiles = hit["given"] or hit["smiles"]
    return Proposal(smiles=smiles, name=_title(hit), proposer="library", operator="screened", rationale=words)


def _title(hit: Mapping[str, Any]) -> str:
    """Name and identifier of a hit."""
    both = hit["identifier"] and hit["identifier"] != hit["name"]
    return f"{hit['name']} ({hit['identifier']})" if both else str(hit["name"])


def failed_words(spec: DesignSpec, failed: dict[str, int]) -> Iterator[tuple[str, str, int]]:
    """(id, words, number) of what rejected records, most frequent first."""
    words = {r.id: r.text for r in spec.requirements} | {"repeated": "the same structure as an earlier record"}
    for reason, number in failed.items():
        yield reason, words.get(reason, "the safety guard" if reason.startswith("safety:") else reason), number


def report_of(
    journal: Journal,
    spec: DesignSpec,
    done: Screened,
    *,
    run_id: str,
    created_at: str,
    library: str,
    met: Sequence[Candidate] | None = None,
    uses: Sequence[CostlyUse] = (),
    calculators: Calculators,
) -> Report:
    """The report of a screen in the form of a design run's, with the shortlist as its candidates.

    ``met``, ``uses``: the hits and what costly calculators did, where the spec needs them.
    """
    ranked, tied = shortlist(journal, spec, done.read, met, calculators=calculators) if done.hits else ([], [])
    wishes = spec.wishes()
    return Report(
        run_id=run_id,
        goal=spec.goal,
        status="success" if ranked else "no_candidate",
        created_at=created_at,
        spec=spec,
        summary=summary(spec, done, len(ranked), library),
        candidates=ranked,
        goal_marked=marked(spec),
        wishes_checked=wishes.checked,
        wishes_unchecked=wishes.unchecked,
        assumptions=spec.assumptions,
        unchecked=spec.unchecked,
        warnings=[*spec.warnings, *done.notes],
        rejected={(f"requirement:{k}" if k in {r.id for r in spec.requirements} else k): n for k, n in done.failed.items()},
        tied=tied,
        evaluated=done.read,
        stop_reason=f"the library {library} was read to its end",
        versions=versions(spec.property_names(), calculators=calculators),
        costly=list(uses),
    )


def summary(spec: DesignSpec, done: Screened, listed: int, library: str) -> str:
    """The result in a few sentences; every number is one of the journal's."""
    text = [
        f"{counted(done.read, 'record')} of {library} {verb(done.read, 'was', 'were')} read; {counted(done.hits, 'structure')}"
        f" {verb(done.hits, 'meets', 'meet')} every requirement and {listed:,} of them {verb(listed, 'is', 'are')} listed."
    ]
    if use := use_in_words(spec):
        text.insert(0, f"{use[:1].upper()}{use[1:]}.")
    if share := share_checked(spec):
        text.append(f"The requirements and objectives cover {share} of the goal; nothing was held against the others.")
    if done.failed:
        reason, words, number = next(failed_words(spec, done.failed))
        text.append(f"Most were rejected by {reason} ({words}): {number:,}.")
    if done.unreadable:
        text.append(
            f"{counted(done.unreadable, 'record')} could not be read; {verb(done.unreadable, 'it is', 'they are')} listed with line and reason."
        )
    if done.blocked:
        text.append(f"{done.blocked:,} {verb(done.blocked, 'was', 'were')} blocked by the safety guard.")
    return " ".join(text)
