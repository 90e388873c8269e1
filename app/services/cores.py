"""Cores that a person marks atom by atom."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from core.errors import StructureError, UsageError


@dataclass(frozen=True)
class CoreView:
    """A compound with its marks, ready to be shown.

    Attributes:
        smiles: the compound.
        open, free: numbers of the atoms with these marks, from 0, in the order of ``smiles``.
        svg: the compound with a link at each atom.
        core: what the field for a core takes; '' where there is none yet.
        fault: why there is none.
    """

    smiles: str
    open: list[int]
    free: list[int]
    svg: str
    core: str
    fault: str


def legend(state: str) -> str:
    """The mark of an atom as an SVG element: 'locked', 'open' or 'free'."""
    from tools.reporting.core_drawing import legend as drawn

    return drawn(state)


class CoreService:
    """Draws compounds whose atoms can be marked. Nothing is stored."""

    def view(
        self, text: str, opened: Collection[int], freed: Collection[int], address: Callable[[str, list[int], list[int]], str]
    ) -> CoreView:
        """The compound of ``text`` (SMILES, mol block, name of a common compound) with these marks.

        ``address``: where a compound with other marks (SMILES, open, free) is shown. UsageError for what is no compound.
        """
        from tools.groups.marked_core import MarkedCore, marked_core
        from tools.reporting.core_drawing import drawn_with_links

        try:
            core = marked_core(text, opened, freed)
        except StructureError as error:
            core = marked_core(_named(text, error), opened, freed)

        def shown(other: MarkedCore) -> str:
            return address(other.smiles, sorted(other.open), sorted(other.free))

        made, fault = "", ""
        try:
            made = core.core()
        except StructureError as error:
            fault = str(error)
        return CoreView(core.smiles, sorted(core.open), sorted(core.free), drawn_with_links(core, shown), made, fault)


def _named(text: str, error: StructureError) -> str:
    """The SMILES of the common compound ``text``; what was wrong with it as a structure where it is no name either."""
    from tools.structures.names import common_names

    found = common_names().get(" ".join(text.lower().split()))
    if found is None:
        raise UsageError(f"{error}; nor is it the name of a common compound") from error
    return found[1]
