"""Tests with real vLLM servers are left out unless asked for: ``pytest -m vllm`` or ``make test-vllm``."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "vllm: starts real model servers; needs scripts/vllm_env.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect them where no marker expression names them."""
    if "vllm" in str(config.option.markexpr or ""):
        return
    left_out = [item for item in items if item.get_closest_marker("vllm")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
