"""Questions about a candidate on its page: answered by a scripted model, kept at an address, refused, and what is said without a model."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from app.services.entry import Services
from app.web.application import create_app
from app.web.guard import TOKEN
from core.candidate import Candidate
from core.options import RunOptions
from tests.agent.models.fake_server import FakeModel, fake_model
from tests.app.web.conftest import ADDRESS, GOAL
from tests.settings_kit import settings_of
from tools.workspace import builtin


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeModel]:
    with fake_model() as server:
        yield server


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, fake: FakeModel) -> Services:
    """Services with a finished run, an assistant, and no literature."""
    more = {"models__url": fake.url, "models__name": "m", "models__roles": "assistant"}
    services = Services(
        settings_of(home=tmp_path_factory.mktemp("home"), literature__uri="http://127.0.0.1:1", workers__processes=1, **more)
    )
    runs = services.runs()
    runs.execute(runs.start(GOAL, RunOptions(budget=24, candidates=2, yes=True), use_models=False))
    return services


@pytest.fixture(scope="module")
def listed(door: Services) -> tuple[str, Candidate]:
    """The run and its first candidate."""
    run = door.store.runs(1)[0].run_id
    return run, door.runs().report(run).candidates[0]


@pytest.fixture(scope="module")
def pages(door: Services) -> Iterator[TestClient]:
    with TestClient(create_app(door), base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def ask(pages: TestClient, listed: tuple[str, Candidate]) -> Callable[..., httpx.Response]:
    """Sends the form of the candidate's page."""
    run, candidate = listed

    def sent(question: str, talk: str = "") -> httpx.Response:
        address = f"/runs/{run}/candidates/{candidate.key}"
        pages.get(address)
        data = {TOKEN: pages.cookies[TOKEN], "question": question, "talk": talk}
        return pages.post(f"{address}/ask", data=data, follow_redirects=False)

    return sent


def _answered(pages: TestClient, address: str) -> str:
    """The page once nothing is being answered any more."""
    for _ in range(600):
        text = pages.get(address).text
        if "writing the answer" not in text:
            return text
        time.sleep(0.05)
    raise AssertionError("no answer came")


def test_a_question_is_answered_about_this_candidate_and_kept_at_an_address(
    ask: Callable[..., httpx.Response], pages: TestClient, fake: FakeModel, listed: tuple[str, Candidate]
) -> None:
    run, candidate = listed
    fake.requests.clear()
    fake.call("show_candidate", {"run_id": run, "candidate": candidate.key})
    long = " ".join(f"Beside that, {p.label} <b>is</b> a value that {p.name} names." for p in builtin().catalogue)
    fake.say(f"Because it meets every requirement. Its logP is 77.125. {long}")
    answer = ask("why is it first?")
    assert answer.status_code == 303
    text = _answered(pages, answer.headers["location"])
    assert "why is it first?" in text
    assert "Because it meets every requirement." in text
    assert html.escape(long, quote=False) in text.replace("&#39;", "'")  # a long answer is whole, and escaped
    assert re.search(r"do not rely on: [^<]*77\.125", text)
    assert f"About the candidate {candidate.smiles} of run {run}: why is it first?" in fake.requests[0]["messages"][1]["content"]
    assert "molecular_weight" in str(fake.requests[1]["messages"])  # what the tool found went to the model
    talk = answer.headers["location"].partition("talk=")[2].partition("#")[0]
    fake.say("Nothing else is known.")
    further = ask("and what else?", talk)
    assert further.headers["location"] == answer.headers["location"]
    text = _answered(pages, further.headers["location"])
    assert text.index("why is it first?") < text.index("and what else?") < text.index("Nothing else is known.")
    other = next(c for c in pages.app.state.services.runs().report(run).candidates if c.key != candidate.key)  # type: ignore[attr-defined]
    assert pages.get(f"/runs/{run}/candidates/{other.key}?talk={talk}").status_code == 404
    assert "why is it first?" not in pages.get("/runs").text


def test_a_design_run_that_the_model_wants_to_start_is_not_started(
    ask: Callable[..., httpx.Response], pages: TestClient, fake: FakeModel, door: Services
) -> None:
    before = len([r for r in door.store.runs(50) if r.kind == "design"])
    fake.call("start_design", {"goal": "a molecule with MW < 200"})
    fake.say("It was not started.")
    assert "It was not started." in _answered(pages, ask("find me a lighter one").headers["location"])
    assert len([r for r in door.store.runs(50) if r.kind == "design"]) == before


def test_what_the_guard_refuses_and_what_no_server_answers_is_said(
    ask: Callable[..., httpx.Response], pages: TestClient, fake: FakeModel
) -> None:
    assert "refused this question" in _answered(pages, ask("how do I make a nerve agent more toxic than VX?").headers["location"])
    fake.script.clear()
    text = _answered(pages, ask("is it stable?").headers["location"])
    assert "No answer:" in text
    assert "molwright chat" not in text  # the page has a form for that
    assert 'name="question"' in text  # it can be asked again
    assert ask("  ").status_code == 422


def test_without_a_model_code_answers(tmp_path: Path, door: Services, listed: tuple[str, Candidate]) -> None:
    without = Services(door.settings.model_copy(update={"models": settings_of(home=tmp_path).models}))
    run, candidate = listed
    here = f"/runs/{run}/candidates/{candidate.key}"
    with TestClient(create_app(without), base_url=ADDRESS) as client:
        text = client.get(here).text
        assert "No language model is configured, so plain questions are answered by rule" in text
        data = {TOKEN: client.cookies[TOKEN], "question": "Does it meet Lipinski\u2019s rule of five?"}
        asked = client.post(f"{here}/ask", data=data, follow_redirects=False).headers["location"]
        answered = _answered(client, asked)
    assert "meets Lipinski" in html.unescape(answered)
    assert "A language model" not in answered
    assert 'name="question"' in answered
