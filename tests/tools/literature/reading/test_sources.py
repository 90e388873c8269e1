"""Files, folders and archives; what an archive can do to a reader is refused with its reason, and nothing of it reaches the disk."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from core.errors import NotFoundError
from tools.literature.reading.sources import LIMITS, Limits, Source, count_files, sources


def found(*paths: Path, limits: Limits = LIMITS) -> list[Source]:
    return list(sources(paths, limits))


def names(given: list[Source]) -> list[str]:
    return [Path(s.name).name for s in given]


def make_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_folders_are_read_by_name_and_other_kinds_are_passed_over(tmp_path: Path) -> None:
    for name in ("b.txt", "a.pdf", "sub/c.md", ".hidden.txt", "picture.png", ".git/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "loop").symlink_to(tmp_path)
    assert names(found(tmp_path)) == ["a.pdf", "b.txt", "c.md"]
    assert count_files([tmp_path, tmp_path / "b.txt"]) == 4
    assert "its kind .png is not read" in found(tmp_path / "picture.png")[0].problem
    with pytest.raises(NotFoundError, match=r"nothing\.pdf"):
        found(tmp_path / "nothing.pdf")


def test_archives_are_read_without_unpacking(tmp_path: Path) -> None:
    packed = make_zip(tmp_path / "a.zip", {"x/one.txt": b"1", "two.md": b"2", "z.png": b"3", "more.zip": b"4"})
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("three.txt")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"3"))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(b"{}"))
    given = found(tmp_path)
    assert [(Path(s.name).name, s.kind, s.data) for s in given if not s.problem] == [
        ("one.txt", "text", b"1"), ("a.zip!two.md", "markdown", b"2"), ("b.tar.gz!three.txt", "text", b"3"), ("c.jsonl.gz", "jsonl", b"{}"),
    ]  # fmt: skip
    assert [s.problem for s in given if s.problem] == ["an archive inside an archive is not opened; unpack it first"]
    assert {p.name for p in tmp_path.iterdir()} == {packed.name, "b.tar.gz", "c.jsonl.gz"}


def test_names_that_lead_out_are_refused(tmp_path: Path) -> None:
    given = found(make_zip(tmp_path / "a.zip", {"../../evil.txt": b"1", "/abs.txt": b"2", "C:\\x.txt": b"3", "good.txt": b"4"}))
    assert [bool(s.problem) for s in given] == [True, True, True, False]
    assert all("leads out" in s.problem for s in given[:3])


def test_bombs_are_left(tmp_path: Path) -> None:
    small = Limits(member=1_000_000, unpacked=10_000_000, harmless=100_000, ratio=50, members=5)
    bomb = make_zip(tmp_path / "a.zip", {"one.txt": b"0" * 900_000, "two.txt": b"1"})
    assert [s.problem[:18] for s in found(bomb, limits=small)] == ["it unpacks to more"]
    large = make_zip(tmp_path / "b.zip", {"one.txt": bytes(range(256)) * 8000})
    assert "larger than 1 MB" in found(large, limits=small)[0].problem
    many = make_zip(tmp_path / "c.zip", {f"{n}.txt": b"x" for n in range(9)})
    assert [s.problem for s in found(many, limits=small)][-1] == "it holds more than 5 files; the rest was left"
    (tmp_path / "d.txt.gz").write_bytes(gzip.compress(b"0" * 2_000_000))
    assert "larger than 1 MB" in found(tmp_path / "d.txt.gz", limits=small)[0].problem


def test_damaged_archives_give_what_they_can(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for n in range(3):
            info = tarfile.TarInfo(f"{n}.txt")
            info.size = 50_000
            import random

            archive.addfile(info, io.BytesIO(random.Random(n).randbytes(50_000)))
    (tmp_path / "a.tar.gz").write_bytes(whole.getvalue()[:80_000])
    (tmp_path / "b.zip").write_bytes(b"no zip")
    given = found(tmp_path)
    assert given[0].problem == ""
    assert all("damaged or cut short" in s.problem or "cannot" in s.problem or s.problem for s in given[1:])
    assert "not a zip file" in given[-1].problem
