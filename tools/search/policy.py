"""The numbers that a search is run by."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.limits import PATIENCE


@dataclass(frozen=True)
class SearchPolicy:
    """How a search divides its work and when it ends; the same for every goal.

    Attributes:
        batch: structures proposed in one generation.
        whole: structures listed at once where all that meet the goal are wanted.
        even_share: share of the batch that is divided evenly between the proposers; the rest follows what each has brought into the frontier.
        frontier: parents that are carried from one generation to the next.
        top: structures whose mean fitness says how good the search stands.
        improvement: rise of that mean, on the scale of the fitness, below which a generation counts as stale.
        patience: stale generations in a row that end the search.
        empty: generations in a row without a new structure that end the search.
        barren: generations without a new readable structure from a language model after which it is asked more rarely.
        rest: then it is asked every so many-th generation only.
    """

    batch: int = 160
    whole: int = 1000
    even_share: float = 0.4
    frontier: int = 120
    top: int = 10
    improvement: float = 0.002
    patience: int = PATIENCE
    empty: int = 2
    barren: int = 3
    rest: int = 4


#: The policy of design runs.
DEFAULT = SearchPolicy()


def with_patience(patience: int | None) -> SearchPolicy:
    """The policy of a run that ends after ``patience`` stale generations; the usual one for None."""
    return DEFAULT if patience is None else replace(DEFAULT, patience=patience)
