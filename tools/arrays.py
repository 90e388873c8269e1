"""Arrays in files of NumPy's form ``npz``, read without copying what is not compressed."""

from __future__ import annotations

import io
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Of a member of a zip file: bytes of its own header, where in that the lengths of its name and of what follows are; most bytes of an array's header.
_LOCAL_HEADER, _LOCAL_NAMES, _ARRAY_HEADER = 30, 26, 1024
#: The end of a zip file without a comment: how many entries its directory has, and where that begins. An entry of it: method, checksum, sizes packed
#: and not, lengths of its name, further fields and comment, and where the member is (APPNOTE of PKWARE, 4.3.16 and 4.3.12).
_END, _ENTRY = struct.Struct("<4s6xH4xI2x"), struct.Struct("<4s6xH4x3I3H8xI")
#: The header of an array of numbers or text, row by row, as NumPy writes it (NEP 1, version 1.0); NumPy's own reader, a Python parser, takes longer
#: than all else.
_PLAIN = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(?P<kind>[<|][biufSU]\d+)', 'fortran_order': False, 'shape': \((?P<shape>[\d, ]*)\), \} *\n",
    re.DOTALL,
)


def arrays_of(data: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of an npz file, given its bytes, in the shape in which they were written.

    Those that are not compressed are views of ``data``; none can be written to. Raises ValueError or BadZipFile for other bytes; nothing is unpickled.
    """
    return _arrays(data)


def mapped_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """:func:`arrays_of` of the file ``path``, mapped into memory: of what is not compressed, only what is looked at is read. Raises as that does, and
    OSError."""
    with path.open("rb") as file:
        return _arrays(mmap(file.fileno(), 0, access=ACCESS_READ))


def _arrays(data: bytes | mmap) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    for name, content, begin, size in _members(data):
        plain, key = _PLAIN.match(content[begin : begin + min(size, _ARRAY_HEADER)]), name.removesuffix(".npy")
        if plain is None and content is not data:
            found[key] = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
            continue
        if plain is None:
            raise ValueError(f"{name} holds no plain array")
        shape = tuple(int(length) for length in plain["shape"].split(b",") if length.strip())
        found[key] = np.frombuffer(content, plain["kind"].decode(), math.prod(shape), begin + plain.end()).reshape(shape)
    return found


def _members(data: bytes | mmap) -> Iterator[tuple[str, bytes | mmap, int, int]]:
    """Each member of a zip file: its name, what it stands in (``data``, or its own bytes where it is compressed), from where, and its size.

    Python's own reader takes as long for the directory of a file of ten arrays as a prediction. Raises BadZipFile.
    """
    try:
        mark, count, at = _END.unpack_from(data, len(data) - _END.size)
        if mark != b"PK\x05\x06":
            raise zipfile.BadZipFile("no zip file, or one with a comment")
        for _ in range(count):
            mark, method, checksum, packed, size, named, fields, comment, begin = _ENTRY.unpack_from(data, at)
            if mark != b"PK\x01\x02" or method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise zipfile.BadZipFile("a directory that is damaged or of a kind that NumPy does not write")
            name = data[at + _ENTRY.size : at + _ENTRY.size + named].decode("utf-8")
            own, more = struct.unpack_from("<HH", data, begin + _LOCAL_NAMES)
            place = begin + _LOCAL_HEADER + own + more
            at += _ENTRY.size + named + fields + comment
            if method == zipfile.ZIP_STORED:
                yield name, data, place, size
                continue
            content = zlib.decompress(data[place : place + packed], -zlib.MAX_WBITS, size)
            if zlib.crc32(content) != checksum:
                raise zipfile.BadZipFile(f"{name} is damaged")
            yield name, content, 0, size
    except (struct.error, zlib.error) as error:
        raise zipfile.BadZipFile(str(error)) from error
