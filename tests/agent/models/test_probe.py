"""What a server can do, found by asking it."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from agent.models.probe import listed, probe
from core.errors import ServingError
from serving.pool import EndpointConfig
from tests.agent.models.fake_server import FakeModel, Reply, fake_model, json_reply, tool_reply


def endpoint(fake: FakeModel, **given: Any) -> EndpointConfig:
    return EndpointConfig(**{"name": "a", "base_url": fake.url, "model": "m", **given})


def able(request: dict[str, Any]) -> Reply:
    """A server that enforces formats."""
    if "tools" in request:
        return tool_reply("pick", {"colour": "red", "number": 3})
    if "response_format" in request:
        return json_reply({"colour": "blue", "number": 1})
    return Reply("Hello.")


def test_a_server_that_can_do_everything() -> None:
    with fake_model(context=4096) as fake:
        fake.respond = able
        found = probe(endpoint(fake))
    assert found.works
    assert found.text() == (
        f"m at {fake.url}: reachable, model served; json_schema strict; strict tool calls; calls tools of its own accord; streaming; context 4096 tokens"
    )
    assert [a.name for a in found.abilities] == ["served", "json_schema", "tools", "choice", "stream"]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply("The sea is wide"), "json_schema is not enforced: the reply was not a JSON object"),
        (json_reply({"colour": "mauve", "number": 1}), "json_schema is not enforced: the JSON object does not fit"),
        (Reply('```json\n{"colour": "red", "number": 1}\n```'), "json_schema is not enforced: a Markdown fence"),
        (Reply(status=400, error="response_format is not supported"), "json_schema is not enforced: the reply was not a JSON object"),
        (Reply(status=500, error="boom"), "json_schema fails"),
    ],
)
def test_a_server_that_does_not_enforce_schemas(reply: Reply, said: str) -> None:
    with fake_model() as fake:
        fake.respond = lambda request: reply if "response_format" in request else able(request)
        found = probe(endpoint(fake))
    assert not found.works
    assert said in found.text()
    assert "strict tool calls" in found.text() or reply.status == 500


def test_a_server_that_talks_where_it_should_call() -> None:
    with fake_model() as fake:
        fake.respond = lambda request: Reply("The sea!") if "tools" in request else able(request)
        found = probe(endpoint(fake))
    assert not found.works
    assert "tool calls are not strict" in found.text()


def test_a_server_that_counts_no_tokens_is_noted() -> None:
    with fake_model() as fake:
        fake.respond = lambda request: Reply("Hello.", usage=None) if request.get("stream") else able(request)
        found = probe(endpoint(fake))
    assert found.works
    assert "they will be estimates" in found.text()


def test_a_model_that_is_not_there() -> None:
    with fake_model("other") as fake:
        found = probe(endpoint(fake))
    assert not found.works
    assert "does not have m; it has other" in found.text()
    assert fake.requests == []


def test_a_key_that_is_refused_or_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    with fake_model(api_key="right") as fake:
        assert "refuses the API key" in probe(endpoint(fake)).text()
        assert "NOT_SET is not set" in probe(endpoint(fake, api_key_env="NOT_SET")).text()


def test_nobody_there() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/v1"
    found = probe(EndpointConfig(base_url=url, model="m"))
    assert not found.works
    assert "does not answer" in found.text()


def test_an_embedding_server_is_only_looked_up() -> None:
    with fake_model() as fake:
        found = probe(endpoint(fake, canary="embedding"))
    assert found.works
    assert fake.requests == []


@pytest.mark.parametrize("page", [b"<html>", b"[]", b'{"data": [1]}', json.dumps({"data": None}).encode()])
def test_a_page_that_is_no_list(page: bytes) -> None:
    from tests.serving.fake_upstream import serving_app

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": page})

    with serving_app(app, wait=False) as address, pytest.raises(ServingError, match="no list of models"):
        listed(address + "/v1")


def test_a_thinking_model_is_not_called_unenforced_because_its_tokens_ran_out() -> None:
    def thinks(request: dict[str, Any]) -> Reply:
        if request["max_tokens"] < 1000:
            return Reply("", reasoning="hm " * 100, finish="length", usage={"prompt_tokens": 20, "completion_tokens": 256})
        made = able(request)
        return Reply(made.text, made.calls, made.finish, reasoning="hm", usage={"prompt_tokens": 20, "completion_tokens": 700})

    with fake_model() as fake:
        fake.respond = thinks
        found = probe(endpoint(fake))
    assert found.works
    assert found.thinking_tokens == 700
    assert "thinks before it answers (up to 700 tokens here)" in found.text()


def test_the_calls_of_a_run_are_what_is_tried() -> None:
    with fake_model() as fake:
        fake.respond = able
        probe(endpoint(fake), temperature=0.7, thinking="off", seed=None)
    assert {r["temperature"] for r in fake.requests} == {0.7}
    assert not any("seed" in r for r in fake.requests)
    assert all(r["chat_template_kwargs"] == {"enable_thinking": False, "thinking": False} for r in fake.requests)
    assert [r.get("tool_choice") for r in fake.requests] == [None, "required", "auto", None]


def test_what_a_server_does_not_take_is_said_and_remembered(tmp_path: Any) -> None:
    from agent.models.learnt import Learnt
    from tests.agent.models.behaviours import has, refusal, refusing
    from tests.agent.models.fake_server import pool_config

    file = Learnt(tmp_path / "servers.json")
    with fake_model() as fake:
        fake.respond = refusing(has("seed"), refusal("seed is not supported"), able)
        found = probe(endpoint(fake), learnt=file)
    assert found.works
    assert found.adapted == ["no_seed"]
    assert "does not take everything (seed is left out: no_seed)" in found.text()
    assert file.known(pool_config(fake.url)).endpoints[0].adapt == ["no_seed"]


def test_a_model_that_writes_its_calls_as_text_is_told_of() -> None:
    with fake_model() as fake:
        fake.respond = lambda request: (
            Reply('<tool_call>{"name": "pick", "arguments": {"colour": "red", "number": 3}}</tool_call>')
            if request.get("tool_choice") == "auto"
            else able(request)
        )
        found = probe(endpoint(fake))
    assert found.works
    assert "calls tools of its own accord, a call written as text (Hermes)" in found.text()
