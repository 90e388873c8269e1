"""Papers in XML: JATS (NISO Z39.96, as PubMed Central has it) and TEI (as GROBID writes it)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tools.literature.reading.parts import Block, Reading, Unreadable, bare_doi, clean, titled, year_of
from tools.literature.reading.xml_text import below, children, content, find, local, parse, table_rows

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_HREF = "{http://www.w3.org/1999/xlink}href"
#: What a paper says of itself when it was retracted; a notice of retraction points the other way ('retracted-article').
_RETRACTING = ("retraction-forward", "retraction")
_FLOATS = ("fig", "table-wrap", "fig-group", "table-wrap-group", "boxed-text", "disp-formula-group", "figure")


def read_xml(data: bytes) -> Reading:
    """A paper in JATS or TEI. Raises Unreadable for other XML, broken XML, or one without title and text."""
    root = parse(data)
    article = root if local(root) == "article" else next(below(root, "article"), None)
    if article is not None and find(article, "front") is not None:
        reading = _jats(article)
    elif local(root) == "TEI" or find(root, "teiHeader") is not None:
        reading = _tei(root)
    else:
        raise Unreadable(f"it is XML of another kind (<{local(root)}>): JATS and TEI are read")
    if not reading.title and not reading.blocks:
        raise Unreadable("it has neither a title nor text")
    return titled(reading)


def _jats(article: Element) -> Reading:
    meta = find(article, "front/article-meta")
    dates = [e for e in children(meta, "pub-date") if find(e, "year") is not None]
    related = [e.get("related-article-type", "") for e in children(meta, "related-article")]
    blocks = [
        Block(text, "abstract", "Abstract") for a in children(meta, "abstract") for text in _paragraphs(a) if a.get("abstract-type") is None
    ]
    blocks += _jats_section(find(article, "body"), None)
    back = find(article, "back")
    for part in children(back, "app-group", "sec", "app", "ack"):
        blocks += _jats_section(part, "Acknowledgements" if local(part) == "ack" else content(find(part, "title")) or "Appendix")
    return Reading(
        title=content(find(meta, "title-group/article-title"), ("xref", "fn")),
        authors=tuple(name for name in map(_jats_name, below(meta, "contrib")) if name),
        year=min((y for y in (year_of(content(find(e, "year"))) for e in dates) if y), default=None),
        doi=next((bare_doi(content(e)) for e in children(meta, "article-id") if e.get("pub-id-type") == "doi"), None),
        journal=content(find(article, "front/journal-meta/journal-title-group/journal-title"))
        or content(find(article, "front/journal-meta/journal-title"))
        or None,
        licence=_licence(next(below(meta, "license"), None)),
        retracted=True if any(kind in _RETRACTING for kind in related) and article.get("article-type") != "retraction" else None,
        retracts=tuple(filter(None, (bare_doi(e.get(_HREF)) for e in children(meta, "related-article") if _taken_back(e)))),
        blocks=tuple(blocks),
    )


def _taken_back(related: Element) -> bool:
    return related.get("related-article-type") == "retracted-article"


def _jats_name(contributor: Element) -> str:
    if contributor.get("contrib-type", "author") != "author":
        return ""
    name = next(below(contributor, "name"), None)
    if name is None:
        return content(next(below(contributor, "collab", "string-name"), None))
    return clean(f"{content(find(name, 'given-names'))} {content(find(name, 'surname'))}")


def _licence(element: Element | None) -> str | None:
    if element is None:
        return None
    address = element.get(_HREF) or next((content(e) for e in below(element, "license_ref")), "")
    return address or content(element)[:300] or None


def _paragraphs(element: Element) -> Iterator[str]:
    found = [content(p, _FLOATS) for p in below(element, "p")] or [content(element)]
    return (text for text in found if text)


def _jats_section(element: Element | None, section: str | None) -> Iterator[Block]:
    for child in element if element is not None else ():
        name = local(child)
        if name in ("sec", "app"):
            heading = content(find(child, "title"))
            under = " › ".join(filter(None, (section, heading))) or None
            if heading:
                yield Block(heading, "heading", under)
            yield from _jats_section(child, under)
        elif name in ("p", "disp-quote", "list", "def-list", "boxed-text", "disp-formula"):
            if text := content(child, _FLOATS):
                yield Block(text, "text", section)
            for inside in below(child, "fig", "table-wrap"):
                yield from _jats_float(inside, section)
        elif name in ("fig", "table-wrap"):
            yield from _jats_float(child, section)
        elif name in ("fig-group", "table-wrap-group"):
            for inside in below(child, "fig", "table-wrap"):
                yield from _jats_float(inside, section)


def _jats_float(element: Element, section: str | None) -> Iterator[Block]:
    caption = clean(f"{content(find(element, 'label'))} {content(find(element, 'caption'))}")
    if caption:
        yield Block(caption, "caption", section)
    for table in below(element, "table"):
        if rows := table_rows(table, "tr", ("td", "th")):
            yield Block(rows, "table", section)
    if foot := content(find(element, "table-wrap-foot")):
        yield Block(foot, "caption", section)


def _tei(root: Element) -> Reading:
    description = find(root, "teiHeader/fileDesc")
    source = find(description, "sourceDesc/biblStruct")
    dates = [e.get("when") or content(e) for e in below(description, "date")]
    blocks = (
        [Block(text, "abstract", "Abstract") for text in _paragraphs(a)]
        if (a := find(root, "teiHeader/profileDesc/abstract")) is not None
        else []
    )
    for part in (find(root, "text/body"), find(root, "text/back")):
        blocks += _tei_part(part, None)
    return Reading(
        title=content(find(description, "titleStmt/title")),
        authors=tuple(filter(None, (_tei_name(e) for e in below(find(source, "analytic"), "persName")))),
        year=next((y for y in map(year_of, dates) if y), None),
        doi=next((bare_doi(content(e)) for e in below(source, "idno") if e.get("type", "").upper() == "DOI"), None),
        journal=next((content(e) for e in below(find(source, "monogr"), "title") if content(e)), None),
        licence=next((e.get("target") or content(e) or None for e in below(description, "licence")), None),
        blocks=tuple(blocks),
    )


def _tei_name(person: Element) -> str:
    return clean(" ".join(content(e) for e in children(person, "forename", "surname")))


def _tei_part(element: Element | None, section: str | None) -> Iterator[Block]:
    for child in element if element is not None else ():
        name = local(child)
        if name == "div":
            if child.get("type") in ("references", "annex-references"):
                continue
            heading = content(find(child, "head"))
            if heading:
                yield Block(heading, "heading", heading)
            yield from _tei_part(child, heading or section)
        elif name in ("p", "list", "formula"):
            if text := content(child, _FLOATS):
                yield Block(text, "text", section)
        elif name == "figure":
            caption = clean(f"{content(find(child, 'head'))} {content(find(child, 'figDesc'))}")
            if caption:
                yield Block(caption, "caption", section)
            for table in below(child, "table"):
                if rows := table_rows(table, "row", ("cell",)):
                    yield Block(rows, "table", section)
