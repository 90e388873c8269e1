"""The pages and the API of the team's papers: searched, asked, gone on with, added, removed; and what is said where something is wrong."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from app.client import ApiError, Client
from app.client_papers import PaperSummary
from app.services.entry import Services
from app.services.questions import QuestionService
from app.web.application import create_app
from app.web.guard import TOKEN
from core.answers import AnswerSoFar, Listening, PaperAnswer, deaf
from tests.app.web.conftest import ADDRESS
from tests.paper_kit import QUESTION, texts
from tests.settings_kit import settings_of


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Services over a home with a few papers."""
    home = tmp_path_factory.mktemp("home")
    services = Services(settings_of(home=home, workers__processes=1, user__name="ada"))
    for name, text in texts().items():
        (home / name).write_text(text)
    services.paper_keeping.add(sorted(home.glob("*.md")), collection="team", longest=1000, overlap=0)
    return services


@pytest.fixture(scope="module")
def pages(door: Services) -> Iterator[TestClient]:
    with TestClient(create_app(door), base_url=ADDRESS) as client:
        yield client


@pytest.fixture(scope="module")
def papers(pages: TestClient) -> Client:
    return Client(http=pages)


@pytest.fixture(scope="module")
def films(papers: Client) -> PaperSummary:
    (found,) = papers.papers("films of high").papers
    return found


def text_of(answer: httpx.Response) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def post(pages: TestClient, address: str, data: dict[str, str], files: list[tuple[str, tuple[str, bytes]]] | None = None) -> httpx.Response:
    pages.get("/literature")
    return pages.post(address, data={TOKEN: pages.cookies[TOKEN], **data}, files=files, follow_redirects=False)


def when_done(pages: TestClient, address: str) -> httpx.Response:
    """The page once nothing is waited for."""
    for _ in range(600):  # half a minute on a busy machine
        answer = pages.get(address)
        if "every 1s" not in answer.text:
            return answer
        time.sleep(0.05)
    raise AssertionError(answer.text)


