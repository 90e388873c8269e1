"""The benchmark of single parts runs, measures what it says, and fails where a ratio is not kept. No speed is judged here."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from evals.benchmarks import parts


@pytest.mark.parametrize("name", sorted(parts.PARTS))
def test_every_part_is_measured_beside_a_baseline(name: str) -> None:
    found = list(parts.PARTS[name](0.02))
    assert found
    assert len({part.name for part in found}) == len(found)
    for part in found:
        assert part.count > 0
        assert part.seconds > 0
        assert part.baseline_seconds >= 0
        assert part.baseline


@pytest.mark.parametrize(("seconds", "code"), [(2.0, 0), (4.0, 1)])
def test_a_ratio_that_is_not_kept_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seconds: float, code: int
) -> None:
    def one(share: float) -> Iterator[parts.Part]:
        yield parts.Part(f"work of share {share}", 10, seconds, "half of it", 1.0, 3.0)

    monkeypatch.setattr(parts, "PARTS", {"one": one})
    assert parts.main(["--share", "0.5", "--json"]) == code
    (printed,) = json.loads(capsys.readouterr().out)
    assert printed["name"] == "work of share 0.5"
    assert printed["ratio"] == seconds
    assert printed["met"] is (code == 0)
    assert parts.main([]) == code
    assert ("NOT MET" in capsys.readouterr().out) is bool(code)


def test_a_share_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parts.main(["--share", "0"])
    assert caught.value.code == 2
    assert "--share" in capsys.readouterr().err
