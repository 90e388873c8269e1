"""Long results are kept whole under an id and shown in part. Nothing is cut in silence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from agent.toolbox.tool import ToolError

_STUB = "[not shown again to save room"
SHOWN = 3_000
"""Most characters of a result that are shown at once."""


class Workbook:
    """The results of one conversation or one proposal step, by id: r1, r2, ... in the order they were made."""

    def __init__(self, shown: int = SHOWN, texts: Sequence[str] = ()) -> None:
        """``texts``: the results of an earlier workbook, as :meth:`texts` gave them."""
        self._shown = shown
        self._texts = {f"r{number}": text for number, text in enumerate(texts, start=1)}

    def __len__(self) -> int:
        return len(self._texts)

    def texts(self) -> list[str]:
        """Every result, in the order they were made."""
        return list(self._texts.values())

    @property
    def cut(self) -> bool:
        """Whether a result is too long to be shown at once."""
        return any(len(text) > self._shown for text in self._texts.values())

    def keep(self, result: Any) -> str:
        """Store ``result`` (a JSON value) and return its id."""
        name = f"r{len(self._texts) + 1}"
        self._texts[name] = json.dumps(result, ensure_ascii=False)
        return name

    def whole(self, name: str) -> Any:
        """The result ``name`` as it was kept."""
        return json.loads(self._texts[name])

    def show(self, name: str, start: int = 0) -> str:
        """The result ``name`` from character ``start``: whole if it is short enough, else a part that says where it goes on.

        Raises ToolError for an unknown id or a start beyond the end.
        """
        if name not in self._texts:
            raise ToolError(f"there is no result {name!r}; there are {', '.join(self._texts) or 'none'}")
        text = self._texts[name]
        if not 0 <= start <= max(len(text) - 1, 0):
            raise ToolError(f"result {name} has {len(text)} characters; start must be from 0 to {max(len(text) - 1, 0)}")
        end = min(start + self._shown, len(text))
        head = f"{name}: " if not start else f"{name} from character {start}: "
        if end < len(text):
            return f"{head}{text[start:end]} [cut at character {end} of {len(text)}; read_result {name} from {end} shows more]"
        return head + text[start:]

    @staticmethod
    def is_stub(text: str) -> bool:
        """Whether ``text`` stands for a result."""
        return _STUB in text[:100]

    def stub(self, name: str) -> str:
        """One line that stands for the result where there is no room for it."""
        return f"{name}: {_STUB}, {len(self._texts[name])} characters; read_result {name} shows it]"
