"""The interpreter with a language model: the parser's reading first, then a second one by the model (see ``merge``).

A goal in another language is translated by the model instead (see ``translation``), and the parser reads the translation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agent.models import ModelSession, Place
from agent.reading.assemble import asks_for_something
from agent.reading.language import foreign_language
from agent.reading.normalise import normalise
from agent.roles.interpreter.choices import bound_readings, properties_of
from agent.roles.interpreter.merge import merge
from agent.roles.interpreter.protocol import ROLE, GoalRequest, Interpreter
from agent.roles.interpreter.readings import is_open
from agent.roles.interpreter.translation import translated
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.safety.guard import goal_verdict
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
        language = foreign_language(normalise(spec.goal))
        if language:
            return self._in_english(spec, language, request, place)
        return asks_for_something(read_again(spec, self._session, place, catalogue=self._workspace.catalogue))

    def _in_english(self, spec: DesignSpec, language: str, request: GoalRequest, place: Place) -> DesignSpec:
        """What the built-in form reads in a translation of the goal; ``spec`` with the reason where there is none.

        A translation that the guard blocks is not read; the run ends with it before anybody is asked to approve (``graphs.opening``).
        """
        text, problem = translated(spec.goal, language, self._session, place, catalogue=self._workspace.catalogue)
        if problem:
            unread = [u.model_copy(update={"reason": f"{u.reason}; {problem}"}) for u in spec.unchecked]
            return asks_for_something(spec.model_copy(update={"unchecked": unread}))
        if goal_verdict(text).verdict == "block":
            return spec.model_copy(update={"translation": text})
        read = self._built_in.read(replace(request, goal=text, original=spec.goal, may_be_empty=True), place)
        model = self._session.plan.roles[ROLE].model
        return asks_for_something(
            read.model_copy(update={"interpreter": f"{read.interpreter}, on a translation from {language} by the model {model}"})
        )


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
