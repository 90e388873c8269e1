"""Examples for the API's document: what each operation takes, and what it answers with. A test holds every one against its schema."""

from __future__ import annotations

from typing import Any

from app.web.examples_review import REVIEW_ANSWERS, REVIEW_PARAMETERS
from app.web.room_examples import JOB, room_answers
from app.web.trace_examples import AT, EVALUATION, EVALUATION_ANSWERS, KEY, REPLAY, RUN, TRACE_ANSWERS
from app.web.views import EXAMPLE_GOAL
from core.candidate import Candidate, Origin, PropertyValue, RequirementResult, Route, SafetyVerdict
from core.events import GenerationDone, NumberedEvent
from core.forecast import Forecast
from core.report import Report
from core.spec import Condition, DesignSpec, PropertyRequirement

SAVED = "light-molecules-0f1e2d3c4b"
JSON = "application/json"

_LIGHT = PropertyRequirement(
    id="R1",
    text="Molecular weight below 300 g/mol",
    phrase="MW < 300",
    property="molecular_weight",
    unit="g/mol",
    condition=Condition(comparison="<", value=300.0),
)
_SPEC = DesignSpec(goal="a molecule with MW < 300", candidate_class="molecule", requirements=[_LIGHT], candidates=5, budget=300)
_CANDIDATE = Candidate(
    key=KEY,
    smiles="CO",
    candidate_class="molecule",
    origin=Origin(proposer="library", operator="hit"),
    properties={"molecular_weight": PropertyValue(value=32.042, unit="g/mol", sigma=0.0, method="rdkit", method_version="2026.03")},
    requirements=[RequirementResult(id="R1", text=_LIGHT.text, met=True, probability=1.0, value=32.042, unit="g/mol")],
    safety=SafetyVerdict(verdict="allow"),
    status="kept",
    p_meets=1.0,
    score=1.0,
    rank=1,
    route=Route(status="none known"),
)
_REPORT = Report(run_id=RUN, goal=_SPEC.goal, status="success", spec=_SPEC, summary="One candidate.", candidates=[_CANDIDATE])
_EVENT = NumberedEvent(run_id=RUN, number=7, at=AT, event=GenerationDone(generation=0, evaluated=159, budget=300, best=0.81))


def _plain(model: Any) -> Any:
    return model.model_dump(mode="json", by_alias=True)


def _run(status: str, **more: Any) -> dict[str, Any]:
    times = {"created_at": AT, "finished_at": "", "approved_by": "", "error": "", "archived_at": "", "user": "ada"}
    document: dict[str, Any] = {"spec": None, "structures": {}, "position": None, "objections": []}
    return {"run_id": RUN, "goal": EXAMPLE_GOAL, "status": status, **times, **document, **more}


def _page(name: str, *entries: Any) -> dict[str, Any]:
    return {name: list(entries), "total": len(entries), "next": None}


_READING = {
    "spec": _plain(_SPEC),
    "described": "Sought: 5 molecules.\nEvery candidate must meet:\n  R1  Molecular weight below 300 g/mol",
    "marked": _SPEC.goal,
    "wishes_checked": 1,
    "wishes_unchecked": 0,
    "objections": [],
}
_TEMPLATE = {"template_id": SAVED, "name": "light molecules", "saved_at": AT, "spec": _plain(_SPEC), "shared_by": ""}
_QUEUED = _run("queued", position=1)
_DONE = _run(
    "success", finished_at="2026-11-30T08:01:10+00:00", approved_by="ada", spec=_plain(_SPEC), structures={"kept": 280, "rejected": 20}
)
_VIEW = {name: value for name, value in _DONE.items() if name not in ("spec", "structures", "position", "objections")}
_FOUND = {"run_id": RUN, "goal": EXAMPLE_GOAL, "similarity": 1.0, "candidate": _plain(_CANDIDATE)}
_FORECAST = Forecast(known=True, expected=240, low=120, high=290, evaluated=300, asked=5, binding="R1", earlier=0)
_ADA = {"name": "ada", "role": "chemist", "quota": None, "created_at": AT, "disabled_at": "", "seen_at": AT}
_TOKEN = {
    "token_id": "5f2c9a1e",
    "person": "ada",
    "label": "notebook",
    "created_at": AT,
    "expires_at": "2027-11-30T08:00:00+00:00",
    "used_at": "",
}
_PROJECT = {"name": "blue dyes", "created_at": AT, "members": ["ada", "bo"]}
_ENTRY = {
    "number": 12,
    "at": AT,
    "person": "ada",
    "action": "Share a run",
    "target": f"run {RUN}: open",
    "origin": "192.0.2.7",
    "outcome": "done",
}
_SCREEN = {"report": _plain(_REPORT), "read": 2, "hits": 1, "unreadable": 0, "blocked": 0, "failed": {"requirement:R1": 1}, "notes": []}

