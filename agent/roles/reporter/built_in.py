"""The built-in reporter: sentences made from stored values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.models import Place
from agent.roles.proposer import MODEL
from agent.roles.reporter.checked import own_reason
from agent.roles.reporter.protocol import ExplainRequest, Explanation, Summary, SummaryRequest
from agent.roles.reporter.sentences import explain_candidate, summarise
from core.candidate import Candidate
from core.spec import DesignSpec


class BuiltInReporter:
    """Writes the sentences that every report has."""

    def explain(self, request: ExplainRequest, place: Place) -> Explanation:
        """See :class:`Reporter`."""
        return Explanation(explained(request, {}))

    def summarise(self, request: SummaryRequest, place: Place) -> Summary:
        """See :class:`Reporter`."""
        return Summary(summarise(request.report))


def explained(request: ExplainRequest, words: Mapping[str, str]) -> list[Candidate]:
    """The candidates of ``request`` with rationale and citations. ``words``: checked words of a language model, by candidate key."""
    shortlist = [_with_checked_reason(c, request.shortlist, request.spec) for c in request.shortlist]
    return [explain_candidate(c, request.spec, shortlist, request.citations, words.get(c.key, "")) for c in shortlist]


def _with_checked_reason(candidate: Candidate, shortlist: Sequence[Candidate], spec: DesignSpec) -> Candidate:
    """``candidate``; what a language model said when it proposed it is checked like everything else that a model says."""
    if candidate.origin.proposer != MODEL or not candidate.origin.rationale:
        return candidate
    reason = own_reason(candidate, shortlist, spec)
    return candidate.model_copy(update={"origin": candidate.origin.model_copy(update={"rationale": reason})})
