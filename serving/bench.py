"""A load test of any OpenAI-compatible endpoint, or of the gateway: a sweep over concurrencies with streamed chats."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import httpx
from pydantic import Field

from core.errors import ConfigurationError
from core.model import Model
from core.seeding import generator
from serving.pool.sse import EventReader

BENCH_VERSION = "1"
#: Words of the prompts: short, so that a word is about a token.
WORDS = (
    "acid",
    "base",
    "ring",
    "bond",
    "atom",
    "salt",
    "gas",
    "heat",
    "light",
    "film",
    "glass",
    "oil",
    "wax",
    "dye",
    "ion",
    "metal",
    "water",
)


class BenchConfig(Model):
    """What is asked of whom."""

    base_url: str = Field(description="Address up to and with /v1.")
    model: str = Field(description="The model asked for.")
    api_key_env: str = Field(default="", description="Environment variable with the API key; empty: none.")
    concurrency: list[int] = Field(default=[1, 2, 4, 8, 16], min_length=1, description="Calls at once, a level each.")
    requests: int = Field(default=32, ge=1, le=100_000, description="Calls of each level.")
    prompt_words: int = Field(default=128, ge=1, le=100_000, description="Words of a prompt; each prompt differs from its first word on.")
    max_tokens: int = Field(default=64, ge=1, le=100_000, description="Most tokens of an answer.")
    warmup: int = Field(default=1, ge=0, description="Calls before the first level that are not counted.")
    timeout_s: float = Field(default=120.0, gt=0, description="A call that takes longer is an error.")
    seed: int = Field(default=0, ge=0, description="Seed of the prompts.")


class Distribution(Model):
    """A distribution of seconds."""

    count: int = Field(description="How many were measured.")
    mean: float = Field(description="Mean.")
    p50: float = Field(description="Median.")
    p95: float = Field(description="95th percentile.")
    p99: float = Field(description="99th percentile.")


class Level(Model):
    """One concurrency."""

    concurrency: int = Field(description="Calls at once.")
    requests: int = Field(description="Calls made.")
    succeeded: int = Field(description="Those answered to the end.")
    errors: dict[str, int] = Field(description="The others, by what went wrong.")
    seconds: float = Field(description="From the first call to the last answer.")
    requests_per_second: float = Field(description="Answered calls per second.")
    output_tokens: int = Field(description="Tokens that came out.")
    output_tokens_per_second: float = Field(description="Over the whole level.")
    tokens_counted: Literal["usage", "events", "mixed"] = Field(
        description="Whether the server counted the tokens, or events were counted."
    )
    first_token_s: Distribution | None = Field(description="To the first event; None if no call succeeded.")
    inter_token_s: Distribution | None = Field(description="Between one event and the next; None if no answer had two.")
    total_s: Distribution | None = Field(description="Of whole calls; None if no call succeeded.")


class BenchResult(Model):
    """A sweep."""

    schema_version: str = Field(default=BENCH_VERSION, description="Version of this model.")
    created_at: str = Field(description="When it was made, ISO 8601 UTC.")
    config: BenchConfig = Field(description="What was asked.")
    levels: list[Level] = Field(description="Results in the order of the levels.")


class LevelChange(Model):
    """One concurrency in two sweeps; ratios are second over first."""

    concurrency: int = Field(description="Calls at once.")
    throughput: float | None = Field(description="Ratio of output tokens per second.")
    first_token_p50: float | None = Field(description="Ratio of the median times to first token.")
    total_p95: float | None = Field(description="Ratio of the 95th percentiles of whole calls.")
    errors: int = Field(description="Errors of the second less those of the first.")


@dataclass
class _Call:
    """What one call measured."""

    error: str = ""
    first_s: float = 0.0
    total_s: float = 0.0
    gaps: list[float] = field(default_factory=list)
    tokens: int = 0
    usage: bool = False


def distribution(values: Sequence[float]) -> Distribution | None:
    """Percentiles with linear interpolation between order statistics; None without values."""
    if not values:
        return None
    ordered = sorted(values)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

    return Distribution(count=len(ordered), mean=sum(ordered) / len(ordered), p50=at(0.5), p95=at(0.95), p99=at(0.99))


def prompt(config: BenchConfig, level: int, index: int) -> str:
    """The prompt of one call. Different calls share no beginning, so that a prefix cache does not flatter the result."""
    rng = generator(config.seed, "bench", level, str(index))
    return " ".join([f"{level}-{index}", *(rng.choice(WORDS) for _ in range(config.prompt_words - 1))])


async def run_bench(config: BenchConfig, created_at: str) -> BenchResult:
    """Run the sweep. Failed calls are counted, never raised. Raises ConfigurationError if the named key is not set."""
    headers = {}
    if config.api_key_env:
        key = os.environ.get(config.api_key_env, "")
        if not key:
            raise ConfigurationError(f"the environment variable {config.api_key_env} is not set")
        headers["authorization"] = f"Bearer {key}"
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=4.0)
    async with httpx.AsyncClient(
        base_url=config.base_url.rstrip("/") + "/", headers=headers, timeout=config.timeout_s, limits=limits, trust_env=False
    ) as client:
        for index in range(config.warmup):
            await _call(client, config, prompt(config, -1, index))
        levels = [await _level(client, config, number, concurrency) for number, concurrency in enumerate(config.concurrency)]
    return BenchResult(created_at=created_at, config=config, levels=levels)


def compare(first: BenchResult, second: BenchResult) -> list[LevelChange]:
    """The levels that both sweeps have, in the second's order."""
    before = {level.concurrency: level for level in first.levels}
    return [_change(before[level.concurrency], level) for level in second.levels if level.concurrency in before]


