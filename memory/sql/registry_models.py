"""The table of the registry of language models. No seal covers it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from memory.sql.models import JsonText
from memory.sql.people_models import Base

__all__ = ["Base", "PromotionRow"]


class PromotionRow(Base):
    """An entry of the registry of language models; ``content`` is its evidence and what it holds. Rows are only added."""

    __tablename__ = "promotions"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    by: Mapped[str]
    action: Mapped[str]
    slot: Mapped[str] = mapped_column(index=True)
    what: Mapped[str]
    name: Mapped[str]
    why: Mapped[str]
    content: Mapped[Any] = mapped_column(JsonText)
