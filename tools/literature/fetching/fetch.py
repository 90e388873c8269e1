"""Records of a service as submissions to the store of papers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice

from core.errors import NotFoundError, UsageError
from core.papers import Submission
from tools.literature.assemble import Ways, paper_of
from tools.literature.fetching.services import Fetched, Service
from tools.literature.reading.parts import Unreadable, bare_doi, clean

MOST = 10_000


def fetched(service: Service, name: str, query: str, dois: Sequence[str], limit: int, ways: Ways) -> Iterator[Submission]:
    """What ``service`` has for a query (at most ``limit``) and for DOIs, as it comes; a DOI that it does not have is a failure among them.

    Raises UsageError for neither or a DOI that is none, LiteratureError where the service cannot be asked; what came before is stored then.
    """
    if not query.strip() and not dois:
        raise UsageError("give a query or a --doi")
    bare = [bare_doi(doi) for doi in dois]
    for doi, given in zip(bare, dois, strict=True):
        if doi is None:
            raise UsageError(f"{given!r} is no DOI")
    for doi in bare:
        try:
            yield _submission(service.lookup(str(doi)), name, ways)
        except NotFoundError as error:
            yield Submission(_hash(name, str(doi)), 0, f"{name}:{doi}", None, str(error))
    if query.strip():
        for found in islice(service.search(query.strip(), min(limit, MOST)), limit):
            yield _submission(found, name, ways)


def _submission(found: Fetched, name: str, ways: Ways) -> Submission:
    said = clean(f"{name}:{found.identifier}")
    try:
        if isinstance(found.record, Unreadable):
            raise found.record
        return Submission(_hash(name, found.identifier), 0, said, paper_of(found.record, said, ways))
    except Unreadable as error:
        return Submission(_hash(name, found.identifier), 0, said, None, str(error))


def _hash(name: str, identifier: str) -> str:
    return hashlib.sha256(f"{name}:{identifier}".encode()).hexdigest()
