"""Routes: how a candidate could be made from listed starting materials by named reactions."""

from tools.routes.find import find_route, verify_route

__all__ = ["find_route", "verify_route"]
