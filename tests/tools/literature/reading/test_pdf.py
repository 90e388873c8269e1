"""PDFs: their text as paragraphs with pages and sections, and a clear reason for those that have none."""

from __future__ import annotations

import pytest

from tests.tools.literature.reading.kit import make_pdf
from tools.literature.reading.parts import Unreadable
from tools.literature.reading.pdf import read_pdf

LONG = "and this line goes on until it nearly fills the whole width of the printed page"
PAPER = [
    ["J. Test. Chem. 2020, 12", "Polyimides of Pyromellitic Dianhydride", "A. Uthor", "doi: 10.1234/abc.2020.17", "Abstract",
     "We report films. They are clear.", "1. Introduction", f"Aromatic polymers {LONG} with inter-", f"esting chains, {LONG} and PMDA-", "ODA films.", "1"],
    ["J. Test. Chem. 2020, 13", "Experimental", f"The films {LONG}.", "Table 1. Glass transitions", "PI-1 265 410 3.2", "PI-2 280 415 3.1", "PI-3 301 420 2.9",
     "Figure 2. Spectra of the films", "References", "(1) Someone, J. Chem. 2001, 1, 1.", "2"],
    ["J. Test. Chem. 2020, 14", "3"],
]  # fmt: skip


def test_a_paper_is_read_with_sections_pages_tables_and_captions() -> None:
    reading = read_pdf(make_pdf(PAPER, title="Microsoft Word - draft.docx"))
    assert reading.title == "Polyimides of Pyromellitic Dianhydride"
    assert reading.doi == "10.1234/abc.2020.17"
    assert (reading.pages, reading.notes) == (3, ("page 3 has no text (a picture or empty)",))
    blocks = {b.text: b for b in reading.blocks}
    assert blocks["We report films. They are clear."].kind == "abstract"
    body = next(b for b in reading.blocks if b.text.startswith("Aromatic"))
    assert "interesting chains" in body.text
    assert "PMDA-ODA films." in body.text
    assert (body.section, body.page) == ("1. Introduction", 1)
    table = blocks["PI-1 265 410 3.2\nPI-2 280 415 3.1\nPI-3 301 420 2.9"]
    assert (table.kind, table.section, table.page) == ("table", "Experimental", 2)
    assert blocks["Table 1. Glass transitions"].kind == blocks["Figure 2. Spectra of the films"].kind == "caption"
    assert not any("J. Test. Chem. 2020" in b.text for b in reading.blocks)


def test_a_title_that_the_pdf_names_counts() -> None:
    assert read_pdf(make_pdf(PAPER, title="RETRACTED: Polyimide films")).title == "RETRACTED: Polyimide films"
    assert read_pdf(make_pdf(PAPER, title="RETRACTED: Polyimide films")).retracted is True


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (make_pdf([[], []], scanned=True), "it is scanned"),
        (make_pdf([[]]), "hold no text"),
        (make_pdf(PAPER, password="secret"), "protected by a password"),
        (make_pdf(PAPER)[: len(make_pdf(PAPER)) // 3], "its end is missing"),
        (b"%PDF-1.7\n", "damaged"),
        (b"GIF89a", "it is not a PDF"),
        (b"", "it is not a PDF"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_pdf(data)


def test_a_pdf_that_only_its_owner_may_change_is_read() -> None:
    assert read_pdf(make_pdf(PAPER, password="")).title == "Polyimides of Pyromellitic Dianhydride"
