"""The text of a PDF, page by page, as paragraphs: lines joined, words put together again, running heads left out, headings and captions found."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tools.literature.reading.parts import MAX_TEXT, Block, BlockKind, Reading, Unreadable, bare_doi, clean, titled
from tools.literature.reading.plain_text import CAPTION, is_abstract, is_heading

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 5_000
#: A page with fewer letters has no text that was set: it is empty or a picture.
_FEW = 20
_JUNK_TITLE = re.compile(r"untitled|microsoft word|\.(?:docx?|tex|indd|pdf|dvi|qxd)\b|^\W*$|^[\w-]{1,20}$|^doi:", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<![\w.])[-−+±]?\d+(?:[.,]\d+)?%?(?![\w.]*[A-Za-z]{3})")
_PAGE_NUMBER = re.compile(r"(?:page\s*)?\d{1,5}(?:\s*(?:of|/)\s*\d{1,5})?|[ivxl]{1,6}", re.IGNORECASE)


def read_pdf(data: bytes) -> Reading:
    """The paper in a PDF. Raises Unreadable, with the reason, for a damaged, protected, empty or scanned one."""
    reader = _open(data)
    texts, notes = _pages(reader)
    lines = _without_running_heads([[line for line in map(clean, text.splitlines()) if line] for text in texts])
    blocks = tuple(_blocks(lines))
    head = "\n".join("\n".join(page) for page in lines[:2])
    return titled(
        Reading(
            title=_title(reader, lines),
            doi=bare_doi(re.sub(r"(10\.\d{4,9}/\S*)\s*\n\s*(?=[a-z0-9][\w.-]*\d)", r"\1", head[:6000])),
            blocks=blocks,
            pages=len(texts),
            notes=notes,
        )
    )


def _open(data: bytes) -> PdfReader:
    from pypdf import PdfReader, errors

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    if b"%PDF-" not in data[:1024]:
        raise Unreadable("it is not a PDF: its beginning is not '%PDF-'")
    whole = b"%%EOF" in data[-2048:]
    cut = "" if whole else "; its end is missing: it was not copied or downloaded whole"
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("it is protected by a password; save a copy without one")
        count = len(reader.pages)
    except Unreadable:
        raise
    except errors.DependencyError as error:
        raise Unreadable("it is encrypted with AES, which needs the package cryptography; save a copy without protection") from error
    except errors.FileNotDecryptedError as error:
        raise Unreadable("it is protected by a password; save a copy without one") from error
    except RecursionError as error:
        raise Unreadable("its objects refer to each other without end") from error
    except Exception as error:  # pypdf raises its own and many of Python's for a damaged file
        raise Unreadable(f"the PDF is damaged ({_short(error)}){cut}") from error
    if not count:
        raise Unreadable(f"it has no pages{cut}")
    if count > MAX_PAGES:
        raise Unreadable(f"it has {count} pages; at most {MAX_PAGES} are read")
    return reader


def _pages(reader: PdfReader) -> tuple[list[str], tuple[str, ...]]:
    """The text of each page, and what is to be said of pages without. Raises Unreadable if there is hardly any."""
    texts, broken, total = [], {}, 0
    for number, page in enumerate(reader.pages, 1):
        try:
            text = page.extract_text() or ""
        except RecursionError:
            text, broken[number] = "", "its objects refer to each other without end"
        except Exception as error:  # a page that cannot be read must not cost the others
            text, broken[number] = "", _short(error)
        total += len(text)
        if total > MAX_TEXT:
            raise Unreadable(f"it holds more than {MAX_TEXT} characters of text")
        texts.append(text)
    empty = [n for n, text in enumerate(texts, 1) if sum(map(str.isalpha, text)) < _FEW and n not in broken]
    if len(empty) + len(broken) == len(texts):
        if broken:
            number, why = next(iter(broken.items()))
            raise Unreadable(f"no page can be read (page {number}: {why})")
        pictures = any(_has_picture(page) for page in list(reader.pages)[:20])
        raise Unreadable(
            "it is scanned: its pages are pictures without text; run text recognition (OCR) on it first"
            if pictures
            else "its pages hold no text"
        )
    notes = [f"{_listed(empty)} no text (a picture or empty)"] if empty else []
    notes += [f"page {n} cannot be read: {why}" for n, why in broken.items()]
    return texts, tuple(notes)


def _has_picture(page: Any) -> bool:
    try:
        resources: Any = page.get("/Resources")
        objects: Any = resources.get_object().get("/XObject") if resources else None
        return objects is not None and any(o.get_object().get("/Subtype") == "/Image" for o in objects.get_object().values())
    except Exception:  # a damaged resource says nothing of pictures
        return False


def _listed(pages: list[int]) -> str:
    shown = ", ".join(map(str, pages[:10])) + (f" and {len(pages) - 10} more" if len(pages) > 10 else "")
    return f"page {shown} has" if len(pages) == 1 else f"pages {shown} have"


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    """The lines without those that stand at the top or bottom of page after page, numbers apart, and without page numbers."""

    def shape(line: str) -> str:
        return re.sub(r"\d+", "#", line.lower())

    edges = Counter(shape(line) for lines in pages for line in {*lines[:3], *lines[-3:]})
    repeated = {line for line, times in edges.items() if times >= 3 and times >= 0.4 * len(pages)}
    kept = []
    for lines in pages:
        last = len(lines) - 3
        kept.append(
            [
                line
                for n, line in enumerate(lines)
                if not ((n < 3 or n >= last) and (shape(line) in repeated or _PAGE_NUMBER.fullmatch(line)))
            ]
        )
    return kept


def _title(reader: PdfReader, pages: list[list[str]]) -> str:
    """The title that the PDF names, unless it is that of a program; else the first line of the first page that looks like one."""
    try:
        named = clean(str(reader.metadata.title or "")) if reader.metadata else ""
    except Exception:  # damaged metadata
        named = ""
    if named and not _JUNK_TITLE.search(named):
        return named[:300]
    lines = next((lines for lines in pages if lines), [])
    for n, line in enumerate(lines[:15]):
        if len(line) >= 15 and sum(map(str.isalpha, line)) > 0.6 * len(line) and "doi" not in line.lower() and "http" not in line:
            further = lines[n + 1] if n + 1 < len(lines) else ""
            goes_on = len(line) > 40 and further[:1].islower()
            return f"{line} {further}"[:300] if goes_on else line[:300]
    return lines[0][:300] if lines else ""


def _blocks(pages: list[list[str]]) -> Iterator[Block]:
    """Paragraphs with the page on which they begin. A paragraph ends with a sentence that does not fill its line."""
    section: str | None = None
    for number, lines in enumerate(pages, 1):
        width = sorted(map(len, lines))[int(len(lines) * 0.8)] if lines else 0
        held: list[str] = []
        kind: BlockKind = "text"
        for line in lines:
            starts_caption, heading = bool(CAPTION.match(line)), is_heading(line)
            row = len(_NUMBERS.findall(line)) >= 2 and len(line) < 0.9 * max(width, 60) and not line.endswith((".", ","))
            breaks = starts_caption or heading or ((kind == "table") != row and (row or kind == "table"))
            if held and breaks:
                yield _block(held, kind, section, number)
                held = []
            if heading:
                section = line
                yield Block(line, "heading", section, number)
                continue
            if not held:
                kind = "caption" if starts_caption else "table" if row else "text"
            held.append(line)
            if kind != "table" and line.endswith((".", "!", "?")) and len(line) < 0.85 * width:
                yield _block(held, kind, section, number)
                held = []
        if held:
            yield _block(held, kind, section, number)


def _block(lines: list[str], kind: BlockKind, section: str | None, page: int) -> Block:
    if kind == "table" and len(lines) >= 3:
        return Block("\n".join(lines), "table", section, page)
    kind = "text" if kind == "table" else kind
    text = ""
    for line in lines:
        text = _joined(text, line)
    return Block(text, "abstract" if kind == "text" and is_abstract(section) else kind, section, page)


def _joined(text: str, line: str) -> str:
    """Two lines as one; a word that was parted at the end of a line is put together, a hyphen of its own ('PMDA-ODA', '1,4-') is kept."""
    if not text:
        return line
    if re.search(r"[A-Za-z]{2}-$", text) and line[:1].islower():
        before = re.search(r"[A-Za-z-]+-$", text)
        compound = before is not None and before[0].count("-") > 1
        return text + line if compound else text[:-1] + line
    return text + line if re.search(r"[\w)\]]-$", text) else f"{text} {line}"


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
