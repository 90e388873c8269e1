"""The forms of a report: HTML, JSON Schema, CSV, XLSX and SDF."""

from tools.reporting.html import render_html
from tools.reporting.tables import report_json_schema, to_csv, to_sdf, to_xlsx

__all__ = ["render_html", "report_json_schema", "to_csv", "to_sdf", "to_xlsx"]