def _change(a: Level, b: Level) -> LevelChange:
    def ratio(x: float | None, y: float | None) -> float | None:
        return y / x if x and y is not None else None

    return LevelChange(
        concurrency=b.concurrency,
        throughput=ratio(a.output_tokens_per_second, b.output_tokens_per_second),
        first_token_p50=ratio(a.first_token_s.p50 if a.first_token_s else None, b.first_token_s.p50 if b.first_token_s else None),
        total_p95=ratio(a.total_s.p95 if a.total_s else None, b.total_s.p95 if b.total_s else None),
        errors=sum(b.errors.values()) - sum(a.errors.values()),
    )


async def _level(client: httpx.AsyncClient, config: BenchConfig, number: int, concurrency: int) -> Level:
    calls: list[_Call] = []
    indices = iter(range(config.requests))

    async def worker() -> None:
        for index in indices:
            calls.append(await _call(client, config, prompt(config, number, index)))

    begin = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(min(concurrency, config.requests))))
    seconds = time.perf_counter() - begin
    good = [c for c in calls if not c.error]
    tokens = sum(c.tokens for c in good)
    ways = {c.usage for c in good}
    return Level(
        concurrency=concurrency,
        requests=len(calls),
        succeeded=len(good),
        errors=dict(sorted(Counter(c.error for c in calls if c.error).items())),
        seconds=seconds,
        requests_per_second=len(good) / seconds,
        output_tokens=tokens,
        output_tokens_per_second=tokens / seconds,
        tokens_counted="mixed" if len(ways) == 2 else "usage" if ways == {True} else "events",
        first_token_s=distribution([c.first_s for c in good]),
        inter_token_s=distribution([g for c in good for g in c.gaps]),
        total_s=distribution([c.total_s for c in good]),
    )


async def _call(client: httpx.AsyncClient, config: BenchConfig, text: str) -> _Call:
    call, begin = _Call(), time.perf_counter()
    body = {
        "model": config.model,
        "messages": [{"role": "user", "content": text}],
        "max_tokens": config.max_tokens,
        "temperature": 0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    try:
        async with asyncio.timeout(config.timeout_s):
            async with client.stream("POST", "chat/completions", json=body) as response:
                if response.status_code != 200:
                    await response.aread()
                    call.error = f"HTTP {response.status_code}"
                    return call
                await _read(response, call, begin)
    except TimeoutError:
        call.error = "timeout"
    except (httpx.HTTPError, OSError, ValueError) as error:
        call.error = type(error).__name__
    return call


async def _read(response: httpx.Response, call: _Call, begin: float) -> None:
    reader, events, last = EventReader(), 0, begin
    async for chunk in response.aiter_raw():
        reader.feed(chunk)
        if reader.data_events == events:
            continue
        now = time.perf_counter()
        if events == 0:
            call.first_s = now - begin
        else:
            call.gaps += [(now - last) / (reader.data_events - events)] * (reader.data_events - events)
        events, last = reader.data_events, now
    reader.finish()
    call.total_s = time.perf_counter() - begin
    counted = reader.usage.get("completion_tokens") if reader.usage else None
    call.usage = isinstance(counted, int)
    call.tokens = counted if isinstance(counted, int) else reader.data_events
    if reader.error is not None:
        call.error = "error event"
    elif not reader.done or not events:
        call.error = "broken stream"


def to_json(result: BenchResult) -> str:
    """The result as JSON text."""
    return json.dumps(result.model_dump(mode="json"), indent=2) + "\n"