def test_a_search_marks_its_words_and_each_passage_has_an_address(pages: TestClient) -> None:
    answer = pages.get("/literature", params={"q": "glass transition of polyimide films", "collection": "team"})
    assert answer.status_code == 200
    assert '<mark class="hit">glass</mark>' in answer.text
    assert "<script>alert(1)" not in answer.text  # what stands in a paper is text
    passage = re.search(r'href="(/literature/passages/[^"]+)"', answer.text)
    assert passage
    shown = pages.get(unescape(passage[1]))
    for words in ("385 °C", "Numbers in it", "glass transition temperature", "PMDA-ODA", "The passage behind"):
        assert words in text_of(shown), words
    part = pages.get("/literature", params={"q": "films"}, headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert "Nothing in your papers fits" in pages.get("/literature", params={"q": "films", "since": "2020"}).text
    wrong = pages.get("/literature", params={"q": "films", "since": "last"})
    assert (wrong.status_code, "four digits" in wrong.text) == (422, True)
    assert "no word to search for" in pages.get("/literature", params={"q": "of the"}).text


def test_papers_are_listed_and_one_shows_all_that_is_known(pages: TestClient, films: PaperSummary) -> None:
    listed = pages.get("/literature/papers", params={"words": "films", "collection": "team"})
    assert "2 papers" in text_of(listed)
    shown = pages.get(f"/literature/papers/{films.document_id}")
    for words in ("Reported values", "385 °C", "Substances", "Passages", "Retracted unknown", "collection team"):
        assert words.lower() in text_of(shown).lower(), words
    assert pages.get(f"/literature/papers/{films.document_id}/text").text.count("385") == 1
    begun = pages.get(f"/literature/papers/{films.document_id[:8]}", follow_redirects=False)
    assert begun.headers["location"] == f"/literature/papers/{films.document_id}"
    assert pages.get("/literature/papers/nothing").status_code == 404
    assert pages.get("/literature/passages/nothing:1").status_code == 404


def test_a_question_is_answered_at_an_address_and_gone_on_with(pages: TestClient, door: Services) -> None:
    sent = post(pages, "/literature/questions", {"question": QUESTION, "collection": "team"})
    assert sent.status_code == 303
    address = sent.headers["location"].partition("#")[0]
    answer = when_done(pages, address)
    text = text_of(answer)
    assert "385 °C" in text
    assert "Passages disagree on the glass transition temperature of PMDA-ODA" in text
    assert "412 °C" in text
    assert "the collection team" in text
    follows = re.search(r'name="follows" value="(\w+)"', answer.text)
    assert follows
    further = post(pages, "/literature/questions", {"question": "And how were its films cast?", "follows": follows[1]})
    second = when_done(pages, further.headers["location"].partition("#")[0])
    assert second.text.count('<p class="asked">') == 2
    assert "Read together with what was asked before" in text_of(second)
    assert QUESTION in pages.get("/literature/questions").text
    again = pages.get(address)
    assert "385 °C" in again.text  # kept
    (run,) = [r for r in door.questions.recent() if r.goal == QUESTION]
    assert run.given.accepted == {"collections": ["team"]}


def test_an_answer_is_streamed_and_the_page_shows_what_is_there_of_it(pages: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    answer = QuestionService.answer

    def slowly(service: QuestionService, run_id: str, tell: Listening = deaf) -> PaperAnswer:
        made = answer(service, run_id)
        tell(AnswerSoFar(8))
        tell(AnswerSoFar(8, made.statements[:1], made.citations[:1]))
        assert go_on.wait(20)
        return made

    monkeypatch.setattr(QuestionService, "answer", slowly)
    asked = pages.post("/api/v1/literature/questions", json={"question": QUESTION.replace("What is", "How high is")}).json()["questions"][
        -1
    ]["question_id"]
    for _ in range(600):
        page = pages.get(f"/literature/questions/{asked}")
        if "still being written" in page.text:
            break
        time.sleep(0.05)
    assert "385 °C" in text_of(page)
    so_far = pages.get(f"/api/v1/literature/questions/{asked}").json()["questions"][-1]["so_far"]
    assert (so_far["found"], len(so_far["statements"])) == (8, 1)
    threading.Timer(0.3, go_on.set).start()
    stream = pages.get(f"/api/v1/literature/questions/{asked}/stream")
    assert stream.headers["content-type"].startswith("text/event-stream")
    events = [dict(line.split(": ", 1) for line in part.splitlines()) for part in stream.text.strip().split("\n\n")]
    assert [e["event"] for e in events] == ["answer", "end"]
    assert json.loads(events[0]["data"]) == so_far
    end = json.loads(events[1]["data"])
    assert (end["waiting"], end["questions"][-1]["answer"]["answered"]) == (False, True)
    assert pages.get("/api/v1/literature/questions/nothing/stream").status_code == 404


def test_what_cannot_be_asked_is_said_on_the_page(pages: TestClient) -> None:
    for question, status, words in (("of the", 422, "no word to search for"), ("", 422, "ask something")):
        answer = post(pages, "/literature/questions", {"question": question})
        assert (answer.status_code, words in text_of(answer)) == (status, True)
    refused = post(pages, "/literature/questions", {"question": "How is nitroglycerin made?"})
    assert "the safety guard refused this question" in text_of(when_done(pages, refused.headers["location"].partition("#")[0]))
    silent = post(pages, "/literature/questions", {"question": "Who composed the opera The Magic Flute?"})
    assert "The collection does not say" in text_of(when_done(pages, silent.headers["location"].partition("#")[0]))
    assert pages.get("/literature/questions/nothing").status_code == 404
    assert pages.post("/literature/questions", data={"question": QUESTION}).status_code == 403


def test_uploaded_papers_are_added_and_what_cannot_be_read_is_listed(pages: TestClient, door: Services, films: PaperSummary) -> None:
    files = [("files", ("new.md", b"# A new paper\n\nIt is about zeolites.")), ("files", ("../scan.pdf", b"%PDF-1.4 nothing"))]
    sent = post(pages, "/literature/add", {"collection": "inbox"}, files)
    assert sent.status_code == 303, sent.text
    text = text_of(when_done(pages, sent.headers["location"]))
    assert "1 added" in text
    assert "scan.pdf" in text.partition("What could not be read")[2]
    assert str(door.settings.home) not in text
    assert str(door.settings.home) not in pages.get("/literature/papers").text
    assert not list((door.settings.home / "uploads").iterdir())
    assert post(pages, "/literature/add", {"collection": "x"}).status_code == 422
    assert pages.get("/literature/additions/nothing").status_code == 404
    (added,) = door.paper_keeping.listed("new paper")[0]
    question = pages.get(f"/literature/papers/{added.document.document_id}/delete")
    assert "Remove this paper?" in question.text
    removed = post(pages, f"/literature/papers/{added.document.document_id}/delete", {})
    assert (removed.status_code, removed.headers["location"]) == (303, "/literature/papers")
    assert door.paper_keeping.listed("new paper") == ([], 0)
    assert "A new paper" not in pages.get("/literature", params={"q": "zeolites"}).text


def test_the_client_does_all_of_it(papers: Client, films: PaperSummary, tmp_path: Path) -> None:
    assert papers.paper_stats().documents >= 14
    found = papers.search_papers("glass transition of polyimide films", limit=2, collection="team")
    first = next(p for p in found.passages if p.document_id == films.document_id)
    assert papers.passage(first.passage_id).text == first.text
    assert all(first.text[start:end].strip() for start, end in first.marks)
    detail = papers.paper(films.document_id)
    assert [v.value for v in detail.reported] == [385]
    assert {v.value for v in papers.reported_values("glass_transition_temperature", of="PMDA-ODA").values} == {385, 412}
    assert papers.mentions("PMDA-ODA").mentions
    asked = papers.ask_papers(QUESTION)
    assert asked.answer is not None
    assert asked.answer.statements
    assert {s.number for d in asked.answer.disagreements for s in d.sides} == {"385 °C", "412 °C"}
    further = papers.ask_papers("And how were its films cast?", follows=asked.question_id)
    assert [q.question for q in papers.paper_conversation(further.question_id).questions] == [QUESTION, "And how were its films cast?"]
    (tmp_path / "a.md").write_text("# One more\n\nIt is about clathrates.")
    added = papers.add_papers([tmp_path / "a.md"], "client")
    assert (added.added, added.failed, added.waiting) == (1, 0, False)
    (one,) = papers.papers(collection="client").papers
    papers.remove_paper(one.document_id)
    with pytest.raises(ApiError) as gone:
        papers.paper(one.document_id)
    assert (gone.value.status, gone.value.exit_code) == (404, 2)
