"""Arrays in files of NumPy's form ``npz``, read without copying what is not compressed."""

from __future__ import annotations

import io
import math
import re
import struct
import zipfile
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Of a member of a zip file: bytes of its own header, where in that the lengths of its name and of what follows are; most bytes of an array's header.
_LOCAL_HEADER, _LOCAL_NAMES, _ARRAY_HEADER = 30, 26, 1024
#: The header of an array of numbers or text, row by row, as NumPy writes it (NEP 1, version 1.0); NumPy's own reader, a Python parser, takes longer
#: than all else.
_PLAIN = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<kind>[<|][biufSU]\d+)', 'fortran_order': False, 'shape': \((?P<shape>[\d, ]*)\), \} *\n",
    re.DOTALL,
)


def arrays_of(data: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of an npz file, given its bytes, in the shape in which they were written.

    Those that are not compressed are views of ``data``; none can be written to. Raises ValueError, KeyError, OSError or BadZipFile for other bytes;
    nothing is unpickled.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return _arrays(archive, data)


def mapped_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """:func:`arrays_of` of the file ``path``, mapped into memory: of what is not compressed, only what is looked at is read. Raises as that does."""
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        return _arrays(archive, mmap(file.fileno(), 0, access=ACCESS_READ))


def _arrays(archive: zipfile.ZipFile, data: bytes | mmap) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    for member in archive.infolist():
        if member.compress_type == zipfile.ZIP_STORED:
            name, extra = struct.unpack_from("<HH", data, member.header_offset + _LOCAL_NAMES)
            content, begin = data, member.header_offset + _LOCAL_HEADER + name + extra
        else:
            content, begin = archive.read(member), 0
        plain = _PLAIN.match(content[begin : begin + min(member.file_size, _ARRAY_HEADER)])
        key = member.filename.removesuffix(".npy")
        if plain is None and content is not data:
            found[key] = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
            continue
        if plain is None:
            raise ValueError(f"{member.filename} holds no plain array")
        shape = tuple(int(length) for length in plain["shape"].split(b",") if length.strip())
        found[key] = np.frombuffer(content, plain["kind"].decode(), math.prod(shape), begin + plain.end()).reshape(shape)
    return found
