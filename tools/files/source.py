"""From the bytes of a file to lines of text: gzip, UTF-8 with or without byte order mark, UTF-16, Windows-1252, every kind of line end."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from core.errors import NotFoundError, UsageError

#: Longest line or record that is read, in characters; a longer one is listed as unreadable.
MAX_RECORD = 1_000_000
#: Bytes at the beginning of a file by which its format and encoding are told.
_HEAD = 1 << 16
_BUFFER = 1 << 20
_ESCAPED = re.compile("[\udc80-\udcff]")
_WORKBOOK, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: What else people take for a table or a file of structures, by its first bytes.
_KINDS = (
    (b"%PDF", "a PDF"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"), (b"VjCD", "a drawing of ChemDraw"), (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a database"), (b"BZh", "packed with bzip2"), (b"\xfd7zXZ", "packed with xz"), (b"7z\xbc\xaf", "packed with 7-Zip"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard"), (b"Rar!", "packed with RAR"),
)  # fmt: skip
#: Characters that no text has: controls other than white space, the end sign of DOS and the escape; what cannot be decoded in UTF-16.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f\ufffd]")
#: Of them a text may have this many, or this share.
_FEW, _SHARE = 2, 0.005


@dataclass
class Position:
    """How far a file was read: ``done`` of ``size`` bytes as it lies on disk, compressed or not."""

    size: int = 0
    done: int = 0


@dataclass(frozen=True)
class Source:
    """Where the bytes come from.

    Attributes:
        name: what it is called in messages.
        path: the file; None where ``content`` holds the bytes.
        content: the bytes themselves.
    """

    name: str
    path: Path | None = None
    content: bytes = b""

    @property
    def suffix(self) -> str:
        """The ending of the name in lower case, without '.gz'."""
        suffixes = [s.lower() for s in Path(self.name).suffixes]
        if suffixes and suffixes[-1] == ".gz":
            suffixes.pop()
        return suffixes[-1] if suffixes else ""

    def open(self, position: Position) -> IO[bytes]:
        """The bytes, unpacked where they are gzip. OSError or EOFError where they cannot be had."""
        beneath: Any = io.BytesIO(self.content) if self.path is None else _CountedFile(self.path, position)
        raw = io.BufferedReader(beneath, _BUFFER)
        packed = raw.peek(2)[:2] == b"\x1f\x8b"
        return io.BufferedReader(gzip.GzipFile(fileobj=raw), _BUFFER) if packed else raw  # type: ignore[arg-type]


class _CountedFile(io.RawIOBase):
    """A file that says how many bytes were read from it, so that progress can be shown for compressed files too."""

    def __init__(self, path: Path, position: Position) -> None:
        self._file = path.open("rb")
        self._position = position
        position.size = path.stat().st_size

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As for any raw file."""
        count = self._file.readinto(buffer)
        self._position.done += count
        return count

    def close(self) -> None:
        """Close the file beneath."""
        self._file.close()
        super().close()


class Lines:
    """The lines of a text, each with '\\n' at its end, and how they were encoded.

    Attributes:
        encoding: of the text as a whole.
        foreign: lines that are not UTF-8 and were read as Windows-1252, so far.
    """

    def __init__(self, raw: IO[bytes]) -> None:
        head = raw.peek(_HEAD)[:_HEAD]  # type: ignore[attr-defined]
        self.encoding = _encoding(head)
        errors = "surrogateescape" if self.encoding.startswith("utf-8") else "replace"
        self._text = io.TextIOWrapper(raw, encoding=self.encoding, errors=errors, newline=None)
        self.foreign = 0

    def __iter__(self) -> Iterator[str]:
        """Lines of bounded length; the rest of one that is too long is passed over and the line is handed on cut, still too long."""
        readline = self._text.readline
        while line := readline(MAX_RECORD + 1):
            kept = line
            if len(line) > MAX_RECORD:
                while line and not line.endswith("\n"):
                    line = readline(MAX_RECORD + 1)
            if not kept.isascii() and _ESCAPED.search(kept):
                self.foreign += 1
                kept = _ESCAPED.sub(_windows, kept)
            yield kept

    def notes(self) -> list[str]:
        """What is to be said of the encoding of the lines read so far."""
        if self.foreign:
            number = "1 line is" if self.foreign == 1 else f"{self.foreign:,} lines are"
            return [f"{number} not UTF-8 and read as Windows-1252 (Latin-1)"]
        return [f"read as {self.encoding.upper()}"] if self.encoding.startswith("utf-16") else []


@contextmanager
def opened(source: Source, position: Position | None = None) -> Iterator[IO[bytes]]:
    """The bytes of ``source``, for the length of the block. NotFoundError where there is no such file, UsageError for one that breaks off or is damaged."""
    where = source.path or source.name
    try:
        with source.open(position or Position()) as raw:
            yield raw
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, FileNotFoundError):
            raise NotFoundError(f"cannot read {where}: no such file") from error
        if isinstance(error, PermissionError | IsADirectoryError):
            raise NotFoundError(f"cannot read {where}: {reason}") from error
        raise UsageError(f"{where} cannot be read to its end: {reason}") from error


def is_workbook(raw: IO[bytes], source: Source) -> bool:
    """Whether an opened ``source`` is a workbook of Excel; else it is text. UsageError, in words without its bytes, for what is neither."""
    head, named = head_of(raw), source.suffix in (".xlsx", ".xlsm")
    if head.startswith(_WORKBOOK):
        return True
    if head.startswith(_OLD_EXCEL):
        raise UsageError(f"{source.name} is a workbook of Excel 97; save it as .xlsx or CSV")
    known = next((what for start, what in _KINDS if head.startswith(start)), "")
    if known or not _is_text(head):
        either = "no workbook" if named else "not a text file" if known else "neither text nor a workbook"
        raise UsageError(f"{source.name} is {either}: it {f'is {known}' if known else 'holds binary data'}")
    if named:
        raise UsageError(f"{source.name} is no workbook: it holds text; call it .csv")
    return False


def _is_text(head: bytes) -> bool:
    encoding = _encoding(head)
    wide = encoding.startswith("utf-16")
    text = head[: len(head) & ~1].decode(encoding, "replace") if wide else head.decode("latin-1")
    return "\0" not in text and len(_NO_TEXT.findall(text)) <= max(_FEW, _SHARE * len(text))


def _encoding(head: bytes) -> str:
    """The encoding of a text that begins with ``head``."""
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    pairs = len(head) // 2
    if pairs and head[1::2].count(0) > 0.6 * pairs:
        return "utf-16-le"
    return "utf-16-be" if pairs and head[0::2].count(0) > 0.6 * pairs else "utf-8"


def _windows(found: re.Match[str]) -> str:
    return bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace")


def head_of(raw: IO[bytes]) -> bytes:
    """The first bytes of an opened source, which stay unread."""
    return bytes(raw.peek(_HEAD)[:_HEAD])  # type: ignore[attr-defined]


def fingerprint(path: Path) -> str:
    """Hash of the size and of the first and last mebibyte of a file: whether a library is the one a screen was begun with."""
    digest = hashlib.sha256()
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            digest.update(f"{size}\n".encode())
            digest.update(file.read(1 << 20))
            if size > 1 << 20:
                file.seek(max(1 << 20, size - (1 << 20)))
                digest.update(file.read(1 << 20))
    except OSError as error:
        raise NotFoundError(f"cannot read the library {path}: {error.strerror or error}") from error
    return digest.hexdigest()[:32]
