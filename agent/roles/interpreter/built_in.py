"""The built-in interpreter: the parser of goals. Its spec is recorded, so that a later parser replays the run as it was."""

from __future__ import annotations

from typing import Any

from agent.models import Place
from agent.reading import interpret
from agent.roles.interpreter.protocol import GoalRequest
from agent.spec_check import check_spec
from core.interfaces import Recorder
from core.spec import DesignSpec
from tools.workspace import Workspace

#: What the parser takes beside the sentence, and what is set in its spec afterwards.
_PARSED, _SET = ("candidates", "budget", "seed", "met_probability", "may_be_empty"), ("max_similarity", "list_known", "novelty")


class BuiltInInterpreter:
    """Reads a goal with the parser."""

    def __init__(self, recorder: Recorder, workspace: Workspace) -> None:
        self._recorder = recorder
        self._workspace = workspace

    def read(self, request: GoalRequest, place: Place) -> DesignSpec:
        """See :class:`Interpreter`."""
        asked = request.asked()

        def produce() -> dict[str, Any]:
            made = (
                check_spec(DesignSpec.model_validate(request.spec), catalogue=self._workspace.catalogue)
                if request.spec
                else _parsed(asked, self._workspace)
            )
            dumped: dict[str, Any] = made.model_dump(mode="json")
            return dumped

        index = "translated spec" if request.original else "spec"
        return DesignSpec.model_validate(self._recorder.record(place.node, place.generation, index, asked, produce))


def _parsed(asked: dict[str, Any], workspace: Workspace) -> DesignSpec:
    spec = interpret(asked["goal"], workspace=workspace, **{name: asked[name] for name in _PARSED if name in asked})
    spec = spec.model_copy(update={name: asked[name] for name in _SET if name in asked})
    if "original" in asked:
        spec = spec.model_copy(update={"goal": asked["original"], "translation": spec.goal})
    return spec
