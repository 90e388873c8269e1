"""The drawings that a run keeps are those that its page would make."""

from __future__ import annotations

import pytest

from core.candidate import Origin
from tests.report_kit import candidate, small_report
from tools.reporting import drawing, pictures
from tools.reporting.html import render_body, render_card
from tools.reporting.pictures import Pictures, pictures_of, unpacked
from tools.workspace import builtin

_RING = "c1ccc2ncccc2c1"
_LISTED = [
    candidate(1, f"C{_RING}", name="<i>one</i>", origin=Origin(proposer="library", operator="hit", parent_smiles=[_RING])),
    candidate(2, f"O{_RING}"),
    candidate(3, "not a structure"),
]
_REPORT = small_report().model_copy(update={"candidates": _LISTED})


def test_a_page_with_kept_drawings_is_the_one_that_draws_them(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = builtin().catalogue
    plain = render_body(_REPORT, "", catalogue=catalogue), render_card(_LISTED[0], _REPORT, catalogue=catalogue)
    kept = unpacked(pictures_of(_REPORT).packed())
    assert len(kept.shared) == 2
    monkeypatch.delattr(pictures, "draw")  # nothing is drawn now
    monkeypatch.delattr(pictures, "shared_cores")
    assert (
        render_body(_REPORT, "", pictures=kept, catalogue=catalogue),
        render_card(_LISTED[0], _REPORT, pictures=kept, catalogue=catalogue),
    ) == plain
    assert "&lt;i&gt;one" in plain[1]


def test_what_is_not_among_them_is_drawn() -> None:
    kept = pictures_of(_REPORT)
    other = _REPORT.model_copy(update={"candidates": _LISTED[::-1]})
    assert kept.cores(other) == kept.shared  # of another list, found anew
    assert kept.draw("CCO", "ethanol").svg == drawing.draw("CCO", "ethanol").svg
    assert unpacked(None) == Pictures()
