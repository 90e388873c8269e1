"""One writer of the papers at a time, across the processes of a machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import LiteratureError


def in_use(where: str, by: str = "") -> LiteratureError:
    """What to raise when another process is writing."""
    return LiteratureError(f"the literature in {where} is being changed by another process{by}; try again when it has ended")


@contextmanager
def file_lock(path: str, where: str) -> Iterator[None]:
    """Hold the lock file at ``path``; it ends with the process, however that ends. LiteratureError at once if another one holds it."""
    import fcntl

    try:
        lock = open(path, "a+", encoding="ascii")  # noqa: SIM115 - closed below
    except OSError as error:
        raise LiteratureError(f"the literature in {where} cannot be locked: {error.strerror or error}") from error
    with lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read(20).strip()
            raise in_use(where, f" ({holder})" if holder.isdigit() else "") from None
        except OSError as error:
            raise LiteratureError(f"the literature in {where} cannot be locked: {error.strerror or error}") from error
        try:
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
        except OSError:
            pass  # the number only helps whoever waits; a full disk must not keep a paper from being deleted
        yield
