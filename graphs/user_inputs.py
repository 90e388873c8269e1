"""What a user gives to a run beside the goal: a block list and a list of known structures.

Both are read once, before the run is stored, and recorded as its first events. From then on the run works from its record alone: the
files may change or be gone when it is resumed, approved by another process, forked or replayed.
"""

from __future__ import annotations

from typing import Any, TypeVar

from core.errors import StoreError
from core.interfaces import Recorder
from core.model import Model
from core.options import BlockSource, ListSource
from core.report import BlockList
from core.spec import CandidateClass
from graphs.context import DesignContext, DesignState, options_of
from tools.predictors.known.apply import OwnValues
from tools.ranking.novelty import KnownSet
from tools.synthesis.blocks import BlockLibrary, shipped
from tools.synthesis.inventory import Inventory, library_of

#: The node of these events in every record; stored records have it, so it stays.
NODE = "brought"
BLOCKS, KNOWN = "blocks", "known"
#: Faulty lines of a block list that a report shows.
FAULTS_SHOWN = 50

M = TypeVar("M", bound=Model)


def input_options(blocks: Inventory | None, known: KnownSet | None) -> dict[str, ListSource]:
    """The run options that stand for the user's lists: source and hash, not the content."""
    options: dict[str, ListSource] = {}
    if blocks is not None:
        options[BLOCKS] = BlockSource(source=blocks.source, sha256=blocks.sha256, mode=blocks.mode)
    if known is not None:
        options[KNOWN] = ListSource(source=known.source, sha256=known.sha256)
    return options


def record_inputs(recorder: Recorder, blocks: Inventory | None, known: KnownSet | None) -> None:
    """Put the contents of the lists into the record of a new run."""
    options = input_options(blocks, known)
    for name, content in ((BLOCKS, blocks), (KNOWN, known)):
        if content is not None:
            asked = options[name].model_dump(mode="json")
            recorder.record(NODE, 0, name, asked, lambda content=content: content.model_dump(mode="json"))  # type: ignore[misc]


def check_inputs(state: DesignState, context: DesignContext) -> None:
    """Ask the record for the lists that the options name, so that a resume or a replay that lacks one or has another stops here."""
    options = options_of(state)
    for name, asked in ((BLOCKS, options.blocks), (KNOWN, options.known)):
        if asked is not None:
            context.recorder.record(NODE, 0, name, asked.model_dump(mode="json"), lambda name=name: _missing(name))  # type: ignore[misc]


def block_library(state: DesignState, context: DesignContext) -> BlockLibrary:
    """The building blocks that the run works with."""
    if options_of(state).blocks is None:
        return shipped()
    return context.once("block library", lambda: library_of(_read(context, BLOCKS, Inventory)))


def known_set(state: DesignState, context: DesignContext) -> KnownSet | None:
    """The user's list of known structures, if the run has one."""
    return _read(context, KNOWN, KnownSet) if options_of(state).known is not None else None


def own_values(state: DesignState, context: DesignContext) -> OwnValues | None:
    """The measured values of the user's list of known structures, and those that the team has entered; None where there are none."""
    found = known_set(state, context)
    if found is None or not found.values:
        return None
    return OwnValues(f"your list {found.source}", found.values, found.sources, found.solvents)


def block_list(state: DesignState, context: DesignContext, candidate_class: CandidateClass) -> BlockList | None:
    """What the report says of the user's block list; None without one."""
    if options_of(state).blocks is None:
        return None
    inventory = _read(context, BLOCKS, Inventory)
    faults = [f"line {f.line}: {f.reason}" for f in inventory.faults]
    more = len(faults) - FAULTS_SHOWN
    own = "Polymers are assembled from the shipped monomers; the routes say which of them are in the list."
    return BlockList(
        source=inventory.source,
        sha256=inventory.sha256,
        mode=inventory.mode,
        blocks=len(inventory.rows),
        priced=sum(r.stock.price is not None for r in inventory.rows),
        faults=[*faults[:FAULTS_SHOWN], *([f"and {more} more lines"] if more > 0 else [])],
        note=own if candidate_class == "polymer" else "",
    )


def _read(context: DesignContext, name: str, kind: type[M]) -> M:
    """What the record holds; read once in an execution of the run, however many steps ask for it."""
    return context.once(name, lambda: kind.model_validate(context.recorder.recorded(NODE, 0, name)))


def _missing(name: str) -> Any:
    raise StoreError(f"the run names a list of {name} that its record does not hold")
