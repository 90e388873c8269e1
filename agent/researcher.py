"""The researcher: what the literature says about a spec. This is the built-in form; it needs no language model."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from core.errors import LiteratureError
from core.interfaces import LiteratureStore
from core.spec import DesignSpec


def research(spec: DesignSpec, open_store: Callable[[], AbstractContextManager[LiteratureStore]]) -> dict[str, Any]:
    """Evidence, citations and hints for ``spec`` as JSON values: keys evidence, citations, hints, warning.

    If the store cannot be used the lists are empty and ``warning`` says why.
    """
    from tools.literature.evidence import evidence_for, hints_for_citations

    try:
        with open_store() as store:
            evidence, citations = evidence_for(spec, store)
    except LiteratureError as error:
        return {"evidence": [], "citations": [], "hints": [], "warning": f"No literature was searched: {error}"}
    return {
        "evidence": [e.model_dump(mode="json") for e in evidence],
        "citations": [c.model_dump(mode="json") for c in citations],
        "hints": list(hints_for_citations(citations)),
        "warning": "",
    }
