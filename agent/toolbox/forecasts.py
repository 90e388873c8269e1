"""The tool that says what may be expected of a run before it is started."""

from __future__ import annotations

from typing import Any

from agent.toolbox.runs import DesignArguments
from agent.toolbox.tool import ToolContext, tool


@tool()
def forecast_design(arguments: DesignArguments, context: ToolContext) -> dict[str, Any]:
    """How many qualifying candidates a design run for a goal may be expected to find, which wish binds, and what relaxing each would bring."""
    from agent.reading import interpret
    from core.errors import RefusedError
    from tools.forecast.forecast import forecast
    from tools.safety.guard import goal_verdict

    verdict = goal_verdict(arguments.goal)
    if verdict.verdict == "block":
        raise RefusedError("the safety guard refused this goal. " + "; ".join(f"{h.id}: {h.reason}" for h in verdict.rules))
    spec = interpret(arguments.goal, workspace=context.workspace)
    told = forecast(spec, workspace=context.workspace)
    return {"forecast": told.summary(), **told.model_dump(mode="json", exclude={"earlier"})}
