"""The server: tools and reports over one set of services, for any transport."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.metadata import version
from typing import Any, TypeVar

import anyio
from anyio.to_thread import run_sync
from mcp import MCPError
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    ToolAnnotations,
)
from mcp_types import Tool as ShownTool
from pydantic import ValidationError

from app.mcp import answers, entrance, finding, resources, reviewing, runs, structures
from app.mcp.tool import TOOLS, Answer, Arguments, Door, Tool
from app.mcp.waiting import Withdrawals, follow, taken_back
from core.errors import MolwrightError, NotAllowedError, RefusedError, UsageError

log = logging.getLogger(__name__)

__all__ = ["MODULES", "create_server", "shown"]

#: Where the tools are; importing them registers them.
MODULES = (structures, runs, reviewing, finding)
INSTRUCTIONS = "Chemistry design: goals in English with units, structures as SMILES. A safety guard stands before everything; do not reword what it refused."
#: Runs that end so are a failed call; one that waits for a person or found nothing is an answer.
FAILED = ("refused", "failed")
Context = ServerRequestContext[Any, Any]
T = TypeVar("T")


def create_server(door: Door, *, accounts: bool = False, leaving: Callable[[], bool] = lambda: False) -> Server[Any]:
    """The server over ``door``. ``accounts``: whether each request carries the person who asks (:class:`app.mcp.entrance.Tokens`).

    ``leaving``: whether this process is about to end, so that calls which end with it are not taken back.
    """
    withdrawals = Withdrawals()

    async def list_tools(ctx: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[shown(tool) for tool in TOOLS.values()])

    async def call_tool(ctx: Context, params: CallToolRequestParams) -> CallToolResult:
        tool = TOOLS.get(params.name)
        if tool is None:
            raise MCPError(code=INVALID_PARAMS, message=f"there is no tool {params.name[:100]!r}")
        try:
            theirs, person = entrance.door_of(door, ctx, accounts=accounts)

            async def work() -> CallToolResult:
                entrance.check(tool, person)
                given = _read(tool, params.arguments or {})
                with withdrawals.watched(ctx) as withdrawn:
                    return await _called(theirs, tool, given, ctx, lambda: taken_back(ctx, withdrawn, leaving))

            return await _audited(work, partial(entrance.note, theirs, tool, person, ctx))
        except MolwrightError as error:
            return answers.refusal(error)
        except Exception:
            log.exception("the tool %s", tool.name)
            return answers.refusal(MolwrightError("something went wrong here; the server's log says what"))

    async def list_resources(ctx: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        return await _or_error(lambda: resources.listed(entrance.door_of(door, ctx, accounts=accounts)[0].services))

    async def list_templates(ctx: Context, params: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
        return resources.templates()

    async def read_resource(ctx: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        return await _or_error(lambda: resources.read(entrance.door_of(door, ctx, accounts=accounts)[0].services, str(params.uri)))

    server: Server[Any] = Server(
        "molwright",
        version=version("molwright"),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        get_tool_input_schema=lambda name: TOOLS[name].schema() if name in TOOLS else None,
    )
    server.middleware.append(withdrawals)
    return server


def shown(tool: Tool) -> ShownTool:
    """A tool as a client is shown it."""
    kind = ToolAnnotations(read_only_hint=tool.reads, destructive_hint=tool.ends, open_world_hint=False)
    return ShownTool(name=tool.name, description=tool.description, input_schema=tool.schema(), annotations=kind)


def _read(tool: Tool, arguments: dict[str, Any]) -> Arguments:
    try:
        return tool.arguments.model_validate(arguments)
    except ValidationError as error:
        raise answers.unusable(error) from None


async def _audited(work: Callable[[], Awaitable[CallToolResult]], note: Callable[[str, str], None]) -> CallToolResult:
    """The result of ``work``; ``note`` gets what it made, if anything, and how it ended."""
    try:
        called = await work()
    except (NotAllowedError, RefusedError) as error:
        await run_sync(note, "", f"refused: {error}")
        raise
    except anyio.get_cancelled_exc_class():
        with anyio.CancelScope(shield=True):
            await run_sync(note, "", "taken back")
        raise
    await run_sync(note, str((called.structured_content or {}).get("run_id", "")), "done")
    return called


async def _called(door: Door, tool: Tool, given: Arguments, ctx: Context, meant: Callable[[], Any]) -> CallToolResult:
    """The result of a call; services work in a thread."""
    if not tool.waits:
        return answers.result(await run_sync(tool.run, door, given, abandon_on_cancel=True))
    with anyio.CancelScope(shield=tool.owns):  # a run that is started has an id
        begun = await run_sync(tool.run, door, given)
    run_id, seconds = begun["run_id"], getattr(given, "wait", 0)
    runs_of = door.services.runs()
    try:
        if seconds:
            await follow(runs_of, run_id, seconds, ctx.session.report_progress)
        told: Answer = await run_sync(runs.state_of, door, run_id)
    except anyio.get_cancelled_exc_class():
        if tool.owns:
            with anyio.CancelScope(shield=True):
                if await meant():
                    await run_sync(_cancelled, door, run_id)
        raise
    return answers.result(told, failed=told["status"] in FAILED)


def _cancelled(door: Door, run_id: str) -> None:
    """End a run whose call was taken back; one that is over meanwhile stays as it is."""
    try:
        door.services.runs().cancel(run_id)
    except MolwrightError as error:
        log.info("run %s was not cancelled: %s", run_id, error)


async def _or_error(ask: Callable[[], T]) -> T:
    """What ``ask`` answers, or an error of the protocol."""
    try:
        return await run_sync(ask)
    except MolwrightError as error:
        code = INVALID_PARAMS if isinstance(error, UsageError) else INTERNAL_ERROR
        raise MCPError(code=code, message=str(error), data={"exit_code": error.exit_code}) from error
