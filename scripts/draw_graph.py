"""Write the picture of the design graph into ``docs/architecture.md``; with ``--check``, fail if it is out of date."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from graphs.design import graph

PAGE = Path(__file__).resolve().parent.parent / "docs" / "architecture.md"


def drawn(text: str) -> str:
    """``text`` with the present picture between its two marks."""
    picture = re.sub(r"^---\n.*?---\n", "", graph.get_graph().draw_mermaid(), flags=re.DOTALL).rstrip()
    return re.sub(
        r"<!-- graph -->.*?<!-- /graph -->", f"<!-- graph -->\n```mermaid\n{picture}\n```\n<!-- /graph -->", text, flags=re.DOTALL
    )


def main() -> int:
    """0 if the page is up to date or was written, 1 if it is not."""
    before = PAGE.read_text(encoding="utf-8")
    after = drawn(before)
    if "--check" in sys.argv:
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
