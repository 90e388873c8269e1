"""Public services: their answers read, asked politely, and said what is wrong when they do not answer.

Most answers here were written after the documentation of each service. Those in ``recorded`` came from the services themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.errors import LiteratureError, NotFoundError, UsageError
from core.papers import Submission
from memory.sql.papers import SqlPapers
from tools.literature.assemble import Ways
from tools.literature.fetching.fetch import fetched
from tools.literature.fetching.polite import PoliteClient
from tools.literature.fetching.services import Service, open_service
from tools.literature.ingest import Ingest, Tally

Answer = Callable[[httpx.Request], httpx.Response]

OPENALEX = {
    "id": "https://openalex.org/W1", "doi": "https://doi.org/10.1234/A", "title": "Blue <i>dyes</i>", "display_name": "Blue dyes", "publication_year": 2020,
    "authorships": [{"author": {"display_name": "A. Uthor"}}, {"author": {"display_name": None}}],
    "primary_location": {"source": {"display_name": "J. Open"}, "license": "cc-by"}, "is_retracted": True,
    "abstract_inverted_index": {"are": [1], "Dyes": [0], "blue.": [2]},
}  # fmt: skip
ARXIV = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
<entry><id>http://arxiv.org/abs/2301.12345v2</id><published>2023-01-15T00:00:00Z</published><title>Deep
  dyes</title><summary>We dye.</summary><author><name>B. Other</name></author></entry>
<entry><id>http://arxiv.org/abs/cond-mat/0001001v1</id><published>2000-01-15T00:00:00Z</published><title>Old</title><summary/><author><name>C</name></author>
<arxiv:doi>10.1103/PhysRev.1</arxiv:doi><arxiv:journal_ref>Phys. Rev. 1</arxiv:journal_ref></entry></feed>"""
EUROPEPMC = {
    "id": "111", "source": "MED", "pmcid": "PMC9", "doi": "10.1234/E", "title": "A paper.", "authorString": "Doe J, Roe R.", "pubYear": "2019",
    "journalInfo": {"journal": {"title": "J. Med"}}, "abstractText": "<h4>Aim</h4>To see.", "isOpenAccess": "Y", "license": "cc by",
    "pubTypeList": {"pubType": ["research-article", "Retracted Publication"]},
}  # fmt: skip
JATS = """<article xmlns:xlink="x"><front><article-meta><title-group><article-title>Other</article-title></title-group></article-meta></front>
<body><sec><title>Results</title><p>It is so.</p></sec></body></article>"""
CROSSREF = {
    "DOI": "10.1234/C",
    "title": ["Of dyes"],
    "author": [{"given": "D.", "family": "E"}],
    "issued": {"date-parts": [[2018]]},
    "container-title": ["J. C"],
}


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def client(answer: Answer, interval: float = 0.0, clock: Clock | None = None) -> PoliteClient:
    clock = clock or Clock()
    return PoliteClient("Service", interval, "ann@example.org", transport=httpx.MockTransport(answer), sleep=clock.sleep, clock=clock)


def service(name: str, answer: Answer, **given: Any) -> Service:
    return open_service(name, client(answer), **given)


def submissions(
    name: str, answer: Answer, query: str = "dyes", dois: tuple[str, ...] = (), limit: int = 10, **given: Any
) -> list[Submission]:
    found: Iterator[Submission] = fetched(service(name, answer, **given), name, query, dois, limit, Ways(chemistry=False))
    return list(found)


def test_openalex_page_by_page() -> None:
    asked: list[httpx.QueryParams] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params)
        more = "next" if request.url.params["cursor"] == "*" else None
        return httpx.Response(
            200, json={"meta": {"next_cursor": more}, "results": [OPENALEX | {"id": f"W{len(asked)}", "doi": f"10.1234/a{len(asked)}"}]}
        )

    found = submissions("openalex", answer)
    assert [s.name for s in found] == ["openalex:W1", "openalex:W2"]
    assert (asked[0]["search"], asked[0]["mailto"], asked[1]["cursor"]) == ("dyes", "ann@example.org", "next")
    paper = found[0].paper
    assert paper is not None
    d = paper.document
    assert (d.title, d.authors, d.year, d.doi, d.journal, d.licence, d.retracted) == (
        "Blue dyes", ("A. Uthor",), 2020, "10.1234/a1", "J. Open", "cc-by", True,
    )  # fmt: skip
    assert (paper.level, paper.text, d.source) == ("abstract", "Dyes are blue.", "openalex:W1")


def test_a_key_goes_along_and_the_limit_holds() -> None:
    asked: list[httpx.QueryParams] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params)
        return httpx.Response(200, json={"meta": {"next_cursor": "x"}, "results": [OPENALEX] * 3})

    assert len(submissions("openalex", answer, limit=2, key="secret")) == 2
    assert [(a["api_key"], a["per-page"]) for a in asked] == [("secret", "2")]


