"""What is known of a structure: whether it stands in the sets that the shipped predictors were trained on, and what was measured of it.

One file a predictor (``sets/NAME.npz``, made by ``python -m tools.predictors.training known``) holds the hashed keys
(:mod:`tools.predictors.known.keys`) of its training structures and, where the licence of the set lets values be shown (CC0, CC BY), what
was measured; of the other sets the keys alone. ``sets/sets.json`` says where each is from and how far repeated measurements of it differ.
A file is read when a structure is first looked up in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import PredictorError
from core.spec import CandidateClass
from tools.arrays import arrays_of
from tools.predictors.known.keys import FORM_BITS
from tools.predictors.specs import PREDICTORS

PACKAGE = "tools.predictors.known.sets"
ABOUT = "sets.json"
#: Changes when the meaning of the files changes.
FORMAT = 1
#: Values that are not to be believed, by set and hashed key, with why (made by ``python -m tools.predictors.training doubt``); no other file speaks of them.
DOUBTS, DOUBTS_FORMAT = "doubtful.json", 1


@dataclass(frozen=True)
class Found:
    """Entries of one set for one structure.

    Attributes:
        same: whether they are of this very structure; False: of a stereoisomer or another form of the same skeleton.
        values: what was measured, in the unit of the property, by solvent ('' where the set has none); empty where values are not shipped.
        counts: how many measurements each is from, likewise.
        own: half of the range of these measurements, likewise; 0 for a single one.
        doubt: why the value is not to be believed; empty where nothing speaks against it.
        beside: whether the structure is of a further set, whose values are not shipped.
    """

    same: bool
    values: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    own: Mapping[str, float] = field(default_factory=dict)
    doubt: str = ""
    beside: bool = False


@dataclass(frozen=True)
class KnownSet:
    """The training set of one predictor, for looking up.

    Attributes:
        name: the property.
        source: the set with its licence.
        version: of the file, by its content.
        sigma: one standard deviation of a single measurement, in the unit of the property; None where it is not known.
        spread: where ``sigma`` comes from.
        solvents: what the numbers of the solvents mean; empty for a property without.
        beside: further sets that the predictor was trained on, with their licences; empty for none.
    """

    name: str
    source: str
    version: str
    sigma: float | None
    spread: str
    solvents: tuple[str, ...]
    _keys: NDArray[np.uint64]
    _columns: Mapping[str, NDArray[Any]]
    beside: str = ""

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, key: int) -> Found | None:
        """What the set has of the structure with this hashed key (a dimensionless number), or of another form of it; None for nothing."""
        rows = self._rows(key, key)
        if rows:
            return self._found(rows, same=True)
        first = key >> FORM_BITS << FORM_BITS
        rows = self._rows(first, first | ((1 << FORM_BITS) - 1))
        return self._found(rows, same=False) if rows else None

    def _rows(self, low: int, high: int) -> range:
        """Rows whose keys are from ``low`` to ``high``."""
        start = int(self._keys.searchsorted(np.uint64(low), "left"))
        return range(start, int(self._keys.searchsorted(np.uint64(high), "right")))

    def _found(self, rows: range, *, same: bool) -> Found:
        if "values" not in self._columns:
            return Found(same)
        c = self._columns
        shown = [i for i in rows if not np.isnan(c["values"][i])]
        if not shown:
            return Found(same, beside=True)
        doubts = _doubts().get(self.name, {})
        solvent = [self.solvents[int(c["solvent"][i])] if self.solvents else "" for i in shown]
        firsts = dict(reversed(list(zip(solvent, shown, strict=True))))
        return Found(
            same,
            {name: float(c["values"][i]) for name, i in firsts.items()},
            {name: int(c["count"][i]) for name, i in firsts.items()},
            {name: float(c["own"][i]) for name, i in firsts.items()},
            next((why for i in shown if (why := doubts.get(int(self._keys[i])))), ""),
        )


@cache
def _about() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(resources.files(PACKAGE).joinpath(ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError, ModuleNotFoundError) as error:
        raise PredictorError(f"the table of what is known cannot be read: {PACKAGE}/{ABOUT} ({error})") from None
    if found.get("format") != FORMAT:
        raise PredictorError(f"the table of what is known has format {found.get('format')!r}; this version reads {FORMAT}")
    return dict(found["sets"])


@cache
def _doubts() -> dict[str, dict[int, str]]:
    """Why values are doubted, by set and hashed key. Raises PredictorError where the file cannot be read."""
    try:
        found = json.loads(resources.files(PACKAGE).joinpath(DOUBTS).read_text(encoding="utf-8"))
    except (OSError, ValueError, ModuleNotFoundError) as error:
        raise PredictorError(f"the doubtful values cannot be read: {PACKAGE}/{DOUBTS} ({error})") from None
    if found.get("format") != DOUBTS_FORMAT:
        raise PredictorError(f"the doubtful values have format {found.get('format')!r}; this version reads {DOUBTS_FORMAT}")
    return {name: {int(key): why for key, why in entries.items()} for name, entries in found["sets"].items()}


@cache
def known_set(name: str) -> KnownSet | None:
    """The set of the predictor ``name``, read once; None where there is none. Raises PredictorError where a file is missing or damaged."""
    from tools.predictors.weights import digest

    about = _about().get(name)
    if about is None:
        return None
    try:
        content = resources.files(PACKAGE).joinpath(f"{name}.npz").read_bytes()
    except OSError as error:
        raise PredictorError(f"what is known of {name} cannot be read: {error}") from None
    if digest(content) != about["sha256"]:
        raise PredictorError(f"what is known of {name} is damaged: it does not match its hash in {ABOUT}")
    columns = arrays_of(content)
    keys = columns.pop("keys").astype(np.uint64)
    return KnownSet(
        name,
        about["source"],
        about["sha256"][:8],
        about["sigma"],
        about["spread"],
        tuple(about["solvents"]),
        keys,
        columns,
        about.get("beside", ""),
    )


def sets_of(candidate_class: CandidateClass) -> list[str]:
    """Names of the sets that hold measured structures of this class, in the order of the predictors; a name a data set (two may share one)."""
    held = _about()
    return [
        n for n, spec in PREDICTORS.items() if (spec.kind == "polymer") == (candidate_class == "polymer") and n in held and spec.measured
    ]
