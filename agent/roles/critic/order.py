"""What little an opinion may do to the order of a shortlist.

A remark with the severity 'lower' moves a candidate down by this rule, and by nothing else: the candidate changes places with the next one
in the list as long as

- both stay within their own 90 % rank interval, which is what the prediction errors leave open; what the arithmetic tells apart stays;
- the next one has no such remark itself;
- the candidate has moved by fewer than MOST_PLACES places.

Probability, score and requirements are never touched, nothing is added to the list or taken from it, and no candidate gets above its own
rank interval. The rule is pure: the recorded remarks give the same order in a replay.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.candidate import Candidate

#: Places that a candidate may be moved down.
MOST_PLACES = 3


def lowered(ranked: Sequence[Candidate], marked: set[str]) -> list[Candidate]:
    """``ranked`` (ranks 1 to n, in order) after moving the ``marked`` keys down by the rule of this module, with new ranks."""
    order = list(ranked)
    for start in range(len(order) - 1, -1, -1):
        if order[start].key not in marked:
            continue
        place = start
        while place + 1 < len(order) and place - start < MOST_PLACES and _may_swap(order[place], order[place + 1], place, marked):
            order[place], order[place + 1] = order[place + 1], order[place]
            place += 1
    return [c if c.rank == rank else c.model_copy(update={"rank": rank}) for rank, c in enumerate(order, 1)]


def _may_swap(upper: Candidate, lower: Candidate, place: int, marked: set[str]) -> bool:
    """Whether the candidate at index ``place`` (rank ``place`` + 1) may change places with the next one."""
    if lower.key in marked or upper.rank_interval is None or lower.rank_interval is None:
        return False
    return place + 2 <= upper.rank_interval[1] and place + 1 >= lower.rank_interval[0]
