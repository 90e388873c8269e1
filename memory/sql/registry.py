"""The registry of language models, as rows that are only ever added."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from core.registry import Promotion
from memory.sql.engine import Database, for_reading, normalise_url
from memory.sql.registry_models import PromotionRow
from memory.sql.schema import upgrade

_KEPT = ("number", "at", "by", "action", "slot", "what", "name", "why")


class RegistryStore:
    """The registry in the database at ``url`` (SQLite or PostgreSQL). StoreError if it cannot be used."""

    def __init__(self, url: str) -> None:
        parsed = for_reading(normalise_url(url))
        upgrade(parsed)
        self._database = Database(parsed)

    def add(self, entry: Promotion) -> Promotion:
        """Keep an entry; it is returned with its number."""
        content = {"evidence": entry.evidence, "despite": entry.despite, "content": entry.content}
        with self._database.write() as connection:
            number = (connection.execute(select(func.max(PromotionRow.number))).scalar() or 0) + 1
            values = {**{name: getattr(entry, name) for name in _KEPT}, "number": number, "content": content}
            connection.execute(insert(PromotionRow).values(**values))
        return entry.model_copy(update={"number": number})

    def history(self, slot: str = "") -> list[Promotion]:
        """Every entry, oldest first; those of one slot, if it is given."""
        query = select(PromotionRow.__table__).order_by(PromotionRow.number)
        with self._database.read() as connection:
            rows = connection.execute(query.where(PromotionRow.slot == slot) if slot else query).all()
        return [Promotion.model_validate({**{name: getattr(row, name) for name in _KEPT}, **row.content}) for row in rows]

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()
