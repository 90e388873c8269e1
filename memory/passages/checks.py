"""What is given to a passage store is looked at before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import LiteratureError
from core.passages import Document, Passage

_LONGEST_ID, _LONGEST_TEXT = 512, 60_000


def checked(documents: Sequence[Document], passages: Sequence[Passage]) -> dict[str, list[Passage]]:
    """The passages of each document by its id. LiteratureError for what no store can keep, naming it."""
    found: dict[str, list[Passage]] = {}
    for document in documents:
        if not document.document_id or len(document.document_id.encode()) > _LONGEST_ID:
            raise LiteratureError(f"document id {document.document_id[:80]!r} is empty or longer than {_LONGEST_ID} bytes")
        if document.document_id in found:
            raise LiteratureError(f"document {document.document_id!r} is given twice")
        found[document.document_id] = []
    seen: set[str] = set()
    for passage in passages:
        if passage.document_id not in found:
            raise LiteratureError(f"passage {passage.passage_id[:80]!r} comes without its document {passage.document_id[:80]!r}")
        if not passage.passage_id or len(passage.passage_id.encode()) > _LONGEST_ID or passage.passage_id in seen:
            raise LiteratureError(f"passage id {passage.passage_id[:80]!r} is empty, given twice or longer than {_LONGEST_ID} bytes")
        if len(passage.text.encode()) > _LONGEST_TEXT:
            raise LiteratureError(f"passage {passage.passage_id!r}: its text is longer than {_LONGEST_TEXT} bytes")
        seen.add(passage.passage_id)
        found[passage.document_id].append(passage)
    return found


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each vector at length 1; a vector of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(lengths > 0.0, lengths, 1.0)).astype(np.float32)


def vector_array(vectors: Sequence[Sequence[float]], passages: Sequence[Passage]) -> NDArray[np.float32]:
    """The vectors as one array, each at length 1. LiteratureError where there is not one of the same finite numbers a passage."""
    if len(vectors) != len(passages):
        raise LiteratureError(f"{len(passages)} passages came with {len(vectors)} vectors")
    try:
        found = np.asarray(vectors, np.float32)
    except ValueError as error:
        raise LiteratureError(f"the vectors are not all of one length: {error}") from error
    if len(passages) and (found.ndim != 2 or not np.isfinite(found).all()):
        raise LiteratureError("a vector has another form than a row of finite numbers")
    return unit(found) if len(passages) else found
