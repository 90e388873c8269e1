"""The cloud of the properties of a run: every structure that it evaluated so far as a point, while it goes on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.candidate import Candidate
from core.errors import NotFoundError
from core.interfaces import RunStore
from core.requirements import PropertyRequirement
from core.spec import DesignSpec

if TYPE_CHECKING:
    from tools.catalogue.catalogue import Catalogue
    from tools.reporting.plots import Mark

#: Runs whose points are kept for the next look, points of one that are drawn (the newest), candidates that are read at once, and so often in one look.
KEPT, DRAWN, READ, PAGES = 8, 2000, 500, 4
#: What is no measure of a structure by itself.
_NO_AXIS = ("similarity", "route")


@dataclass(frozen=True)
class Axes:
    """What is drawn: property names (``y`` empty: the number of the structure), labels with units, and the limits that are asked for."""

    x: str
    y: str
    labels: tuple[str, str]
    lines: tuple[tuple[float, ...], tuple[float, ...]]


@dataclass
class _Seen:
    """What was read of a run: marks by the place of their candidate, and the first place that has to be read again."""

    marks: dict[int, Mark] = field(default_factory=dict)
    next: int = 0


class CloudService:
    """Draws clouds. Each candidate is read once, while its run goes on; ``store`` has every run, so whoever asks must be allowed to see it."""

    def __init__(self, store: Callable[[], RunStore], catalogue: Callable[[], Catalogue]) -> None:
        self._store = store
        self._catalogue = catalogue
        self._seen: OrderedDict[tuple[str, str], _Seen] = OrderedDict()
        self._lock = threading.Lock()

    def axes(self, spec: DesignSpec | None) -> Axes | None:
        """What is drawn of a run with this spec: the first two numbers that it asks for; None where it asks for none."""
        if spec is None:
            return None
        catalogue = self._catalogue()
        asked = [n for n in spec.property_names() if n not in _NO_AXIS and n in catalogue and catalogue[n].kind != "level"]
        if not asked:
            return None
        x, y = asked[0], asked[1] if len(asked) > 1 else ""
        labels = [f"{catalogue[n].label}{f', {catalogue[n].unit}' if catalogue[n].unit else ''}" for n in (x, y) if n]
        return Axes(x, y, (labels[0], labels[1] if y else "number of the structure"), (_limits(spec, x), _limits(spec, y)))

    def svg(self, run_id: str) -> str:
        """The cloud of a run as an SVG document. NotFoundError where there is nothing to draw yet."""
        from tools.reporting.plots import scatter, standalone

        store = self._store()
        run = store.run(run_id)
        axes = self.axes(store.spec(run.run_id) if run.spec_version else None)
        marks = self._marks(run.run_id, run.created_at, axes) if axes else []
        if axes is None or not marks:
            raise NotFoundError(f"run {run.run_id} has no structure yet that could be drawn")
        return standalone(scatter(marks, *axes.labels, *axes.lines))

    def _marks(self, run_id: str, created_at: str, axes: Axes) -> list[Mark]:
        with self._lock:
            which = (run_id, created_at)  # a deleted run's id may come again
            seen = self._seen.setdefault(which, _Seen())
            self._seen.move_to_end(which)
            while len(self._seen) > KEPT:
                self._seen.popitem(last=False)
            for _ in range(PAGES):
                page, _ = self._store().page_of_candidates(run_id, None, READ, seen.next)
                settled = True
                for place, candidate in enumerate(page, seen.next):
                    settled = settled and candidate.status in ("kept", "rejected")
                    if settled:
                        seen.next = place + 1  # nothing more happens to it
                    if (mark := _mark(candidate, place, axes)) is not None:
                        seen.marks[place] = mark
                if len(page) < READ or not settled:
                    break
            return [seen.marks[place] for place in sorted(seen.marks)[-DRAWN:]]


def _mark(candidate: Candidate, place: int, axes: Axes) -> Mark | None:
    """The point of a candidate; None for one without the values."""
    from tools.reporting.plots import Mark

    values = [candidate.properties.get(name) for name in (axes.x, axes.y) if name]
    numbers = [value.number for value in values if value is not None and value.number is not None]
    if len(numbers) < len(values):
        return None
    y = numbers[1] if axes.y else float(place + 1)
    return Mark(numbers[0], y, "kept" if candidate.status == "kept" else "rejected", candidate.name or candidate.smiles)


def _limits(spec: DesignSpec, name: str) -> tuple[float, ...]:
    """The limits that a property has to keep, in its unit."""
    found = [
        r.condition.bounds()
        for r in spec.requirements
        if isinstance(r, PropertyRequirement) and r.property == name and r.basis == "registered"
    ]
    return tuple(end for ends in found for end in ends if abs(end) != float("inf"))
