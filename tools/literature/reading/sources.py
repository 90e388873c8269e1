"""What ``literature add`` was given, file by file: single files, folders, archives. Nothing of an archive is written to the disk."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from core.errors import NotFoundError
from tools.literature.reading.parts import Unreadable

KINDS = {
    ".pdf": "pdf", ".xml": "xml", ".nxml": "xml", ".jats": "xml", ".tei": "xml", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".md": "markdown", ".markdown": "markdown", ".txt": "text", ".text": "text", ".bib": "bibtex", ".ris": "ris", ".json": "csl",
    ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_UNPACKING: tuple[type[Exception], ...] = (
    OSError, EOFError, zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, RuntimeError, NotImplementedError, ValueError,
)  # fmt: skip
_NOT_READ: tuple[type[Exception], ...] = (*_UNPACKING, Unreadable)


@dataclass(frozen=True)
class Limits:
    """What is too much. Sizes in bytes; ``ratio``: of the size unpacked to the size packed, above which a large archive is taken for a bomb."""

    file: int = 500_000_000
    line: int = 50_000_000
    member: int = 200_000_000
    members: int = 200_000
    unpacked: int = 20_000_000_000
    ratio: int = 300
    harmless: int = 50_000_000


LIMITS = Limits()


@dataclass(frozen=True)
class Source:
    """One file: ``data``, or the ``path`` where it is read again; ``problem`` says why it cannot be."""

    name: str
    kind: str = ""
    sha256: str = ""
    data: bytes | None = None
    path: Path | None = None
    problem: str = ""

    def read(self) -> bytes:
        """The bytes of the file. Raises OSError."""
        return self.data if self.data is not None else self.path.read_bytes() if self.path else b""


def sources(paths: Sequence[Path], limits: Limits) -> Iterator[Source]:
    """Every file that can hold papers, in the order given, folders by name. In folders and archives other kinds are passed over.

    Raises NotFoundError at once for a path that does not exist.
    """
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise NotFoundError(f"there is no file or folder {shown(missing[0])}")
    for path in paths:
        if path.is_dir():
            for file in _below(path):
                if kind_of(file.name) or _is_archive(file.name):
                    yield from _file(file, limits)
        elif kind_of(path.name) or _is_archive(path.name):
            yield from _file(path, limits)
        else:
            yield Source(
                shown(path),
                sha256=_name_hash(path),
                problem=f"its kind {path.suffix or 'without an ending'} is not read; known: {_known()}",
            )


def count_files(paths: Sequence[Path]) -> int:
    """How many files there are to look at; an archive counts as one, a path that does not exist as none."""
    return sum(sum(1 for file in _below(p) if kind_of(file.name) or _is_archive(file.name)) if p.is_dir() else p.exists() for p in paths)


def shown(path: Path | str) -> str:
    """A path for messages and for the database, whatever bytes its name holds."""
    return os.fsencode(path).decode("utf-8", "replace")


def kind_of(name: str) -> str:
    """The kind of a file by its ending, '.gz' behind it apart; '' for one that is not read."""
    lower = name.lower()
    return KINDS.get(PurePosixPath(lower.removesuffix(".gz")).suffix, "") if not _is_archive(name) else ""


def _is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVES)


def _known() -> str:
    return ", ".join(sorted({*KINDS, ".zip", ".tar.gz"}))


def _name_hash(path: Path | str) -> str:
    return hashlib.sha256(os.fsencode(Path(path).absolute())).hexdigest()


def _below(folder: Path) -> Iterator[Path]:
    """Files of a folder by name; links to folders are not followed, what begins with a dot is left out."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        yield from (Path(root, name) for name in sorted(files) if not name.startswith("."))


def _file(path: Path, limits: Limits) -> Iterator[Source]:
    name = shown(path)
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise Unreadable("it is not a regular file")
        if _is_archive(path.name):
            yield from _members(path, name, limits)
            return
        kind = kind_of(path.name)
        if path.name.lower().endswith(".gz"):
            yield _packed(path, name, kind, limits)
            return
        if kind != "jsonl" and size > limits.file:
            raise Unreadable(f"it is larger than {limits.file // 1_000_000} MB")
        with open(path, "rb") as file:
            yield Source(name, kind, hashlib.file_digest(file, "sha256").hexdigest(), path=path)
    except OSError as error:
        yield Source(name, sha256=_name_hash(path), problem=f"it cannot be read: {error.strerror or error}")
    except Unreadable as error:
        yield Source(name, sha256=_name_hash(path), problem=str(error))


