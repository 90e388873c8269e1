"""What a benchmark prints, put into a page of the docs as well."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from evals.sections import between_marks


class _Both(io.StringIO):
    """Keeps what is written and passes it on at once."""

    def __init__(self, other: TextIO) -> None:
        super().__init__()
        self._other = other

    def write(self, text: str) -> int:
        """Write to both; the number of characters."""
        self._other.write(text)
        self._other.flush()
        return super().write(text)


@contextmanager
def printed_into(page: Path | None, name: str) -> Iterator[None]:
    """What is printed in the block goes to the terminal, and, with a ``page``, in place of what stands between its marks ``name``.

    UsageError, before anything is done, where the page has no such marks. Nothing is written where the block raises.
    """
    if page is None:
        yield
        return
    between_marks(page.read_text(encoding="utf-8"), name, "")
    kept = _Both(sys.stdout)
    with redirect_stdout(kept):
        yield
    block = f"Measured {datetime.now(UTC):%Y-%m-%d}:\n\n```text\n{kept.getvalue().strip()}\n```\n"
    page.write_text(between_marks(page.read_text(encoding="utf-8"), name, block), encoding="utf-8")
