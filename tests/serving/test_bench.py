"""The load test: what it counts, on a fake whose answers are known."""

from __future__ import annotations

import pytest

from core.errors import ConfigurationError
from serving.bench import BenchConfig, BenchResult, compare, distribution, prompt, run_bench, to_json
from tests.serving.fake_upstream import Behaviour, fake
from tests.serving.pool_kit import run


def test_a_sweep_counts_calls_tokens_and_errors() -> None:
    with fake() as (server, url):
        server.script.extend([Behaviour(), Behaviour("server_error"), Behaviour("broken_stream"), Behaviour("no_done")])
        made = BenchConfig(base_url=url, model="m", concurrency=[1, 3], requests=6, prompt_words=5, max_tokens=9)
        result = run(run_bench(made, "2026-01-01T00:00:00+00:00"))
    first, second = result.levels
    assert (first.concurrency, first.requests, first.succeeded) == (1, 6, 3)
    assert sum(first.errors.values()) == 3
    assert first.errors["HTTP 500"] == 1
    assert first.errors["broken stream"] == 1
    assert (second.succeeded, second.errors) == (6, {})
    assert (second.output_tokens, second.tokens_counted) == (24, "usage")
    assert second.output_tokens_per_second == pytest.approx(24 / second.seconds)
    assert second.first_token_s is not None
    assert second.total_s is not None
    assert second.inter_token_s is not None
    assert second.first_token_s.count == 6
    assert second.inter_token_s.count == 6 * 4, "the event with the usage comes after four with text"
    assert 0 < second.first_token_s.p50 <= second.total_s.p50 <= second.total_s.p99
    body = server.seen[0]["body"]
    assert (body["max_tokens"], body["stream_options"]) == (9, {"include_usage": True})
    assert len(server.seen) == 1 + 12
    assert BenchResult.model_validate_json(to_json(result)) == result


def test_the_concurrency_is_that_of_the_level() -> None:
    with fake(default=Behaviour("slow", delay=0.03)) as (server, url):
        result = run(run_bench(BenchConfig(base_url=url, model="m", concurrency=[4], requests=8, warmup=0), ""))
    assert server.most_running == 4
    level = result.levels[0]
    assert level.inter_token_s is not None
    assert level.first_token_s is not None
    assert level.first_token_s.p50 >= 0.03
    assert level.inter_token_s.p95 >= 0.03
    assert level.total_s is not None
    assert level.total_s.p50 >= 0.12


def test_a_server_that_is_not_there_or_hangs_gives_errors_not_exceptions() -> None:
    with fake(default=Behaviour("hung")) as (_, url):
        hung = run(run_bench(BenchConfig(base_url=url, model="m", concurrency=[2], requests=2, warmup=0, timeout_s=0.1), ""))
    gone = run(run_bench(BenchConfig(base_url="http://127.0.0.1:9/v1", model="m", concurrency=[1], requests=2), ""))
    assert hung.levels[0].succeeded == 0
    assert sum(hung.levels[0].errors.values()) == 2
    assert gone.levels[0].errors == {"ConnectError": 2}
    assert gone.levels[0].first_token_s is None
    assert gone.levels[0].output_tokens_per_second == 0


def test_prompts_are_repeatable_and_share_no_beginning() -> None:
    made = BenchConfig(base_url="http://x/v1", model="m", prompt_words=20)
    prompts = [prompt(made, level, i) for level in range(3) for i in range(10)]
    assert prompts == [prompt(made, level, i) for level in range(3) for i in range(10)]
    assert len({p.split()[0] for p in prompts}) == 30
    assert all(len(p.split()) == 20 for p in prompts)


def test_percentiles_interpolate() -> None:
    d = distribution([4.0, 1.0, 3.0, 2.0])
    assert d is not None
    assert (d.count, d.mean, d.p50) == (4, 2.5, 2.5)
    assert d.p95 == pytest.approx(3.85)
    assert distribution([]) is None


def test_two_sweeps_compare_by_level() -> None:
    with fake() as (server, url):
        base = BenchConfig(base_url=url, model="m", concurrency=[1, 2], requests=2, warmup=0)
        before = run(run_bench(base, ""))
        server.default = Behaviour("server_error")
        after = run(run_bench(base.model_copy(update={"concurrency": [2, 4]}), ""))
    [change] = compare(before, after)
    assert (change.concurrency, change.errors, change.throughput, change.first_token_p50) == (2, 2, 0.0, None)
    same = compare(before, before)
    assert [c.throughput for c in same] == [1.0, 1.0]


def test_a_key_that_is_not_set_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="NO_KEY"):
        run(run_bench(BenchConfig(base_url="http://x/v1", model="m", api_key_env="NO_KEY"), ""))
