"""The part of the typed client (:mod:`app.client`) that speaks of the team's papers."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.client_calls import Calls
from app.client_papers import (
    FoundPassages,
    Mentions,
    PaperAddition,
    PaperConversation,
    PaperDetail,
    PaperNumbers,
    PaperPage,
    PaperPassage,
    PaperQuestion,
    PaperStats,
    ReplySoFar,
)

#: Seconds between two questions for what is under way.
PAUSE = 0.2


class PaperCalls(Calls):
    """What may be asked of the papers. Every method raises ApiError for an answer that is no result."""

    def search_papers(self, *questions: str, limit: int = 10, step_back: bool = False, **narrowed: Any) -> FoundPassages:
        """The passages of the papers that answer best; of several questions the first counts most.

        ``narrowed``: since, until (years), source, section, doi, collection (a text or several).
        """
        asked = {"q": list(questions), "limit": limit, "step_back": step_back, **narrowed}
        return self._get(FoundPassages, "GET", "/literature/passages", params=asked)

    def passage(self, passage_id: str) -> PaperPassage:
        """One passage of a paper."""
        return self._get(PaperPassage, "GET", f"/literature/passages/{quote(passage_id)}")

    def papers(self, words: str = "", *, collection: str = "", limit: int = 50, offset: int = 0) -> PaperPage:
        """The papers with these words in title, journal or DOI, newest first."""
        asked = {"words": words, "collection": collection, "limit": limit, "offset": offset}
        return self._get(PaperPage, "GET", "/literature/papers", params=asked)

    def paper(self, document_id: str) -> PaperDetail:
        """All that is known of a paper."""
        return self._get(PaperDetail, "GET", f"/literature/papers/{quote(document_id)}")

    def remove_paper(self, document_id: str) -> None:
        """Remove a paper with everything that was made of it."""
        self._ask("DELETE", f"/literature/papers/{quote(document_id)}")

    def add_papers(self, files: Mapping[str, bytes] | list[Path], collection: str = "papers", *, wait: float = 600.0) -> PaperAddition:
        """Add papers: files of this machine, or contents by name. What became of them, after ``wait`` seconds at the latest."""
        given = {path.name: path.read_bytes() for path in files} if isinstance(files, list) else files
        sent = [{"name": name, "base64": base64.b64encode(content).decode()} for name, content in given.items()]
        addition = self._get(PaperAddition, "POST", "/literature/papers", json={"collection": collection, "files": sent})
        deadline = time.monotonic() + wait
        while addition.waiting and time.monotonic() < deadline:
            time.sleep(PAUSE)
            addition = self._get(PaperAddition, "GET", f"/literature/additions/{addition.addition_id}")
        return addition

    def reported_values(self, property: str = "", *, of: str = "", approved: bool = False, limit: int = 200) -> PaperNumbers:
        """Numbers that the papers report, of one property and of one substance where they are named."""
        asked = {"property": property, "of": of, "approved": approved, "limit": limit}
        return self._get(PaperNumbers, "GET", "/literature/values", params=asked)

    def mentions(self, what: str, *, motif: bool = False, limit: int = 50) -> Mentions:
        """Passages that name a substance or, with ``motif``, any substance that holds a group."""
        return self._get(Mentions, "GET", "/literature/mentions", params={"what": what, "motif": motif, "limit": limit})

    def ask_papers(
        self,
        question: str,
        *,
        follows: str = "",
        wait: float = 600.0,
        heard: Callable[[ReplySoFar], None] | None = None,
        **asked: Any,
    ) -> PaperQuestion:
        """A question to the papers with its answer, after ``wait`` seconds at the latest.

        ``follows``: the id of the question that it follows. ``heard``: called with what is there of the answer, each time there is more. ``asked``: sentences, use_models, since, until, sources, sections, dois,
        collections, as the API takes them.
        """
        talk = self._get(PaperConversation, "POST", "/literature/questions", json={"question": question, "follows": follows, **asked})
        deadline = time.monotonic() + wait
        before: ReplySoFar | None = None
        while talk.waiting and time.monotonic() < deadline:
            if heard is not None and talk.last.so_far not in (None, before):
                before = talk.last.so_far
                heard(talk.last.so_far)
            time.sleep(PAUSE)
            talk = self.paper_conversation(talk.last.question_id)
        return talk.last

    def paper_conversation(self, question_id: str) -> PaperConversation:
        """A question to the papers with those that it follows."""
        return self._get(PaperConversation, "GET", f"/literature/questions/{quote(question_id)}")

    def paper_stats(self) -> PaperStats:
        """Numbers of what is stored."""
        return self._get(PaperStats, "GET", "/literature/stats")
