"""Keeps what a run tells of its progress, so that another process can show it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from core.errors import StoreError
from core.events import ProgressEvent, ProgressSink, TextWritten
from core.interfaces import Lease, RunStore

#: Progress is written at most so often, seconds.
INTERVAL = 0.5


class Journal:
    """Writes a run's progress to its store, at most twice a second; call it from any thread.

    A store that cannot take progress costs the progress, never the run: the run's own writes say what is wrong.
    """

    def __init__(self, store: RunStore, lease: Lease, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._lease = lease
        self._clock = clock
        self._events: list[tuple[str, ProgressEvent]] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name=f"progress {lease.run_id}", daemon=True)
        self._thread.start()

    def __call__(self, event: ProgressEvent) -> None:
        """Take an event; it is stored soon, or when the journal is closed."""
        at = self._clock().isoformat()
        with self._lock:
            last = self._events[-1][1] if self._events else None
            if isinstance(event, TextWritten) and isinstance(last, TextWritten) and last.stage == event.stage:
                self._events[-1] = (at, TextWritten(stage=event.stage, text=last.text + event.text))
            else:
                self._events.append((at, event))
        self._wake.set()

    def close(self) -> None:
        """Store what is left and end the thread."""
        self._ended.set()
        self._wake.set()
        self._thread.join()

    def _write_on(self) -> None:
        while not self._ended.is_set():
            self._wake.wait()
            self._wake.clear()
            self._flush()
            self._ended.wait(INTERVAL)
        self._flush()

    def _flush(self) -> None:
        with self._lock:
            events, self._events = self._events, []
        if events:
            with suppress(StoreError):
                self._store.add_progress(self._lease, events)


@contextmanager
def journal(store: RunStore, lease: Lease, clock: Callable[[], datetime], sink: ProgressSink) -> Iterator[ProgressSink]:
    """A sink for the length of a ``with`` block: each event is kept for other processes and handed on to ``sink``."""
    kept = Journal(store, lease, clock)

    def tell(event: ProgressEvent) -> None:
        kept(event)
        sink(event)

    try:
        yield tell
    finally:
        kept.close()
