"""The built-in researcher: searches the literature with the words of the spec. What it finds is recorded."""

from __future__ import annotations

from typing import Any

from agent.models import Place
from agent.roles.identity import spec_identity
from agent.roles.researcher.protocol import Findings, OpenStore, Research, ResearchRequest
from core.errors import LiteratureError
from core.interfaces import Recorder
from core.spec import DesignSpec
from tools.workspace import Workspace


class BuiltInResearcher:
    """Searches the literature store. ``open_store`` opens it."""

    def __init__(self, recorder: Recorder, open_store: OpenStore, workspace: Workspace) -> None:
        self._recorder = recorder
        self._open_store = open_store
        self._workspace = workspace

    def research(self, request: ResearchRequest, place: Place) -> Research:
        """See :class:`Researcher`."""
        asked = {"spec": spec_identity(request.spec)}

        def produce() -> dict[str, Any]:
            return search(request.spec, self._open_store, self._workspace).plain()

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
