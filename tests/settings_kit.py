"""Settings for tests, named like the environment variables: ``settings_of(home=..., models__url=...)``."""

from __future__ import annotations

from typing import Any

from core.settings import Settings


def settings_of(**named: Any) -> Settings:
    """The settings with these in place; ``group__name`` is ``name`` in the table ``group``."""
    tables: dict[str, Any] = {}
    for name, value in named.items():
        group, _, field = name.partition("__")
        if field:
            tables.setdefault(group, {})[field] = value
        else:
            tables[group] = value
    return Settings(**tables)
