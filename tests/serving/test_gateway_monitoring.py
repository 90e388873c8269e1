"""Every metric and label that the dashboard and the alert rules name is exported: by a running gateway, or from the stored runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import CollectorRegistry, Gauge

from app.services.run_metrics import families
from memory.sql.figures import ModelUse, RunFigures
from serving.gateway.metrics import GatewayMetrics
from serving.pool.metrics import PoolMetrics
from serving.pool.tally import Counter, Histogram
from tests.tables import each_row

MONITORING = Path(__file__).resolve().parents[2] / "deploy" / "monitoring"
LABEL_WORDS = re.compile(r"(?:by|without)\s*\(([^)]*)\)")


def metrics() -> dict[str, set[str]]:
    """Sample name -> labels, from the metric objects themselves."""
    registry = CollectorRegistry()
    pool = PoolMetrics(registry)
    gateway = GatewayMetrics(registry)
    suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
    found: dict[str, set[str]] = {}
    for metric in [*vars(pool).values(), *vars(gateway).values()]:
        if isinstance(metric, Gauge):
            found[metric._name] = set(metric._labelnames)
        if isinstance(metric, Counter | Histogram):
            for suffix in suffixes[metric.kind]:
                found[metric.name + suffix] = set(metric.label_names) | ({"le"} if suffix == "_bucket" else set())
    return found | run_metrics()


def run_metrics() -> dict[str, set[str]]:
    """The same of the metrics of design runs."""
    used = {("proposer", "general"): ModelUse(1, 1, 1, 1.0)}
    figures = RunFigures(steps={"screen": 1}, step_seconds={"screen": 1.0}, errors={"screen": 1}, models=used)
    return {sample.name: set(sample.labels) for family in families(figures) for sample in family.samples}


def dashboard() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((MONITORING / "grafana-dashboard.json").read_text(encoding="utf-8"))
    return data


def rules() -> list[dict[str, Any]]:
    data = yaml.safe_load((MONITORING / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in data["groups"] for rule in group["rules"]]


EXPRESSIONS = [(f"panel {p['title']}", t["expr"], t["legendFormat"]) for p in dashboard()["panels"] for t in p["targets"]]
EXPRESSIONS += [(f"alert {r['alert']}", r["expr"], r["annotations"]["summary"]) for r in rules()]


@each_row(("where", "expression", "legend"), EXPRESSIONS)
def test_every_name_is_exported_with_its_labels(where: str, expression: str, legend: str) -> None:
    exported = metrics()
    names = re.findall(r"molwright_\w+", expression)
    assert names, where
    assert set(names) <= exported.keys(), where
    labels = set().union(*(exported[n] for n in names))
    used = {word.strip() for part in LABEL_WORDS.findall(expression) for word in part.split(",")}
    used |= set(re.findall(r"(\w+)\s*=~?\s*\"", expression))
    used |= set(re.findall(r"{{\s*(?:\$labels\.)?(\w+)\s*}}", legend)) - {"value"}
    assert used <= labels, where
    assert expression.count("(") == expression.count(")")
    assert expression.count("{") == expression.count("}")


def test_every_metric_is_shown_somewhere() -> None:
    shown = set(re.findall(r"molwright_\w+", " ".join(e for _, e, _ in EXPRESSIONS)))
    assert {n for n in metrics() if not n.endswith(("_sum", "_count"))} <= shown


def test_label_values_in_rules_exist() -> None:
    from typing import get_args

    from core.report import RunStatus
    from serving.pool.ledger import Outcome
    from serving.pool.monitor import ProbeResult

    text = " ".join(e for _, e, _ in EXPRESSIONS)
    for label, of in (("outcome", Outcome), ("result", ProbeResult), ("status", RunStatus)):
        values = set(get_args(of))
        for match in re.findall(label + r'=~?"([^"]+)"', text):
            assert set(match.split("|")) <= values


def test_rules_and_panels_are_complete() -> None:
    names = [r["alert"] for r in rules()]
    assert len(names) == len(set(names))
    for rule in rules():
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"].keys() == {"summary", "description"}
    ids = [p["id"] for p in dashboard()["panels"]]
    assert len(ids) == len(set(ids))
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in dashboard()["panels"]]
    assert len(places) == len(set(places))
    tested = {
        case["alertname"]
        for test in yaml.safe_load((MONITORING / "alerts-test.yml").read_text(encoding="utf-8"))["tests"]
        for case in test["alert_rule_test"]
    }
    assert tested == set(names)
