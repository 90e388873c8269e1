"""The catalogue in use: that of the workspace that this thread or task has entered, else the one that ships.

It is for readers of labels and words that are not handed a workspace; what computes takes one. It is kept in a context variable, so that
requests with different workspaces do not see each other, and nothing here can be changed but by entering a workspace.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar

from core.spec import CandidateClass
from core.units import UnitTable
from tools.catalogue.catalogue import Catalogue
from tools.catalogue.property import Property
from tools.catalogue.shipped import shipped

IN_USE: ContextVar[Catalogue | None] = ContextVar("catalogue in use", default=None)


def catalogue_in_use() -> Catalogue:
    """The catalogue of the workspace that was entered, or the one that ships."""
    return IN_USE.get() or shipped()


class _InUse:
    """The methods of a catalogue, of the one in use."""

    @property
    def units(self) -> UnitTable:
        """Its units."""
        return catalogue_in_use().units

    def __getitem__(self, name: str) -> Property:
        return catalogue_in_use()[name]

    def __contains__(self, name: object) -> bool:
        return name in catalogue_in_use()

    def __iter__(self) -> Iterator[Property]:
        return iter(catalogue_in_use())

    def resolve(self, word: str) -> Property | None:
        """See :meth:`Catalogue.resolve`."""
        return catalogue_in_use().resolve(word)

    def words(self) -> dict[str, str]:
        """See :meth:`Catalogue.words`."""
        return catalogue_in_use().words()

    def always(self, candidate_class: CandidateClass) -> tuple[str, ...]:
        """See :meth:`Catalogue.always`."""
        return catalogue_in_use().always(candidate_class)

    def listed(self, candidate_class: CandidateClass) -> tuple[str, ...]:
        """See :meth:`Catalogue.listed`."""
        return catalogue_in_use().listed(candidate_class)

    def columns(self) -> tuple[str, ...]:
        """See :meth:`Catalogue.columns`."""
        return catalogue_in_use().columns()

    def axes(self) -> tuple[str, ...]:
        """See :meth:`Catalogue.axes`."""
        return catalogue_in_use().axes()

    def on(self, topic: str) -> frozenset[str]:
        """See :meth:`Catalogue.on`."""
        return catalogue_in_use().on(topic)


REGISTRY = _InUse()
