"""Opening Milvus for the length of a few calls: a Milvus Lite file under an inter-process lock, or a server."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from core.errors import LiteratureError
from core.masking import masked

_POLL_SECONDS = 0.05
_PROBE_SECONDS = 3.0
_DEFAULT_PORT = 19530


@contextmanager
def embedded_client(path: str, wait: float, timeout: float) -> Iterator[Any]:
    """A client of the Milvus Lite file at ``path``; the file is free for other processes again on leaving.

    ``wait`` (seconds) bounds the waiting for another process, ``timeout`` (seconds) the connecting. Raises LiteratureError if the folder
    cannot be written, the waiting ends, or the file cannot be opened.
    """
    file = Path(path).expanduser().resolve()
    deadline = time.monotonic() + wait
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = open(f"{file}.lock", "a+b")  # noqa: SIM115 - closed below, and by the system if the process dies
    except OSError as error:
        raise LiteratureError(f"the literature store at {file} cannot be opened: {error}") from error
    with lock:
        _take(lock, file, deadline, wait)
        _quiet()
        from milvus_lite.server_manager import server_manager_instance
        from pymilvus import MilvusClient

        uri = _start(str(file), deadline)
        try:
            client = MilvusClient(uri=uri, timeout=timeout)
            try:
                yield client
            finally:
                client.close()
        finally:
            server_manager_instance.release_server(str(file))


@contextmanager
def server_client(address: str, token: str, timeout: float) -> Iterator[Any]:
    """A client of the Milvus server at ``address``. Raises LiteratureError within a few seconds if nothing listens there."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https", "tcp") or not parts.hostname:
        raise LiteratureError(f"the literature store's address {masked(address)!r} is not usable: http://host:port expected")
    host, port = parts.hostname, parts.port or _DEFAULT_PORT
    try:
        with socket.create_connection((host, port), timeout=min(_PROBE_SECONDS, timeout)):
            pass
    except OSError as error:
        raise LiteratureError(f"no literature store answers at {host}:{port}: {error}") from error
    _quiet()
    from pymilvus import MilvusClient

    client = MilvusClient(uri=address, token=token, timeout=timeout)
    try:
        yield client
    finally:
        client.close()


def _take(lock: IO[bytes], file: Path, deadline: float, wait: float) -> None:
    """Take the inter-process lock. It ends with the file object, and so with the process, however that ends."""
    import fcntl

    while True:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise LiteratureError(f"the literature store at {file} is in use by another process (waited {wait:g} s)") from None
            time.sleep(_POLL_SECONDS)
        except OSError as error:
            raise LiteratureError(f"the literature store at {file} cannot be locked: {error}") from error


def _start(path: str, deadline: float) -> str:
    """Start the embedded server on ``path``; its address. Waits until ``deadline`` while a program without our lock holds the file."""
    from milvus_lite.server_manager import server_manager_instance

    while True:
        with _Cause("milvus_lite.server_manager") as cause:
            uri = server_manager_instance.start_and_get_uri(path)
        if uri is not None:
            return str(uri)
        error = cause.error
        held = "lock" in type(error).__name__.lower() or "lock" in str(error).lower()
        if not held or time.monotonic() >= deadline:
            state = "is in use by another program" if held else "cannot be opened (damaged, or not a Milvus Lite file)"
            raise LiteratureError(f"the literature store at {path} {state}: {error}") from error
        time.sleep(_POLL_SECONDS)


class _Cause(logging.Handler):
    """Collects the exception that Milvus Lite only logs, and keeps it from being printed."""

    def __init__(self, logger: str) -> None:
        super().__init__()
        self._logger = logging.getLogger(logger)
        self.error: BaseException | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.error = record.exc_info[1]

    def __enter__(self) -> _Cause:
        self._propagate, self._logger.propagate = self._logger.propagate, False
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
        self._logger.propagate = self._propagate


def _quiet() -> None:
    """Keep the log lines of Milvus Lite, pymilvus and gRPC from stderr: every failure is raised as an error instead."""
    import pymilvus  # noqa: F401 - it sets up its own log handlers when imported

    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    logger = logging.getLogger("milvus_lite")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
