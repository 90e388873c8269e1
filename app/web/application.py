"""The application: pages and API over one set of services."""

from __future__ import annotations

import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from pydantic.warnings import UnsupportedFieldAttributeWarning

from app.services.entry import Services
from app.services.kept_papers import KeptPapers
from app.web import pages, problems
from app.web.api import API, router
from app.web.entrance import Entrance
from app.web.examples import with_examples
from app.web.guard import Guard
from app.web.limits import SignIns

STATIC = Path(__file__).parent / "static"


def create_app(services: Services, *, accounts: bool = False) -> FastAPI:
    """The ASGI application over ``services``, whose store is opened now. Raises StoreError, ConfigurationError.

    ``accounts``: whether people have to sign in. Without that everybody who reaches the server sits at this machine, so it must be reached
    from there alone.
    """
    # FastAPI silences this while it reads the handlers' parameters; those of our models are built later, when they are first needed
    warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)
    _ = services.store, services.people  # opened once, before requests come in several threads
    services.kept_papers = services.kept_papers or KeptPapers()
    app = FastAPI(
        title="molwright",
        version=version("molwright"),
        description="Goals, specs, runs, candidates and single structures. Errors are problem documents (RFC 9457) with the exit code of the command line.",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
        generate_unique_id_function=_operation,
    )
    app.state.services = services
    app.state.accounts = accounts
    app.state.sign_ins = SignIns()
    app.include_router(router())
    app.include_router(pages.router())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Entrance, services=services, accounts=accounts)
    app.add_middleware(Guard, names=services.settings.server.names, accounts=accounts)
    problems.install(app)
    _give_examples(app)
    return app


def _give_examples(app: FastAPI) -> None:
    """Let the API's document have examples."""
    made = app.openapi

    def document() -> dict[str, Any]:
        found = with_examples(made())
        said = "On a server with accounts: a token, made on the page My account or with `molwright people token add`."
        found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": said}}
        found["security"] = [{"token": []}, {}]
        return found

    app.openapi = document  # type: ignore[method-assign]


def _operation(route: APIRoute) -> str:
    return route.name.lstrip("_")
