"""The whole way, small: verified tasks, an adapter trained on them, and the same questions asked of the base and of it by a real vLLM server.

`make test-learn` runs it; the first time installs 5 GB into the user's cache folder. MOLWRIGHT_TEST_LEARN names a folder that is kept, so that a stopped run
goes on.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from learn.adapters import read_adapter
from learn.report import Wanted, report, table

pytestmark = pytest.mark.learn


def test_an_adapter_calls_the_right_tool_more_often_than_its_base(tmp_path: Path) -> None:
    out = Path(os.environ.get("MOLWRIGHT_TEST_LEARN") or tmp_path)
    found = report(Wanted(out, seeds=1, examples=160, questions=60, preferences=8))
    print(table(found))
    assert found["before"]["unreadable"] == found["after"]["assistant-0"]["unreadable"] == 0
    assert found["difference"]["assistant-0"]["low"] > 0, found["difference"]
    assert read_adapter(out / "assistant-0")["after"] == found["after"]["assistant-0"]
    assert report(Wanted(out, seeds=1, examples=160, questions=60, preferences=8)) == found  # nothing is done twice
