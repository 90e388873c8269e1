"""Trace, lives, replays, forks, two runs compared: as pages, in the API, by the typed client."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from agent.models.asking import outputs_of
from agent.models.exchange import ChatAnswer, RawCall
from app.client import Client
from app.client_calls import ApiError
from app.services.entry import Services
from app.web.application import create_app
from core.trace import CallRecord
from memory.recorder import SqlRecorder
from tests.app.web.conftest import ADDRESS
from tests.settings_kit import settings_of


@pytest.fixture(scope="module")
def door(services: Services, finished: str, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Services over a copy of the home with the finished run, so that forks and replays are nobody else's."""
    home: Path = tmp_path_factory.mktemp("copied")
    with closing(sqlite3.connect(services.settings.home / "molwright.db")) as one, closing(sqlite3.connect(home / "molwright.db")) as other:
        one.backup(other)
    return Services(settings_of(home=home, literature__uri="http://127.0.0.1:1", workers__processes=1, user__name="ada"))


@pytest.fixture(scope="module")
def pages(door: Services) -> Iterator[TestClient]:
    """A browser at that home."""
    with TestClient(create_app(door), base_url=ADDRESS) as client:
        yield client


@pytest.fixture(scope="module")
def api(pages: TestClient) -> Client:
    """The typed client at that home."""
    return Client(http=pages)


@pytest.fixture(scope="module")
def fork(api: Client, door: Services, finished: str) -> str:
    """A fork of the run without the first batch of a proposer, executed."""
    batch = next(e for e in api.whole_trace(finished) if e.node == "propose" and e.outputs)
    started = api.fork(finished, without=str(batch.sequence))
    assert started.status == "queued"
    door.runs().execute(started.run_id)
    return started.run_id


def token(page: str) -> dict[str, str]:
    """The secret of a form."""
    found = re.search(r'name="molwright_form" value="([^"]+)"', page)
    assert found
    return {"molwright_form": found[1]}


def test_the_timeline_has_every_step_with_its_seconds(api: Client, finished: str) -> None:
    timeline = api.timeline(finished)
    assert (timeline.parts[0].name, timeline.parts[-1].name) == ("opening", "closing")
    steps = [s for p in timeline.parts for s in p.steps]
    assert {"screen", "propose", "standardise", "guard", "estimate", "check", "select", "rank"} <= {s.node for s in steps}
    assert timeline.cost.seconds == pytest.approx(sum(s.cost.seconds for s in steps))
    assert timeline.cost.money == 0  # no language model was asked
    starts = [s.start for s in steps]
    assert starts == sorted(starts)
    events = list(api.whole_trace(finished))
    assert timeline.events == len(events)
    by_step = {e.sequence: e for e in events}
    assert all(by_step[s.number].node == s.node for s in steps)
    longest = max(steps, key=lambda s: s.cost.seconds)
    assert longest.cost.seconds >= by_step[longest.number].seconds > 0


def test_events_are_found_by_kind_step_generation_and_words(api: Client, finished: str) -> None:
    everything = list(api.whole_trace(finished))
    records = api.trace(finished, kind="record", limit=200)
    assert records.total == sum(e.kind == "record" for e in everything)
    assert {e.kind for e in records.events} == {"record"}
    assert {e.node for e in api.trace(finished, node="check").events} == {"check"}
    assert {e.generation for e in api.trace(finished, generation=0, node="select").events} == {0}
    assert api.trace(finished, text="no such words anywhere").total == 0
    assert 0 < api.trace(finished, text="SMILES").total <= len(everything)
    first = api.event(finished, 1)
    assert (first.event, first.before, first.after, first.of) == (everything[0], None, 2, len(everything))
    with pytest.raises(ApiError, match=f"has no event {len(everything) + 1}"):
        api.event(finished, len(everything) + 1)


def test_the_page_of_a_trace_shows_all_of_it_and_is_filtered_by_its_address(pages: TestClient, finished: str) -> None:
    whole = pages.get(f"/runs/{finished}/trace").text
    for words in ("Timeline", "Generation 0", "Why was a structure lost?", "Replay this run", "No language model was asked"):
        assert words in whole
    some = pages.get(f"/runs/{finished}/trace?kind=record&node=propose", headers={"hx-request": "true"}).text
    assert "proposing structures" in some
    assert "checking requirements" not in some
    assert pages.get(f"/runs/{finished}/trace?generation=x").status_code == 422
    saved = pages.get(f"/runs/{finished}/trace.json")
    assert saved.headers["content-disposition"].startswith("attachment")
    lines = pages.get(f"/runs/{finished}/trace.jsonl").text.splitlines()
    assert saved.json() == [json.loads(line) for line in lines]


def test_every_event_has_a_page(pages: TestClient, api: Client, finished: str) -> None:
    for event in api.whole_trace(finished):
        page = pages.get(f"/runs/{finished}/trace/{event.sequence}")
        assert page.status_code == 200
        assert event.output_hash in page.text
    assert pages.get(f"/runs/{finished}/trace/9999").status_code == 404


