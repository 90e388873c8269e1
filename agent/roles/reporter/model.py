"""The reporter with a language model: the model's prose stands between the sentences that the built-in form writes in any case.

The built-in form keeps the word on how many meet the requirements, each candidate's standing, values and caveats, and what was not checked.
A model's sentences stand beside that, after the checker has removed those with a number that is not stored, a source that does not resolve,
or a claim that nothing supports. If more than half would go, or the text is noise, the built-in text stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pydantic import Field

from agent.models import ModelSession, Place
from agent.roles.fact_check.bearing import said_already
from agent.roles.fact_check.facts import candidate_facts, report_facts
from agent.roles.prompting import conditions, described, fewer, goal_kind
from agent.roles.reporter.built_in import explained
from agent.roles.reporter.checked import LONGEST_REASON, checked_prose
from agent.roles.reporter.protocol import ROLE, ExplainRequest, Explanation, Reporter, Summary, SummaryRequest
from agent.roles.reporter.sentences import ending, outcome, relevant_citations, summarise
from core.candidate import Candidate, Citation
from core.model import Model
from core.report import Report
from core.spec import DesignSpec
from tools.calculators.collection import Calculators
from tools.catalogue.catalogue import Catalogue
from tools.workspace import Workspace

#: Candidates that are described in one prompt.
SHOWN = 12
#: Longest summary, characters.
LONGEST_SUMMARY = 1500
#: What stands before a model's words.
LEAD = "In a language model's words: "


class Reason(Model):
    """Why one candidate stands where it does."""

    candidate: int = Field(description="Number of the candidate in the list.")
    text: str = Field(max_length=1500, description="Two or three plain sentences.")


class Reasons(Model):
    """Why the candidates stand where they do."""

    reasons: list[Reason] = Field(min_length=1, max_length=20, description="One entry a candidate.")


class ModelBackedReporter:
    """Puts a language model's checked sentences beside those of the built-in form. Without usable ones the built-in text stands alone."""

    def __init__(self, session: ModelSession, built_in: Reporter, workspace: Workspace) -> None:
        self._session = session
        self._built_in = built_in
        self._workspace = workspace

    def explain(self, request: ExplainRequest, place: Place) -> Explanation:
        """See :class:`Reporter`."""
        if request.spec.concerns:
            return self._built_in.explain(request, place)
        self._session.about(goal_kind(request.spec))
        words, note = reasons(request.shortlist, request.spec, request.citations, self._session, place, catalogue=self._workspace.catalogue)
        if not words:
            return replace(self._built_in.explain(request, place), note=note)
        return Explanation(explained(request, words, catalogue=self._workspace.catalogue), note, built_in=False)

    def summarise(self, request: SummaryRequest, place: Place) -> Summary:
        """See :class:`Reporter`."""
        if request.report.spec.concerns:
            return self._built_in.summarise(request, place)
        self._session.about(goal_kind(request.report.spec))
        words, note = summary(request.report, self._session, place, request.on_text, calculators=self._workspace.calculators)
        if not words:
            return replace(self._built_in.summarise(request, place), note=note)
        return Summary(summarise(request.report, words, calculators=self._workspace.calculators), note, built_in=False)


def reasons(
    shortlist: Sequence[Candidate],
    spec: DesignSpec,
    citations: Sequence[Citation],
    session: ModelSession,
    place: Place,
    *,
    catalogue: Catalogue,
) -> tuple[dict[str, str], str]:
    """Checked words for candidates by key, with their lead, and a note on what was removed, or ''. {} without a usable answer."""
    ranked = [c for c in shortlist if c.rank is not None][:SHOWN]
    if not ranked:
        return {}, ""
    variables = {
        "goal": spec.goal,
        "conditions": conditions(spec),
        "candidates": [described(c, catalogue=catalogue) for c in ranked],
        "references": _references(citations),
    }
    numbers = {"reasons[].candidate": [c.rank for c in ranked if c.rank is not None]}
    reply = session.structured(place, ROLE, "reporter/reasons", variables, Reasons, shorten=fewer, choices=numbers)
    if reply.value is None:
        return {}, ""
    return checked_reasons(reply.value.reasons, shortlist, spec, citations, catalogue=catalogue)


def checked_reasons(
    given: Sequence[Reason], shortlist: Sequence[Candidate], spec: DesignSpec, citations: Sequence[Citation], *, catalogue: Catalogue
) -> tuple[dict[str, str], str]:
    """What :func:`reasons` makes of an answer. Pure."""
    by_rank = {c.rank: c for c in shortlist if c.rank is not None}
    said: dict[str, str] = {}
    removed = unused = 0
    for reason in given:
        candidate = by_rank.get(reason.candidate)
        if candidate is None or candidate.key in said:
            unused += 1
            continue
        facts = candidate_facts(
            candidate, shortlist, spec, relevant_citations(candidate, spec, citations, catalogue=catalogue), catalogue=catalogue
        )
        checked = checked_prose(reason.text, facts, LONGEST_REASON, spec.goal, catalogue=catalogue)
        removed += len(checked.removed)
        if checked.enough and said_already(checked.text, (text.removeprefix(LEAD) for text in said.values())):
            unused += 1  # what is said of every candidate says nothing of one
        elif checked.enough:
            said[candidate.key] = LEAD + checked.text
        else:
            unused += 1
    return said, _note(removed, unused, "reasons")


def summary(
    report: Report, session: ModelSession, place: Place, on_text: Callable[[str], None] | None = None, *, calculators: Calculators
) -> tuple[str, str]:
    """Checked words for the summary, with their lead, and a note on what was removed; ('', note) where the built-in text stands alone."""
    shown = [*report.candidates, *report.closest][:SHOWN]
    variables = {
        "goal": report.goal,
        "outcome": f"{outcome(report, calculators=calculators)} {ending(report)}",
        "candidates": [described(c, catalogue=calculators.catalogue) for c in shown] or ["none"],
        "references": _references(report.citations),
    }
    reply = session.prose(place, ROLE, "reporter/summary", variables, on_text, shorten=fewer)
    if reply.value is None:
        return "", ""
    return checked_summary(reply.value, report, calculators=calculators)


def checked_summary(text: str, report: Report, *, calculators: Calculators) -> tuple[str, str]:
    """What :func:`summary` makes of an answer. Pure."""
    checked = checked_prose(
        text, report_facts(report, calculators=calculators), LONGEST_SUMMARY, report.goal, catalogue=calculators.catalogue
    )
    note = _note(len(checked.removed), int(not checked.enough), "summary")
    return (LEAD + checked.text if checked.enough else ""), note


def _references(citations: Sequence[Citation]) -> str:
    return "\n".join(f"[{c.number}] {c.title}: {c.passage[:400]}" for c in citations) or "none"


def _note(removed: int, unused: int, what: str) -> str:
    parts = []
    if removed:
        parts.append(f"{removed} sentence{'s' if removed > 1 else ''} of its {what} removed by the checker")
    if unused:
        parts.append("its summary was not used" if what == "summary" else f"{unused} of its {what} not used")
    return "; ".join(parts)
