"""A screen from the library to the ranked list: chunks out to the workers, outcomes into the journal, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from core.interfaces import StreamExecutor
from core.model import content_hash
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.files.records import Record, StructureFile, records
from tools.files.source import Position, fingerprint
from tools.screening.chunk import Chunk, Outcome, order_for, process
from tools.screening.journal import Journal
from tools.versions import versions

#: Records in one unit of work, and in one transaction of the journal.
CHUNK = 500
#: Records at the beginning of a library by which the order of the requirements is chosen, and the smallest file for which that is worth it.
SAMPLE, SAMPLED_BYTES = 100, 200_000
#: Form of the rows of a journal; one of another form is refused.
JOURNAL_FORM = "2"
#: Name of the journal in the output folder.
JOURNAL = "screen.db"

#: What of a spec does not change what is a hit.
_BESIDE = {"goal", "budget", "candidates", "interpreter"}

Progress = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Screened:
    """How a screen stands. ``resumed``: records that an earlier call had read; ``failed``: rejected records by
    reason; ``notes``: what a person should know of how the library was read."""

    read: int
    resumed: int
    hits: int
    unreadable: int
    blocked: int
    failed: dict[str, int]
    notes: tuple[str, ...] = ()


def identity(library: Path, spec: DesignSpec, smiles_column: str = "", *, calculators: Calculators) -> dict[str, str]:
    """What a journal is kept for: the library, the spec without its goal and budget, the software."""
    asked = spec.model_dump(mode="json", exclude=_BESIDE | {"calls", "assumptions"} if spec.calls else _BESIDE)
    software = {name: value for name, value in versions(calculators=calculators).items() if name != "langgraph"}
    return {
        "library": fingerprint(library),
        "goal": content_hash(asked),
        "column": smiles_column,
        "chunk": str(CHUNK),
        "form": JOURNAL_FORM,
        "software": content_hash(software),
    }


def screen(
    library: Path,
    spec: DesignSpec,
    journal: Journal,
    executor: StreamExecutor,
    *,
    smiles_column: str = "",
    progress: Progress = lambda event: None,
    limit: int | None = None,
    calculators: Calculators,
) -> Screened:
    """Hold every record of ``library`` against ``spec`` and journal what is found; goes on after the last journalled chunk.

    Memory does not grow with the library. ``progress`` receives {'read', 'hits', 'unreadable', 'part'} after each chunk, ``part`` being the share of the file's bytes read; ``limit`` ends after so many
    records. Raises NotFoundError, UsageError (see :class:`tools.files.records.StructureFile`) and StoreError.
    """
    text = spec.model_dump_json()
    finished, resumed = journal.done(), journal.read()
    read, hits, unreadable = resumed, journal.number("hits"), journal.number("unreadable")
    position = Position()
    file = StructureFile(library, smiles_column, position)
    source = file.records(finished * CHUNK)
    if limit is not None:
        source = islice(source, max(0, limit - resumed))
    order = _order(library, spec, smiles_column, calculators=calculators)
    for outcome in executor.stream(process, chunks(source, text, finished, order, calculators=calculators)):
        assert isinstance(outcome, Outcome)
        journal.commit(outcome)
        read, hits, unreadable = read + outcome.count, hits + len(outcome.hits), unreadable + len(outcome.unreadable)
        part = position.done / position.size if position.size else 1.0
        progress({"read": read, "hits": hits, "unreadable": unreadable, "part": part})
    return Screened(
        read=read,
        resumed=resumed,
        hits=journal.number("hits"),
        unreadable=journal.number("unreadable"),
        blocked=journal.number("blocked"),
        failed=journal.failed(),
        notes=tuple(file.notes()),
    )


def _order(library: Path, spec: DesignSpec, smiles_column: str, *, calculators: Calculators) -> tuple[str, ...]:
    """The order of the exact requirements for a large library; () for cheapest first."""
    if library.stat().st_size < SAMPLED_BYTES:
        return ()
    return order_for(islice(records(library, 0, smiles_column), SAMPLE), spec, calculators=calculators)


def chunks(source: Iterator[Record], spec: str, first: int, order: tuple[str, ...] = (), *, calculators: Calculators) -> Iterator[Chunk]:
    """Records in chunks of :data:`CHUNK`, numbered from ``first``."""
    number = first
    while part := tuple(islice(source, CHUNK)):
        yield Chunk(number, spec, part, calculators, order)
        number += 1
