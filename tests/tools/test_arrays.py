"""Arrays of an npz file: views of what is not compressed, and nothing that would need a pickle."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from tools.arrays import arrays_of, mapped_arrays

HELD = {
    "counts": np.arange(6, dtype=np.uint16).reshape(2, 3),
    "one": np.array(4.5),
    "none": np.zeros((0, 3), dtype=np.float16),
    "names": np.array(["a", "bc"]),
}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_was_written_is_read(save: object, tmp_path: Path) -> None:
    path = tmp_path / "held.npz"
    save(path, **HELD)  # type: ignore[operator]
    for found in (arrays_of(path.read_bytes()), mapped_arrays(path)):
        assert list(found) == list(HELD)
        for name, array in HELD.items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)


def test_what_is_not_compressed_is_not_copied() -> None:
    data = io.BytesIO()
    np.savez(data, a=HELD["counts"])
    found = arrays_of(data.getvalue())["a"]
    assert not found.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        found[0, 0] = 1


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_objects_are_refused(save: object) -> None:
    data = io.BytesIO()
    save(data, a=np.array([{}], dtype=object), allow_pickle=True)  # type: ignore[operator]
    with pytest.raises(ValueError, match=r"plain array|Object arrays"):
        arrays_of(data.getvalue())
