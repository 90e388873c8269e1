"""Data files that ship beside the code, and the one way to read them. Files that people bring are read elsewhere."""

from __future__ import annotations

import csv
import hashlib
import marshal
import os
import sys
import tomllib
from collections.abc import Callable
from contextlib import suppress
from importlib import resources
from importlib.util import cache_from_source
from pathlib import Path
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
    file = resources.files(package).joinpath(name)
    try:
        return parsed(text(package, name), file if isinstance(file, Path) else None)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"the data file {name} of {package} is not TOML: {error}") from error


def tables(package: str, folder: str) -> dict[str, dict[str, Any]]:
    """Every TOML file of ``folder`` in ``package``, by its name without ``.toml``, in the order of the names; {} for none.

    ConfigurationError if there is no such folder, or naming the file that cannot be read or is not TOML.
    """
    place = resources.files(package).joinpath(folder)
    try:
        names = sorted(entry.name for entry in place.iterdir() if entry.name.endswith(".toml"))
        texts = {name.removesuffix(".toml"): place.joinpath(name).read_text(encoding="utf-8") for name in names}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the data files {folder} of {package} cannot be read: {error}") from error
    return _parsed("\0".join(f"{name}\0{content}" for name, content in texts.items()), place, lambda: _each(package, folder, texts))


def _each(package: str, folder: str, texts: dict[str, str]) -> dict[str, dict[str, Any]]:
    found = {}
    for name, content in texts.items():
        try:
            found[name] = tomllib.loads(content)
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"the data file {folder}/{name}.toml of {package} is not TOML: {error}") from error
    return found


def parsed(content: str, file: Path | None) -> dict[str, Any]:
    """The TOML text ``content`` of ``file``, which is kept parsed beside the compiled modules where Python keeps these. TOMLDecodeError if it is none.

    What is kept begins with a hash of the text and of itself, so that it can be neither out of date nor damaged. None: nothing is kept.
    """
    return _parsed(content, file, lambda: tomllib.loads(content))


def _parsed(content: str, file: object, parse: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``parse`` makes of ``content``, or of what was kept of it as that of ``file``, where this is one or a folder of the file system."""
    kept = Path(cache_from_source(f"{file}.py")) if isinstance(file, Path) and sys.implementation.cache_tag else None
    source = content.encode()
    if kept is not None:
        with suppress(OSError, ValueError, EOFError, TypeError):
            digest, packed = (found := kept.read_bytes())[:32], found[32:]
            if hashlib.sha256(source + packed).digest() == digest:
                table: dict[str, Any] = marshal.loads(packed)
                return table
    table = parse()
    if kept is not None and not sys.dont_write_bytecode:
        with suppress(OSError, ValueError):  # a folder that cannot be written to; a date, which cannot be kept
            packed = marshal.dumps(table)
            kept.parent.mkdir(parents=True, exist_ok=True)
            part = kept.with_name(f"{kept.name}.{os.getpid()}")
            part.write_bytes(hashlib.sha256(source + packed).digest() + packed)
            part.replace(kept)
    return table


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
