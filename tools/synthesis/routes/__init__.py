"""Routes: how a candidate could be made from listed starting materials by named reactions."""

from tools.synthesis.routes.cost import only_from, with_stock
from tools.synthesis.routes.find import find_route, verify_route

__all__ = ["find_route", "only_from", "verify_route", "with_stock"]
