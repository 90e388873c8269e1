"""The forms of a report: HTML, JSON Schema, CSV and SDF."""

from tools.reporting.html import render_html
from tools.reporting.tables import report_json_schema, to_csv, to_sdf

__all__ = ["render_html", "report_json_schema", "to_csv", "to_sdf"]
