"""The measurement of the gateway's cost runs and is consistent. The figure itself is for a quiet machine."""

from __future__ import annotations

from evals.benchmarks.gateway_overhead import measure


def test_direct_and_gateway_calls_are_measured_in_one_run() -> None:
    result = measure(20)
    direct, through = result["direct_s"], result["gateway_s"]
    assert isinstance(direct, dict)
    assert isinstance(through, dict)
    assert direct["count"] == through["count"] == result["pairs"] == 20
    assert 0 < direct["p50"] < through["p50"] < 0.1
    assert result["overhead_median_s"] == through["p50"] - direct["p50"]
    assert result["met"] == (through["p50"] - direct["p50"] < 0.003)
