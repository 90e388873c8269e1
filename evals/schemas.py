"""What the agent was asked with: a hash over the schemas of properties, spec, report and prompts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from core.model import content_hash
from core.report import Report
from core.spec import DesignSpec
from tools.workspace import builtin

PROMPTS = Path(__file__).resolve().parent.parent / "prompts"


def schema_hash() -> str:
    """SHA-256 over the property registry, the JSON Schemas of spec and report, and every prompt file."""
    prompts = {p.name: p.read_text(encoding="utf-8") for p in sorted(PROMPTS.glob("*.md"))}
    parts = [[asdict(p) for p in builtin().catalogue], DesignSpec.model_json_schema(), Report.model_json_schema(), prompts]
    return content_hash(parts)
