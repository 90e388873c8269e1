"""The four services: how each is asked, and how its answers are read.

The formats are those of their documentation (docs.openalex.org, info.arxiv.org/help/api, europepmc.org/RestfulWebService,
api.crossref.org/swagger-ui), as of 2026.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from core.errors import LiteratureError, NotFoundError, UsageError
from tools.literature.fetching.polite import PoliteClient
from tools.literature.reading.parts import Reading, Unreadable, bare_doi, clean, titled, year_of
from tools.literature.reading.references import Record, abstract_blocks, csl_record, without_tags
from tools.literature.reading.xml_papers import read_xml
from tools.literature.reading.xml_text import children, content, find, parse

_PAGE = 100


@dataclass(frozen=True)
class Fetched:
    """A record of a service: its id there, and what was read of it."""

    identifier: str
    record: Record


class Service(Protocol):
    """A service that has papers. Methods raise LiteratureError, NotFoundError or UsageError."""

    def search(self, query: str, limit: int) -> Iterator[Fetched]:
        """The first ``limit`` records for a query, in the service's order."""
        ...

    def lookup(self, doi: str) -> Fetched:
        """The record with a DOI."""
        ...


def _json(data: bytes, service: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as error:
        raise LiteratureError(f"{service} answered with something else than JSON: {data[:120]!r}") from error
    if not isinstance(value, dict):
        raise LiteratureError(f"{service} answered with JSON of another form")
    return value


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _checked(reading: Reading) -> Record:
    reading = titled(reading)
    return reading if reading.title or reading.blocks else Unreadable("the record has neither a title nor an abstract")


class OpenAlex:
    """OpenAlex (https://openalex.org): references with abstracts, CC0. ``key``: an API key, where the service asks for one."""

    def __init__(self, client: PoliteClient, key: str = "") -> None:
        self._client = client
        self._given = {name: value for name, value in (("mailto", client.mailto), ("api_key", key)) if value}

    def search(self, query: str, limit: int) -> Iterator[Fetched]:
        """Records by relevance."""
        cursor: str | None = "*"
        while cursor and limit > 0:
            given = {"search": query, "per-page": min(_PAGE, limit), "cursor": cursor, **self._given}
            answer = _json(self._client.get("https://api.openalex.org/works", given), "OpenAlex")
            works = [work for work in _list(answer.get("results")) if isinstance(work, dict)]
            for work in works[:limit]:
                yield self._read(work)
            limit -= len(works)
            cursor = _map(answer.get("meta")).get("next_cursor") if works else None

    def lookup(self, doi: str) -> Fetched:
        """The work with a DOI."""
        return self._read(_json(self._client.get(f"https://api.openalex.org/works/doi:{doi}", self._given), "OpenAlex"))

    @staticmethod
    def _read(work: Mapping[str, Any]) -> Fetched:
        place = _map(work.get("primary_location"))
        names = (_map(_map(a).get("author")).get("display_name") for a in _list(work.get("authorships")))
        retracted = work.get("is_retracted")
        reading = Reading(
            title=without_tags(str(work.get("title") or work.get("display_name") or "")),
            authors=tuple(clean(name) for name in names if isinstance(name, str) and name.strip()),
            year=year_of(work.get("publication_year")),
            doi=bare_doi(str(work.get("doi") or "")),
            journal=clean(str(_map(place.get("source")).get("display_name") or "")) or None,
            licence=str(place.get("license") or "") or None,
            retracted=retracted if isinstance(retracted, bool) else None,
            blocks=abstract_blocks(_from_inverted(work.get("abstract_inverted_index"))),
        )
        return Fetched(str(work.get("id") or reading.doi or ""), _checked(reading))


def _from_inverted(index: Any) -> str:
    """An abstract from OpenAlex's list of words with their places; '' for none."""
    placed: dict[int, str] = {}
    for word, places in _map(index).items():
        placed.update({place: str(word) for place in _list(places) if isinstance(place, int)})
    return " ".join(placed[place] for place in sorted(placed))


class ArXiv:
    """arXiv (https://arxiv.org): references with abstracts; one question every three seconds."""

    _ADDRESS = "https://export.arxiv.org/api/query"
    _OWN = "10.48550/arxiv."

    def __init__(self, client: PoliteClient) -> None:
        self._client = client

    def search(self, query: str, limit: int) -> Iterator[Fetched]:
        """Records by relevance. A query without a field ('ti:', 'abs:', 'au:', …) is looked for in all of them, every word of it."""
        words = query if ":" in query else " AND ".join(f"all:{word}" for word in query.split())
        start = 0
        while start < limit:
            found = self._ask({"search_query": words, "start": start, "max_results": min(_PAGE, limit - start)})
            yield from found
            if len(found) < min(_PAGE, limit - start):
                return
            start += len(found)

    def lookup(self, doi: str) -> Fetched:
        """The preprint with one of arXiv's own DOIs; UsageError for another, NotFoundError."""
        if not doi.startswith(self._OWN):
            raise UsageError(f"arXiv is asked by its own DOIs ({self._OWN}…), not by {doi}; ask another service for it")
        found = self._ask({"id_list": doi.removeprefix(self._OWN), "max_results": 1})
        if not found:
            raise NotFoundError(f"arXiv does not have {doi}")
        return found[0]

    def _ask(self, parameters: Mapping[str, Any]) -> list[Fetched]:
        try:
            feed = parse(self._client.get(self._ADDRESS, parameters))
        except Unreadable as error:
            raise LiteratureError(f"arXiv answered with something else than a feed: {error}") from error
        entries = list(children(feed, "entry"))
        if len(entries) == 1 and content(find(entries[0], "title")) == "Error":
            raise LiteratureError(f"arXiv refused the question: {content(find(entries[0], 'summary'))}")
        return [self._read(entry) for entry in entries if find(entry, "title") is not None]

    def _read(self, entry: Any) -> Fetched:
        identifier = content(find(entry, "id")).rpartition("/abs/")[2]
        bare = identifier.rpartition("v")[0] if identifier.rpartition("v")[2].isdigit() and "v" in identifier else identifier
        reading = Reading(
            title=content(find(entry, "title")),
            authors=tuple(content(find(a, "name")) for a in children(entry, "author")),
            year=year_of(content(find(entry, "published"))),
            doi=bare_doi(content(find(entry, "doi"))) or f"{self._OWN}{bare}".lower(),
            journal=content(find(entry, "journal_ref")) or "arXiv",
            blocks=abstract_blocks(content(find(entry, "summary"))),
        )
        return Fetched(bare, _checked(reading))


class EuropePmc:
    """Europe PMC (https://europepmc.org): references with abstracts, and with ``full_text`` the whole text where it is open."""

    _ADDRESS = "https://www.ebi.ac.uk/europepmc/webservices/rest"

    def __init__(self, client: PoliteClient, *, full_text: bool = False) -> None:
        self._client = client
        self._full_text = full_text

    def search(self, query: str, limit: int) -> Iterator[Fetched]:
        """Records by relevance."""
        cursor, asked = "*", ""
        while cursor and cursor != asked and limit > 0:
            given = {"query": query, "resultType": "core", "format": "json", "pageSize": min(_PAGE, limit), "cursorMark": cursor}
            answer = _json(self._client.get(f"{self._ADDRESS}/search", given), "Europe PMC")
            results = [r for r in _list(_map(answer.get("resultList")).get("result")) if isinstance(r, dict)]
            for result in results[:limit]:
                yield self._read(result)
            limit -= len(results)
            asked, cursor = cursor, str(answer.get("nextCursorMark") or "") if results else ""

    def lookup(self, doi: str) -> Fetched:
        """The record with a DOI. NotFoundError."""
        found = next(self.search(f'DOI:"{doi}"', 1), None)
        if found is None:
            raise NotFoundError(f"Europe PMC does not have {doi}")
        return found

    def _read(self, result: Mapping[str, Any]) -> Fetched:
        kinds = [str(kind).lower() for kind in _list(_map(result.get("pubTypeList")).get("pubType"))]
        names = [_map(a).get("fullName") for a in _list(_map(result.get("authorList")).get("author"))]
        authors = tuple(str(name) for name in names if name) or tuple(
            filter(None, str(result.get("authorString") or "").rstrip(".").split(", "))
        )
        reading = Reading(
            title=without_tags(str(result.get("title") or "")).rstrip("."),
            authors=authors,
            year=year_of(result.get("pubYear")),
            doi=bare_doi(str(result.get("doi") or "")),
            journal=clean(str(_map(_map(result.get("journalInfo")).get("journal")).get("title") or "")) or None,
            licence=str(result.get("license") or "") or None,
            retracted=True if "retracted publication" in kinds else None,
            blocks=abstract_blocks(str(result.get("abstractText") or "")),
        )
        if self._full_text and result.get("isOpenAccess") == "Y" and result.get("pmcid"):
            reading = self._whole(str(result["pmcid"]), reading)
        return Fetched(f"{result.get('source') or ''}:{result.get('id') or ''}", _checked(reading))

    def _whole(self, pmcid: str, reference: Reading) -> Reading:
        """The reading with the whole text; as it is, with a note, where that cannot be had."""
        try:
            whole = read_xml(self._client.get(f"{self._ADDRESS}/{pmcid}/fullTextXML", {}))
        except (Unreadable, NotFoundError) as error:
            return replace(reference, notes=(f"the whole text could not be read: {error}",))
        kept = {
            name: getattr(reference, name) for name in ("title", "authors", "year", "doi", "journal", "licence") if getattr(reference, name)
        }
        return replace(whole, **kept, retracted=reference.retracted or whole.retracted)


class Crossref:
    """Crossref (https://www.crossref.org): references, some with abstracts; what was retracted, and by which notice."""

    _ADDRESS = "https://api.crossref.org/works"

    def __init__(self, client: PoliteClient) -> None:
        self._client = client
        self._given = {"mailto": client.mailto} if client.mailto else {}

    def search(self, query: str, limit: int) -> Iterator[Fetched]:
        """Records by relevance."""
        cursor = "*"
        while cursor and limit > 0:
            given = {"query": query, "rows": min(_PAGE, limit), "cursor": cursor, **self._given}
            message = _map(_json(self._client.get(self._ADDRESS, given), "Crossref").get("message"))
            items = [item for item in _list(message.get("items")) if isinstance(item, dict)]
            for item in items[:limit]:
                yield self._read(item)
            limit -= len(items)
            cursor = str(message.get("next-cursor") or "") if items else ""

    def lookup(self, doi: str) -> Fetched:
        """The work with a DOI."""
        from urllib.parse import quote

        return self._read(_map(_json(self._client.get(f"{self._ADDRESS}/{quote(doi, safe='')}", self._given), "Crossref").get("message")))

    @staticmethod
    def _read(item: Mapping[str, Any]) -> Fetched:
        return Fetched(str(item.get("DOI") or "").lower(), csl_record(item))


#: Seconds between two questions to each service.
INTERVALS = {"openalex": 0.2, "arxiv": 3.0, "europepmc": 0.2, "crossref": 0.2}


def open_service(name: str, client: PoliteClient, *, key: str = "", full_text: bool = False) -> Service:
    """The service ``name``. UsageError for one that is not known, or that has no whole texts where they are asked for."""
    if name not in INTERVALS:
        raise UsageError(f"there is no service {name!r}; known: {', '.join(INTERVALS)}")
    if full_text and name != "europepmc":
        raise UsageError("whole texts are fetched from europepmc alone")
    if name == "openalex":
        return OpenAlex(client, key)
    if name == "europepmc":
        return EuropePmc(client, full_text=full_text)
    return ArXiv(client) if name == "arxiv" else Crossref(client)
