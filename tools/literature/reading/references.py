"""References without their papers: BibTeX, RIS and CSL-JSON, each with the abstract where it has one; and papers as lines of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tools.literature.reading.latex import plain_latex
from tools.literature.reading.parts import Block, Reading, Unreadable, bare_doi, clean, people, titled, year_of
from tools.literature.reading.plain_text import decoded

Record = Reading | Unreadable
_TAGS = re.compile(r"</?(?:jats:)?[A-Za-z][\w:-]*(?:\s[^<>]*)?/?>")
_RIS = re.compile(r"([A-Z][A-Z0-9])  ?-(?: |$)(.*)")
_MONTHS = dict(
    zip(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), map(str, range(1, 13)), strict=True)
)


def without_tags(text: str) -> str:
    """``text`` cleaned, without the tags that services leave in titles; '<' before a number stays."""
    return clean(_TAGS.sub("", text))


def abstract_blocks(abstract: str | None) -> tuple[Block, ...]:
    """The abstract as a block, without the tags that some services put into it; () for none."""
    text = clean(_TAGS.sub(" ", abstract or ""))
    text = re.sub(r"^abstract[\s:.]+", "", text, flags=re.IGNORECASE)
    return (Block(text, "abstract", "Abstract"),) if text else ()


def _reference(abstract: str | None, **fields: Any) -> Record:
    reading = titled(Reading(blocks=abstract_blocks(abstract), **fields))
    return reading if reading.title or reading.blocks else Unreadable("it has neither a title nor an abstract")


# BibTeX ------------------------------------------------------------------------------------------------------------------


def read_bibtex(data: bytes) -> Iterator[tuple[str, Record]]:
    """Each entry with its key; what cannot be read comes as Unreadable."""
    text = decoded(data)
    strings = dict(_MONTHS)
    for found in re.finditer(r"@\s*(\w+)\s*[{(]", text):
        kind = found[1].lower()
        if kind in ("comment", "preamble"):
            continue
        try:
            key, fields = _bibtex_entry(text, found.end(), strings, keyed=kind != "string")
        except Unreadable as error:
            yield f"entry at character {found.start() + 1}", error
            continue
        if kind == "string":
            strings.update(fields)
            continue
        said = {name: clean(plain_latex(value)) for name, value in fields.items() if name != "author"}
        authors = re.split(r"\s+and\s+", fields.get("author", "")) if fields.get("author") else []
        yield (
            key,
            _reference(
                said.get("abstract"),
                title=said.get("title", ""),
                authors=tuple(_turned(clean(plain_latex(name))) for name in authors if name.strip()),
                year=year_of(said.get("year") or said.get("date")),
                doi=bare_doi(said.get("doi") or said.get("url")),
                journal=said.get("journal") or said.get("journaltitle") or said.get("booktitle") or None,
                licence=said.get("license") or said.get("copyright") or None,
            ),
        )


def _turned(name: str) -> str:
    """'Surname, Given' the other way round."""
    parts = [part.strip() for part in name.split(",")]
    return f"{parts[-1]} {parts[0]}" if len(parts) == 2 else name


def _bibtex_entry(text: str, start: int, strings: Mapping[str, str], *, keyed: bool) -> tuple[str, dict[str, str]]:
    key, place = "", start
    if keyed:
        found = re.compile(r"\s*([^\s,{}]*)\s*,?").match(text, start)
        key, place = (found[1], found.end()) if found else ("", start)
    fields: dict[str, str] = {}
    name = re.compile(r"[\s,]*([A-Za-z][\w:.+-]*)\s*=\s*")
    while found := name.match(text, place):
        value, place = _bibtex_value(text, found.end(), strings)
        fields.setdefault(found[1].lower(), value)
    if not re.compile(r"[\s,]*[})]").match(text, place):
        raise Unreadable(f"the BibTeX entry {key!r} is broken after {text[max(start, place - 30) : place]!r}")
    return key, fields


def _bibtex_value(text: str, place: int, strings: Mapping[str, str]) -> tuple[str, int]:
    """A value: braces, quotation marks, a number or a name, joined by '#'; and where it ends."""
    pieces = []
    while True:
        if text[place : place + 1] in ("{", '"'):
            end = _closing(text, place)
            pieces.append(text[place + 1 : end])
            place = end + 1
        elif found := re.compile(r"[\w:.+-]+").match(text, place):
            pieces.append(strings.get(found[0].lower(), found[0]))
            place = found.end()
        else:
            raise Unreadable(f"a BibTeX value is missing at character {place + 1}")
        joined = re.compile(r"\s*#\s*").match(text, place)
        if joined is None:
            return "".join(pieces), place
        place = joined.end()


def _closing(text: str, place: int) -> int:
    opener, depth = text[place], 0
    for n in range(place + (opener == '"'), len(text)):
        sign = text[n]
        if sign == "\\":
            continue
        escaped = n > 0 and text[n - 1] == "\\"
        if sign == "{" and not escaped:
            depth += 1
        elif sign == "}" and not escaped:
            depth -= 1
            if depth == 0 and opener == "{":
                return n
        elif sign == '"' and opener == '"' and depth == 0 and not escaped:
            return n
    raise Unreadable(f"a brace or quotation mark at character {place + 1} is never closed")


# RIS ---------------------------------------------------------------------------------------------------------------------


def read_ris(data: bytes) -> Iterator[tuple[str, Record]]:
    """Each record of a RIS file with its number."""
    fields: dict[str, list[str]] = {}
    number, tag = 0, ""
    for line in [*decoded(data).splitlines(), "ER  - "]:
        found = _RIS.match(line.rstrip())
        if found is None:
            if tag and line.strip():
                fields[tag][-1] += f" {line.strip()}"
            continue
        tag = found[1]
        if tag in ("TY", "ER") and len(fields) > ("TY" in fields):
            number += 1
            yield f"record {number}", _ris_record(fields)
            fields = {}
        if tag == "ER":
            fields, tag = {}, ""
        else:
            fields.setdefault(tag, []).append(found[2].strip())


def _ris_record(fields: Mapping[str, list[str]]) -> Record:
    def first(*tags: str) -> str:
        return next((clean(value) for tag in tags for value in fields.get(tag, ()) if value.strip()), "")

    return _reference(
        first("AB", "N2"),
        title=first("TI", "T1"),
        authors=tuple(_turned(clean(name)) for tag in ("AU", "A1") for name in fields.get(tag, ()) if name.strip()),
        year=year_of(first("PY", "Y1", "DA")),
        doi=bare_doi(first("DO", "M3", "UR", "L3")),
        journal=first("JO", "JF", "T2", "JA", "J2") or None,
    )


# JSON --------------------------------------------------------------------------------------------------------------------


def read_csl(data: bytes) -> Iterator[tuple[str, Record]]:
    """Each item of a CSL-JSON file with its id. Raises Unreadable for what is not such a list."""
    try:
        items = json.loads(decoded(data))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is not JSON: {error}") from error
    if isinstance(items, dict):
        items = items.get("items", [items])
    if not isinstance(items, list):
        raise Unreadable("it is JSON, but no list of CSL items")
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            yield f"item {number}", Unreadable("it is not a CSL item")
        else:
            yield str(item.get("id") or f"item {number}"), csl_record(item)


def csl_record(item: Mapping[str, Any]) -> Record:
    """A CSL item, or a work as Crossref has it, which is one with more in it. 'update-to' belongs to the notice, 'updated-by' to the paper."""

    def text(name: str) -> str:
        value = item.get(name)
        value = value[0] if isinstance(value, list) and value else value
        return value if isinstance(value, str) else ""

    names = item.get("author")
    authors = [_csl_name(a) for a in names if isinstance(a, dict)] if isinstance(names, list) else []
    dates = (item.get(name) for name in ("issued", "published", "published-print", "published-online", "created"))
    years = (year_of(date.get("date-parts") or date.get("raw") or date.get("literal")) for date in dates if isinstance(date, dict))
    licences = item.get("license")
    licence = licences[0].get("URL") if isinstance(licences, list) and licences and isinstance(licences[0], dict) else licences
    return _reference(
        text("abstract"),
        title=without_tags(text("title")),
        authors=tuple(filter(None, map(clean, authors))),
        year=next((year for year in years if year), None),
        doi=bare_doi(text("DOI") or text("URL")),
        journal=clean(text("container-title")) or None,
        licence=licence if isinstance(licence, str) and licence else None,
        retracted=True if _retracted(item) else None,
        retracts=tuple(_retracts(item)),
    )


def _csl_name(author: Mapping[str, Any]) -> str:
    return str(author.get("literal") or author.get("name") or f"{author.get('given') or ''} {author.get('family') or ''}")


def _retracted(item: Mapping[str, Any]) -> bool:
    """Whether Crossref says that the paper was retracted, withdrawn or removed ('updated-by')."""
    updates = item.get("updated-by")
    kinds = [str(u.get("type", "")).lower() for u in updates if isinstance(u, dict)] if isinstance(updates, list) else []
    return any(kind in ("retraction", "withdrawal", "removal") for kind in kinds)


def _retracts(item: Mapping[str, Any]) -> list[str]:
    """DOIs of the papers that a notice retracts by Crossref's 'update-to'; [] for what is no such notice."""
    updates = item.get("update-to")
    found = (u for u in updates if isinstance(u, dict)) if isinstance(updates, list) else ()
    kinds = ("retraction", "withdrawal", "removal")
    dois = (bare_doi(str(u.get("DOI", ""))) for u in found if str(u.get("type", "")).lower() in kinds)
    return [doi for doi in dois if doi]