@pytest.fixture(scope="module")
def asked(door: Services) -> str:
    """A run in which a language model was asked twice: once under a price, once under none that is known."""
    plan = {
        "roles": {"critic": {"model": "m"}, "reporter": {"model": "other"}},
        "budget": {"prices": {"m": {"per_million_in": 2.0, "per_million_out": 10.0}}},
    }
    door.store.create_run("asked", "a goal", {"models": plan}, "2026-01-01T00:00:00+00:00")
    lease = door.store.acquire("asked", "a test")
    recorder = SqlRecorder(door.store, lease, door.clock)
    more = {"ask": 0, "attempt": 0, "instead_of": "", "seed": 1, "temperature": 0.0, "max_tokens": 100}
    for role, model in (("critic", "m"), ("reporter", "other")):
        messages = [{"role": "system", "content": "Be strict. " * 100}, {"role": "user", "content": "<script>alert(1)</script>"}]
        reply = outputs_of(ChatAnswer(text="<b>fine</b>", calls=(RawCall("look_up", '{"key": "K"}'),)))
        call = CallRecord(reply, "http://127.0.0.1:1", model, "hash", 1000, 500, 0.25)
        recorder.call("rank", 0, f"{role}:0", "model", {"role": role, "model": model, "messages": messages, **more}, lambda call=call: call)  # type: ignore[misc]
    door.store.release(lease)
    return "asked"


def test_prompts_and_replies_are_shown_escaped_and_long_ones_folded(pages: TestClient, api: Client, asked: str) -> None:
    page = pages.get(f"/runs/{asked}/trace/1").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;fine&lt;/b&gt;" in page
    assert "<summary>the text: 1100 characters</summary>" in page
    assert "Called the tool look_up" in page
    assert "0.007, in the currency of the price table" in page
    assert api.event(asked, 1).cost.money == pytest.approx(0.007)
    assert api.event(asked, 2).cost.money is None
    assert "unknown: the price table of the run does not name this model" in pages.get(f"/runs/{asked}/trace/2").text
    timeline = api.timeline(asked)
    assert (timeline.cost.calls, timeline.cost.tokens_in, timeline.cost.tokens_out, timeline.cost.money) == (2, 2000, 1000, None)
    assert "2000 + 1000 tokens in 2 calls, price unknown" in pages.get(f"/runs/{asked}/trace").text
    assert api.trace(asked, text="be strict").total == 2


def test_a_life_leads_from_proposal_to_place(pages: TestClient, api: Client, finished: str) -> None:
    first = api.report(finished).candidates[0]
    life = api.life(finished, first.key)
    assert (life.fate, life.rank) == ("listed", 1)
    assert life.proposed[0].event > 0
    page = pages.get(f"/runs/{finished}/candidates/{first.key}/life").text
    assert f"/runs/{finished}/trace/{life.proposed[0].event}" in page
    assert "Listed at rank 1" in page
    by_rank = pages.get(f"/runs/{finished}/candidates/1/life", follow_redirects=False)
    assert by_rank.headers["location"] == f"/runs/{finished}/candidates/{first.key}/life"


def test_why_a_structure_was_lost(pages: TestClient, api: Client, door: Services, finished: str) -> None:
    reasons = door.tracing.lost(finished)
    everyone = {c.key for c in door.store.candidates(finished)}
    listed = {c.key for c in api.report(finished).candidates}
    assert {k for r in reasons for k in r.keys} == everyone - listed
    lost = door.tracing.candidates(finished, reasons[0].keys[:1])[0]
    to = pages.get(f"/runs/{finished}/why", params={"structure": lost.smiles}, follow_redirects=False)
    assert to.status_code == 303
    assert to.headers["location"].endswith("/life")
    page = pages.get(to.headers["location"]).text
    assert "Why: " in page
    listing = pages.get(f"/runs/{finished}/why", params={"reason": reasons[0].rule}).text
    assert reasons[0].words in listing.replace("&#34;", '"')
    never = pages.get(f"/runs/{finished}/why", params={"structure": "C" * 60})
    assert never.status_code == 200
    assert "Never proposed" in never.text
    assert "it misses" in never.text
    assert api.whereabouts(finished, "C" * 60).presence == "never proposed"
    wrong = pages.get(f"/runs/{finished}/why", params={"structure": "no structure <b>"})
    assert wrong.status_code == 422
    assert "no structure <b>" not in wrong.text  # escaped
    assert pages.get(f"/runs/{finished}/why", params={"reason": "x"}).status_code == 404


