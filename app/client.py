"""A typed client of the API: ``Client("http://127.0.0.1:8642")``. It needs httpx and the words of ``core`` alone.

with Client() as molwright:
    run = molwright.start("a molecule with MW < 300", budget=300, approve=True)
    for event in molwright.follow(run.run_id): ...
    report = molwright.report(run.run_id)
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import TypeAdapter

from app.client_calls import ApiError, TraceCalls
from app.client_documents import (
    CandidatePage,
    Drawing,
    FoundPage,
    FoundStructure,
    Gallery,
    Progress,
    Reading,
    Run,
    RunPage,
    SavedSpec,
    SavedSpecPage,
    Screen,
    TracePage,
)
from app.client_paper_calls import PaperCalls
from app.client_people import PeopleMethods
from app.client_review import Decisions, MeasuredPage, Measurements, ReadFile, ReviewCalls
from app.client_rooms import RoomCalls
from core.candidate import Candidate
from core.events import NumberedEvent
from core.forecast import Forecast
from core.report import Report, RunStatus
from core.spec import DesignSpec

__all__ = [
    "DEFAULT_ADDRESS",
    "ApiError",
    "CandidatePage",
    "Client",
    "Decisions",
    "Drawing",
    "FoundPage",
    "FoundStructure",
    "Gallery",
    "MeasuredPage",
    "Measurements",
    "Progress",
    "ReadFile",
    "Reading",
    "Run",
    "RunPage",
    "SavedSpec",
    "SavedSpecPage",
    "Screen",
    "TracePage",
]

DEFAULT_ADDRESS = "http://127.0.0.1:8642"
#: Longest wait of one long poll, seconds.
POLL = 20.0
_CANDIDATES: TypeAdapter[list[Candidate]] = TypeAdapter(list[Candidate])


class Client(PeopleMethods, TraceCalls, PaperCalls, RoomCalls, ReviewCalls):
    """The API of one server. Every method raises ApiError for an answer that is no result; httpx.TransportError where there is none.

    ``token``: an API token, for a server with accounts. ``http``: a client of httpx to use in place of a new one; its base address counts then.
    """

    def __init__(self, address: str = DEFAULT_ADDRESS, *, token: str = "", http: httpx.Client | None = None) -> None:
        self._http = http or httpx.Client(base_url=address, timeout=POLL + 30)
        self._token = token

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def read(self, goal: str, **beside: Any) -> Reading:
        """What a goal means. ``beside``: core, like, unlike and their files, as the API takes them."""
        return self._get(Reading, "POST", "/specs", json={"goal": goal, **beside})

    def check(self, spec: DesignSpec) -> Reading:
        """An edited spec with texts and units filled in."""
        return self._get(Reading, "POST", "/specs/check", json={"spec": spec.model_dump(mode="json")})

    def forecast(self, spec: DesignSpec) -> Forecast:
        """How many qualifying candidates to expect of a run of ``spec``; ``known`` is False, with the reason, where nothing can be said."""
        return self._get(Forecast, "POST", "/specs/forecast", json={"spec": spec.model_dump(mode="json")})

    def save(self, name: str, spec: DesignSpec, *, shared: bool = False) -> SavedSpec:
        """Keep a spec under a name, to be used again; ``shared``: everybody with an account finds it."""
        asked = {"name": name, "spec": spec.model_dump(mode="json"), "shared": shared}
        return self._get(SavedSpec, "POST", "/templates", json=asked)

    def saved(self, *, limit: int = 50, offset: int = 0) -> SavedSpecPage:
        """The saved specs, newest first."""
        return self._get(SavedSpecPage, "GET", "/templates", params={"limit": limit, "offset": offset})

    def saved_spec(self, template_id: str) -> SavedSpec:
        """One saved spec."""
        return self._get(SavedSpec, "GET", f"/templates/{quote(template_id)}")

    def delete_saved(self, template_id: str) -> None:
        """Remove a saved spec."""
        self._ask("DELETE", f"/templates/{quote(template_id)}")

    def start(self, goal: str = "", *, key: str = "", **asked: Any) -> Run:
        """Put a run into the queue. ``key``: an idempotency key; ``asked``: spec, budget, candidates, seed, approve, ... as the API takes them."""
        if isinstance(asked.get("spec"), DesignSpec):
            asked["spec"] = asked["spec"].model_dump(mode="json")
        headers = {"idempotency-key": key} if key else {}
        return self._get(Run, "POST", "/runs", json={"goal": goal, **asked}, headers=headers)

    def start_batch(self, runs: Sequence[Mapping[str, Any]], *, key: str = "") -> list[Run | ApiError]:
        """Put several runs into the queue: for each, in their order, the run or what is wrong with it. ``runs``: as the API takes them."""
        given = [{**run, "spec": s.model_dump(mode="json")} if isinstance(s := run.get("spec"), DesignSpec) else dict(run) for run in runs]
        answer = self._ask("POST", "/runs/batch", json={"runs": given}, headers={"idempotency-key": key} if key else {}).json()
        found: list[Run | ApiError] = []
        for outcome in answer["outcomes"]:
            problem = outcome["problem"]
            found.append(ApiError(problem["status"], problem) if problem else Run.model_validate(outcome["run"]))
        return found

    def copy(self, run_id: str, *, key: str = "", **settings: Any) -> Run:
        """A new run with the whole spec of another one. ``settings``: seed, budget, approve, ... as the API takes them."""
        headers = {"idempotency-key": key} if key else {}
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/copy", json=settings, headers=headers)

    def runs(
        self,
        text: str = "",
        *,
        status: Sequence[RunStatus] = (),
        since: str = "",
        until: str = "",
        user: str = "",
        archived: str = "no",
        limit: int = 50,
        offset: int = 0,
    ) -> RunPage:
        """The runs that fit, newest first; ``user``: a part of the name of who started them; ``archived``: 'no', 'yes' or 'all'."""
        asked = {
            "text": text,
            "status": list(status),
            "since": since,
            "until": until,
            "user": user,
            "archived": archived,
            "limit": limit,
            "offset": offset,
        }
        return self._get(RunPage, "GET", "/runs", params=asked)

    def run(self, run_id: str) -> Run:
        """One run; the beginning of its id is enough."""
        return self._get(Run, "GET", f"/runs/{quote(run_id)}")

    def approve(self, run_id: str, spec: DesignSpec | None = None, *, accept_suggestions: bool = False, accept_unread: bool = False) -> Run:
        """Approve the spec that waits, or ``spec`` in its place."""
        given = {
            "spec": spec.model_dump(mode="json") if spec else None,
            "accept_suggestions": accept_suggestions,
            "accept_unread": accept_unread,
        }
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/approve", json=given)

    def reject(self, run_id: str) -> Run:
        """End a run that waits for approval."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/reject")

    def delete(self, run_id: str) -> None:
        """Remove a run that is over, with everything that is stored of it; the whole id."""
        self._ask("DELETE", f"/runs/{quote(run_id)}")

    def archive(self, run_id: str) -> Run:
        """Put a run that is over out of sight; the whole id."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/archive")

    def restore(self, run_id: str) -> Run:
        """Put an archived run back among the others; the whole id."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/restore")

    def pause(self, run_id: str) -> Run:
        """Pause a run."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/pause")

    def cancel(self, run_id: str) -> Run:
        """End a run for good."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/cancel")

    def resume(self, run_id: str) -> Run:
        """Put a paused, failed or abandoned run into the queue."""
        return self._get(Run, "POST", f"/runs/{quote(run_id)}/resume")

    def candidates(self, run_id: str, *, status: str = "", limit: int = 50, offset: int = 0) -> CandidatePage:
        """Evaluated structures of a run."""
        asked = {"limit": limit, "offset": offset, **({"status": status} if status else {})}
        return self._get(CandidatePage, "GET", f"/runs/{quote(run_id)}/candidates", params=asked)

    def best(self, run_id: str, limit: int = 4) -> list[Candidate]:
        """The fittest structures so far, best first."""
        return _CANDIDATES.validate_json(self._ask("GET", f"/runs/{quote(run_id)}/candidates/best", params={"limit": limit}).content)

    def candidate(self, run_id: str, key: str) -> Candidate:
        """One evaluated structure by its key."""
        return self._get(Candidate, "GET", f"/runs/{quote(run_id)}/candidates/{quote(key)}")

    def find(self, structure: str = "", **wanted: Any) -> FoundPage:
        """Evaluated structures of all runs that contain or resemble ``structure``, or have a property in a range.

        ``wanted``: how ('substructure' or 'similarity'), least, property, low, high, kept, text, status, since, until, after, limit, as the API takes
        them. About 200,000 structures are looked at; ``after`` goes on.
        """
        return self._get(FoundPage, "GET", "/structures", params={"structure": structure, **wanted})

    def report(self, run_id: str, *, weights: Mapping[str, float] | None = None) -> Report:
        """The ranked report of a finished run; with other weights of objectives, by their ids, the what-if that they give (0: left out)."""
        return self._get(Report, "GET", f"/runs/{quote(run_id)}/report", params=_weights(weights))

    def export(self, run_id: str, form: str, *, weights: Mapping[str, float] | None = None) -> bytes:
        """The report as a file: html, json, csv, sdf, xlsx or pdf; ``weights`` as for :meth:`report`."""
        return self._ask("GET", f"/runs/{quote(run_id)}/exports/{quote(form)}", params=_weights(weights)).content

    def properties(self, smiles: str) -> Candidate:
        """Every property of one structure."""
        return self._get(Candidate, "POST", "/structures", json={"smiles": smiles})

    def drawing(self, smiles: str, *, parent: str = "", core: str = "") -> Drawing:
        """One structure drawn; ``parent``: SMILES, what differs from it is marked; ``core``: SMILES of a part that lies where it always does."""
        asked = {"smiles": smiles, "parent": parent, "core": core}
        return Drawing(self._ask("GET", "/structures/drawing", params={k: v for k, v in asked.items() if v}).text)

    def gallery(self, candidates: Sequence[Candidate], *, core: str = "") -> Gallery:
        """Candidates drawn side by side with rank, name and score; ``core`` as for :meth:`drawing`."""
        return Gallery([(self.drawing(c.smiles, core=core), _caption(c)) for c in candidates])

    def check_structure(self, smiles: str, goal: str, *, accept_unread: bool = False) -> Candidate:
        """How one structure stands to a goal."""
        return self._get(Candidate, "POST", "/structures/check", json={"smiles": smiles, "goal": goal, "accept_unread": accept_unread})

    def screen(
        self, library: str, goal: str | DesignSpec, *, name: str = "library.smi", listed: int = 100, accept_unread: bool = False
    ) -> Screen:
        """A library of at most 500 records held against a goal or a spec. ``library``: the content of a file whose ``name`` tells its format."""
        asked = {"spec": goal.model_dump(mode="json")} if isinstance(goal, DesignSpec) else {"goal": goal}
        more = {"library": {"name": name, "text": library}, "listed": listed, "accept_unread": accept_unread}
        return self._get(Screen, "POST", "/screens", json={**asked, **more})

    def progress(self, run_id: str, after: int = 0, wait: float = 0.0) -> Progress:
        """What a run told after event number ``after``; ``wait``: seconds to wait for something new, at most 30."""
        return self._get(Progress, "GET", f"/runs/{quote(run_id)}/progress", params={"after": after, "wait": wait})

    def follow(self, run_id: str, after: int = 0) -> Iterator[NumberedEvent]:
        """What a run tells, as it comes, until nothing executes it and nothing is going to."""
        while True:
            found = self.progress(run_id, after, POLL)
            yield from found.events
            after = found.last
            if not found.events and not found.under_way:
                return
            if not found.events:
                time.sleep(0.1)


def _caption(candidate: Candidate) -> str:
    rank = f"{candidate.rank}. " if candidate.rank else ""
    score = f", score {candidate.score:.3f}" if candidate.score is not None else ""
    return f"{rank}{candidate.name or candidate.smiles}{score}"


def _weights(weights: Mapping[str, float] | None) -> dict[str, list[str]]:
    return {"weight": [f"{name}:{weight!r}" for name, weight in (weights or {}).items()]}
