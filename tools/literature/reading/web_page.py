"""A paper as a web page: its meta elements ('citation_…', Dublin Core), headings, paragraphs, tables and captions."""

from __future__ import annotations

from html.parser import HTMLParser

from tools.literature.reading.parts import Block, BlockKind, Reading, Unreadable, bare_doi, clean, titled, year_of
from tools.literature.reading.plain_text import decoded

_SKIPPED = frozenset(
    {"script", "style", "nav", "header", "footer", "aside", "noscript", "template", "svg", "form", "button", "select", "iframe"}
)
_ENDS = frozenset(
    {"p", "div", "section", "article", "li", "ul", "ol", "blockquote", "pre", "dd", "dt", "main", "body", "br", "hr", "figure"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "wbr", "source", "col", "area", "base", "embed", "param", "track"})


def read_html(data: bytes) -> Reading:
    """A paper as a web page. Raises Unreadable for one without text."""
    page = _Page()
    page.feed(decoded(data))
    page.close()
    page.end_block()
    if not page.blocks:
        raise Unreadable("the page has no text")
    meta = page.meta

    def first(*names: str) -> str:
        return next((value for name in names for value in meta.get(name, ()) if value), "")

    authors = meta.get("citation_author") or meta.get("dc.creator") or meta.get("author") or []
    return titled(
        Reading(
            title=first("citation_title", "dc.title", "og:title") or clean(page.title) or page.first_heading,
            authors=tuple(authors),
            year=year_of(first("citation_publication_date", "citation_date", "citation_online_date", "dc.date", "prism.publicationdate")),
            doi=bare_doi(first("citation_doi", "dc.identifier", "prism.doi", "dc.identifier.doi")),
            journal=first("citation_journal_title", "prism.publicationname", "dc.source") or None,
            licence=first("dc.rights", "citation_license") or page.licence or None,
            blocks=tuple(page.blocks),
        )
    )


class _Page(HTMLParser):
    """Collects what a reader would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, list[str]] = {}
        self.blocks: list[Block] = []
        self.title = self.first_heading = self.licence = ""
        self._kind: BlockKind = "text"
        self._section: str | None = None
        self._text: list[str] = []
        self._skipping: list[str] = []
        self._in_title = False
        self._rows: list[list[str]] | None = None
        self._nested = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._skipping:
            if tag not in _VOID and tag == self._skipping[-1]:
                self._skipping.append(tag)
            return
        if tag == "meta" and (name := given.get("name") or given.get("property")):
            if value := clean(given.get("content", "")):
                self.meta.setdefault(name.lower(), []).append(value)
        elif "license" in given.get("rel", "").split() and given.get("href"):
            self.licence = self.licence or given["href"]
        elif tag in _SKIPPED:
            self._skipping.append(tag)
        elif tag == "title":
            self._in_title = True
        elif tag == "table":
            self._open_table()
        elif self._rows is not None and tag in ("tr", "td", "th"):
            self._cell(new_row=tag == "tr")
        elif tag in _HEADINGS or tag in ("caption", "figcaption"):
            self.end_block()
            self._kind = "heading" if tag in _HEADINGS else "caption"
        elif tag in _ENDS:
            self._text.append("\n") if self._rows is not None else self.end_block()

    def _open_table(self) -> None:
        self._nested += 1
        if self._rows is None:
            self.end_block()
            self._rows = []

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[-1]:
                self._skipping.pop()
        elif tag == "title":
            self._in_title = False
        elif tag == "table":
            self._nested = max(0, self._nested - 1)
            if self._rows is not None and not self._nested:
                self._end_table()
        elif self._kind == "caption" and tag in ("caption", "figcaption"):
            self.end_block()
        elif self._rows is not None:
            if tag in ("td", "th", "tr"):
                self._cell(new_row=False)
        elif tag in _HEADINGS or tag in _ENDS:
            self.end_block()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._skipping:
            self._text.append(data)

    def _cell(self, *, new_row: bool) -> None:
        if self._kind == "caption":
            self.end_block()
        text = clean("".join(self._text))
        self._text = []
        if self._rows is not None:
            if text:
                (self._rows or [[]])[-1].append(text) if self._rows else self._rows.append([text])
            if new_row:
                self._rows.append([])

    def _end_table(self) -> None:
        self._cell(new_row=False)
        rows = "\n".join(" | ".join(row) for row in self._rows or () if row)
        self._rows = None
        if rows:
            self.blocks.append(Block(rows, "table", self._section))

    def end_block(self) -> None:
        """Close the paragraph, heading or caption that is being read."""
        text, kind = clean("".join(self._text)), self._kind
        self._text, self._kind = [], "text"
        if not text:
            return
        if kind == "heading":
            self._section = text
            self.first_heading = self.first_heading or text
        abstract = kind == "text" and (self._section or "").strip(" .:").lower() in ("abstract", "summary")
        self.blocks.append(Block(text, "abstract" if abstract else kind, self._section))
