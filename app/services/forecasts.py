"""What may be expected of a run before it is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from app.wiring import open_workspace, store_missing
from core.candidate import Candidate
from core.errors import NotFoundError
from core.forecast import Forecast
from core.interfaces import RunFilter, RunStore
from core.settings import Settings
from core.spec import DesignSpec

#: Earlier runs that are looked at, newest first, and candidates of each that met the requirements of their run.
RUNS, CANDIDATES = 8, 100


class ForecastService:
    """Forecasts of specs. Nothing is stored; ``store`` is opened when earlier candidates are asked for."""

    def __init__(self, settings: Settings, store: Callable[[], RunStore]) -> None:
        self.settings = settings
        self._store = store

    def of(self, spec: DesignSpec, *, look_back: bool = True) -> Forecast:
        """The forecast of ``spec``; with ``look_back`` the candidates of the latest runs in the store are held against it too.

        ``known`` is False with the reason where nothing can be said. Raises SpecError for a spec that names what does not exist, StoreError.
        """
        from tools.forecast.forecast import forecast

        earlier = self._earlier(spec) if look_back else None
        return forecast(spec, workspace=open_workspace(self.settings), earlier=earlier)

    def _earlier(self, spec: DesignSpec) -> Iterator[Candidate]:
        """Kept candidates of the latest finished runs of the same class and the same conditions of estimation."""
        if store_missing(self.settings):  # to open one takes longer than the forecast
            return
        store = self._store()
        runs, _ = store.search_runs(RunFilter(statuses=("success",)), limit=RUNS)
        for run in runs:
            try:
                theirs = store.spec(run.run_id)
            except NotFoundError:
                continue  # a conversation, or a run that is being deleted
            if theirs.candidate_class == spec.candidate_class and theirs.conditions == spec.conditions:
                yield from islice(store.each_candidate(run.run_id, status="kept"), CANDIDATES)
