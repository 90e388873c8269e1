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
    """What is known already, by candidate key with a name: to the user, to everyone (shipped compounds, the goal's own structure), and as
    a structure of a training set.

    ``excluded``: tautomer-independent keys of what is not listed whatever the rule, since people have decided on it; each is known to the user.
    """

    user: Mapping[str, str] = field(default_factory=dict)
    shipped: Mapping[str, str] = field(default_factory=dict)
    measured: Mapping[str, str] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()

    def name(self, key: str) -> str:
        """The name of a known candidate; '' for a new one."""
        return self.user.get(key) or self.shipped.get(key) or self.measured.get(key, "")


NOTHING_KNOWN = Known()


@dataclass(frozen=True)
class Shortlist:
    """Positions of what is listed, in the order of the list, and of what was passed over and why.

    Attributes:
        positions: of the listed: in increasing position, but known ones before new ones where the spec wants them first.
        known_user: passed over because the user knows them.
        known_shipped: passed over because they ship as known compounds or are the goal's own structure.
        known_measured: passed over because they stand in a training set.
        similar: passed over because they are too similar to a better one, met while the list was filled.
        relaxed: listed although more similar to a better one than the default limit, since too few are that different.
        limit: the largest similarity that was allowed in the end.
        first: how many of the listed stand before the others whatever their score.
    """

    positions: list[int]
    known_user: list[int]
    known_shipped: list[int]
    known_measured: list[int]
    similar: list[int]
    relaxed: list[int] = field(default_factory=list)
    limit: float = 1.0
    first: int = 0


def shortlist(ordered: Sequence[Candidate], spec: DesignSpec, known: Known = NOTHING_KNOWN) -> Shortlist:
    """Up to ``spec.candidates`` of ``ordered`` (best first), no two more similar than the spec's limit, as new as ``spec.novelty`` says.

    By default at least half of the places go to new structures as long as there are any; those of a training set, whose values are known,
    may take the others, shipped known compounds only what new ones leave, and those of the user's list none. Where too few new ones meet the
    requirements, known ones take what they leave. Where the default limit on similarity leaves places, it is relaxed step by step, for new
    structures and then for known ones; a limit that the spec states is kept. A spec that wants all structures that meet it
    (``exhaustive``), or with ``list_known``, lists the known ones with the others. What people have decided on already (``known.excluded``)
    is left out whatever the rule.
    """
    if spec.exhaustive and spec.max_similarity is None:
        everything, decided = _without(ordered, known)
        return Shortlist(everything[: spec.candidates], decided, [], [], [])
    kinds = _Kinds.of(ordered, known, spec)
    whole = diverse_enough(ordered, kinds.pools[0], spec, kinds.capped, spec.candidates // 2)
    if whole is not None:
        return _shortlist(whole, kinds, [], [], similarity_limit(spec))
    picker, limit = Picker(), similarity_limit(spec)
    relaxed, limit = _fill(picker, ordered, kinds, spec, limit)
    return _shortlist(sorted(picker.chosen), kinds, sorted(picker.too_similar), relaxed, limit)


@dataclass(frozen=True)
class _Kinds:
    """Positions by what is known of them, as far as the rule of the spec tells them apart.

    Attributes:
        pools: who may be taken, one pool after the other; what is in a later one takes only what the earlier ones leave.
        capped: known ones that take at most half of the list while there are new ones.
        user, shipped, measured: known to the user, shipped, of a training set; empty where the rule does not pass them over.
        first: those that stand before the others whatever their score.
    """

    pools: list[list[int]]
    capped: frozenset[int] = frozenset()
    user: list[int] = field(default_factory=list)
    shipped: list[int] = field(default_factory=list)
    measured: list[int] = field(default_factory=list)
    first: frozenset[int] = frozenset()

    @classmethod
    def of(cls, ordered: Sequence[Candidate], known: Known, spec: DesignSpec) -> _Kinds:
        everyone, decided = _without(ordered, known)
        if spec.list_known or spec.exhaustive:
            return cls([everyone], user=decided)
        user = sorted([*decided, *(i for i in everyone if ordered[i].key in known.user)])
        shipped = [i for i in everyone if ordered[i].key in known.shipped and ordered[i].key not in known.user]
        hidden = {*user, *shipped}
        measured = [i for i in everyone if i not in hidden and ordered[i].key in known.measured]
        old = sorted([*hidden, *measured])
        new = [i for i in everyone if i not in frozenset(old)]
        if spec.novelty == "new only":
            return cls([new], user=user, shipped=shipped, measured=measured)
        known_ones = [i for i in old if i not in frozenset(decided)]
        if spec.novelty == "known only":
            return cls([known_ones], user=decided)
        if spec.novelty == "known first":
            return cls([known_ones, new], user=decided, first=frozenset(known_ones))
        return cls([[i for i in everyone if i not in hidden], shipped], frozenset([*shipped, *measured]), user, shipped, measured)


def _without(ordered: Sequence[Candidate], known: Known) -> tuple[list[int], list[int]]:
    """Positions of what may be listed at all, and of what people have decided on already."""
    out = [i for i, c in enumerate(ordered) if c.dedup_key in known.excluded] if known.excluded else []
    gone = frozenset(out)
    return [i for i in range(len(ordered)) if i not in gone], out


def _fill(picker: Picker, ordered: Sequence[Candidate], kinds: _Kinds, spec: DesignSpec, limit: float) -> tuple[list[int], float]:
    """Fill the list; what was listed only when the default limit was relaxed, and the limit at which it was full or nothing was left.

    Where known structures are capped, this is done twice: with the cap, and without it for the places that no new structure could take.
    """
    wanted, relaxed, reached = spec.candidates, list[int](), limit
    steps = STEPS if spec.max_similarity is None and not spec.exhaustive else ()
    for most in (wanted // 2, wanted) if kinds.capped else (wanted,):
        for step in (limit, *(s for s in steps if s > limit)):
            for pool in kinds.pools if step == limit or picker.too_similar else ():
                before = len(picker.chosen)
                picker.take(ordered, pool, wanted, step, kinds.capped, most)
                if step > limit and len(picker.chosen) > before:
                    relaxed += picker.chosen[before:]
                    reached = max(reached, step)
    return sorted(relaxed), reached


def _shortlist(chosen: list[int], kinds: _Kinds, similar: list[int], relaxed: list[int], limit: float) -> Shortlist:
    """The list of the ``chosen``, which are in increasing position."""
    first, taken = [i for i in chosen if i in kinds.first], set(chosen)
    return Shortlist(
        positions=[*first, *(i for i in chosen if i not in kinds.first)],
        known_user=kinds.user,
        known_shipped=[i for i in kinds.shipped if i not in taken],
        known_measured=[i for i in kinds.measured if i not in taken],
        similar=similar,
        relaxed=relaxed,
        limit=limit,
        first=len(first),
    )
