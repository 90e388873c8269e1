"""The table of costs: bounds are kept or not, and the page is the one that the saved figures give."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigurationError
from evals.performance import __main__ as command
from evals.performance.page import Figures, page, read_figures, save_figures
from evals.performance.process import MeasureError
from evals.performance.row import Row
from evals.performance.rows import rows


def _unmeasurable(tree: Path) -> float:
    raise MeasureError("it broke")


SMALL = Row("small", 1, "what is small", "s", 0.5, lambda tree: 0.25)
FAST = Row("fast", 2, "what is fast", "", 2, lambda tree: 1.5, at_least=True, earlier="never")
BROKEN = Row("broken", 3, "what breaks", "MB", 10, _unmeasurable)


def test_a_bound_is_kept_from_either_side() -> None:
    assert SMALL.kept(0.5)
    assert not SMALL.kept(0.51)
    assert FAST.kept(2)
    assert not FAST.kept(1.99)
    assert (SMALL.bound, FAST.bound) == ("≤ 0.5 s", "≥ 2")


def test_the_page_says_of_every_row_how_it_stands() -> None:
    text = page([SMALL, FAST, BROKEN], Figures(before={"small": 1234.5}, after={"small": 0.25, "fast": 1.5}))
    assert "| what is small | 1,234 s | 0.25 s | ≤ 0.5 s | kept |" in text
    assert "| what is fast | never | 1.5 | ≥ 2 | **not kept** |" in text
    assert "| what breaks | – | – | ≤ 10 MB | not measured |" in text


@pytest.mark.parametrize(("measured", "code"), [((SMALL,), 0), ((SMALL, FAST), 1), ((SMALL, BROKEN), 1)])
def test_a_bound_that_is_missed_or_not_measured_ends_with_one(
    measured: tuple[Row, ...], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[Figures] = []
    monkeypatch.setattr(command, "rows", lambda: list(measured))
    monkeypatch.setattr(command, "read_figures", Figures)
    monkeypatch.setattr(command, "save_figures", saved.append)
    monkeypatch.setattr(command, "PAGE", tmp_path / "performance.md")
    assert command.main([]) == code
    assert saved[0].after["small"] == 0.25
    assert "what is small" in (tmp_path / "performance.md").read_text(encoding="utf-8")


def test_figures_are_read_as_they_were_saved(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    assert read_figures(file) == Figures()
    save_figures(Figures(after={"small": 0.25}), file)
    assert read_figures(file).after == {"small": 0.25}
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"figures\.json"):
        read_figures(file)


def test_the_page_is_up_to_date_and_keys_are_unique() -> None:
    assert command.PAGE.read_text(encoding="utf-8") == page(rows(), read_figures())
    assert len({row.key for row in rows()}) == len(rows())