def test_arxiv() -> None:
    found = submissions("arxiv", lambda request: httpx.Response(200, text=ARXIV), query="blue dyes")
    one, two = (s.paper for s in found)
    assert one is not None
    assert two is not None
    assert (one.document.title, one.document.doi, one.document.year, one.document.journal) == (
        "Deep dyes",
        "10.48550/arxiv.2301.12345",
        2023,
        "arXiv",
    )
    assert (two.document.doi, two.document.journal, two.level) == ("10.1103/physrev.1", "Phys. Rev. 1", "reference")
    refused = ARXIV.split("<entry>")[0] + "<entry><title>Error</title><summary>incorrect id format</summary></entry></feed>"
    with pytest.raises(LiteratureError, match="incorrect id format"):
        submissions("arxiv", lambda request: httpx.Response(200, text=refused))
    with pytest.raises(LiteratureError, match="something else than a feed"):
        submissions("arxiv", lambda request: httpx.Response(200, text="<html>"))
    with pytest.raises(UsageError, match="its own DOIs"):
        submissions("arxiv", lambda request: httpx.Response(200, text=ARXIV), query="", dois=("10.1021/x",))


RECORDED = Path(__file__).with_name("recorded")


def test_what_the_services_really_answered_is_read() -> None:
    def of(name: str, file: str, query: str = "x", dois: tuple[str, ...] = ()) -> list[Any]:
        data = (RECORDED / file).read_bytes()
        papers = [
            s.paper for s in submissions(name, lambda request: httpx.Response(200, content=data), query, dois, limit=2 if not dois else 1)
        ]
        assert None not in papers
        return papers

    (new,), (old,) = of("arxiv", "arxiv_2026.xml"), of("arxiv", "arxiv_2016.xml")
    d = new.document
    assert (d.title, d.authors, d.year, d.doi, d.journal) == (
        "Heat-bath random walks with Markov bases", ("Caprice Stanley", "Tobias Windisch"), 2016, "10.48550/arxiv.1605.08386", "arXiv",
    )  # fmt: skip
    assert new.text.startswith("Graphs on lattice points")
    d = old.document
    assert (d.title, d.year, d.doi, d.journal) == (
        "Quantum Criticality for Extended Nodes on a Bethe Lattice in the Large Connectivity Limit", 2011, "10.1103/physrevb.85.115117",
        "Phys. Rev. B 85, 115117 (2012)",
    )  # fmt: skip
    (work,) = of("crossref", "crossref.json", "", ("10.1371/journal.pone.0033693",))
    d = work.document
    assert d.title.startswith("Methylphenidate Exposure Induces Dopamine Neuron Loss")
    assert (d.authors[0], len(d.authors), d.year, d.doi, d.journal) == (
        "Shankar Sadasivan",
        6,
        2012,
        "10.1371/journal.pone.0033693",
        "PLoS ONE",
    )
    assert d.retracted is not True  # corrected, which is no retraction
    assert "creativecommons.org/licenses/by/4.0" in d.licence
    (work,) = of("openalex", "openalex.json", "", ("10.7717/peerj.4375",))
    d = work.document
    assert (d.authors, d.year, d.doi, d.journal, d.licence, d.retracted) == (
        ("Heather Piwowar", "Juan Pablo Alperín"), 2018, "10.7717/peerj.4375", "PeerJ", "cc-by", False,
    )  # fmt: skip
    assert work.text.startswith("Despite growing interest in Open Access (OA) to scholarly literature, there is an unmet need")
    assert work.text.endswith("as a way to inform OA policy and practice.")
    letter, erratum = of("europepmc", "europepmc.json")
    d = letter.document
    assert (d.authors, d.year, d.doi, d.journal) == (
        ("Schoenfeld JD", "Haas-Kogan DA", "O'Neill AF"), 2025, "10.1016/s0140-6736(24)02600-x", "Lancet (London, England)",
    )  # fmt: skip
    assert (erratum.document.title, erratum.document.authors, erratum.document.retracted) == ("Department of Error", (), None)


def test_europe_pmc_with_the_whole_text() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/PMC9/fullTextXML"):
            return httpx.Response(200, text=JATS)
        return httpx.Response(200, json={"nextCursorMark": request.url.params["cursorMark"], "resultList": {"result": [EUROPEPMC]}})

    (plain,) = submissions("europepmc", answer)
    (whole,) = submissions("europepmc", answer, full_text=True)
    assert plain.paper is not None
    assert whole.paper is not None
    d = plain.paper.document
    assert (d.title, d.authors, d.year, d.journal, d.licence, d.retracted) == ("A paper", ("Doe J", "Roe R"), 2019, "J. Med", "cc by", True)
    assert plain.paper.text == "Aim To see."
    assert (whole.paper.level, whole.paper.document.title, whole.paper.document.retracted) == ("full", "A paper", True)
    assert [p.text for p in whole.paper.passages] == ["It is so."]
    (by_doi,) = submissions("europepmc", answer, query="", dois=("https://doi.org/10.1234/E",))
    assert by_doi.name == "europepmc:MED:111"


