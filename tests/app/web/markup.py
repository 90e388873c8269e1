"""A page's markup, read for tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser


class Page(HTMLParser):
    """What a page says: its elements, in order, with their attributes and the text beneath each heading."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str, **wanted: str) -> Iterator[dict[str, str]]:
        for found, attributes in self.elements:
            if found == tag and all(attributes.get(name) == value for name, value in wanted.items()):
                yield attributes

    def fields(self) -> dict[str, str]:
        """The first value of each hidden field and filled input."""
        found: dict[str, str] = {}
        for attributes in self.all("input"):
            if attributes.get("type") not in ("checkbox", "radio", "file") and "name" in attributes:
                found.setdefault(attributes["name"], attributes.get("value", ""))
        return found
