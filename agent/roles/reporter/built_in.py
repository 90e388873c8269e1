"""The built-in reporter: sentences made from stored values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.models import Place
from agent.roles.proposer import MODEL
from agent.roles.reporter.checked import checked_rationale
from agent.roles.reporter.protocol import ExplainRequest, Explanation, Summary, SummaryRequest
from agent.roles.reporter.sentences import explain_candidate, summarise
from core.candidate import Candidate
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue
from tools.workspace import Workspace


class BuiltInReporter:
    """Writes the sentences that every report has."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def explain(self, request: ExplainRequest, place: Place) -> Explanation:
        """See :class:`Reporter`."""
        return Explanation(explained(request, {}, catalogue=self._workspace.catalogue))

    def summarise(self, request: SummaryRequest, place: Place) -> Summary:
        """See :class:`Reporter`."""
        return Summary(summarise(request.report, calculators=self._workspace.calculators))


def explained(request: ExplainRequest, words: Mapping[str, str], *, catalogue: Catalogue) -> list[Candidate]:
    """The candidates of ``request`` with rationale and citations. ``words``: checked words of a language model, by candidate key."""
    shortlist = [_with_checked_reason(c, request.shortlist, request.spec, catalogue=catalogue) for c in request.shortlist]
    return [explain_candidate(c, request.spec, shortlist, request.citations, words.get(c.key, ""), catalogue=catalogue) for c in shortlist]


def _with_checked_reason(candidate: Candidate, shortlist: Sequence[Candidate], spec: DesignSpec, *, catalogue: Catalogue) -> Candidate:
    """``candidate``; what a language model said when it proposed it is checked like everything else that a model says."""
    if candidate.origin.proposer != MODEL or not candidate.origin.rationale:
        return candidate
    reason = checked_rationale(candidate, shortlist, spec, catalogue=catalogue)
    return candidate.model_copy(update={"origin": candidate.origin.model_copy(update={"rationale": reason})})
