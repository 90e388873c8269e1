"""The interpreter with a language model: the parser's reading first, then a second one by the model (see ``merge``)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agent.models import ModelSession, Place
from agent.reading.assemble import asks_for_something
from agent.roles.interpreter.choices import bound_readings, properties_of
from agent.roles.interpreter.merge import merge
from agent.roles.interpreter.protocol import ROLE, GoalRequest, Interpreter
from agent.roles.interpreter.readings import is_open
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.workspace import Workspace


class ModelBackedInterpreter:
    """Lets a language model read what the built-in form could not."""

    def __init__(self, session: ModelSession, built_in: Interpreter, workspace: Workspace) -> None:
        self._session = session
        self._built_in = built_in
        self._workspace = workspace

    def read(self, request: GoalRequest, place: Place) -> DesignSpec:
        """See :class:`Interpreter`. A spec that the person brought is not read a second time."""
        if request.spec:
            return self._built_in.read(request, place)
        spec = self._built_in.read(replace(request, may_be_empty=True), place)  # the model may read what the parser cannot
        if spec.concerns:  # what the guard could not screen is for a person alone
            return asks_for_something(spec)
        return asks_for_something(read_again(spec, self._session, place, catalogue=self._workspace.catalogue))


def read_again(spec: DesignSpec, session: ModelSession, place: Place, *, catalogue: Catalogue) -> DesignSpec:
    """``spec``, the parser's, with what a model adds and where it disagrees. The same spec if the model gives nothing usable."""
    schema = bound_readings(spec, catalogue=catalogue)
    if schema is None:
        return spec
    variables = {
        "goal": spec.goal,
        "understood": "\n".join(_statements(spec)) or "nothing",
        "unclear": "\n".join(u.phrase for u in spec.unchecked if is_open(u)) or "nothing",
        "properties": ", ".join(_property_list(spec, catalogue=catalogue)),
    }
    outcome = session.structured(place, ROLE, "interpreter/read", variables, schema, shorten=_shorter)
    if outcome.value is None:
        return spec
    return merge(spec, outcome.value.readings, session.plan.roles[ROLE].model, catalogue=catalogue)


def _statements(spec: DesignSpec) -> list[str]:
    return [r.text for r in spec.requirements] + [o.text for o in spec.objectives if o.origin != "assumption"]


def _property_list(spec: DesignSpec, *, catalogue: Catalogue) -> list[str]:
    return [f"{d.label} in {d.unit}" if d.unit else d.label for d in properties_of(spec, catalogue=catalogue)]


def _shorter(variables: dict[str, Any]) -> dict[str, Any] | None:
    """The same prompt without the list of properties and units; their names stand in the schema."""
    return None if not variables["properties"] else {**variables, "properties": ""}
