"""The typed client's methods for single structures, libraries, models and the fleet; :class:`app.client.Client` has them all."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from app.client_calls import Calls
from app.client_documents import CandidatePage
from app.client_room_documents import (
    Computation,
    ComputationPage,
    Fleet,
    Library,
    LibraryPage,
    Models,
    Profile,
    StructureTable,
    SubstanceList,
    SubstanceLists,
    TableRows,
    Training,
)
from core.report import Report
from core.spec import DesignSpec

#: Seconds between two looks at a job that is waited for.
LOOK = 1.0


class RoomCalls(Calls):
    """What can be asked beside runs. Every method raises ApiError for an answer that is no result."""

    def profile(self, structure: str, goal: str = "", *, route: bool = False, runs: bool = False, accept_unread: bool = False) -> Profile:
        """All that is known of one structure: a SMILES, a mol block or a common name; ``goal``: what it is held against."""
        asked = {"structure": structure, "goal": goal, "route": route, "runs": runs, "accept_unread": accept_unread}
        return self._get(Profile, "POST", "/structures/profile", json=asked)

    def start_table(self, name: str, content: bytes) -> StructureTable:
        """Let a worker compute every property of the records of a file; ``name`` tells its format."""
        return self._get(StructureTable, "POST", "/structures/tables", json={"file": _file(name, content)})

    def table(self, job_id: str) -> StructureTable:
        """How the making of a table stands."""
        return self._get(StructureTable, "GET", f"/structures/tables/{quote(job_id)}")

    def table_rows(self, job_id: str, *, limit: int = 50, offset: int = 0) -> TableRows:
        """The rows that are there."""
        return self._get(TableRows, "GET", f"/structures/tables/{quote(job_id)}/rows", params={"limit": limit, "offset": offset})

    def export_table(self, job_id: str, form: str, columns: Sequence[str] = ()) -> bytes:
        """A whole table as 'csv' or 'sdf'; ``columns``: names of the properties, else all."""
        return self._ask("GET", f"/structures/tables/{quote(job_id)}/exports/{quote(form)}", params={"column": list(columns)}).content

    def cancel_table(self, job_id: str) -> StructureTable:
        """End the making of a table."""
        return self._get(StructureTable, "POST", f"/structures/tables/{quote(job_id)}/cancel")

    def delete_table(self, job_id: str) -> None:
        """Remove a table that is over."""
        self._ask("DELETE", f"/structures/tables/{quote(job_id)}")

    def start_computation(self, structure: str, goal: str = "", *, names: Sequence[str] = (), accept_unread: bool = False) -> Computation:
        """Let a worker compute what costs seconds to hours for one structure: what ``goal`` needs, the properties ``names``, or every such property."""
        asked = {"structure": structure, "goal": goal, "names": list(names), "accept_unread": accept_unread}
        return self._get(Computation, "POST", "/structures/computations", json=asked)

    def computations(self, *, limit: int = 50, offset: int = 0) -> ComputationPage:
        """The computations, newest first."""
        return self._get(ComputationPage, "GET", "/structures/computations", params={"limit": limit, "offset": offset})

    def computation(self, job_id: str) -> Computation:
        """How a computation stands, and what it came to."""
        return self._get(Computation, "GET", f"/structures/computations/{quote(job_id)}")

    def wait_for_computation(self, job_id: str) -> Computation:
        """A computation once it is over."""
        while (found := self.computation(job_id)).status not in ("finished", "failed", "cancelled"):
            time.sleep(LOOK)
        return found

    def cancel_computation(self, job_id: str) -> Computation:
        """End a computation for good."""
        return self._get(Computation, "POST", f"/structures/computations/{quote(job_id)}/cancel")

    def delete_computation(self, job_id: str) -> None:
        """Remove a computation that is over."""
        self._ask("DELETE", f"/structures/computations/{quote(job_id)}")

    def start_library(
        self,
        name: str,
        content: bytes,
        goal: str | DesignSpec,
        *,
        listed: int = 100,
        column: str = "",
        calls: int | None = None,
        accept_unread: bool = False,
    ) -> Library:
        """Let a worker hold a library against a goal or a spec; ``name`` tells the format of ``content``.

        ``calls``: where the goal needs what costs seconds to hours a structure, for how many it is computed at most; None: by what a call costs.
        """
        asked = {"spec": goal.model_dump(mode="json")} if isinstance(goal, DesignSpec) else {"goal": goal}
        more = {"library": _file(name, content), "listed": listed, "column": column, "calls": calls, "accept_unread": accept_unread}
        return self._get(Library, "POST", "/libraries", json={**asked, **more})

    def libraries(self, *, limit: int = 50, offset: int = 0) -> LibraryPage:
        """The screens, newest first."""
        return self._get(LibraryPage, "GET", "/libraries", params={"limit": limit, "offset": offset})

    def library(self, job_id: str) -> Library:
        """How a screen stands."""
        return self._get(Library, "GET", f"/libraries/{quote(job_id)}")

    def wait_for_library(self, job_id: str) -> Library:
        """A screen once it is over."""
        while (found := self.library(job_id)).status not in ("finished", "failed", "cancelled"):
            time.sleep(LOOK)
        return found

    def library_hits(self, job_id: str, *, limit: int = 50, offset: int = 0) -> CandidatePage:
        """The ranked structures that meet the goal."""
        return self._get(CandidatePage, "GET", f"/libraries/{quote(job_id)}/hits", params={"limit": limit, "offset": offset})

    def library_report(self, job_id: str) -> Report:
        """The ranked report of a screen that is finished."""
        return self._get(Report, "GET", f"/libraries/{quote(job_id)}/report")

    def export_library(self, job_id: str, form: str) -> bytes:
        """The report as a file: html, json, csv, sdf, xlsx or pdf."""
        return self._ask("GET", f"/libraries/{quote(job_id)}/exports/{quote(form)}").content

    def library_table(self, job_id: str, table: str) -> bytes:
        """Every 'hits', 'unreadable' or 'blocked' record as CSV."""
        return self._ask("GET", f"/libraries/{quote(job_id)}/tables/{quote(table)}").content

    def cancel_library(self, job_id: str) -> Library:
        """End a screen for good."""
        return self._get(Library, "POST", f"/libraries/{quote(job_id)}/cancel")

    def delete_library(self, job_id: str) -> None:
        """Remove a screen that is over."""
        self._ask("DELETE", f"/libraries/{quote(job_id)}")

    def models(self) -> Models:
        """The predictors, and which language model each reasoning role asks."""
        return self._get(Models, "GET", "/models")

    def model(self, name: str) -> dict[str, Any]:
        """The whole card of a predictor."""
        card: dict[str, Any] = self._ask("GET", f"/models/{quote(name)}").json()
        return card

    def train(self, name: str, table: str, content: bytes, *, confirm: bool = False, **said: Any) -> Training:
        """Read the table called ``table`` for an own model; with ``confirm``, a person's yes, a worker trains it.

        ``said``: unit, log, label, description, synonyms, smiles, target, replace, as the API takes them.
        """
        asked = {"name": name, "table": _file(table, content), "confirm": confirm, **said}
        return self._get(Training, "POST", "/models/trainings", json=asked)

    def training(self, job_id: str) -> Training:
        """How a training stands."""
        return self._get(Training, "GET", f"/models/trainings/{quote(job_id)}")

    def confirm_training(self, job_id: str) -> Training:
        """A person's yes to a training that waits for one."""
        return self._get(Training, "POST", f"/models/trainings/{quote(job_id)}/confirm")

    def cancel_training(self, job_id: str) -> Training:
        """End a training."""
        return self._get(Training, "POST", f"/models/trainings/{quote(job_id)}/cancel")

    def delete_training(self, job_id: str) -> None:
        """Remove what is kept of a training; the model stays."""
        self._ask("DELETE", f"/models/trainings/{quote(job_id)}")

    def remove_model(self, name: str) -> None:
        """Remove an own model, for good."""
        self._ask("DELETE", f"/models/{quote(name)}")

    def substance_lists(self) -> SubstanceLists:
        """The named, dated lists of substances that the team brought."""
        return self._get(SubstanceLists, "GET", "/lists")

    def substance_list(self, name: str) -> SubstanceList:
        """A list by its name, a word for it or its property."""
        return self._get(SubstanceList, "GET", f"/lists/{quote(name, safe='')}")

    def add_substance_list(
        self, name: str, date: str, file: str, content: bytes, *, source: str = "", words: Sequence[str] = (), replace: bool = False
    ) -> SubstanceList:
        """Keep a list; ``date``: of the edition, as YYYY-MM-DD; ``file`` tells the format of ``content``; ``words``: further words of goals."""
        asked = {"name": name, "date": date, "file": _file(file, content), "source": source, "words": list(words), "replace": replace}
        return self._get(SubstanceList, "POST", "/lists", json=asked)

    def remove_substance_list(self, name: str) -> None:
        """Forget a list, for good."""
        self._ask("DELETE", f"/lists/{quote(name, safe='')}")

    def fleet(self) -> Fleet:
        """The model servers."""
        return self._get(Fleet, "GET", "/fleet")

    def measure_fleet(self) -> Fleet:
        """Measure how fast the model servers answer, beside the request."""
        return self._get(Fleet, "POST", "/fleet/measure")


def _file(name: str, content: bytes) -> dict[str, str]:
    return {"name": name, "base64": base64.b64encode(content).decode()}
