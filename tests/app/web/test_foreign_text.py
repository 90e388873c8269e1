"""What others wrote, a language model, a paper or a file, is shown as text wherever it stands in a page, a file or a drawing."""

from __future__ import annotations

from typing import Any

import pytest

from app.services import reports
from app.web.rendering import fragment
from core.report import Report
from tests.report_kit import small_report
from tools.reporting.pictures import unpacked
from tools.workspace import builtin

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"
SIGNS = ("<script>alert", "<img src=x", "<svg onload")


def _hostile(value: Any) -> Any:
    """The same document with every text that people or models write made hostile; what is chosen from a list stays."""
    if isinstance(value, dict):
        said = (
            "rationale",
            "summary",
            "text",
            "name",
            "note",
            "title",
            "authors",
            "passage",
            "goal",
            "phrase",
            "source",
            "reason",
            "label",
        )
        return {k: (HOSTILE if k in said and isinstance(v, str) else _hostile(v)) for k, v in value.items()}
    return [_hostile(v) for v in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def hostile() -> Report:
    return Report.model_validate(_hostile(small_report().model_dump(mode="json", by_alias=True)))


def test_a_report_shows_it_as_text(hostile: Report) -> None:
    catalogue = builtin().catalogue
    for text in (
        reports.render(hostile, "html", catalogue=catalogue),
        reports.body(hostile, "", images="/runs/x/candidates", pictures=unpacked(None), catalogue=catalogue),
    ):
        assert not [sign for sign in SIGNS if sign in text]
        assert "&lt;script&gt;alert" in text


def test_a_drawing_draws_nothing_but_the_structure() -> None:
    labelled = "CCO |$<script>alert(1)</script>;;$,atomProp:0.atomNote.<img src=x onerror=alert(2)>|"
    for svg in (reports.drawing("CCO", HOSTILE), reports.drawing(labelled), reports.pattern("[#6]-[#8]")):
        assert not [sign for sign in SIGNS if sign in svg]


def test_a_page_shows_it_as_text() -> None:
    account = {"name": HOSTILE, "role": "admin", "quota": None, "created_at": "", "disabled_at": "", "seen_at": ""}
    shown = {"path": "/", "part": True, "token": "", "token_name": "x", "person": None}
    assert not [sign for sign in SIGNS if sign in fragment("remove_person.html.j2", account=account, **shown)]
