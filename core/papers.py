"""What is kept of a paper besides its passages: its text, the substances that it mentions, and the numbers that it reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from core.passages import Document, Passage, PassageStore

if TYPE_CHECKING:
    from core.interfaces import Embedder

__all__ = [
    "Level",
    "Mention",
    "MentionKind",
    "OpenPapers",
    "Outcome",
    "Paper",
    "PaperCounts",
    "PaperFacts",
    "Piece",
    "ReportedValue",
    "StoredDocument",
    "Submission",
]

#: How much of a paper is there: its reference alone, the abstract, or the whole text.
Level = Literal["reference", "abstract", "full"]
MentionKind = Literal["name", "abbreviation", "label", "formula", "smiles", "inchikey", "cas"]


@dataclass(frozen=True)
class Piece:
    """A paragraph, heading, table or caption of a document's text, from which passages are cut. ``kind`` is also 'heading'."""

    start: int
    end: int
    kind: str
    section: str | None
    page: int | None


@dataclass(frozen=True)
class Mention:
    """A substance that a text names, at characters ``start`` up to, but without, ``end`` of the document's text.

    ``written`` is what stands there. ``name``, ``smiles`` and ``key`` (an InChIKey, or for a polymer the key of
    ``tools.structures.polymer_key``) are what it was resolved to; None where it was found but not resolved.
    """

    start: int
    end: int
    kind: MentionKind
    written: str
    name: str | None = None
    smiles: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class ReportedValue:
    """A number that a paper reports, with the sentence that says it. It is evidence to show; nothing is trained on it unasked.

    Attributes:
        property: the property's name, as the catalogue has it where it has one.
        relation: '=', '<', '>' or '~', as said.
        value: the number in ``unit`` as written; of a range its lower end.
        upper: the upper end of a range; None for a single number.
        spread: what stands behind '±'; None where nothing is said.
        unit: the unit as written; '' for a number without one.
        standard, standard_upper: ``value`` and ``upper`` in ``standard_unit``; None where there is no conversion.
        conditions: what is said of how it was measured ('in toluene', 'heating rate 10 °C/min'), in the paper's words.
        substance: the substance as the paper calls it; None where the sentence does not say.
        smiles, key: what the substance was resolved to; None where it was not.
        start, end: the quotation's place in the document's text, in characters.
        page: from 1; None where there are no pages.
        approved_by: who said that models may be trained on it; '' for nobody.
    """

    property: str
    relation: str
    value: float
    upper: float | None
    spread: float | None
    unit: str
    standard: float | None
    standard_upper: float | None
    standard_unit: str
    conditions: tuple[str, ...]
    substance: str | None
    smiles: str | None
    key: str | None
    quote: str
    start: int
    end: int
    page: int | None
    approved_by: str = ""


@dataclass(frozen=True)
class Paper:
    """A document as it was read: text, passages, substances, numbers. Offsets of all of them are characters of ``text``.

    ``layout``: its paragraphs, from which the passages can be cut anew. ``retracts``: the DOIs of the papers that it, a notice of retraction, takes back.
    """

    document: Document
    level: Level
    text: str
    passages: tuple[Passage, ...]
    pages: int | None = None
    notes: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    values: tuple[ReportedValue, ...] = ()
    layout: tuple[Piece, ...] = ()
    retracts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submission:
    """One record of one source, read or not: ``paper``, or the ``reason`` why there is none.

    ``source_hash``: SHA-256 of the file that it stands in; ``item`` its number there, from 0; ``name`` what to call it in messages.
    """

    source_hash: str
    item: int
    name: str
    paper: Paper | None
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a submission. ``document_id``: of the document that it is now part of; None for a failure."""

    name: str
    status: Literal["added", "updated", "duplicate", "failed"]
    document_id: str | None
    reason: str = ""


@dataclass(frozen=True)
class StoredDocument:
    """A stored document and what is counted of it. ``indexed``: whether the search index has it."""

    document: Document
    level: Level
    pages: int | None
    notes: tuple[str, ...]
    indexed: bool
    added_at: str
    passages: int
    mentions: int
    values: int


@dataclass(frozen=True)
class PaperCounts:
    """Numbers of what is stored; ``characters`` of text, of which ``bytes`` are kept after compression."""

    documents: int = 0
    passages: int = 0
    mentions: int = 0
    values: int = 0
    approved: int = 0
    unindexed: int = 0
    retracted: int = 0
    failed: int = 0
    characters: int = 0
    bytes: int = 0
    by_collection: dict[str, int] = field(default_factory=dict)
    by_level: dict[str, int] = field(default_factory=dict)


class PaperFacts(Protocol):
    """What was read of the chemistry in the team's papers. Raises StoreError where it cannot be read."""

    def mentioning(self, keys: Sequence[str], names: Sequence[str], limit: int) -> list[tuple[Document, Passage, Mention]]:
        """The passages that mention one of these substances, each once with the first place, at most ``limit`` (how many); [] for none."""
        ...

    def values(
        self, *, property: str = "", keys: Sequence[str] = (), document_id: str = "", approved: bool = False, limit: int = 200
    ) -> list[tuple[str, Document, ReportedValue]]:
        """Reported numbers with their id and document, at most ``limit`` of them; what is left empty does not matter. [] for none."""
        ...

    def holding(self, document_id: str, at: int) -> Passage | None:
        """The passage of a document that holds the character ``at`` (index of its text, from 0); None where none does."""
        ...


@dataclass(frozen=True)
class OpenPapers:
    """The papers while they are open. ``embedder``: None where they are searched by words alone, which ``remark`` then says."""

    store: PassageStore
    embedder: Embedder | None
    facts: PaperFacts
    remark: str = ""
