"""What a language model may call: documented tools with validated arguments. Importing this package registers them all."""

from agent.toolbox import chemistry, forecasts, identity, literature, runs
from agent.toolbox.tool import TOOLS, Tool, ToolContext, ToolError
from agent.toolbox.workbook import Workbook

__all__ = [
    "ASSISTANT_TOOLS",
    "PROPOSER_TOOLS",
    "TOOLS",
    "Tool",
    "ToolContext",
    "ToolError",
    "Workbook",
    "chemistry",
    "forecasts",
    "identity",
    "literature",
    "runs",
]

_CHEMISTRY = (
    "check_structures",
    "estimate_properties",
    "list_properties",
    "identify_structures",
    "check_rule_set",
    "compare_structures",
    "count_group",
    "vary_structure",
    "edit_structure",
    "find_route",
    "search_literature",
)
PROPOSER_TOOLS: tuple[str, ...] = _CHEMISTRY
"""Tools of the proposer; its loop adds submit_structures and read_result."""
ASSISTANT_TOOLS: tuple[str, ...] = (
    *_CHEMISTRY,
    "quick_structures",
    "list_runs",
    "show_report",
    "show_candidate",
    "compare_candidates",
    "forecast_design",
    "start_design",
)
"""Tools of the assistant; the conversation adds read_result."""
