"""The reporter's model-backed form: prose of a model between what the built-in form says in any case.

The built-in form keeps the word on how many meet the requirements, each candidate's standing, values and caveats, and what was not checked.
A model's sentences stand beside that, after the checker has removed those with a number that is not stored, a source that does not resolve,
or a claim that nothing supports. If more than half would go, or they are no plain words, the built-in text stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pydantic import Field

from agent.models import ModelSession, Place
from agent.reporter import ending, outcome, relevant_citations
from agent.roles.critic import described, fewer
from agent.roles.fact_check import Checked, check_text
from agent.roles.facts import Facts, candidate_facts, report_facts
from agent.roles.readable import on_topic, readable, tidy
from agent.roles.researcher import conditions
from core.candidate import Candidate, Citation
from core.model import Model
from core.report import Report
from core.spec import DesignSpec

ROLE = "reporter"
#: Candidates that are described in one prompt.
SHOWN = 12
#: Longest texts, characters.
LONGEST_REASON, LONGEST_SUMMARY = 600, 1500
#: What stands before a model's words.
LEAD = "In a language model's words: "


class Reason(Model):
    """Why one candidate stands where it does."""

    candidate: int = Field(description="Number of the candidate in the list.")
    text: str = Field(max_length=1500, description="Two or three plain sentences.")


class Reasons(Model):
    """Why the candidates stand where they do."""

    reasons: list[Reason] = Field(max_length=20, description="One entry a candidate.")


def reasons(
    shortlist: Sequence[Candidate], spec: DesignSpec, citations: Sequence[Citation], session: ModelSession, place: Place
) -> tuple[dict[str, str], str]:
    """Checked words for candidates by key, with their lead, and a note on what was removed, or ''. {} without a usable answer."""
    ranked = [c for c in shortlist if c.rank is not None][:SHOWN]
    if not ranked:
        return {}, ""
    variables = {
        "goal": spec.goal,
        "conditions": conditions(spec),
        "candidates": [described(c) for c in ranked],
        "references": _references(citations),
    }
    reply = session.structured(place, ROLE, "reporter/reasons", variables, Reasons, shorten=fewer)
    if reply.value is None:
        return {}, ""
    return checked_reasons(reply.value.reasons, shortlist, spec, citations)


def checked_reasons(
    given: Sequence[Reason], shortlist: Sequence[Candidate], spec: DesignSpec, citations: Sequence[Citation]
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
        facts = candidate_facts(candidate, shortlist, spec, relevant_citations(candidate, spec, citations))
        checked = _checked(reason.text, facts, LONGEST_REASON, spec.goal)
        removed += len(checked.removed)
        if checked.enough:
            said[candidate.key] = LEAD + checked.text
        else:
            unused += 1
    return said, _note(removed, unused, "reasons")


def summary(report: Report, session: ModelSession, place: Place, on_text: Callable[[str], None] | None = None) -> tuple[str, str]:
    """Checked words for the summary, with their lead, and a note on what was removed; ('', note) where the built-in text stands alone."""
    shown = [*report.candidates, *report.closest][:SHOWN]
    variables = {
        "goal": report.goal,
        "outcome": f"{outcome(report)} {ending(report)}",
        "candidates": [described(c) for c in shown] or ["none"],
        "references": _references(report.citations),
    }
    reply = session.prose(place, ROLE, "reporter/summary", variables, on_text, shorten=fewer)
    if reply.value is None:
        return "", ""
    return checked_summary(reply.value, report)


def checked_summary(text: str, report: Report) -> tuple[str, str]:
    """What :func:`summary` makes of an answer. Pure."""
    checked = _checked(text, report_facts(report), LONGEST_SUMMARY, report.goal)
    note = _note(len(checked.removed), int(not checked.enough), "summary")
    return (LEAD + checked.text if checked.enough else ""), note


def own_reason(candidate: Candidate, shortlist: Sequence[Candidate], spec: DesignSpec) -> str:
    """What a model said when it proposed ``candidate``, checked like everything else it says; '' if nothing of it holds.

    Checking the result again gives the result, so that a step that runs a second time after a crash stores the same.
    """
    facts = candidate_facts(candidate, shortlist, spec, [])
    text = candidate.origin.rationale
    for _ in range(8):
        checked = _checked(text, facts, LONGEST_REASON, spec.goal)
        if not checked.enough or checked.text == text:
            return checked.text if checked.enough else ""
        text = checked.text
    return ""


def _checked(text: str, facts: Facts, longest: int, topic: str) -> Checked:
    tidied = tidy(text, longest)
    if not readable(tidied, [*facts.subjects, *facts.names]) or not on_topic(tidied, topic):
        return Checked("", 0, ())
    return check_text(tidied, facts)


def _references(citations: Sequence[Citation]) -> str:
    return "\n".join(f"[{c.number}] {c.title}: {c.passage[:400]}" for c in citations) or "none"


def _note(removed: int, unused: int, what: str) -> str:
    parts = []
    if removed:
        parts.append(f"{removed} sentence{'s' if removed > 1 else ''} of its {what} removed by the checker")
    if unused:
        parts.append("its summary was not used" if what == "summary" else f"{unused} of its {what} not used")
    return "; ".join(parts)
