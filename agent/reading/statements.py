"""What clauses state, before units, classes and references are resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.reading.lexicon import Vague


@dataclass(frozen=True)
class Ref:
    """A structure that the goal names; an empty SMILES means 'the parent', whatever it is."""

    name: str = ""
    smiles: str = ""


@dataclass(frozen=True)
class Limit:
    """A comparison as written: operator, one or two numbers with the unit as written ('' for none), or a reference structure
    whose value is taken ``factor`` times.

    Operators: < <= > >= == ~ bare between better worse.
    """

    operator: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    ref: Ref | None = None
    factor: float = 1.0


@dataclass(frozen=True)
class Statement:
    """One finding. Which fields are used depends on ``kind``.

    property: name, limit, shape (the condition under which it is asked for, where that is another than the predicted one); level: name, temperature; objective: name, shape; vague: vague, negated; count: what, name, limit;
    motif: name, smarts, wanted; elements: elements; similarity: ref, limit, wanted; scaffold: name, smarts (a SMILES);
    rule_set: name; relative: name, shape ('up' or 'down'); formula: name; edit: name, shape ('add', 'remove', 'replace'), replacement,
    every, ref; set: name ('diversity' or 'novelty'), limit, references;
    solvent: ref; own: ref (the compound that the goal is about); kept: shape ('core', 'part', 'but': all but it, 'around': all but what
    hangs on it), name (of the part), ref, smarts (of a part that must merely be there where the goal is about no compound of one's own). ``bare``: the limit names no property of its own, its unit does.
    """

    kind: Literal[
        "property",
        "level",
        "objective",
        "vague",
        "count",
        "motif",
        "elements",
        "similarity",
        "scaffold",
        "rule_set",
        "relative",
        "formula",
        "edit",
        "set",
        "solvent",
        "own",
        "kept",
    ]
    phrase: str
    name: str = ""
    limit: Limit | None = None
    shape: str = ""
    what: Literal["element", "group"] = "group"
    smarts: str = ""
    wanted: bool = True
    elements: tuple[str, ...] = ()
    ref: Ref | None = None
    temperature: float = 25.0
    vague: Vague | None = None
    negated: bool = False
    soft: bool = False
    replacement: str = ""
    every: bool = False
    references: tuple[Ref, ...] = ()
    assumption: str = ""
    exhaustive: bool = False