def test_crossref_by_doi_and_what_it_does_not_have() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        known = request.url.raw_path.startswith(b"/works/10.1234%2Fc?")
        return httpx.Response(200, json={"message": CROSSREF}) if known else httpx.Response(404, text="Resource not found.")

    found = submissions("crossref", answer, query="", dois=("10.1234/C", "10.9999/none"))
    assert [(s.name, s.paper is None, s.reason) for s in found] == [
        ("crossref:10.1234/c", False, ""), ("crossref:10.9999/none", True, "Service does not have 10.9999%2Fnone"),
    ]  # fmt: skip


def test_crossref_by_query() -> None:
    pages = iter([{"items": [CROSSREF], "next-cursor": "n"}, {"items": []}])
    found = submissions("crossref", lambda request: httpx.Response(200, json={"message": next(pages)}))
    assert [s.name for s in found] == ["crossref:10.1234/c"]


def test_questions_are_kept_apart_and_busy_services_are_asked_again() -> None:
    clock = Clock()
    answers = iter(
        [
            httpx.Response(503),
            httpx.Response(429, headers={"Retry-After": "7"}),
            httpx.Response(200, text="ok"),
            httpx.Response(200, text="ok"),
        ]
    )
    agents: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        agents.append(request.headers["User-Agent"])
        return next(answers)

    polite = client(answer, 3.0, clock)
    assert polite.get("https://example.org/x", {}) == b"ok"
    assert clock.slept == [1.0, 2.0, 7.0]  # the wait, what is left of three seconds, what the service asked for
    polite.get("https://example.org/x", {})
    assert clock.slept[3:] == [3.0]
    assert all(agent.startswith("molwright/") and "mailto:ann@example.org" in agent for agent in agents)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (
            httpx.ConnectError("[Errno -2] Name or service not known"),
            LiteratureError,
            r"example\.org\) cannot be reached.*network connection",
        ),
        (httpx.ReadTimeout("timed out"), LiteratureError, "gave no answer in 5 attempts: timed out"),
        (httpx.Response(500, text="oops"), LiteratureError, "gave no answer in 5 attempts: HTTP 500 oops"),
        (httpx.Response(403, text="no key"), LiteratureError, "refused the question: HTTP 403 no key"),
        (httpx.Response(404), NotFoundError, "does not have x"),
    ],
)
def test_what_goes_wrong_is_said(answer: httpx.Response | Exception, error: type[Exception], words: str) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(error, match=words):
        client(respond).get("https://example.org/x", {})


@pytest.mark.parametrize("body", ["<html>", "[1]"])
def test_answers_that_are_none(body: str) -> None:
    with pytest.raises(LiteratureError, match="OpenAlex answered"):
        submissions("openalex", lambda request: httpx.Response(200, text=body))


def test_questions_that_cannot_be_asked() -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise AssertionError("asked")

    for given in ({"query": " "}, {"query": "", "dois": ("not a doi",)}):
        with pytest.raises(UsageError):
            submissions("openalex", nobody, **given)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no service 'scopus'"):
        service("scopus", nobody)
    with pytest.raises(UsageError, match="europepmc alone"):
        service("arxiv", nobody, full_text=True)


def test_records_of_any_form_are_read_or_refused_with_a_reason() -> None:
    odd = [
        {},
        {"id": 5, "title": None, "authorships": [None, {"author": 3}], "abstract_inverted_index": {"a": ["x", 0]}, "primary_location": []},
    ]
    found = submissions("openalex", lambda request: httpx.Response(200, text=json.dumps({"meta": {}, "results": odd})))
    assert [s.reason for s in found] == ["the record has neither a title nor an abstract", ""]


def test_what_a_service_learns_later_reaches_the_stored_paper(tmp_path: Path) -> None:
    papers = SqlPapers(f"sqlite:///{tmp_path / 'm.db'}")
    ingest = Ingest(papers, None, Ways(chemistry=False))

    def ask(work: dict[str, Any]) -> Tally:
        answer = {"meta": {}, "results": [OPENALEX | work]}
        return ingest.add_read(iter(submissions("openalex", lambda request: httpx.Response(200, json=answer))))

    assert ask({"is_retracted": False}).added == 1
    assert ask({"is_retracted": False}).duplicate == 1
    assert ask({"is_retracted": True}).updated == 1
    assert papers.document("10.1234/a").document.retracted is True
    papers.close()
