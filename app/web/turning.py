"""Long lists in pages that are turned: one place for the arithmetic, one macro for the links (``turning.html.j2``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode


def turning(here: str, given: Mapping[str, str | Sequence[str]], number: int, total: int, size: int, *, part: str = "") -> dict[str, Any]:
    """What a template needs to turn the pages of a list: ``number`` of this page, from 1, of how many ``pages``, and ``links`` to its neighbours.

    ``total``: number of entries, of which ``size`` stand on a page. ``here``: the address, with the fields ``given`` and the fragment ``part``. A
    neighbour that there is not has no link.
    """
    pages = max(1, -(-total // size))
    links = {n: f"{here}?{urlencode({**given, 'page': n}, doseq=True)}{part}" for n in (number - 1, number + 1) if 1 <= n <= pages}
    return {"number": number, "pages": pages, "links": links}
