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

#: The last record of a zip file without a comment: how many members there are, and where their directory begins (APPNOTE.TXT 6.3, 4.3.16).
_END = struct.Struct("<4s6xHIIH")
#: An entry of the directory: form of compression, checksum, bytes packed and unpacked, lengths of the name and of two more fields, place (4.3.12).
_ENTRY = struct.Struct("<4s6xH4x3I3H8xI")
#: The header before the bytes of a member, which ends with the lengths of its name and of what follows that; most bytes of an array's header.
_LOCAL, _ARRAY_HEADER = struct.Struct("<4s22xHH"), 1024
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
    return _arrays(data)


def mapped_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """:func:`arrays_of` of the file ``path``, mapped into memory: of what is not compressed, only what is looked at is read. Raises as that does."""
    with path.open("rb") as file:
        return _arrays(mmap(file.fileno(), 0, access=ACCESS_READ))


def _members(data: bytes | mmap) -> Iterator[tuple[str, int, int, bytes | mmap]]:
    """Name, first byte and size of each member of a zip file, and what it lies in: ``data`` where it is not compressed. BadZipFile for what is none.

    Read by hand: Python's own reader takes as long as all else together, and a small command reads a hundred files. What NumPy writes has no comment and
    fewer than 4 GB.
    """
    if len(data) < _END.size:
        raise zipfile.BadZipFile("not a zip file")
    mark, count, _, at, comment = _END.unpack_from(data, len(data) - _END.size)
    if mark != b"PK\x05\x06" or comment:
        raise zipfile.BadZipFile("not a zip file as NumPy writes it")
    for _ in range(count):
        mark, form, checksum, packed, size, name, *more, place = _ENTRY.unpack_from(data, at)
        local, *lengths = _LOCAL.unpack_from(data, place)
        if mark != b"PK\x01\x02" or local != b"PK\x03\x04" or form not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile("not a zip file as NumPy writes it")
        member, begin = data[at + _ENTRY.size : at + _ENTRY.size + name].decode(), place + _LOCAL.size + sum(lengths)
        at += _ENTRY.size + name + sum(more)
        if form == zipfile.ZIP_STORED:
            yield member, begin, size, data
            continue
        try:
            content = zlib.decompress(data[begin : begin + packed], -zlib.MAX_WBITS, size)
        except zlib.error as error:
            raise zipfile.BadZipFile(f"{member} is damaged: {error}") from None
        if zlib.crc32(content) != checksum:
            raise zipfile.BadZipFile(f"{member} is damaged")
        yield member, 0, size, content


def _arrays(data: bytes | mmap) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    try:
        for member, begin, size, content in _members(data):
            plain = _PLAIN.match(content[begin : begin + min(size, _ARRAY_HEADER)])
            key = member.removesuffix(".npy")
            if plain is None and content is not data:
                found[key] = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
                continue
            if plain is None:
                raise ValueError(f"{member} holds no plain array")
            shape = tuple(int(length) for length in plain["shape"].split(b",") if length.strip())
            found[key] = np.frombuffer(content, plain["kind"].decode(), math.prod(shape), begin + plain.end()).reshape(shape)
    except struct.error as error:
        raise zipfile.BadZipFile(f"not a whole zip file: {error}") from None
    return found
