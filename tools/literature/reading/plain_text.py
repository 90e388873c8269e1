"""Plain text and Markdown: headings, paragraphs, tables and captions as far as their lines show them."""

from __future__ import annotations

import re

from tools.literature.reading.parts import Block, BlockKind, Reading, Unreadable, bare_doi, clean, people, titled, year_of

_NAMED = (
    r"abstract|summary|introduction|background|theory|experimental(?: section| part| details| methods)?|materials?(?: and methods)?|methods?"
    r"|methodology|computational (?:details|methods)|results(?: and discussions?)?|discussions?|conclusions?(?: and outlook)?|outlook"
    r"|acknowledge?ments?|references|bibliography|supporting information|supplementary (?:information|material)|author contributions?"
    r"|conflicts? of interest|data availability(?: statement)?|appendix(?: [A-Z])?|keywords?"
)
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,4}\.)\s+(?=[A-Z])[^.;:?!]{3,90}$")
_HEADING = re.compile(rf"(?:(?:\d{{1,2}}\.?|[IVX]{{1,4}}\.)\s*)?(?:{_NAMED})\s*[:.]?$", re.IGNORECASE)
CAPTION = re.compile(r"(?:Fig(?:ure|\.)|Table|Scheme|Chart|Tab\.)\s*S?\d+[A-Za-z]?\s*[.:|–—-]?\s", re.IGNORECASE)
_MARKS = re.compile(r"(?<!\\)(\*\*|__|`)|(?<![\w*])[*_](?=\S)|(?<=\S)[*_](?![\w*])")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_FRONT = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*\n", re.DOTALL)


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or else Windows-1252. Raises Unreadable for what is no text at all."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise Unreadable(f"it is not text: {error.reason}") from error
    if b"\0" in data[:100_000]:
        raise Unreadable("it is not text: it holds NUL bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def is_heading(line: str) -> bool:
    """Whether a line is the heading of a section, by its number or its name."""
    return bool(_HEADING.match(line) or (_NUMBERED.match(line) and not line.endswith(",")))


def is_abstract(section: str | None) -> bool:
    """Whether a heading is that of the abstract."""
    return bool(section and re.fullmatch(r"(?:\W|\d)*(?:abstract|summary)\W*", section, re.IGNORECASE))


def read_text(data: bytes) -> Reading:
    """Plain text. Its first line, if it is short, is the title. Raises Unreadable for a file without text."""
    paragraphs = [p for p in re.split(r"\n\s*\n", decoded(data).replace("\r\n", "\n").replace("\r", "\n")) if p.strip()]
    if not paragraphs:
        raise Unreadable("the file is empty")
    first = clean(paragraphs[0].strip().splitlines()[0])
    blocks: list[Block] = []
    section: str | None = None
    for paragraph in paragraphs:
        lines = [line for line in map(clean, paragraph.splitlines()) if line]
        if lines and is_heading(lines[0]):
            section = lines.pop(0)
            blocks.append(Block(section, "heading", section))
        if lines:
            kind: BlockKind = (
                "table" if _rows(lines) else "caption" if CAPTION.match(lines[0]) else "abstract" if is_abstract(section) else "text"
            )
            blocks.append(Block("\n".join(lines) if kind == "table" else clean(" ".join(lines)), kind, section))
    head = "\n".join(paragraphs[:6])[:3000]
    return titled(Reading(title=first if len(first) <= 300 else first[:200], doi=bare_doi(head), blocks=tuple(blocks)))


def read_markdown(data: bytes) -> Reading:
    """Markdown, with what a block between '---' at its beginning says (title, author, date, doi, journal, license)."""
    text = decoded(data).replace("\r\n", "\n")
    front = _FRONT.match(text)
    said = _said(front[1]) if front else {}
    blocks: list[Block] = []
    section: str | None = None
    title = str(said.get("title", ""))
    for paragraph in re.split(r"\n\s*\n", text[front.end() if front else 0 :]):
        while paragraph.strip():
            heading = re.match(r"\s*(#{1,6})\s+(.+?)\s*#*\s*(?:\n|$)", paragraph)
            if heading is None:
                break
            words = _unmarked(heading[2])
            title = title or (words if len(heading[1]) == 1 else "")
            if words != title:
                section = words
                blocks.append(Block(words, "heading", section))
            paragraph = paragraph[heading.end() :]
        if block := _markdown_block(paragraph, section):
            blocks.append(block)
    if not blocks and not title:
        raise Unreadable("the file is empty")
    reading = Reading(
        title=title or clean(blocks[0].text)[:200],
        authors=people(said.get("author") or said.get("authors")),
        year=year_of(said.get("year") or said.get("date")),
        doi=bare_doi(str(said.get("doi", ""))),
        journal=str(said.get("journal", "")) or None,
        licence=str(said.get("license") or said.get("licence") or "") or None,
        blocks=tuple(blocks),
    )
    return titled(reading)


def _markdown_block(paragraph: str, section: str | None) -> Block | None:
    lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
    if not lines:
        return None
    if all(line.startswith("|") for line in lines) and len(lines) > 1:
        rows = [" | ".join(_unmarked(cell) for cell in line.strip("|").split("|")) for line in lines if not re.fullmatch(r"[|\s:-]+", line)]
        return Block("\n".join(rows), "table", section)
    text = clean(" ".join(_unmarked(re.sub(r"^(?:[-*+]|\d+\.|>)\s+", "", line)) for line in lines))
    kind: BlockKind = "caption" if CAPTION.match(text) else "abstract" if is_abstract(section) else "text"
    return Block(text, kind, section) if text else None


def _unmarked(text: str) -> str:
    return clean(_MARKS.sub("", _LINK.sub(r"\1", text)))


def _said(front: str) -> dict[str, object]:
    """'key: value' lines and lists of the block at the beginning."""
    said: dict[str, object] = {}
    key = ""
    for line in front.splitlines():
        if found := re.match(r"(\w+)\s*:\s*(.*)$", line):
            key, value = found[1].lower(), found[2].strip().strip("\"'")
            listed = value.startswith("[") and value.endswith("]")
            said[key] = [v.strip().strip("\"'") for v in value[1:-1].split(",")] if listed else value
        elif key and (item := re.match(r"\s*-\s+(.+)$", line)):
            before = said.get(key)
            said[key] = [*(before if isinstance(before, list) else []), item[1].strip().strip("\"'")]
    return said


def _rows(lines: list[str]) -> bool:
    """Whether lines are rows of a table: at least three, nearly each with two numbers or more, or with bars or tabs."""
    if len(lines) < 3:
        return False
    like = sum(len(re.findall(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?![\w.]*[A-Za-z]{3})", line)) >= 2 and len(line) < 160 for line in lines)
    return like >= 0.7 * len(lines)
