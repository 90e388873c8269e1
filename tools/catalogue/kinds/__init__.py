"""Kinds of requirement: one class each says how its requirements are read, written, checked, compared and scored."""

from tools.catalogue.kinds.base import AnyKind, Calculations, Context, Kind, StructuralKind, Subject, Terms
from tools.catalogue.kinds.registry import KINDS, Kinds, kind_of

__all__ = ["KINDS", "AnyKind", "Calculations", "Context", "Kind", "Kinds", "StructuralKind", "Subject", "Terms", "kind_of"]
