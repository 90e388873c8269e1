"""Parsing XML that others wrote: no entities of its own, nothing fetched, nothing nested without end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tools.literature.reading.parts import Unreadable, clean

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_DEPTH = 200
#: The names of HTML, which publishers' DTDs share; a document that names another one would need its DTD.
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]*);")
_OWN = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})


def parse(data: bytes) -> Element:
    """The root element. Raises Unreadable for what is not XML, declares entities, or is nested too deeply."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException, ElementTree

    try:
        root: Element = ElementTree.fromstring(_known_entities(data))
    except DefusedXmlException as error:
        raise Unreadable("it declares entities or refers to outside ones, which is not accepted") from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(f"it is not well-formed XML: {error}") from error
    except RecursionError as error:
        raise Unreadable("its elements are nested too deeply") from error
    _check_depth(root)
    return root


def _known_entities(data: bytes) -> bytes:
    """Named entities of HTML as numbers: a parser that fetches no DTD does not know them."""
    from html.entities import html5

    def number(found: re.Match[bytes]) -> bytes:
        name = found[1]
        if name in _OWN or (letters := html5.get(name.decode() + ";")) is None:
            return found[0]
        return "".join(f"&#{ord(letter)};" for letter in letters).encode()

    return _ENTITY.sub(number, data)


def _check_depth(root: Element) -> None:
    level: list[Element] = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return
    raise Unreadable(f"its elements are nested more than {MAX_DEPTH} deep")


def local(element: Element) -> str:
    """The name of an element without its namespace; '' for comments."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Children of these names, in order."""
    return (child for child in (element if element is not None else ()) if local(child) in names)


def find(element: Element | None, path: str) -> Element | None:
    """The first descendant along ``path`` ('front/article-meta'), by names without namespaces; None if there is none."""
    for name in path.split("/"):
        element = next(children(element, name), None)
        if element is None:
            return None
    return element


def below(element: Element | None, *names: str) -> Iterator[Element]:
    """Descendants of these names, in the order of the text."""
    return (e for e in (element.iter() if element is not None else ()) if local(e) in names)


def content(element: Element | None, skipped: Iterable[str] = ()) -> str:
    """The text of an element with its children's, cleaned; '' for None."""
    if element is None:
        return ""
    return clean("".join(_pieces(element, frozenset(skipped))))


def _pieces(element: Element, skipped: frozenset[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local(child)
        if name and name not in skipped:
            if name in ("break", "lb", "p", "title", "head", "list-item", "item"):
                yield " "
            yield from _pieces(child, skipped)
        yield child.tail or ""


def table_rows(table: Element, row: str, cells: tuple[str, ...]) -> str:
    """The rows of a table, a line each, cells parted by ' | '."""
    lines = (" | ".join(content(cell) for cell in children(line, *cells)) for line in below(table, row))
    return "\n".join(line for line in lines if line.strip(" |"))
