"""Tests with the real AiZynthFinder are left out unless asked for: ``pytest -m aizynth`` or ``make test-aizynth``."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect them where no marker expression names them."""
    if "aizynth" in str(config.option.markexpr or ""):
        return
    left_out = [item for item in items if item.get_closest_marker("aizynth")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
