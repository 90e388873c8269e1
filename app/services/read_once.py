"""What a command that designs for one goal lets go of once the goal is read: the words it was read with, a tenth of the memory of a default run.

A server reads the next goal with them, and so do tests in one process; there they are kept.
"""

from __future__ import annotations

import sys

from core.events import ProgressEvent, ProgressSink, StageBegun

#: Modules that read sentences, and look up words of goals in the literature: all that they keep is built again when it is asked for.
_READERS = (
    "agent.reading.",
    "tools.safety.word_tables",
    "tools.safety.score",
    "tools.safety.meaning",
    "tools.safety.encoder",
    "tools.safety.concepts",
    "tools.safety.words",
    "tools.literature.",
)
_one_goal = False


def one_goal() -> None:
    """This process is a command: it reads one goal, and ends with it."""
    global _one_goal
    _one_goal = True


def letting_go(progress: ProgressSink) -> ProgressSink:
    """``progress``, which in the process of a command also lets go of the readers' tables when the first structures are proposed."""
    if not _one_goal:
        return progress

    def told(event: ProgressEvent) -> None:
        if isinstance(event, StageBegun) and event.stage == "propose" and event.generation == 0:
            let_go()
        progress(event)

    return told


def let_go() -> None:
    """Empty the caches of the readers' functions."""
    for name, module in list(sys.modules.items()):
        if name.startswith(_READERS):
            for function in list(vars(module).values()):
                if hasattr(function, "cache_clear"):
                    function.cache_clear()
