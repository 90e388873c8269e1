"""Tools on reviews: what people decided and measured. A model reads them; it decides nothing."""

from __future__ import annotations

from app.mcp.answers import bounded, rounded
from app.mcp.runs import RunArguments
from app.mcp.tool import Answer, Door, tool
from core.review import CandidateReview


@tool()
def review(door: Door, arguments: RunArguments) -> Answer:
    """What people decided on a run's candidates, whether they agree, and measured values against predictions."""
    found = door.services.feedback.review(arguments.run_id)
    said = [_line(c) for c in found.candidates if c.decisions or c.comments or c.measured]
    told: Answer = {"run_id": found.run_id, "coverage": [c.model_dump(mode="json") for c in found.coverage], "candidates": said}
    return bounded(told, "candidates", "look at the page of the review")


def _line(candidate: CandidateReview) -> Answer:
    told: Answer = {"rank": candidate.rank, "key": candidate.key, "smiles": candidate.smiles, "standing": candidate.said}
    if candidate.comments:
        told["comments"] = [f"{e.author}: {e.comment or e.reason}" for e in candidate.comments]
    if candidate.measured:
        told["measured"] = [
            {"property": m.measured.property, "value": rounded(m.measured.value), "unit": m.measured.unit, "said": m.said}
            for m in candidate.measured
        ]
    return told
