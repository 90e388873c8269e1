"""What a reader made of a report: sorting, filter, columns, ticks, other weights. All of it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from app.services.report_table import TableView, Which
from core.errors import UsageError
from core.report import Report

#: How the field of an objective's weight is called: this and the objective's id.
WEIGHT = "weight-"
#: Longest text of a field, and most ticks and columns.
LONGEST, MOST = 500, 200


@dataclass(frozen=True)
class ReportState:
    """A report as a reader wants it. ``weights``: by objective, those that are not as in the spec; none: the stored ranking."""

    run_id: str
    view: TableView
    weights: Mapping[str, float]

    def address(self, *, sort: str | None = None, path: str = "", stored: bool = False) -> str:
        """The address of this state; sorted otherwise, of another page of the run (``path``: '/series'), or with the stored weights."""
        view = self.view if sort is None else replace(self.view, sort=sort.lstrip("-"), descending=sort.startswith("-"))
        parts: list[tuple[str, str]] = []
        if view.sort or view.descending:
            parts.append(("sort", f"{'-' if view.descending else ''}{view.sort}"))
        parts += self._view_fields
        parts += [] if stored else self.weight_fields
        return f"/runs/{self.run_id}{path}{'?' if parts else ''}{urlencode(parts)}"

    def with_weights(self, path: str) -> str:
        """The address of another page of the run under the same weights."""
        return f"/runs/{self.run_id}{path}{'?' if self.weights else ''}{urlencode(self.weight_fields)}"

    @property
    def fields(self) -> list[tuple[str, str]]:
        """All but the order, as fields of an address."""
        return [*self._view_fields, *self.weight_fields]

    @property
    def _view_fields(self) -> list[tuple[str, str]]:
        view = self.view
        parts = [("text", view.text)] if view.text else []
        parts += [("which", view.which)] if view.which != "all" else []
        return [*parts, *(("column", name) for name in view.columns), *(("key", key) for key in view.ticked)]

    @property
    def weight_fields(self) -> list[tuple[str, str]]:
        """The weights as fields of an address."""
        return [(f"{WEIGHT}{name}", f"{weight:g}") for name, weight in self.weights.items()]

    @property
    def weights_text(self) -> str:
        """The weights as one text, to be compared."""
        return urlencode(self.weight_fields)

    def sorting(self, name: str) -> str:
        """What a click on a heading asks for: the other direction where it is sorted by it, else the largest first, texts from A on."""
        now = self.view.sort == name
        descending = not self.view.descending if now else name not in ("", "route", "safety", "review")
        return f"{'-' if descending else ''}{name}"


def state_of(params: QueryParams, report: Report) -> ReportState:
    """The state that an address asks for. UsageError for what cannot be."""
    sort = params.get("sort", params.get("sorted", ""))[:LONGEST]
    which = params.get("which", "all")
    if which not in get_args(Which):
        raise UsageError(f"which: {which[:40]!r} is not one of {', '.join(get_args(Which))}")
    text, columns, ticked = (params.get("text", ""), params.getlist("column"), list(dict.fromkeys(params.getlist("key"))))
    if len(text) > LONGEST or len(columns) > MOST or len(ticked) > MOST:
        raise UsageError(f"a text has at most {LONGEST} characters, and there are at most {MOST} columns and ticks")
    descending = sort.startswith("-") or params.get("descending") == "true"
    view = TableView(sort.lstrip("-"), descending, text, which, tuple(columns), tuple(ticked))  # type: ignore[arg-type]
    return ReportState(report.run_id, view, weights_of(params, report))


def weights_of(params: QueryParams, report: Report) -> dict[str, float]:
    """The weights that an address asks for, where they are not those of the spec. UsageError for what is no number."""
    own = {o.id: o.weight for o in report.spec.objectives}
    found: dict[str, float] = {}
    for name, text in params.multi_items():
        if not name.startswith(WEIGHT) or not text.strip():
            continue
        objective = name.removeprefix(WEIGHT)
        try:
            weight = float(text)
        except ValueError:
            raise UsageError(f"the weight of {objective[:40]}: {text[:40]!r} is not a number") from None
        if own.get(objective) != weight:
            found[objective] = weight
    return found
