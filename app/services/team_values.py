"""What a team has measured, as known values of a run: recorded with the run when it is started, like a list that a user brings along."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import TYPE_CHECKING, Any

from core.model import content_hash
from core.review import FeedbackEntry, MeasuredValue

if TYPE_CHECKING:
    from tools.ranking.novelty import KnownSet

#: What a list is called that holds nothing but measured values.
SOURCE = "of what your team has measured"


def team_values(found: Iterable[tuple[str, FeedbackEntry]], solvent_smiles: str = "", given: KnownSet | None = None) -> KnownSet:
    """``given``, the user's own list, with the measured values of ``found`` beside its own; a value of the list itself stays.

    Several measurements of one structure become their median. Of a property that depends on the solvent those in ``solvent_smiles`` count, where
    there are none those in the solvent with the most. Limits and estimates are no measurements.
    """
    from app.services.measurements import depends_on_solvent
    from tools.predictors.features.solvent import canonical_solvent
    from tools.ranking.novelty import TEAM, KnownSet

    asked = canonical_solvent(solvent_smiles.strip()) or ""
    groups: dict[tuple[str, str], dict[str, list[tuple[MeasuredValue, str]]]] = {}
    for _, entry in found:
        m = entry.measured
        if m is not None and m.qualifier == "=":
            groups.setdefault((m.property, entry.key), {}).setdefault(m.solvent, []).append((m, m.measured_on or entry.at[:10]))
    if given is not None and not groups:
        return given
    values: dict[str, dict[str, Any]] = {name: dict(v) for name, v in given.values.items()} if given is not None else {}
    sources: dict[str, dict[str, str]] = {}
    solvents: dict[str, dict[str, str]] = {}
    for (name, key), by_solvent in groups.items():
        if key in values.setdefault(name, {}):
            continue
        solvent = asked if asked in by_solvent else max(by_solvent, key=lambda s: (len(by_solvent[s]), s))
        numbers = [m.value for m, _ in by_solvent[solvent]]
        half = max((max(numbers) - min(numbers)) / 2, *(m.spread or 0.0 for m, _ in by_solvent[solvent]))
        values[name][key] = (median(numbers), len(numbers), half)
        sources.setdefault(name, {})[key] = f"{TEAM}, {max(day for _, day in by_solvent[solvent])}"
        if depends_on_solvent(name):
            solvents.setdefault(name, {})[key] = solvent
    content = {"source": SOURCE, "structures": {}} if given is None else given.model_dump(exclude={"sha256"})
    content |= {"values": {n: v for n, v in values.items() if v}, "sources": sources, "solvents": solvents}
    return KnownSet.model_validate({**content, "sha256": content_hash(content)})
