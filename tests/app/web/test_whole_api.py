"""Every operation of the API with made-up requests: no fault of the server, no answer that the document does not name."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from starlette.types import Receive, Scope, Send

from app.services.entry import Services
from app.web.application import create_app
from tests.settings_kit import settings_of

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is in the dev group: make setup-dev")
pytestmark = pytest.mark.slow
#: Requests made up for each operation.
EXAMPLES = 6


class _Local:
    """The application as a browser on this machine would ask it."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope = {**scope, "headers": [*headers, (b"host", b"127.0.0.1:8642")]}
        await self._app(scope, receive, send)


@pytest.fixture(scope="module")
def whole(services: Services, finished: str) -> Any:
    """The API's own document of the application; half of the made-up ids are that of a finished run, but where it would be deleted."""
    asked = Services(settings_of(home=services.settings.home, literature__uri="", workers__processes=1, user__name="ada"))
    found = schemathesis.openapi.from_asgi("/api/v1/openapi.json", _Local(create_app(asked)))

    @found.hook
    def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
        known = path_parameters and "run_id" in path_parameters and context.operation.method.lower() != "delete"
        if known and len(str(path_parameters["run_id"])) % 2:
            return {**path_parameters, "run_id": finished}
        return path_parameters

    return found


def test_no_request_meets_a_fault_or_an_answer_that_is_not_documented(whole: Any) -> None:
    checks = [
        schemathesis.checks.not_a_server_error,
        schemathesis.checks.status_code_conformance,
        schemathesis.checks.content_type_conformance,
        schemathesis.checks.response_schema_conformance,
    ]
    faults, asked = [], set()
    for found in whole.get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def requests(case: Any) -> None:
            case.call_and_validate(checks=checks)

        asked.add(operation.label)
        try:
            requests()
        except Exception as error:
            faults.append(f"{operation.label}: {error}")
    assert len(asked) >= 24
    assert faults == [], "\n\n".join(faults)
