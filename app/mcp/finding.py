"""Tools that look things up: structures of stored runs, notes from the literature, the team's own papers."""

from __future__ import annotations

from pydantic import Field

from app.mcp.answers import bounded, rounded
from app.mcp.structures import line_of
from app.mcp.tool import Answer, Arguments, Door, tool
from app.services.finding import How, Wanted
from core.runs import RunFilter


class FindArguments(Arguments):
    """What is looked for in stored runs."""

    structure: str = Field(default="", max_length=1000, description="SMILES, or SMARTS of a part.")
    how: How = Field(default="substructure")
    least: float = Field(default=0.5, ge=0, le=1, description="Least similarity.")
    property: str = Field(default="", max_length=100, description="Name, as in properties.")
    low: float | None = Field(default=None)
    high: float | None = Field(default=None)
    kept: bool = Field(default=False, description="Only what met its goal.")
    after: str = Field(default="", max_length=120, description="Where an earlier answer stopped.")
    limit: int = Field(default=20, ge=1, le=100)


class SearchArguments(Arguments):
    """What is looked for in the literature."""

    query: str = Field(min_length=2, max_length=400)
    limit: int = Field(default=5, ge=1, le=20)


class QuestionArguments(Arguments):
    """A question to the team's papers."""

    question: str = Field(max_length=1000)


@tool()
def find_structures(door: Door, arguments: FindArguments) -> Answer:
    """Structures of all runs by part, similarity or range of a property."""
    a = arguments
    wanted = Wanted(a.structure, a.how, a.least, a.property, a.low, a.high, a.kept)
    found = door.services.finding.find(wanted, RunFilter(), a.after, a.limit)
    shown = [hit for hit in found.hits if hit.candidate.safety is None or hit.candidate.safety.verdict != "block"]
    names = [a.property] if a.property else []
    rows = [{"run_id": h.run.run_id, "similarity": rounded(h.similarity), **line_of(h.candidate, names)} for h in shown]
    answer: Answer = {"looked_at": found.looked, "runs": found.runs, "found": found.found, "structures": rows}
    if blocked := len(found.hits) - len(shown):
        answer["left_out_by_guard"] = blocked
    if found.after:
        answer["next"] = f"after={found.after!r} looks on"
    return bounded(answer, "structures", "ask with a larger limit (100 at most) or narrower", total=len(rows))


@tool()
def search_literature(door: Door, arguments: SearchArguments) -> Answer:
    """Search the literature notes; passages with references."""
    door.services.goals.guard(arguments.query, "query")
    literature = door.services.literature
    found = literature.to_json(literature.search(arguments.query, arguments.limit))
    return bounded({"passages": found}, "passages", "ask with a smaller limit or narrower")


@tool(reads=False)
def ask_papers(door: Door, arguments: QuestionArguments) -> Answer:
    """Answer a question from the team's own papers, each sentence with quotes, page and DOI; or they do not say."""
    answer = door.services.questions.ask(arguments.question)
    cited = [
        {
            "number": c.number,
            "title": c.document.title,
            "year": c.document.year,
            "doi": c.document.doi,
            "page": c.passage.page,
            "section": c.passage.section,
            "quotes": [q.text for q in c.quotes],
        }
        for c in answer.citations
    ]
    told: Answer = {"answered": bool(answer.statements), "made_by": answer.made_by, "evidence": rounded(answer.evidence)}
    told["statements"] = [{"text": s.text, "citations": list(s.citations)} for s in answer.statements]
    told |= {"notes": list(answer.notes), "run_id": answer.run_id, "citations": cited}
    return bounded(told, "citations", "molwright replay repeats the question with all of them")