def json_record(line: str | bytes) -> tuple[str, Record]:
    """A paper as one line of JSON, with its name: ``{_id, title, text, metadata}`` as BEIR has it, or a CSL item."""
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        return "", Unreadable(f"the line is not JSON: {error}")
    if not isinstance(item, dict):
        return "", Unreadable("the line is no JSON object")
    name = str(item.get("_id") or item.get("id") or "")
    if "text" not in item and ("title" in item or "abstract" in item) and not isinstance(item.get("metadata"), dict):
        return name, csl_record(item)
    given = item.get("metadata")
    meta: dict[str, Any] = {**item, **(given if isinstance(given, dict) else {})}
    text = item.get("text")
    if text is not None and not isinstance(text, str):
        return name, Unreadable("its 'text' is no string")
    title = clean(str(item.get("title") or ""))
    whole = (text or "").strip()
    blocks = tuple(Block(p, "text") for p in map(clean, re.split(r"\n\s*\n", whole)) if p)
    if len(blocks) == 1 and len(blocks[0].text) < 4000 and title:
        blocks = (Block(blocks[0].text, "abstract", "Abstract"),)
    if not title and not blocks:
        return name, Unreadable("it has neither a title nor a text")
    retracted = meta.get("retracted", meta.get("is_retracted"))
    return name, titled(
        Reading(
            title=title or blocks[0].text[:160],
            authors=people(meta.get("authors") or meta.get("author")),
            year=year_of(meta.get("year") or meta.get("date")),
            doi=bare_doi(str(meta.get("doi") or meta.get("DOI") or "")),
            journal=clean(str(meta.get("journal") or "")) or None,
            licence=clean(str(meta.get("licence") or meta.get("license") or "")) or None,
            retracted=retracted if isinstance(retracted, bool) else None,
            blocks=blocks,
        )
    )
