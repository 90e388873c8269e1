"""Goals and specs: what a sentence means, and whether it may run without a person's look at it."""

from __future__ import annotations

from app.wiring import open_workspace
from core.approval import objections
from core.errors import RefusedError
from core.options import RunOptions
from core.settings import Settings
from core.spec import DesignSpec
from core.spec_file import read_spec_text


class GoalService:
    """Reads goals and specs. Nothing is stored."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def guard(self, words: str, what: str = "goal") -> None:
        """Nothing where the guard lets ``words`` pass; RefusedError with the rules that fired where it blocks them. ``what``: what they are."""
        from tools.safety.guard import goal_verdict

        verdict = goal_verdict(words)
        if verdict.verdict == "block":
            raise RefusedError(f"the safety guard refused this {what}. " + "; ".join(f"{h.id}: {h.reason}" for h in verdict.rules))

    def interpret(self, goal: str, beside: RunOptions | None = None, *, about: str = "") -> DesignSpec:
        """What ``goal`` means, with the core and the reference sets that ``beside`` names.

        ``about``: SMILES of the compound that "more soluble" is held against where the goal names none; '' for none. Raises RefusedError if the
        guard blocks it, GoalError if it cannot be understood, SpecError for a core, StructureError for a compound that cannot be had.
        """
        from agent.compound import with_wishes
        from agent.reading import interpret
        from agent.reading.assemble import asks_for_something
        from agent.reading.normalise import normalise
        from tools.search.costly import with_calls
        from tools.structures.standardise import standard_form

        normalise(goal)
        self.guard(goal)
        if about:
            self.guard(about, "compound")
            about = standard_form(about, "molecule")[0].smiles
        options = beside or RunOptions()
        more = bool(options.core or options.like or options.unlike)
        search = self.settings.search
        spec = interpret(
            goal,
            budget=search.budget,
            met_probability=search.met_probability,
            may_be_empty=more,
            about=about,
            workspace=open_workspace(self.settings),
        )
        made = asks_for_something(with_wishes(spec, options, catalogue=open_workspace(self.settings).catalogue))
        return with_calls(made, options.calls, open_workspace(self.settings).calculators)

    def describe(self, spec: DesignSpec) -> str:
        """A spec in plain words, several lines."""
        from agent.reading import describe

        return describe(spec)

    def read(self, text: str, origin: str) -> DesignSpec:
        """The spec in ``text``, which is JSON and comes from ``origin``. SpecError with the place if it is not a spec, or one that is not understood."""
        return read_spec_text(text, origin)

    def check(self, spec: DesignSpec) -> DesignSpec:
        """A spec that a person edited, with what was left empty filled in. SpecError for what cannot be run; see :func:`agent.spec_check.check_spec`."""
        from agent.spec_check import check_spec

        return check_spec(spec, catalogue=open_workspace(self.settings).catalogue)

    def objections(self, spec: DesignSpec) -> tuple[str, ...]:
        """Why a person has to look at ``spec`` before it may run; nothing where nobody has to."""
        return objections(spec)
