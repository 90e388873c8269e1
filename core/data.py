"""Data files that ship beside the code, and the one way to read them. Files that people bring are read elsewhere."""

from __future__ import annotations

import csv
import tomllib
from importlib import resources
from typing import Any

from core.errors import ConfigurationError


def text(package: str, name: str) -> str:
    """The UTF-8 text of the file ``name`` (a relative path with '/') in ``package``. ConfigurationError if it is not there."""
    try:
        return resources.files(package).joinpath(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the data file {name} of {package} cannot be read: {error}") from error


def table(package: str, name: str) -> dict[str, Any]:
    """The TOML file ``name`` of ``package``. ConfigurationError if it is not there or not TOML."""
    try:
        return tomllib.loads(text(package, name))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"the data file {name} of {package} is not TOML: {error}") from error


def rows(package: str, name: str) -> list[dict[str, str]]:
    """The rows of a table with a heading line: tab-separated without quoting for ``.tsv``, comma-separated with quoting for ``.csv``.

    Cells that are missing at the end of a row are ''. ConfigurationError if the file is not there, or if a row has more cells than the
    heading; the line is named.
    """
    lines, tabs = text(package, name).splitlines(), name.endswith(".tsv")
    reader = csv.reader(lines, delimiter="\t" if tabs else ",", quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL)
    heading = next(reader, [])
    found: list[dict[str, str]] = []
    for cells in reader:
        missing = len(heading) - len(cells)
        if missing < 0:
            raise ConfigurationError(f"the data file {name} of {package}, line {reader.line_num}: more cells than the heading has")
        if cells:
            found.append(dict(zip(heading, cells + [""] * missing, strict=True)))
    return found
