"""Thousands of sentences are read here for what they ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.reading import assemble


@pytest.fixture(autouse=True, scope="module")
def _unguarded() -> Iterator[None]:
    """The guard does not look at the sentences: that takes a third of their time, says nothing of how they are read, and has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assemble, "concerns", lambda text: [])
        yield
