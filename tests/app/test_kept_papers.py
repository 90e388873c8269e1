"""What a server keeps open of the papers: the same store for many searches, what others write is seen, and a new file is opened."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.services.entry import Services
from app.services.kept_papers import KeptPapers
from memory.passages import embedded
from tests.contracts.passages import document, passages
from tests.settings_kit import settings_of
from tools.literature.analysis import sentence_words


def test_it_is_opened_once_and_sees_what_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    begin = embedded.EmbeddedPassages.__init__

    def counted(self: embedded.EmbeddedPassages, folder: Path, *given: object, **more: object) -> None:
        opened.append(folder)
        begin(self, folder, *given, **more)  # type: ignore[arg-type]

    services = Services(settings_of(home=tmp_path, user__name="ada"))
    services.kept_papers = KeptPapers()
    writer = embedded.EmbeddedPassages(tmp_path / "papers", sentence_words)
    writer.add([document("glass")], passages("glass"))
    monkeypatch.setattr(embedded.EmbeddedPassages, "__init__", counted)

    def found(question: str) -> list[str]:
        return [a.document.document_id for a in services.papers.find([question]).answers]

    with ThreadPoolExecutor(4) as threads:
        assert set(map(tuple, threads.map(found, ["glass transition"] * 8))) == {("glass", "glass")}
        searches = [threads.submit(found, "glass transition") for _ in range(40)]
        writer.add([document("dye")], passages("dye"))
        assert all(s.result() == ["glass", "glass"] for s in searches)
    assert found("absorption of dyes")
    writer.delete(["glass"])
    assert found("glass transition") == []
    assert len(opened) == 1
    writer.close()
    shutil.rmtree(tmp_path / "papers")
    assert found("absorption of dyes") == []
    assert len(opened) == 2
