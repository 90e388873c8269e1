"""The built-in researcher: searches the notes and the team's papers with the words of the spec. What it finds is recorded."""

from __future__ import annotations

from typing import Any

from agent.models import Place
from agent.roles.identity import spec_identity
from agent.roles.researcher.protocol import Findings, OpenStore, OpenTeamPapers, Research, ResearchRequest, no_papers
from core.errors import ConfigurationError, LiteratureError, StoreError
from core.interfaces import Recorder
from core.spec import DesignSpec
from tools.workspace import Workspace


class BuiltInResearcher:
    """Searches the literature store and the papers. ``open_store`` and ``open_papers`` open them."""

    def __init__(self, recorder: Recorder, open_store: OpenStore, workspace: Workspace, open_papers: OpenTeamPapers = no_papers) -> None:
        self._recorder = recorder
        self._open_store = open_store
        self._open_papers = open_papers
        self._workspace = workspace

    def research(self, request: ResearchRequest, place: Place) -> Research:
        """See :class:`Researcher`."""
        asked = {"spec": spec_identity(request.spec)}

        def produce() -> dict[str, Any]:
            found = search(request.spec, self._open_store, self._workspace)
            return with_papers(request.spec, found, self._open_papers, self._workspace).plain()

        found = self._recorder.record(place.node, place.generation, "literature", asked, produce)
        return Research(Findings.model_validate(found))


def search(spec: DesignSpec, open_store: OpenStore, workspace: Workspace) -> Findings:
    """Evidence, citations and hints for ``spec``. If the store cannot be used they are empty, and ``warning`` says why."""
    from tools.literature.evidence import evidence_for, hints_for_citations

    try:
        with open_store() as store:
            evidence, citations = evidence_for(spec, store, catalogue=workspace.catalogue)
    except LiteratureError as error:
        return Findings(warning=f"No literature was searched: {error}")
    return Findings(evidence=evidence, citations=citations, hints=list(hints_for_citations(citations)))


def with_papers(spec: DesignSpec, found: Findings, open_papers: OpenTeamPapers, workspace: Workspace) -> Findings:
    """``found`` with what the team's papers say behind it; ``found`` itself where there are none. Papers that cannot be read are a warning."""
    try:
        with open_papers() as papers:
            if papers is None or not (passages := papers.store.count()):
                return found
            from tools.literature.paper_seeds import seeds, stated
            from tools.literature.papers_evidence import paper_evidence

            evidence, citations = paper_evidence(spec, papers, len(found.citations) + 1, catalogue=workspace.catalogue)
            starts = seeds(spec, papers.facts, catalogue=workspace.catalogue)
            reported, citations = stated(starts, [*found.citations, *citations])
    except (LiteratureError, StoreError, ConfigurationError) as error:
        warning = f"Your papers were not searched: {error}"
        return found.model_copy(update={"warning": " ".join(w for w in (found.warning, warning) if w)})
    hints = list(dict.fromkeys([*found.hints, *(seed.smiles for seed in starts)]))
    more = {"evidence": [*found.evidence, *evidence, *reported], "citations": citations, "hints": hints, "papers": passages}
    return found.model_copy(update=more)
