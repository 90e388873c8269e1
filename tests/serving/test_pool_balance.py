"""Which server takes a call; what a configuration may say."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.errors import ConfigurationError
from serving.pool import EndpointConfig, PoolConfig, read_pool_config
from serving.pool.affinity import preferred, prefix_key
from serving.pool.balancer import Balancer, Lease
from serving.pool.call import Pending
from serving.pool.config import AffinityConfig
from serving.pool.endpoint import Endpoint
from serving.pool.metrics import PoolMetrics
from tests.serving.pool_kit import FakeClock, chat, run
from tests.tables import each_row

LONG = "You are a chemist. " * 40


def made(weights: list[float], **options: object) -> tuple[Balancer, list[Endpoint]]:
    servers = [
        EndpointConfig(name=chr(97 + i), base_url=f"http://127.0.0.1:{i + 1}/v1", model="m", weight=w) for i, w in enumerate(weights)
    ]
    config = PoolConfig.model_validate({"endpoints": servers, **options})
    clock = FakeClock()
    endpoints = [Endpoint(s, config, clock) for s in servers]
    return Balancer(config, endpoints, clock, PoolMetrics()), endpoints


def pending(text: str = "x") -> Pending:
    request = chat(text=text)
    return Pending(request, "r", ["m"], 1000.0, 2000.0, prefix_key(request.body, AffinityConfig()))


async def take(balancer: Balancer, count: int, text: str = "x") -> list[Lease]:
    return [await balancer.acquire(pending(text)) for _ in range(count)]


def test_calls_go_to_the_least_loaded_server_by_weight() -> None:
    async def main() -> None:
        balancer, endpoints = made([1, 1, 2])
        await take(balancer, 12)
        assert [e.outstanding for e in endpoints] == [3, 3, 6]

    run(main())


def test_idle_servers_take_turns() -> None:
    async def main() -> None:
        balancer, _ = made([1, 1, 1])
        names = []
        for _ in range(6):
            [lease] = await take(balancer, 1)
            names.append(lease.endpoint.name)
            balancer.release(lease)
        assert names == ["a", "b", "c"] * 2

    run(main())


def test_equal_beginnings_stay_together_until_the_load_says_otherwise() -> None:
    async def main() -> None:
        balancer, endpoints = made([1, 1, 1], affinity={"slack": 4})
        first = await take(balancer, 4, LONG)
        assert len({lease.endpoint.name for lease in first}) == 1
        await take(balancer, 14, LONG)
        loads = sorted(e.outstanding for e in endpoints)
        assert loads[-1] - loads[0] <= 5
        assert sum(loads) == 18

    run(main())


def test_different_beginnings_are_spread_and_move_only_from_a_server_that_left() -> None:
    _, endpoints = made([1, 1, 1])
    keys = [prefix_key(chat(text=f"{i} {LONG}").body, AffinityConfig()) or b"" for i in range(300)]
    before = [preferred(k, endpoints) for k in keys]
    counts = [before.count(e) for e in endpoints]
    assert min(counts) > 60
    after = [preferred(k, endpoints[:2]) for k in keys]
    assert all(x is y for x, y in zip(before, after, strict=True) if x is not endpoints[2])


def test_short_or_missing_beginnings_have_no_favourite() -> None:
    config = AffinityConfig()
    assert prefix_key(chat(text="short").body, config) is None
    assert prefix_key({"messages": "nonsense"}, config) is None
    assert prefix_key({"input": LONG}, config) is None
    assert prefix_key({"prompt": LONG}, config) is not None
    parts = {"messages": [{"role": "user", "content": [{"type": "text", "text": LONG}]}]}
    assert prefix_key(parts, config) == prefix_key(chat(text=LONG).body, config)
    assert prefix_key(chat(text=LONG).body, AffinityConfig(enabled=False)) is None


def test_a_lease_given_back_twice_counts_once() -> None:
    async def main() -> None:
        balancer, endpoints = made([1])
        [lease] = await take(balancer, 1)
        balancer.release(lease)
        balancer.release(lease)
        assert endpoints[0].outstanding == 0

    run(main())


def test_a_slot_handed_to_a_waiter_that_is_cancelled_at_that_moment_is_not_lost() -> None:
    async def main() -> None:
        balancer, endpoints = made([1])
        endpoints[0].config.max_concurrency = 1
        [lease] = await take(balancer, 1)
        waiter = asyncio.ensure_future(balancer.acquire(pending()))
        await asyncio.sleep(0)
        balancer.release(lease)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        assert (endpoints[0].outstanding, balancer.waiting()) == (0, 0)

    run(main())


def endpoint(**more: object) -> dict[str, object]:
    return {"base_url": "http://127.0.0.1:1/v1", "model": "m", **more}


@each_row(
    ("data", "message"),
    [
        ({"endpoints": []}, "at least 1"),
        ({"endpoints": [endpoint(base_url="ftp://x/v1")]}, "needs http"),
        ({"endpoints": [endpoint(base_url="http://u:p@x/v1")]}, "api_key_env"),
        ({"endpoints": [endpoint(), endpoint()]}, "share the name"),
        ({"endpoints": [endpoint()], "fallbacks": {"m": ["n"]}}, "no endpoint serves n"),
        ({"endpoints": [endpoint()], "fallbacks": {"n": ["m"]}}, "which no endpoint serves"),
        ({"endpoints": [endpoint()], "roles": {"critic": "n"}}, "role critic"),
        ({"endpoints": [endpoint(), endpoint(name="b", model="n")], "roles": {"n": "m"}}, "name of a model"),
        ({"endpoints": [endpoint(colour="red")]}, "Extra inputs"),
        ({"endpoints": [endpoint(weight=0)]}, "greater than 0"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(data: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        PoolConfig.model_validate(data)


def test_a_configuration_is_read_from_toml_and_errors_name_file_and_field(tmp_path: Path) -> None:
    path = tmp_path / "pool.toml"
    path.write_text('[[endpoints]]\nbase_url = "http://h:1/v1/"\nmodel = "m"\n[fallbacks]\n', encoding="utf-8")
    config = read_pool_config(path)
    assert (config.endpoints[0].name, config.endpoints[0].base_url, config.endpoints[0].root_url) == ("h:1", "http://h:1/v1", "http://h:1")
    path.write_text('[[pool.endpoints]]\nbase_url = "http://h:1/v1"\nmodel = "m"\n', encoding="utf-8")
    assert read_pool_config(path).endpoints[0].model == "m"
    path.write_text('[[endpoints]]\nmodel = "m"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"pool\.toml: endpoints\.0\.base_url"):
        read_pool_config(path)
    for text in ("not toml", ""):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError, match=r"pool\.toml"):
            read_pool_config(path)
    with pytest.raises(ConfigurationError, match="No such file"):
        read_pool_config(tmp_path / "none.toml")


def test_the_example_in_the_configurations_documentation_works(tmp_path: Path) -> None:
    import textwrap

    from serving.gateway import config

    example = (config.__doc__ or "").split("::\n", 1)[1]
    path = tmp_path / "gateway.toml"
    path.write_text(textwrap.dedent(example), encoding="utf-8")
    file = config.read_gateway_file(path)
    assert file.pool.models() == ["general", "chemistry", "small"]
    assert file.pool.roles["critic"] == "general"