def _packed(path: Path, name: str, kind: str, limits: Limits) -> Source:
    try:
        with gzip.open(path) as file:
            data = bounded(file, limits.member)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"it cannot be unpacked: {error}") from error
    return Source(name, kind, hashlib.sha256(data).hexdigest(), data=data)


def bounded(file: IO[bytes] | Any, limit: int) -> bytes:
    """All of ``file``. Raises Unreadable if it is longer than ``limit`` bytes, whatever its header says."""
    data: bytes = file.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"unpacked it is larger than {limit / 1e6:g} MB")
    return data


def _members(path: Path, archive: str, limits: Limits) -> Iterator[Source]:
    """The files of an archive, each read within the limits; once one of all is passed the rest of the archive is left."""
    packed, unpacked, seen = max(1, path.stat().st_size), 0, 0
    opened = _zip if path.name.lower().endswith(".zip") else _tar
    try:
        for name, member in opened(path):
            seen += 1
            if seen > limits.members:
                raise Unreadable(f"it holds more than {limits.members} files; the rest was left")
            inside = f"{archive}!{name}"
            problem = _unsafe(name)
            if not problem and not kind_of(name):
                if _is_archive(name):
                    yield Source(inside, sha256=_name_hash(inside), problem="an archive inside an archive is not opened; unpack it first")
                continue
            if problem:
                yield Source(inside, sha256=_name_hash(inside), problem=problem)
                continue
            try:
                data = _content(member, name, limits)
            except _NOT_READ as error:
                yield Source(inside, sha256=_name_hash(inside), problem=_why(error))
                if "larger than" not in str(error):
                    continue
                data = b""
                unpacked += limits.member
            unpacked += len(data)
            if unpacked > limits.unpacked or (unpacked > limits.harmless and unpacked > limits.ratio * packed):
                raise Unreadable(f"it unpacks to more than {unpacked / 1e6:.0f} MB from {packed / 1e6:.2g} MB: it is left like a bomb")
            if data:
                yield Source(inside, kind_of(name), hashlib.sha256(data).hexdigest(), data=data)
    except _UNPACKING as error:
        yield Source(archive, sha256=_name_hash(path), problem=f"the archive is damaged or cut short: {_why(error)}")
    except Unreadable as error:
        yield Source(archive, sha256=_name_hash(path), problem=str(error))


def _content(member: Any, name: str, limits: Limits) -> bytes:
    with member() as file:
        data = bounded(file, limits.member)
    if name.lower().endswith(".gz"):
        with gzip.open(io.BytesIO(data)) as inner:
            return bounded(inner, limits.member)
    return data


def _zip(path: Path) -> Iterator[tuple[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            kind = info.external_attr >> 28
            if not info.is_dir() and kind in (0, 8):  # a link or a device has another number
                yield info.filename, lambda info=info: archive.open(info)


def _tar(path: Path) -> Iterator[tuple[str, Any]]:
    with tarfile.open(path, "r:*") as archive:
        for info in archive:
            if info.isreg():
                yield info.name, lambda info=info: archive.extractfile(info)


def _unsafe(name: str) -> str:
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or (len(name) > 1 and name[1] == ":"):
        return "its name leads out of the archive"
    return ""


def _why(error: BaseException) -> str:
    text = " ".join(str(error).split())[:200]
    if "password" in text or "encrypted" in text:
        return "it is protected by a password"
    return text or type(error).__name__


def lines_of(source: Source, limits: Limits) -> Iterator[bytes]:
    """The lines of a file, however long it is. Raises Unreadable for one that is longer than a line may be, OSError."""
    with io.BytesIO(source.data) if source.data is not None else open(str(source.path), "rb") as file:
        while line := file.readline(limits.line + 1):
            if len(line) > limits.line:
                raise Unreadable(f"a line of it is longer than {limits.line // 1_000_000} MB")
            yield line
