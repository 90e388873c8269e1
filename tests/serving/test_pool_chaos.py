"""Many calls, servers that misbehave in every way, callers that leave: the books still balance."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from core.errors import ServingError
from core.seeding import generator
from serving.pool import PoolAnswer
from tests.serving.fake_upstream import Behaviour, fake
from tests.serving.pool_kit import Book, chat, config, gathered, run

KINDS = ("normal",) * 8 + (
    "server_error", "malformed", "empty", "no_choices", "rate_limited", "broken_stream", "no_done", "first_event_error", "bad_request", "not_found", "hung",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_every_request_has_exactly_one_outcome_and_every_slot_comes_back(seed: int) -> None:
    rng = generator(seed, "test", 0, "chaos")
    total = 150
    plans = [(f"r{i}", rng.random() < 0.5, rng.choice([None, None, None, 0.01, 0.03])) for i in range(total)]

    async def main() -> None:
        with fake() as (one, a), fake() as (two, b), fake() as (three, c):
            for server in (one, two, three):
                kinds = [rng.choice(KINDS) for _ in range(200)]
                server.script.extend(Behaviour(k, retry_after="0.01" if k == "rate_limited" else None) for k in kinds)
            made = config(
                a, b, c, max_concurrency=4, queue_limit=120, timeouts={"first_token_s": 0.15, "total_s": 0.15, "stall_s": 0.15, "deadline_s": 3},
                breaker={"open_s": 0.02, "open_max_s": 0.05}, retry={"backoff_s": 0.01, "unavailable_wait_s": 0.5, "budget_reserve": 30},
            )  # fmt: skip
            async with Book(made) as book:

                async def one_call(request_id: str, stream: bool, patience: float | None) -> str:
                    try:
                        async with asyncio.timeout(patience):
                            if not stream:
                                answer = await book.pool.send(chat(request_id=request_id))
                                return "ok" if answer.status == 200 else "client_error"
                            opened = await book.pool.stream(chat(request_id=request_id, stream=True))
                            if isinstance(opened, PoolAnswer):
                                return "client_error"
                            return "ok" if b"[DONE]" in await gathered(opened) else "?"
                    except TimeoutError:
                        return "cancelled"
                    except ServingError as error:
                        return {"broken_stream": "broken_stream", "deadline": "deadline", "queue_full": "rejected"}.get(
                            error.kind, "failed"
                        )

                results = await asyncio.gather(*(one_call(*plan) for plan in plans))
                assert [e.outstanding for e in book.pool.endpoints] == [0, 0, 0]
                assert [len(e.scopes) for e in book.pool.endpoints] == [0, 0, 0]
                assert (book.pool.balancer.waiting(), book.pool.ledger.open_requests()) == (0, [])
        outcomes = {r.request_id: r.outcome for r in book.records}
        assert len(book.records) == len(outcomes) == total
        tried = {
            r.request_id for r in book.records if r.attempts
        }  # whoever finds the queue full after an attempt has failed, not been turned away
        told = ["failed" if r == "rejected" and p[0] in tried else r for p, r in zip(plans, results, strict=True)]
        assert [outcomes[p[0]] for p in plans] == told
        assert {"ok", "cancelled", "rejected", "broken_stream"} <= set(results), Counter(results)
        attempts = sum(len(r.attempts) for r in book.records)
        counted = sum(s.value for m in book.pool.metrics.attempts.collect() for s in m.samples if s.name.endswith("_total"))
        assert counted == attempts

    run(main())
