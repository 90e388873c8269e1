"""The model servers: which are configured, what they have loaded, whether they answer, how fast they are. Keys are never part of it."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import wiring
from core.errors import ConfigurationError, MolwrightError, UsageError
from core.masking import masked
from core.settings import Settings

if TYPE_CHECKING:
    from serving.pool import EndpointConfig

log = logging.getLogger(__name__)

#: Seconds that one server may take to answer, that a page waits for all of them, and that an answer is kept.
PATIENCE, WAIT, KEPT = 2.0, 3.0, 10.0
#: Seconds that the measurement of one server may take.
MEASURING = 60.0
NOTHING = (
    "No model server is configured: every reasoning step uses its built-in form, and nothing is sent anywhere."
    " To use one, set MOLWRIGHT_MODELS__URL to the address of an OpenAI-compatible server, or MOLWRIGHT_MODELS__POOL to a file of several, and start the server again."
)


@dataclass(frozen=True)
class EndpointState:
    """One configured server as it is now.

    Attributes:
        name: its name.
        address: its base URL, without anything secret.
        models: the models that it is configured for.
        loaded: the models that it says it has.
        contexts: longest prompt with its reply by model, in tokens, where the server says it.
        answers: whether it answered.
        seconds: how long that took.
        detail: what is wrong; empty where nothing is.
        measured: when its speed was last measured, and what came of it, as JSON values; empty where it was not.
    """

    name: str
    address: str
    models: list[str]
    loaded: list[str] = field(default_factory=list)
    contexts: dict[str, int] = field(default_factory=dict)
    answers: bool = False
    seconds: float | None = None
    detail: str = ""
    measured: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelSpeed:
    """How fast a model was in the runs that are stored: tokens of the replies by the seconds of the calls, prompts and waits included."""

    model: str
    role: str
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float

    @property
    def rate(self) -> float | None:
        """Tokens of replies a second; None where nothing was measured."""
        return round(self.tokens_out / self.seconds, 1) if self.seconds > 0 else None


@dataclass(frozen=True)
class LocalServer:
    """A server that `molwright fleet up` keeps running on this machine. ``state``: 'not supervised' where its supervisor is gone."""

    topology: str
    host: str
    name: str
    state: str
    port: int
    restarts: int
    reason: str


@dataclass(frozen=True)
class FleetView:
    """The fleet.

    Attributes:
        sentence: how things stand, in words.
        fault: why the configuration cannot be used; empty.
        endpoints: the configured servers.
        roles: which model each reasoning role asks.
        speeds: what the stored runs tell of speed, by model and role.
        local: servers of this machine.
        measuring: whether a measurement is under way.
    """

    sentence: str
    fault: str = ""
    endpoints: Sequence[EndpointState] = ()
    roles: dict[str, str] = field(default_factory=dict)
    speeds: Sequence[ModelSpeed] = ()
    local: Sequence[LocalServer] = ()
    measuring: bool = False


class FleetService:
    """Looks at the fleet. One object serves all requests: what the servers said is kept for some seconds."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings, self._clock = settings, clock
        self._lock = threading.Lock()
        self._seen: tuple[float, list[EndpointState]] = (float("-inf"), [])
        self._measuring = False

    def view(self) -> FleetView:
        """The fleet now; waits some seconds at most, whatever the servers do. Nothing is raised for one that does not work."""
        from agent.models.endpoints import pool_config

        speeds, local = self._speeds(), self._local()
        try:
            pool = pool_config(self._settings)
            plan = wiring.plan_of(self._settings)
        except (ConfigurationError, OSError) as error:
            return FleetView("The configuration of the model servers cannot be used.", masked(str(error)), speeds=speeds, local=local)
        if pool is None:
            return FleetView(NOTHING, speeds=speeds, local=local)
        endpoints = self._looked_at(pool.endpoints)
        answering = sum(e.answers for e in endpoints)
        number = len(endpoints)
        said = "The one model server" if number == 1 else f"{answering} of {number} model servers"
        verb = ("answers" if answering else "does not answer") if number == 1 else "answer"
        roles = {role: used.model for role, used in plan.roles.items()} if plan else {}
        measured = self._measured()
        endpoints = [EndpointState(**{**vars(e), "measured": measured.get(e.name, {})}) for e in endpoints]
        return FleetView(f"{said} {verb}.", "", endpoints, roles, speeds, local, self._measuring)

    def measure(self) -> None:
        """Begin to measure how fast each configured server answers; one short reply each. UsageError where none is, or while one is measured."""
        from agent.models.endpoints import pool_config

        pool = pool_config(self._settings)
        if pool is None:
            raise UsageError("no model server is configured, so none can be measured")
        with self._lock:
            if self._measuring:
                raise UsageError("the servers are being measured already")
            self._measuring = True
        threading.Thread(target=self._measure, args=(list(pool.endpoints),), name="fleet speed", daemon=True).start()

    def _measure(self, endpoints: Sequence[EndpointConfig]) -> None:
        from agent.models.exchange import CallFailed
        from agent.models.probe import speed

        try:
            found = self._measured()
            for endpoint in endpoints:
                entry: dict[str, Any] = {"at": self._clock().isoformat(), "fault": ""}
                if endpoint.canary == "embedding":
                    entry["fault"] = "it makes vectors, no text"
                else:
                    try:
                        entry |= speed(endpoint, patience_s=MEASURING).model_dump(mode="json")
                    except (CallFailed, MolwrightError) as error:
                        entry["fault"] = masked(str(error))
                found[endpoint.name] = entry
            self._keep(found)
        except Exception:
            log.exception("the servers were not measured")
        finally:
            self._measuring = False

    @property
    def _file(self) -> Path:
        return self._settings.home / "fleet" / "measured.json"

    def _measured(self) -> dict[str, dict[str, Any]]:
        try:
            found: dict[str, dict[str, Any]] = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def _keep(self, measured: dict[str, dict[str, Any]]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=self._file.parent, suffix=".part", delete=False) as file:
            json.dump(measured, file)
        os.replace(file.name, self._file)

    def _looked_at(self, endpoints: Sequence[EndpointConfig]) -> list[EndpointState]:
        """Each server, asked side by side; one that has not answered in time does not answer."""
        with self._lock:
            at, seen = self._seen
            if time.monotonic() - at < KEPT:
                return seen
            found: dict[int, EndpointState] = {}

            def look(place: int, endpoint: EndpointConfig) -> None:
                found[place] = _state_of(endpoint)

            threads = [threading.Thread(target=look, args=pair, daemon=True) for pair in enumerate(endpoints)]
            for thread in threads:
                thread.start()
            until = time.monotonic() + WAIT
            for thread in threads:
                thread.join(max(0.0, until - time.monotonic()))
            late = f"does not answer within {WAIT:g} s"
            states = [found.get(n) or EndpointState(e.name, masked(e.base_url), e.models(), detail=late) for n, e in enumerate(endpoints)]
            self._seen = time.monotonic(), states
            return states

    def _speeds(self) -> list[ModelSpeed]:
        try:
            figures = wiring.open_figures(self._settings)
            try:
                found = figures.models()
            finally:
                figures.close()
        except MolwrightError as error:
            log.warning("the speed of models cannot be read: %s", error)
            return []
        return [
            ModelSpeed(model, role, use.calls, use.tokens_in, use.tokens_out, round(use.seconds, 1))
            for (role, model), use in sorted(found.items(), key=lambda entry: (entry[0][1], entry[0][0]))
        ]

    def _local(self) -> list[LocalServer]:
        from serving.supervisor import read_status, supervised

        found = []
        for folder in sorted((self._settings.home / "fleet").glob("*/*/")):
            try:
                status = read_status(folder)
            except UsageError as error:
                found.append(LocalServer(folder.parent.name, folder.name, "", "unknown", 0, 0, str(error)))
                continue
            alive = status is not None and supervised(status)
            for server in status.servers if status else ():
                state = server.state if alive else "not supervised"
                found.append(LocalServer(folder.parent.name, folder.name, server.name, state, server.port, server.restarts, server.reason))
        return found


def _state_of(endpoint: EndpointConfig) -> EndpointState:
    from agent.models.probe import listed

    address, start = masked(endpoint.base_url), time.monotonic()
    try:
        there = listed(endpoint.base_url, endpoint.api_key(), patience_s=PATIENCE)
    except MolwrightError as error:
        return EndpointState(endpoint.name, address, endpoint.models(), detail=masked(str(error)))
    missing = [m for m in endpoint.models() if endpoint.upstream_model(m) not in there]
    contexts = {name: length for name, m in there.items() if isinstance(length := m.get("max_model_len"), int)}
    wrong = f"does not have {', '.join(missing)}" if missing else ""
    seconds = round(time.monotonic() - start, 3)
    return EndpointState(endpoint.name, address, endpoint.models(), sorted(there)[:50], contexts, True, seconds, wrong)
