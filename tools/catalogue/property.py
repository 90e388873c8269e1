"""Everything that is said about one property, in one immutable object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.spec import CandidateClass

PropertyKind = Literal["computed", "predicted", "level"]


@dataclass(frozen=True, kw_only=True)
class Property:
    """A property that goals can name, as its file in ``tools/catalogue/properties/`` states it.

    What it is:
        name: snake_case, the name of its file.
        label: name as printed in reports.
        unit: unit of the value; empty for dimensionless.
        kind: ``computed`` exactly from the structure, ``predicted`` with an error, or an ordinal ``level``.
        low, high: the range that a sensible threshold lies in, in ``unit``; a goal outside it is refused.
        typical_low, typical_high: ends of the default desirability ramp, in ``unit``.
        classes: classes of structures for which it is defined.
        levels: names of the levels, best first, for ``level`` properties.
        integer: whether values are counts.
        fraction: whether values lie between 0 and 1 and may be said in per cent.
        cannot_exceed: names of counts of which this one counts a part.
        method: what computes it; ``source``: reference of the method; ``description``: one sentence for people.
        function: where the function of a computed property is, "module:name"; it takes a sanitised molecule and gives a number.
        smarts: instead of a function: the value is how often this pattern occurs, each set of atoms counted once.
        method_detail: the function behind a computed value, as reports name it; empty: ``method``.

    What goals say:
        synonyms: other names under which goals ask for it, lower case.
        goal_words: further words that only goals use, and that another name may hold ("epsilon").
        up_words, down_words: words that mean "more" or "less" of it ("lipophilic" is up for logp).
        absence_words: whole phrases of goals, lower case, that ask for none of it ("not on the list").
        better: the direction that is usually better, +1 more, -1 less, 0 neither; for "good solubility" and "better than".
        accepted_units: units in which a goal may state it (see ``core.units``); converted to ``unit``.
        plain_unit: unit in which a goal's number without a unit is read; empty: ``unit``.
        window: default half-width of "at X" and "around X", in ``unit``; None: 10 % of X.
        for_polymers: name of the property that stands for this one where a polymer is designed ("density"); empty: none.
        needs_unit: whether a goal must say the unit, as its name is used for a quantity and for its inverse; without one the clause is unread.
        measured_at: ranges of the conditions that the value is for ("15..30 °C", "0.9..1.1 atm"), which a goal may state with its limit; under others
            the clause is unread. Empty: a goal states none.
        other_sense: words of a goal, lower case, beside which its name means something else ("charge density"): the clause is then unread.
        other_sense_near: such words that count only between the signs around the clause ("transition dipole", not "glass transition").
        assumed: what the spec of a goal that asks for it says of it as an assumption; empty: nothing.
        in_solvent: whether its value is that in the solvent that the goal names.
        topics: what literature a goal with it calls for ("dye", "drug").
        in_literature: whether the literature has something to say on it; always so for what is not computed.

    How it is searched for and shown:
        step: the deviation, in ``unit``, that counts as much as one atom too many.
        raised_by, lowered_by: the edits of a structure (names in the evolution proposer) that raise or lower it; empty: any.
        microseconds: what one value costs for a molecule of ordinary size; None: not measured. Only the order matters.
        always_for: classes for which every candidate gets a value, asked for or not.
        listed_for: classes for which every listed candidate shows it, asked for or not.
        listed_beside: names of properties that listed candidates show with this one where a goal asks for it.
        column: whether the tables of a report have a column of it, asked for or not.
        axis: whether plots fall back on it where a goal asks for too few numbers.

    ``position`` orders the catalogue, and with it lists and reports; ``user_defined`` marks a property that a user's own model predicts.
    """

    name: str
    label: str
    synonyms: tuple[str, ...]
    unit: str
    kind: PropertyKind
    low: float
    high: float
    typical_low: float
    typical_high: float
    method: str
    source: str
    description: str
    accepted_units: tuple[str, ...] = ()
    up_words: tuple[str, ...] = ()
    down_words: tuple[str, ...] = ()
    classes: tuple[CandidateClass, ...] = ("molecule",)
    levels: tuple[str, ...] = ()
    integer: bool = False
    window: float | None = None
    plain_unit: str = ""
    user_defined: bool = False
    fraction: bool = False
    cannot_exceed: tuple[str, ...] = ()
    function: str = ""
    smarts: str = ""
    method_detail: str = ""
    goal_words: tuple[str, ...] = ()
    absence_words: tuple[str, ...] = ()
    better: int = 0
    for_polymers: str = ""
    needs_unit: bool = False
    measured_at: tuple[str, ...] = ()
    other_sense: tuple[str, ...] = ()
    other_sense_near: tuple[str, ...] = ()
    assumed: str = ""
    in_solvent: bool = False
    topics: tuple[str, ...] = ()
    in_literature: bool = False
    step: float = 1.0
    raised_by: tuple[str, ...] = ()
    lowered_by: tuple[str, ...] = ()
    microseconds: float | None = None
    always_for: tuple[CandidateClass, ...] = ()
    listed_for: tuple[CandidateClass, ...] = ()
    listed_beside: tuple[str, ...] = ()
    column: bool = False
    axis: bool = False
    position: int = 1_000_000
