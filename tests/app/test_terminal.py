"""Output on a terminal that knows ASCII only."""

from __future__ import annotations

import io
import json
import sys

import pytest

from app.terminal import json_text, make_readable, write_data


def _ascii(monkeypatch: pytest.MonkeyPatch) -> io.TextIOWrapper:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    monkeypatch.setattr(sys, "argv", ["molwright", b"Tg > 250 \xc2\xb0C".decode("ascii", "surrogateescape")])
    return stream


def _written(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue()


def test_text_becomes_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = _ascii(monkeypatch)
    make_readable()
    print("Tg ≥ 250 °C – für Ünïts → \udcff日")
    assert _written(stream) == b"Tg >= 250 deg C - fur Units -> ??\n"


def test_arguments_in_utf_8_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    _ascii(monkeypatch)
    make_readable()
    assert sys.argv[1] == "Tg > 250 °C"


def test_json_keeps_its_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = _ascii(monkeypatch)
    text = json_text({"unit": "°C"}, stream)
    assert text.isascii()
    assert json.loads(text) == {"unit": "°C"}


def test_other_data_is_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = _ascii(monkeypatch)
    write_data("°C\n")
    assert _written(stream).decode() == "°C\n"
