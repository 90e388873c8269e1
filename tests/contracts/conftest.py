"""What every backend of an interface must do, as classes of tests: a new backend subclasses the suite and gives one fixture.

``test_run_stores.py``, ``test_recorders.py``, ``test_literature.py`` and ``test_executors.py`` show it for the backends that ship.
"""

from __future__ import annotations

import pytest

for suite in ("run_store", "recorder", "literature", "executor"):
    pytest.register_assert_rewrite(f"tests.contracts.{suite}")