def test_a_replay_is_asked_for_executed_by_a_worker_and_keeps_its_verdict(
    pages: TestClient, door: Services, api: Client, finished: str
) -> None:
    trace = pages.get(f"/runs/{finished}/trace").text
    asked = pages.post(f"/runs/{finished}/replays", data=token(trace), follow_redirects=False)
    assert asked.status_code == 303
    address = asked.headers["location"]
    assert "waits for a worker" in pages.get(address).text
    assert pages.post(f"/runs/{finished}/replays", data=token(trace), follow_redirects=False).headers["location"] == address
    assert door.replays.execute_next("me", lambda: True) is not None  # a worker that leaves at once
    assert "waits for a worker" in pages.get(address).text
    assert door.replays.execute_next("me") is not None
    assert door.replays.execute_next("me") is None
    verdict = pages.get(address).text
    assert "Replay: identical" in verdict
    assert "hx-trigger" not in verdict
    job = api.replays(finished).replays[0]
    assert job.identical
    assert job.seals is not None
    assert job.seals.state == "sealed"
    assert address.rpartition("/")[2] in pages.get(f"/runs/{finished}/trace").text
    waiting = door.runs().start("a molecule with MW < 300", {}, queued=True)
    with pytest.raises(ApiError, match="cannot be replayed"):
        api.ask_replay(waiting)


def test_a_fork_does_without_an_event_and_says_what_came_out_otherwise(
    api: Client, pages: TestClient, door: Services, finished: str, fork: str
) -> None:
    found = api.difference(finished, fork)
    assert found.b.forked_from.startswith(f"{finished}:")
    assert found.same_spec
    assert found.first is not None
    assert found.first.node == "propose"
    assert found.first.changes
    page = pages.get("/compare-runs", params={"a": finished, "b": fork}).text
    assert f"/runs/{finished}/trace/{found.first.number_a}" in page
    assert "Both ask for the same" in page
    assert f"/compare-runs?a={finished}&amp;b={fork}" in pages.get(f"/runs/{fork}").text  # its report leads there
    assert api.timeline(fork).copied == door.runs().find(fork).given.copied_events
    assert door.runs().replay(fork).identical


def test_forks_from_the_page_and_what_cannot_be_forked(pages: TestClient, api: Client, door: Services, finished: str) -> None:
    event = pages.get(f"/runs/{finished}/trace/1").text
    assert "Fork from here" in event
    made = pages.post(f"/runs/{finished}/fork", data={**token(event), "from_event": "1", "seed": "9"}, follow_redirects=False)
    fork = made.headers["location"].rpartition("/")[2]
    record = door.runs().find(fork)
    assert (record.status, record.given.forked_from) == ("queued", f"{finished}:1")
    asked = door.runs().asked(fork)
    assert asked is not None
    assert asked.seed == 9
    for fields in ({"from_event": "x"}, {"from_event": "99999"}, {"seed": "-1"}, {"without": "nobody"}, {"without": "1"}, {"budget": "0"}):
        assert pages.post(f"/runs/{finished}/fork", data={**token(event), **fields}).status_code in (404, 422), fields
    with pytest.raises(ApiError, match="leave --from out"):
        api.fork(finished, from_event=2, without="5")


def test_two_runs_are_ticked_in_the_list_and_compared(pages: TestClient, finished: str, fork: str) -> None:
    listing = pages.get("/runs", params={"text": finished}).text
    assert f'form="pair" name="run" value="{finished}"' in listing
    assert f'fork of <a href="/runs/{finished}">' in pages.get("/runs", params={"text": fork}).text
    both = pages.get("/compare-runs", params={"run": [fork, finished]}, follow_redirects=False)
    assert both.headers["location"] == f"/compare-runs?a={finished}&b={fork}"  # the older one first
    one = pages.get("/compare-runs", params={"run": [finished]})
    assert f"/compare-runs?a={finished}&amp;b={fork}" in one.text
    assert pages.get("/compare-runs").status_code == 200
    assert pages.get("/compare-runs", params={"run": ["a", "b", "c"]}).status_code == 422
    assert pages.get("/compare-runs", params={"a": finished, "b": finished}).status_code == 422
    assert pages.get("/compare-runs", params={"a": finished, "b": "nothing"}).status_code == 404


def test_run_and_report_lead_to_all_of_it(pages: TestClient, finished: str) -> None:
    for address in (f"/runs/{finished}", f"/runs/{finished}/progress"):
        text = pages.get(address).text
        for link in (f"/runs/{finished}/trace", f"/runs/{finished}/why", f"/compare-runs?a={finished}", f"/runs/{finished}/trace#replay"):
            assert f'href="{link}"' in text, (address, link)
    key = re.search(r"/runs/\w+/candidates/([A-Z-]+)/life", pages.get(f"/runs/{finished}/candidates/{_first(pages, finished)}").text)
    assert key


def _first(pages: TestClient, run_id: str) -> str:
    found: str = pages.get(f"/api/v1/runs/{run_id}/report").json()["candidates"][0]["key"]
    return found