_PAPER = {
    "document_id": "a1b2c3d4e5f60718293a", "title": "Films of high glass transition", "authors": ["A. Uthor"], "year": 2010,
    "doi": "10.1234/films.1", "journal": "J. Films", "licence": None, "retracted": None, "source": "films.pdf", "collection": "membranes",
    "level": "full", "pages": 8, "indexed": True, "added_at": AT, "passages": 1, "mentions": 1, "values": 1,
}  # fmt: skip
_PASSAGE = {
    **{name: _PAPER[name] for name in ("document_id", "title", "year", "doi", "retracted", "collection")},
    "passage_id": "a1b2c3d4e5f60718293a:0", "section": "Results", "page": 4, "kind": "text", "text": "Films of PMDA-ODA had a Tg of 388 °C.",
}  # fmt: skip
_NUMBER = {
    **{name: _PAPER[name] for name in ("title", "year", "doi", "retracted")}, "id": "a1b2c3d4e5f60718293a/0",
    "property": "glass_transition_temperature", "relation": "=", "value": 388.0, "upper": None, "spread": None, "unit": "°C",
    "standard": 388.0, "standard_upper": None, "standard_unit": "°C", "substance": "PMDA-ODA", "smiles": None, "key": None, "conditions": [],
    "quote": _PASSAGE["text"], "page": 4, "approved_by": "",
}  # fmt: skip
_DETAIL = {
    **_PAPER, "notes": [], "parts": [_PASSAGE], "substances": [{"name": "PMDA-ODA", "smiles": None, "count": 1}], "reported": [_NUMBER],
}  # fmt: skip
_REPLY = {
    "answered": True, "made_by": "extracts", "statements": [{"text": _PASSAGE["text"], "citations": [1]}],
    "citations": [{"number": 1, "passage": _PASSAGE, "quotes": [{"start": 0, "end": 38, "text": _PASSAGE["text"]}]}], "disagreements": [],
    "evidence": 0.91, "least": 0.42, "notes": [],
}  # fmt: skip
_ASKED = {"question_id": "0c1d2e3f4a5b", "question": "What is the Tg of PMDA-ODA?", "asked_at": AT, "answer": None, "problem": ""}
_ADDITION = {
    "addition_id": "9f8e7d6c5b4a", "collection": "membranes", "waiting": False, "files": 2, "done": 2, "added": 1, "updated": 0,
    "duplicate": 0, "failed": 1, "failures": [{"name": "scan.pdf", "reason": "it has no text"}], "problem": "",
}  # fmt: skip
_STATS = {
    "documents": 1, "passages": 1, "mentions": 1, "values": 1, "approved": 0, "unindexed": 0, "retracted": 0, "failed": 1,
    "by_collection": {"membranes": 1}, "by_level": {"full": 1},
}  # fmt: skip

