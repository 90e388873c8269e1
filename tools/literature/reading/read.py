"""The records of one file, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tools.literature.reading.parts import Reading, Unreadable
from tools.literature.reading.pdf import read_pdf
from tools.literature.reading.plain_text import read_markdown, read_text
from tools.literature.reading.references import json_record, read_bibtex, read_csl, read_ris
from tools.literature.reading.sources import Source
from tools.literature.reading.web_page import read_html
from tools.literature.reading.xml_papers import read_xml

_PAPERS: dict[str, Callable[[bytes], Reading]] = {
    "pdf": read_pdf, "xml": read_xml, "html": read_html, "markdown": read_markdown, "text": read_text,
}  # fmt: skip
_LISTS: dict[str, Callable[[bytes], Iterator[tuple[str, Reading | Unreadable]]]] = {
    "bibtex": read_bibtex,
    "ris": read_ris,
    "csl": read_csl,
}


def records(source: Source, first: int = 0, lines: tuple[bytes, ...] = ()) -> Iterator[tuple[int, str, Reading | Unreadable]]:
    """Number, name and content of each record; of JSONL those in ``lines``, of which the first has the number ``first``.

    Raises Unreadable for a file that is broken as a whole, OSError.
    """
    if source.kind == "jsonl":
        for item, line in enumerate(lines, first):
            if line.strip():
                name, record = json_record(line)
                yield item, f"{source.name}, line {item + 1}" + (f" ({name[:80]})" if name else ""), record
        return
    if source.kind in _LISTS:
        for item, (name, record) in enumerate(_LISTS[source.kind](source.read())):
            yield item, f"{source.name}, {name[:80]}", record
        return
    try:
        yield 0, source.name, _PAPERS[source.kind](source.read())
    except Unreadable as error:
        yield 0, source.name, error
