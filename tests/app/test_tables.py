"""What every command that prints a table prints at each width of a terminal, with and without colours, and in ASCII."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from rich.cells import cell_len
from rich.console import Console

from app import console
from app.commands import chemistry, doctor, evals, fleet, gateway, models, quick, runs, settings
from app.plain_text import as_utf8, never_fail, plain, writable
from app.services.structures import GivenStructure
from app.tables import TextTable, columns, print_table, wrap
from core.candidate import RequirementResult
from core.evaluation import CaseResult, EvalRun, EvalSummary, KindScore
from core.report import Report
from core.spec import Condition, DesignSpec, PropertyRequirement
from core.trace import TraceEvent
from serving.bench import BenchConfig, BenchResult, Distribution, Level
from serving.gateway.keys import ApiKey
from serving.planner.plan import plan_fleet
from serving.supervisor import FleetStatus, ServerStatus
from serving.topology import load_topology
from tests.report_kit import candidate, small_report, value
from tools.workspace import builtin

WIDTHS = (40, 80, 120, 200)
LONG = "polyimide from 2,3,3',4'-biphenyltetracarboxylic dianhydride (a-BPDA) and 2,2'-bis(trifluoromethyl)benzidine (TFMB)"
WHEN = "2026-01-02T03:04:05"
_FIVE_CARDS = Path(__file__).resolve().parents[2] / "deploy" / "fleet" / "five-cards.toml"


def _structure() -> Any:
    more = [
        RequirementResult(id="R1", text="Glass transition temperature above 250 °C", met=True, probability=0.98, value=337.25, unit="°C"),
        RequirementResult(id="R2", text="logP at most 3", met=False, probability=0.25, value=4.5, reason="its predicted value is too high"),
    ]
    values = {
        "glass_transition_temperature": value(337.0, 22.0, unit="°C", in_domain=False),
        "molecular_weight": value(578.42, unit="g/mol"),
        "melting_point": value(None, reason="no model of polymers"),
    }
    return candidate(1, "*CC(*)c1ccccc1", name=LONG, requirements=more, properties=values)


def _report() -> Report:
    first = _structure()
    tg = PropertyRequirement(
        id="R1", text="Tg above 250 °C", property="glass_transition_temperature", condition=Condition(comparison=">", value=250)
    )
    spec = DesignSpec(goal="a polymer", candidate_class="polymer", requirements=[tg])
    return small_report().model_copy(update={"spec": spec, "candidates": [first, candidate(2, "CCN", name="2-propanol")], "closest": []})


def _stub(module: Any, monkeypatch: pytest.MonkeyPatch, **parts: Any) -> None:
    monkeypatch.setattr(module, "services", lambda _: SimpleNamespace(**parts))


def _print_report(_: pytest.MonkeyPatch) -> None:
    console.print_report(_report(), [], catalogue=builtin().catalogue)


def _print_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    run = SimpleNamespace(run_id="678afe01aff2", status="success", created_at=WHEN, goal=LONG)
    monkeypatch.setattr(runs, "asdict", vars)
    _stub(runs, monkeypatch, runs=lambda: SimpleNamespace(list=lambda limit: [run] * limit))
    runs.list_runs(None, limit=3)  # type: ignore[arg-type]


def _print_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    event = TraceEvent(
        run_id="a", sequence=123, node="propose", generation=17, index="polymer_assembly", kind="record", outputs=[1], output_hash="0" * 64
    )
    _stub(runs, monkeypatch, runs=lambda: SimpleNamespace(trace=lambda run: [event]))
    runs.trace(None, "a")  # type: ignore[arg-type]


def _print_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    setting = SimpleNamespace(
        name="store.lease_seconds", value="postgresql://user@a-rather-long-name-of-a-host.example:5432/molwright", source="MOLWRIGHT_STORE"
    )
    monkeypatch.setattr(settings, "effective", lambda given: [setting])
    _stub(settings, monkeypatch, settings=None)
    settings.settings(None)  # type: ignore[arg-type]


def _print_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [SimpleNamespace(part="store", works=True, detail=LONG), SimpleNamespace(part="literature", works=False, detail="[not] markup")]
    _stub(doctor, monkeypatch, health=SimpleNamespace(parts=lambda: parts))
    with pytest.raises(typer.Exit):
        doctor.doctor(None)  # type: ignore[arg-type]


def _evaluation() -> EvalRun:
    cases = [CaseResult(case=LONG, score=0.25, seed=12345, detail={"why": "of two values"})]
    return EvalRun(eval_id="e123456789", suite="guard", created_at=WHEN, cases=cases)


def _summary() -> EvalSummary:
    return EvalSummary(eval_id="e123456789", suite="guard", created_at=WHEN, cases=1, score=0.25)


def _print_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    _stub(
        evals,
        monkeypatch,
        evaluations=SimpleNamespace(suites=lambda: {"guard": "block and pass sets of structures"}, list=lambda: [_summary()]),
    )
    evals.list_suites(None)  # type: ignore[arg-type]


def _kind() -> KindScore:
    """The cases of one kind, with a long name."""
    took = {"right_call": 0.25, "steps": 1.5, "seconds": 0.125}
    return KindScore(kind="a kind with quite a long name", cases=166, right=145, low=0.81, high=0.92, took=took)


def _print_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    _stub(evals, monkeypatch, evaluations=SimpleNamespace(find=lambda eval_id: _evaluation(), kinds=lambda result: [_kind()]))
    evals.show(None, "e")  # type: ignore[arg-type]


def _print_properties(monkeypatch: pytest.MonkeyPatch) -> None:
    door = SimpleNamespace(
        given=lambda text, read: [GivenStructure(text, text)],
        values=lambda text, conditions, also: _structure(),
        definition=lambda name: builtin().catalogue[name],
    )
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    _stub(chemistry, monkeypatch, structures=door)
    chemistry.properties(None, ["C"], solvent="ClCCl", temperature=25.0)  # type: ignore[arg-type]


def _print_check(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = DesignSpec(goal="a polymer", candidate_class="polymer")
    door = SimpleNamespace(structures=SimpleNamespace(check=lambda *_, **__: (spec, _structure())))
    monkeypatch.setattr(chemistry, "with_scorers", lambda *_: door)
    with pytest.raises(typer.Exit):
        chemistry.check(None, "C", "a polymer")  # type: ignore[arg-type]


def _print_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    found = SimpleNamespace(
        candidates=[_structure()], whole=[], spec=DesignSpec(goal="a", candidate_class="polymer"), what_it_is="", why_none=""
    )
    _stub(quick, monkeypatch, structures=SimpleNamespace(quick=lambda *_, **__: found))
    quick.quick(None, "a polymer", number=1)  # type: ignore[arg-type]


def _print_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    key = ApiKey(name="someone.with-a-long-name", sha256="0" * 64, created_at=WHEN, requests_per_minute=60000)
    monkeypatch.setattr(gateway, "_store", lambda config: SimpleNamespace(keys=lambda: [key]))
    gateway.list_keys(SimpleNamespace(obj=None))  # type: ignore[arg-type]


def _print_bench(_: pytest.MonkeyPatch) -> None:
    taken = Distribution(count=9, mean=0.1, p50=0.0123, p95=0.4567, p99=12.5)
    level = Level(
        concurrency=16, requests=32, succeeded=30, errors={"timed out": 2}, seconds=1.0, requests_per_second=30.25, output_tokens=9,
        output_tokens_per_second=1234.5, tokens_counted="usage", first_token_s=taken, inter_token_s=taken, total_s=taken,
    )  # fmt: skip
    gateway._show(BenchResult(created_at=WHEN, config=BenchConfig(base_url="u", model="m"), levels=[level]), [])


def _print_plan(_: pytest.MonkeyPatch) -> None:
    planned = plan_fleet(load_topology(_FIVE_CARDS))
    fleet._show(planned.model_copy(update={"deployments": [d.model_copy(update={"command": ""}) for d in planned.deployments]}))


def _print_status(monkeypatch: pytest.MonkeyPatch, tmp_path: Path = Path("nowhere")) -> None:
    found = FleetStatus(supervisor=1, servers=[ServerStatus(name="qwen", state="healthy", pid=123456, port=8001, restarts=3, reason=LONG)])
    monkeypatch.setattr("serving.supervisor.read_status", lambda folder: found)
    monkeypatch.setattr("serving.supervisor.supervised", lambda status: True)
    _stub(fleet, monkeypatch, settings=SimpleNamespace(home=tmp_path))
    fleet.status(None, _FIVE_CARDS, host=load_topology(_FIVE_CARDS).hosts[0].name)  # type: ignore[arg-type]


_FIGURES = {"n": 6492, "rmse": 32.75, "mae": 20.89, "r2": 0.912, "spearman": 0.95, "coverage": 0.901}


def _print_models(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {
        "name": "viscosity",
        "kind": "own",
        "unit": "mPa·s",
        "rows": 6492,
        "metrics": {"random": _FIGURES},
        "data": LONG,
        "licence": "MIT",
        "version": "1-f4c19848",
        "warnings": [],
    }
    _stub(models, monkeypatch, models=SimpleNamespace(list=lambda: ([row], {})))
    models.list_models(None)  # type: ignore[arg-type]


def _print_metrics(_: pytest.MonkeyPatch) -> None:
    models._print_metrics({"name": "viscosity", "version": "1", "unit": "mPa·s", "metrics": {"random, five folds": _FIGURES}})


def _print_trained_again(_: pytest.MonkeyPatch) -> None:
    compared = {"random": {"rmse": (32.75, 32.74), "mae": (20.89, 20.9), "coverage": (0.901, 0.9)}}
    models._show_trained_again("logp", SimpleNamespace(compared=compared, same_data=True, reproduced=True, folder=Path("here")), False)  # type: ignore[arg-type]


def _print_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"what": "the stored model", "unit": "°C", "bad_rows": [], "figures": {"all": _FIGURES}}
    _stub(models, monkeypatch, models=SimpleNamespace(evaluate=lambda *_, **__: found))
    models.evaluate(None, "logp", Path("data.csv"))  # type: ignore[arg-type]


#: What prints a table, and what must be readable in it, whole, at every width.
COMMANDS: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], tuple[str, ...]]] = {
    "report": (_print_report, ("337 ± 22 †", "0.70", "0.350", "outside the model")),
    "runs list": (_print_runs, ("678afe01aff2", "2026-01-02T03:04:05", "success")),
    "trace": (_print_trace, ("123", "17", "0" * 12)),
    "settings": (_print_settings, ("store.lease_seconds",)),
    "doctor": (_print_doctor, ("works", "fails", "[not] markup")),
    "eval list": (_print_suites, ("0.250", "2026-01-02T03:04:05")),
    "eval show": (_print_evaluation, ("0.25", "12345")),
    "properties": (_print_properties, ("337 ± 22 †", "578.42", "unknown", "no model of polymers")),
    "check": (_print_check, ("0.98", "337.2 °C", "✓", "✗")),
    "quick": (_print_quick, ("0.98", "337.2 °C", "✓", "✗")),
    "gateway keys list": (_print_keys, ("60000", "64", "2026-01-02T03:04:05")),
    "fleet bench": (_print_bench, ("1234.5", "12.3 / 456.7 / 12500.0")),
    "fleet plan": (_print_plan, ("GiB", "tokens)")),
    "fleet status": (_print_status, ("123456", "8001")),
    "models list": (_print_models, ("6492", "32.75 / 20.89", "90.1%")),
    "models train": (_print_metrics, ("6492", "32.75", "90.1%")),
    "models train, shipped": (_print_trained_again, ("32.75 / 32.74", "0.901 / 0.9")),
    "models evaluate": (_print_evaluated, ("6492", "0.912")),
}  # fmt: skip


def _printed(name: str, width: int, monkeypatch: pytest.MonkeyPatch, encoding: str = "utf-8", colour: bool = False) -> str:
    """What a command writes to a stdout of this width and encoding."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    never_fail(stream)
    page = console.Page(file=stream, width=width, force_terminal=True, color_system="truecolor" if colour else None, legacy_windows=False)
    for module in (console, chemistry, doctor, evals, fleet, gateway, models, quick, runs, settings):
        monkeypatch.setattr(module, "out", page)
        if hasattr(module, "err"):
            monkeypatch.setattr(module, "err", Console(file=io.StringIO()))
    COMMANDS[name][0](monkeypatch)
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_no_number_shrinks_and_no_line_is_wider_than_the_terminal(name: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = _printed(name, width, monkeypatch)
    for part in COMMANDS[name][1]:
        assert part in text, text
    assert "…" not in text
    table = text.split("\n  1  ")[0] if name == "report" else text  # the structures below are whole, to be copied
    assert max(cell_len(line) for line in table.splitlines()) <= width, text


@pytest.mark.parametrize("name", COMMANDS)
def test_colours_change_no_letter(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = _printed(name, 120, monkeypatch, colour=True)
    assert "\x1b[" in coloured
    without = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", coloured).splitlines()]
    assert "".join(without).split() == "".join(line.rstrip() for line in _printed(name, 120, monkeypatch).splitlines()).split()


@pytest.mark.parametrize("width", [40, 120])
@pytest.mark.parametrize("name", COMMANDS)
def test_an_ascii_terminal_reads_the_same_in_other_signs(name: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    text = _printed(name, width, monkeypatch, encoding="ascii")
    assert "\\u" not in text
    for part in COMMANDS[name][1]:
        assert plain(part) in text, text


def test_a_narrow_terminal_gets_a_list_and_a_wide_one_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = _printed("report", 40, monkeypatch)
    assert "\n  Glass transition temperature, °C:\n    337 ± 22 †\n" in narrow
    assert "\n  score: 0.350\n" in narrow
    assert "─" not in narrow
    wide = _printed("report", 200, monkeypatch)
    assert LONG in wide
    assert "─" * 80 in wide


def test_names_wrap_at_words_and_after_hyphens() -> None:
    assert wrap(LONG, 24) == [
        "polyimide from",
        "2,3,3',4'-",
        "biphenyltetracarboxylic",
        "dianhydride (a-BPDA) and",
        "2,2'-",
        "bis(trifluoromethyl)",
        "benzidine (TFMB)",
    ]
    assert wrap("", 10) == [""]
    assert wrap("聚酰亚胺聚酰亚胺", 6) == ["聚酰亚", "胺聚酰", "亚胺"]
    assert all(cell_len(line) <= 2 for line in wrap("C" * 50, 0))


def test_cells_are_no_markup_and_must_match_the_columns() -> None:
    table = TextTable(columns("a", "b"))
    table.add("[bold]C[C@H](N)C[/bold]", "[/]")
    stream = io.StringIO()
    print_table(table, Console(file=stream, width=80))
    assert "[bold]C[C@H](N)C[/bold]  [/]" in stream.getvalue()
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        table.add("a")


def test_only_one_place_draws_tables() -> None:
    here = Path(console.__file__).parent
    found = [p.name for p in here.rglob("*.py") if "rich.table" in p.read_text(encoding="utf-8")]
    assert found == []  # app/tables.py draws its own: rich's table takes four times as long


def test_what_a_stream_lacks_is_spelt_out() -> None:
    assert plain("337 ± 22 °C, λ ≥ 3 Å², naïve – “ΔG” 中 †") == '337 +/- 22 degC, lambda >= 3 A2, naive - "DeltaG" \\u4e2d !'.replace(
        "Delta", "Delta"
    )
    assert writable("5 °C ± 1 ≤", "latin-1") == "5 °C ± 1 <="
    assert writable("5 °C", "utf-8") == "5 °C"


def test_json_loses_nothing_on_an_ascii_terminal() -> None:
    ascii_stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert console.json_text({"unit": "°C"}, ascii_stream) == '{"unit": "\\u00b0C"}'
    assert console.json_text({"unit": "°C"}, io.StringIO()) == '{"unit": "°C"}'


def test_prose_breaks_at_words_on_a_terminal_and_not_in_a_pipe() -> None:
    text = "a sentence of some length about /a/path/that/is/to/be/copied/whole/by/someone.html"
    for terminal, lines in ((True, 3), (False, 1)):
        stream = io.StringIO()
        console.Page(file=stream, width=30, force_terminal=terminal, color_system=None).print(text)
        assert len(stream.getvalue().splitlines()) == lines
        assert "/a/path/that/is/to/be/copied/whole/by/someone.html" in stream.getvalue()


def test_arguments_in_utf_8_are_read_in_any_locale() -> None:
    assert as_utf8(["molwright", os.fsdecode(b"Tg > 250 \xc2\xb0C")]) == ["molwright", "Tg > 250 °C"]


@pytest.mark.parametrize(("p", "text"), [(0.0, "0.00"), (0.004, "<0.01"), (0.5, "0.50"), (0.99, "0.99"), (0.998, ">0.99"), (1.0, "1.00")])
def test_what_is_not_certain_is_not_printed_as_certain(p: float, text: str) -> None:
    assert console.probability_text(p) == text