#: What an operation takes, by its name, where its model has no example of its own.
REQUESTS: dict[str, Any] = {
    "check_spec": {"spec": _plain(_SPEC)},
    "forecast": {"spec": _plain(_SPEC)},
    "save_template": {"name": "light molecules", "spec": _plain(_SPEC)},
    "approve_run": {"accept_suggestions": False, "accept_unread": False},
    "add_papers": {"collection": "membranes", "files": [{"name": "note.md", "text": "# Films\n\nThey are yellow."}]},
}
#: What an operation answers with, by its name; where it is JSON.
ANSWERS: dict[str, Any] = {
    "read_goal": _READING,
    "check_spec": _READING,
    "forecast": _plain(_FORECAST),
    "properties": _plain(_CANDIDATE),
    "check_structure": _plain(_CANDIDATE),
    "find_structures": {"hits": [_FOUND], "found": 1, "looked": 300, "runs": 1, "next": None},
    "screen": {**_SCREEN, "not_read": []},
    "find_passages": {"passages": [{**_PASSAGE, "score": 2.1, "marks": [[0, 5]], "folded": []}], "remark": ""},
    "show_passage": _PASSAGE,
    "list_papers": _page("papers", _PAPER),
    "add_papers": {**_ADDITION, "waiting": True, "done": 0, "added": 0, "failed": 0, "failures": []},
    "show_addition": _ADDITION,
    "show_paper": _DETAIL,
    "list_values": {"values": [_NUMBER]},
    "list_mentions": {"mentions": [{"passage": _PASSAGE, "written": "PMDA-ODA", "name": "PMDA-ODA", "smiles": None}]},
    "ask_papers": {"waiting": True, "questions": [_ASKED]},
    "show_question": {"waiting": False, "questions": [{**_ASKED, "answer": _REPLY}]},
    "paper_stats": _STATS,
    "list_templates": _page("templates", _TEMPLATE),
    "save_template": _TEMPLATE,
    "show_template": _TEMPLATE,
    "start_run": _QUEUED,
    "start_batch": {"outcomes": [{"run": _QUEUED, "problem": None}]},
    "copy_run": _QUEUED,
    "list_runs": _page("runs", _VIEW),
    "show_run": _DONE,
    "approve_run": _run("queued", position=1, spec=_plain(_SPEC)),
    "reject_run": _run("rejected", spec=_plain(_SPEC)),
    "archive_run": {**_DONE, "archived_at": AT},
    "restore_run": _DONE,
    "pause_run": _run("pausing", spec=_plain(_SPEC)),
    "cancel_run": _run("cancelled", spec=_plain(_SPEC)),
    "resume_run": _run("queued", position=1, spec=_plain(_SPEC)),
    "list_candidates": _page("candidates", _plain(_CANDIDATE)),
    "best_candidates": [_plain(_CANDIDATE)],
    "show_candidate": _plain(_CANDIDATE),
    **TRACE_ANSWERS,
    **EVALUATION_ANSWERS,
    "fork_run": _QUEUED,
    "show_report": _plain(_REPORT),
    "show_me": {"name": "ada", "role": "chemist", "local": False, "rights": ["look", "start"], "quota": 4, "projects": ["blue dyes"]},
    "list_my_tokens": {"tokens": [_TOKEN]},
    "make_token": {**_TOKEN, "secret": "mw_…"},
    "show_access": {"owner": "ada", "visibility": "private", "project": ""},
    "share_run": {"owner": "ada", "visibility": "project", "project": "blue dyes"},
    "list_people": {"people": [_ADA]},
    "add_person": {**_ADA, "seen_at": ""},
    "change_person": {**_ADA, "role": "reviewer"},
    "list_tokens": {"tokens": [_TOKEN]},
    "list_projects": {"projects": [_PROJECT]},
    "add_project": {**_PROJECT, "members": []},
    "add_member": _PROJECT,
    "remove_member": {**_PROJECT, "members": ["ada"]},
    "show_audit": _page("entries", _ENTRY),
    **REVIEW_ANSWERS,
    "start_next_round": {**_QUEUED, "parent": RUN},
    "show_progress": {"events": [_plain(_EVENT)], "last": 7, "under_way": True, "status": "running"},
}
ANSWERS |= room_answers(_plain(_CANDIDATE), _plain(_REPORT), _plain(_SPEC), _FOUND)
#: Parameters, by their name.
PARAMETERS: dict[str, Any] = {
    "run_id": RUN,
    "key": KEY,
    "template_id": SAVED,
    "token_id": "5f2c9a1e",
    "name": "ada",
    "project": "blue dyes",
    "job_id": JOB,
    "model": "melting_point",
    "table": "hits",
    "form": "sdf",
    "idempotency-key": "order-17",
    "weight": ["O1:2"],
    "structure": "c1ccccc1",
    "q": ["glass transition of polyimide films"],
    "passage_id": _PASSAGE["passage_id"],
    "document_id": _PAPER["document_id"],
    "addition_id": _ADDITION["addition_id"],
    "question_id": _ASKED["question_id"],
    "what": "PMDA-ODA",
    "property": "molecular_weight",
    "high": 300,
    "number": 1,
    "to": "0f9e8d7c6b5a",
    "replay_id": REPLAY,
    "eval_id": EVALUATION,
    **REVIEW_PARAMETERS,
}
PROBLEM = {
    "type": "urn:molwright:problem:not-found",
    "title": "Not Found",
    "status": 404,
    "detail": f"there is no run {RUN!r}",
    "exit_code": 2,
}


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """The API's document with an example wherever one is known; what has one keeps it."""
    for path in document["paths"].values():
        for operation in path.values():
            name = operation["operationId"]
            body = operation.get("requestBody", {}).get("content", {}).get(JSON)
            if body is not None and name in REQUESTS:
                body.setdefault("example", REQUESTS[name])
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in PARAMETERS and "examples" not in parameter:
                    parameter.setdefault("example", PARAMETERS[parameter["name"]])
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get(JSON)
                if content is not None and status.startswith("2") and name in ANSWERS:
                    content.setdefault("example", ANSWERS[name])
    document["components"]["schemas"]["Problem"].setdefault("examples", [PROBLEM])
    return document
