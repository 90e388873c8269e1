"""Examples for the API's document of structures, libraries, models and the fleet."""

from __future__ import annotations

from typing import Any

AT, JOB = "2026-11-30T08:00:00+00:00", "0f1e2d3c4b5a6978"


def _job(title: str, status: str, **more: Any) -> dict[str, Any]:
    times = {
        "created_at": AT,
        "started_at": "" if status in ("queued", "waiting") else AT,
        "finished_at": AT if status == "finished" else "",
    }
    place = {"position": 1 if status == "queued" else 0, "executed": status == "running"}
    return {"job_id": JOB, "title": title, "status": status, "user": "ada", "error": "", **times, **place, **more}


def _fleet() -> dict[str, Any]:
    """The model servers, one of which answers."""
    measured = {"at": AT, "fault": "", "first_token_s": 0.21, "tokens_per_s": 38.5, "tokens": 64, "estimated": False}
    endpoint: dict[str, Any] = {
        "name": "127.0.0.1:8001",
        "address": "http://127.0.0.1:8001/v1",
        "models": ["m"],
        "loaded": ["m"],
        "contexts": {"m": 8192},
    }
    endpoint |= {"answers": True, "seconds": 0.012, "detail": "", "measured": measured}
    speed = {"model": "m", "role": "proposer", "calls": 12, "tokens_in": 24000, "tokens_out": 3100, "seconds": 91.2, "rate": 34.0}
    server = {"topology": "lab", "host": "here", "name": "m", "state": "healthy", "port": 8001, "restarts": 0, "reason": ""}
    fleet: dict[str, Any] = {"sentence": "The one model server answers.", "fault": "", "endpoints": [endpoint], "roles": {"proposer": "m"}}
    fleet |= {"speeds": [speed], "local": [server], "measuring": False}
    return fleet


def _training() -> dict[str, Any]:
    """The training of an own model that waits for a person's yes."""
    seen: dict[str, Any] = {
        "kind": "molecule",
        "rows_read": 120,
        "rows_used": 118,
        "substances": 110,
        "least": -3.1,
        "greatest": 1.2,
        "warnings": [],
    }
    seen |= {"left_out": [[7, "no value"]], "left_out_number": 2}
    return _job("my_solubility", "waiting", name="my_solubility", seen=seen, told=[], version="")


def room_answers(candidate: dict[str, Any], report: dict[str, Any], spec: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What the operations answer with, by their names; made of the examples that the other operations have."""
    title = f"two.smi: {spec['goal']}"
    none: dict[str, Any] = {"blocked": None, "failed": {}, "notes": [], "not_read": [], "ended": "", "tables": []}
    counts = {"library": "two.smi", "spec": spec, "part": 0.0, "read": 0, "hits": 0, "unreadable": 0, **none}
    library = _job(title, "queued", **counts)
    ended = {"failed": {"R1": 1}, "blocked": 0, "ended": "the library two.smi was read to its end", "tables": ["hits"]}
    screened = _job(title, "finished", **{**counts, "part": 1.0, "read": 2, "hits": 1, **ended})
    table = _job("two.smi", "queued", read=0, unreadable=0, notes=[], ended="")
    made = _job("two.smi", "finished", read=2, unreadable=0, notes=[], ended="the file was read to its end")
    asked = {"smiles": "CO", "goal": "", "names": ["homo"], "takes": ["GFN2-xTB electronic structure: about 4 s"]}
    computation = _job("methanol", "queued", **asked, candidate=None)
    computed = _job("methanol", "finished", **asked, candidate=candidate)
    row: dict[str, Any] = {
        "line": 1,
        "name": "methanol",
        "smiles": "CO",
        "key": candidate["key"],
        "safety": "allow",
        "rules": [],
        "notes": [],
        "fault": "",
    }
    row["values"] = {"molecular_weight": [32.042, 0.0, "rdkit", ""]}
    training = _training()
    near = {"smiles": "CCO", "similarity": 0.4, "source": "common compound", "name": "ethanol", "measured": {"melting_point": "-114 °C"}}
    profile: dict[str, Any] = {
        "name": "methanol",
        "candidate": candidate,
        "alerts": [],
        "known": ["it ships as a known compound: methanol"],
        "near": [near],
    }
    profile |= {"route": None, "no_route": "", "in_runs": [found], "checked": candidate}
    card = {"name": "melting_point", "unit": "°C", "version": "1-a89a432e", "licence": "CC0"}
    figures = {"n": 16509, "rmse": 36.5, "mae": 26.38, "coverage": 0.9004}
    summary = {**card, "kind": "shipped", "data": "Bradley open melting point data set", "rows": 16509, "warnings": []}
    role = {"model": "m", "fallback_model": "", "context_tokens": 8192, "max_tokens": 2048, "deadline_s": 120.0}
    fleet = _fleet()
    kept = {
        **{"name": "REACH candidate list", "date": "2025-11-05", "source": "ECHA, REACH Article 59(10)", "words": ["svhc"]},
        **{"file": "list.csv", "version": "1f0e2d3c4b5a", "property": "on_reach_candidate_list", "entries": 250, "decided": 190},
        "not_decided": [{"line": 12, "entry": "Alkanes, C10-13, chloro", "why": "its name speaks of more than one substance ('alkanes')"}],
    }
    return {
        "profile_structure": profile,
        "start_table": table,
        "list_tables": {"tables": [made], "total": 1, "next": None},
        "show_table": made,
        "cancel_table": {**table, "status": "cancelled"},
        "list_rows": {"rows": [row], "total": 1, "next": None},
        "start_computation": computation,
        "list_computations": {"computations": [computed], "total": 1, "next": None},
        "show_computation": computed,
        "cancel_computation": {**computation, "status": "cancelled"},
        "start_library": library,
        "list_libraries": {"libraries": [screened], "total": 1, "next": None},
        "show_library": screened,
        "cancel_library": {**library, "status": "cancelled"},
        "list_hits": {"candidates": [candidate], "total": 1, "next": None},
        "show_library_report": report,
        "list_models": {"models": [{**summary, "metrics": {"random over substances, 5 folds": figures}}], "problems": {}, "fault": "",
                        "language_models": {"proposer": role, "critic": {}}},
        "show_model": {**card, "metrics": {"random over substances, 5 folds": figures}},
        "list_lists": {"lists": [kept], "problems": {}},
        "add_list": kept,
        "show_list": kept,
        "start_training": training,
        "list_trainings": {"trainings": [training], "total": 1, "next": None},
        "show_training": training,
        "confirm_training": {**training, "status": "queued"},
        "cancel_training": {**training, "status": "cancelled"},
        "show_fleet": fleet,
        "measure_fleet": {**fleet, "measuring": True},
    }  # fmt: skip
