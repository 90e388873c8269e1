"""The pool from threads, and as a transport of OpenAI clients."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from langchain_openai import ChatOpenAI

from core.errors import ConfigurationError, ServingError
from serving.pool import BASE_URL, CallRecord, Pool, PoolAnswer, PoolConfig, PoolTransport, SyncPool, SyncPoolTransport
from tests.serving.fake_upstream import Behaviour, fake
from tests.serving.pool_kit import chat, config, run


def test_threads_share_one_pool() -> None:
    records: list[CallRecord] = []
    with fake() as (server, url), SyncPool(config(url), sink=lambda call: records.append(call.record())) as pool:
        with ThreadPoolExecutor(8) as threads:
            statuses = list(threads.map(lambda _: pool.send(chat()).status, range(24)))
        stream = pool.stream(chat(stream=True))
        assert not isinstance(stream, PoolAnswer)
        assert b"".join(stream).endswith(b"data: [DONE]\n\n")
        assert pool.status().endpoints[0].state == "closed"
    assert statuses == [200] * 24
    assert len(server.seen) == len(records) == 25
    assert {r.outcome for r in records} == {"ok"}
    with pytest.raises(ServingError, match="closed"):
        pool.send(chat())


def test_a_pool_that_cannot_be_made_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    made = PoolConfig.model_validate({"endpoints": [{"base_url": "http://127.0.0.1:1/v1", "model": "m", "api_key_env": "NOT_SET"}]})
    with pytest.raises(ConfigurationError, match="NOT_SET"):
        SyncPool(made)


def test_a_langchain_model_calls_and_streams_through_the_pool_and_survives_a_bad_server() -> None:
    with (
        fake(default=Behaviour("server_error")) as (_, a),
        fake() as (_, b),
        SyncPool(config(a, b)) as pool,
        httpx.Client(transport=SyncPoolTransport(pool)) as client,
    ):
        model = ChatOpenAI(model="m", base_url=BASE_URL, api_key="pool", http_client=client, max_retries=0)
        assert model.invoke("hello").content == "one two three four"
        assert "".join(str(c.content) for c in model.stream("hello")) == "one two three four "


def test_errors_of_the_pool_reach_an_openai_client_as_http_errors() -> None:
    async def main() -> None:
        with fake(default=Behaviour("rate_limited", retry_after="500")) as (_, url):
            async with Pool(config(url)) as pool, httpx.AsyncClient(transport=PoolTransport(pool), base_url=BASE_URL) as client:
                limited = await client.post("/chat/completions", json=chat().body)
                unknown = await client.post("/chat/completions", json=chat("other").body)
                path = await client.post("/tokenize", json=chat().body)
                broken = await client.post("/chat/completions", content=b"{")
                late = await client.post("/chat/completions", json=chat().body, headers={"x-molwright-deadline-s": "soon"})
        assert (limited.status_code, limited.json()["error"]["code"]) == (429, "rate_limited")
        assert 490 <= int(limited.headers["retry-after"]) <= 500
        assert (unknown.status_code, unknown.json()["error"]["type"]) == (404, "not_found_error")
        assert (path.status_code, broken.status_code, late.status_code) == (404, 400, 400)

    run(main())


def test_a_broken_stream_breaks_the_clients_stream() -> None:
    async def main() -> None:
        with fake(default=Behaviour("broken_stream")) as (_, url):
            async with Pool(config(url)) as pool, httpx.AsyncClient(transport=PoolTransport(pool), base_url=BASE_URL) as client:
                with pytest.raises(httpx.RemoteProtocolError, match="broke"):
                    await client.post("/chat/completions", json=chat(stream=True).body)

    run(main())
