"""What the audit log says of an action: what was done, and to what, in words that an admin need not know the addresses for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: What handlers whose first line speaks of the form and the page have done, by their names; where one handler does several things, by these too.
DONE = {
    "add_list": "Add a list of substances",
    "add_papers": "Add papers",
    "approve": "Approve what a run asks for",
    "approve_and_run": "Start a run",
    "approve_run": "Approve what a run asks for",
    "archive": "Archive a run",
    "archive_run": "Archive a run",
    "ask": "Ask about a candidate",
    "ask_papers": "Ask the papers",
    "ask_replay": "Ask for a replay",
    "cancel_computation": "End a computation",
    "cancel_library": "End a screen",
    "cancel_table": "End the making of a table",
    "change cancel": "Cancel a run for good",
    "change pause": "Pause a run",
    "change reject": "Reject what a run asks for",
    "change resume": "Let a run go on",
    "change_suite_job cancel": "Cancel the run of a suite",
    "change_suite_job delete": "Remove the run of a suite from the list",
    "change_training cancel": "Cancel a training",
    "change_training confirm": "Confirm a training",
    "change_training delete": "Remove a training from the list",
    "decide": "Decide on a candidate",
    "delete": "Delete a run",
    "delete_run": "Delete a run",
    "delete_template": "Remove a saved specification",
    "fork": "Fork a run",
    "fork_run": "Fork a run",
    "import": "Enter the measured values of a file",
    "measure": "Enter a measured value",
    "remove_list": "Remove a list of substances",
    "restore": "Bring back an archived run",
    "restore_run": "Bring back an archived run",
    "run_suite": "Run a suite",
    "save_template": "Save a specification",
    "start": "Start a next round",
    "start_batch": "Start several runs",
    "start_computation": "Compute what costs a call for a structure",
    "start_library": "Screen a library",
    "start_run": "Start a run",
    "start_table": "Compute the table of a file",
    "start_training": "Begin the training of an own model",
}
#: What lies beneath an address, by its beginning; the first that fits counts.
THINGS = (
    (r"/runs/([^/]+)/candidates/.*", "a candidate of run {0}"),
    (r"/runs/([^/]+)/replays(?:/.*)?", "run {0}"),
    (r"/runs/([^/]+)(?:/.*)?", "run {0}"),
    (r"/templates/([^/]+)(?:/.*)?", "specification {0}"),
    (r"/libraries/([^/]+)(?:/.*)?", "screen {0}"),
    (r"/structures/computations/([^/]+)(?:/.*)?", "computation {0}"),
    (r"/structures/(?:files|tables)/([^/]+)(?:/.*)?", "table {0}"),
    (r"/models/trainings/([^/]+)(?:/.*)?", "training {0}"),
    (r"/models/([^/]+)(?:/.*)?", "model {0}"),
    (r"/lists/([^/]+)(?:/.*)?", "list {0}"),
    (r"/evaluations/jobs/([^/]+)(?:/.*)?", "run {0} of a suite"),
    (r"/literature/(?:add|additions)/([^/]+)(?:/.*)?", "addition {0}"),
    (r"/literature/questions/([^/]+)(?:/.*)?", "question {0}"),
    (r"/literature/papers/([^/]+)(?:/.*)?", "paper {0}"),
    (r"/me/tokens/([^/]+)(?:/.*)?", "token {0}"),
)
#: Addresses of actions that say it all.
ALONE = (
    "/sign-in",
    "/sign-out",
    "/me/password",
    "/me/tokens",
    "/fleet/measure",
    "/literature/questions",
    "/structures/computations",
    "/structures/files",
    "/evaluations",
)


def action_words(handler: Any, given: Mapping[str, str]) -> str:
    """What a handler does; '' where none was reached. ``given``: the parts of the address that it was called with."""
    if handler is None:
        return ""
    name = handler.__name__.lstrip("_")
    which = given.get("action") or given.get("what") or ""
    said = DONE.get(f"{name} {which}".strip()) or DONE.get(name)
    if said is None:
        # what else may come of it is for readers of the code
        said = (handler.__doc__ or "").strip().partition("\n")[0].partition(". ")[0].partition("; ")[0].rstrip(".")
    return said


def target_words(method: str, path: str, made: str) -> str:
    """To what something was done; ``made``: the address of what was made, '' for nothing. '' where the action says it all, and the address that was
    asked for where it is not known."""
    plain = path.removeprefix("/api/v1")
    for address in ([made.removeprefix("/api/v1")] if made.startswith(f"{path}/") else []) + [plain]:
        for pattern, words in THINGS:
            if found := re.fullmatch(pattern, address.partition("?")[0].partition("#")[0]):
                return words.format(*found.groups())
    return "" if plain in ALONE else f"{method} {path}"
