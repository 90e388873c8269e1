"""The shortlist: diverse and new by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.candidate import Candidate
from core.spec import DesignSpec
from tools.ranking.diversity import STEPS, Picker, similarity_limit
from tools.ranking.set_level import diverse_enough


@dataclass(frozen=True)
class Known:
    """What is known already, by candidate key with a name: to the user, and to everyone (shipped compounds, the goal's own structure)."""

    user: Mapping[str, str] = field(default_factory=dict)
    shipped: Mapping[str, str] = field(default_factory=dict)

    def name(self, key: str) -> str:
        """The name of a known candidate; '' for a new one."""
        return self.user.get(key) or self.shipped.get(key, "")


NOTHING_KNOWN = Known()


@dataclass(frozen=True)
class Shortlist:
    """Positions of what is listed, best first, and of what was passed over and why.

    Attributes:
        positions: of the listed, in increasing position.
        known_user: passed over because the user knows them.
        known_shipped: passed over because they ship as known compounds or are the goal's own structure.
        similar: passed over because they are too similar to a better one, met while the list was filled.
        relaxed: listed although more similar to a better one than the default limit, since too few are that different.
        limit: the largest similarity that was allowed in the end.
    """

    positions: list[int]
    known_user: list[int]
    known_shipped: list[int]
    similar: list[int]
    relaxed: list[int] = field(default_factory=list)
    limit: float = 1.0


def shortlist(ordered: Sequence[Candidate], spec: DesignSpec, known: Known = NOTHING_KNOWN) -> Shortlist:
    """Up to ``spec.candidates`` of ``ordered`` (best first), no two more similar than the spec's limit.

    New structures come first. Unless ``spec.list_known``, those of the user's list are never listed, and shipped known compounds only
    where new ones leave places. Where the default limit leaves places, it is relaxed step by step, for new structures and then for known
    ones; a limit that the spec states is kept. A spec that wants all structures that meet it (``exhaustive``) lists the known ones with the others.
    """
    if spec.exhaustive and spec.max_similarity is None:
        return Shortlist(list(range(min(len(ordered), spec.candidates))), [], [], [])
    limit = similarity_limit(spec)
    everyone = range(len(ordered))
    mixed = spec.list_known or spec.exhaustive
    user = [] if mixed else [i for i in everyone if ordered[i].key in known.user]
    hidden = set(user)
    shipped = [] if mixed else [i for i in everyone if i not in hidden and ordered[i].key in known.shipped]
    hidden.update(shipped)
    whole = diverse_enough(ordered, [i for i in everyone if i not in hidden], spec)
    if whole is not None:
        return Shortlist(whole, user, shipped, [])
    picker = Picker()
    new = [i for i in everyone if i not in hidden]
    picker.take(ordered, new, spec.candidates, limit)
    picker.take(ordered, shipped, spec.candidates, limit)
    relaxed, limit = _relaxed(picker, ordered, (new, shipped), spec, limit)
    chosen = set(picker.chosen)
    return Shortlist(sorted(chosen), user, [i for i in shipped if i not in chosen], sorted(picker.too_similar), relaxed, limit)


def _relaxed(
    picker: Picker, ordered: Sequence[Candidate], pools: Sequence[Sequence[int]], spec: DesignSpec, limit: float
) -> tuple[list[int], float]:
    """What ``picker`` takes when the default limit is relaxed, and the limit at which the list was full or nothing was left."""
    strict = len(picker.chosen)
    if spec.max_similarity is not None or spec.exhaustive:
        return [], limit
    for step in STEPS:
        if len(picker.chosen) >= spec.candidates or not picker.too_similar:
            break
        for pool in pools:
            before = len(picker.chosen)
            picker.take(ordered, [i for i in pool if i in picker.too_similar], spec.candidates, step)
            limit = step if len(picker.chosen) > before else limit
    return sorted(picker.chosen[strict:]), limit
