"""*Review*: one candidate after the other, decided on from the keyboard; measured values; and the next round that is started from it all."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.services.entry import Services
from app.services.measurements import ReadFile, depends_on_solvent
from app.services.review_card import measurable, review_card
from app.web.acting import acting, noted, remember
from app.web.door import Door, reading_of
from app.web.pages.edits import edited, text_of, uploads_of
from app.web.pages.goal import LIMITS, Form, units_of
from app.web.person import person_of
from app.web.problems import status_of
from app.web.rendering import page
from core.candidate import Candidate
from core.errors import MolwrightError, NotAllowedError, NotFoundError, StatusError, UsageError
from core.interfaces import RunRecord
from core.report import Report
from core.review import REASONS, CandidateReview, GivenValue, Review
from core.spec import DesignSpec

router = APIRouter()

Show = Literal["all", "mine", "undecided", "one", "disputed", "agreed"]
#: What each way of showing candidates is called.
SHOWN: dict[str, str] = {
    "all": "all",
    "mine": "not decided by you",
    "undecided": "undecided",
    "one": "one decision",
    "disputed": "disputed",
    "agreed": "agreed",
}
#: Fields of a measured value, and how long each may be.
FIELDS, LONGEST = ("property", "value", "unit", "qualifier", "spread", "solvent", "conditions", "note", "measured_by", "measured_on"), 5000


@router.get("/runs/{run_id}/review")
def _show_review(
    request: Request,
    run_id: str,
    door: Door,
    show: Show = "all",
    key: Annotated[str, Query(max_length=200)] = "",
    kept: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The candidate with this key, or the first that is to be shown, with what is known of it and the forms to decide on it."""
    return _review_page(request, door, run_id, show, key, kept=kept)


def _review_page(
    request: Request,
    door: Services,
    run_id: str,
    show: str,
    key: str,
    *,
    kept: str = "",
    fault: str = "",
    status: int = 200,
    given: dict[str, str] | None = None,
    read: ReadFile | None = None,
) -> Response:
    """``kept``: the candidate that was just decided on; ``fault``: what was wrong with what was sent, whose fields are ``given``; ``read``: what came of a file."""
    record = door.runs().find(run_id)
    review, me = door.feedback.review(record.run_id), acting(request, door)
    chosen = [c for c in review.candidates if _fits(c, show, me)]
    current = review.of(key) or (None if key else next(iter(chosen), None))
    if key and current is None and _exists(door, record.run_id, key):  # evaluated, neither listed nor spoken of
        current = _as_review(door.runs().candidate(record.run_id, key))
    if key and current is None:
        raise NotFoundError(f"run {record.run_id} has no candidate {key[:100]!r}")
    before, after = _neighbours(review, chosen, current)
    values: dict[str, Any] = {
        "record": record,
        "review": review,
        "chosen": chosen,
        "counts": {name: sum(_fits(c, name, me) for c in review.candidates) for name in SHOWN},
        "words": SHOWN,
        "show": show,
        "current": current,
        "place": next((n for n, c in enumerate(chosen, 1) if current is not None and c.key == current.key), None),
        "before": _address(record.run_id, show, before) if before else "",
        "after": _address(record.run_id, show, after) if after else "",
        "addresses": {c.key: _address(record.run_id, show, c.key) for c in review.candidates},
        "filters": {name: _address(record.run_id, name, "") for name in SHOWN},
        "me": me,
        "local": door.feedback.author(""),
        "may_choose": person_of(request).local,
        "may_review": person_of(request).may("review"),
        "may_start": person_of(request).may("start"),
        "reasons": REASONS,
        "kept": review.of(kept) if kept else None,
        "fault": fault,
        "given": {**dict.fromkeys((*FIELDS, "reason", "comment"), ""), **(given or {})},
        "read": read,
        "history": door.feedback.history(record.run_id, current.key) if current else [],
        "rounds": door.rounds.family(record.run_id),
        **(_of_candidate(door, record, current) if current else {}),
    }
    return page(request, "review.html.j2", status=status, **values)


def _of_candidate(door: Services, record: RunRecord, current: CandidateReview) -> dict[str, Any]:
    """What the page shows of the candidate itself."""
    report = _report(door, record)
    listed = [*report.candidates, *report.closest]
    candidate = next((c for c in listed if c.key == current.key), None) or door.runs().candidate(record.run_id, current.key)
    catalogue = door.workspace_of(record.run_id).catalogue
    names = measurable(candidate, report.spec, catalogue=catalogue)
    return {
        "c": candidate,
        "card": review_card(candidate, report, catalogue=catalogue),
        "measurable": [(n, catalogue[n].label, catalogue[n].unit) for n in names],
        "solvents": any(depends_on_solvent(n) for n in names),
        "solvent": report.spec.conditions.solvent,
        "labels": {p.name: p.label for p in catalogue},
        "threshold": report.spec.met_probability,
    }


def _report(door: Services, record: RunRecord) -> Report:
    """The report of a finished run; of one that goes on, what there is of it. StatusError where it has no spec yet."""
    try:
        return door.runs().report(record.run_id)
    except NotFoundError:
        spec = door.runs().asked(record.run_id)
        if spec is None:
            raise StatusError(f"run {record.run_id} has no spec yet") from None
        return Report(run_id=record.run_id, goal=record.goal, status=record.status, spec=spec)


def _fits(candidate: CandidateReview, show: str, me: str) -> bool:
    if show == "mine":
        return candidate.by(me) is None
    return show == "all" or candidate.agreement == ("one decision" if show == "one" else show)


def _rank(review: Review, key: str) -> int | None:
    found = review.of(key)
    return found.rank if found else None


def _neighbours(review: Review, chosen: list[CandidateReview], current: CandidateReview | None) -> tuple[str, str]:
    """Keys of the candidates before and after the one that is shown, among those that are to be shown; '' for none."""
    if current is None:
        return "", ""
    order = {c.key: n for n, c in enumerate(review.candidates)}
    at = order.get(current.key, len(order))
    return (
        next((c.key for c in reversed(chosen) if order[c.key] < at), ""),
        next((c.key for c in chosen if order[c.key] > at), ""),
    )


def _exists(door: Services, run_id: str, key: str) -> bool:
    try:
        door.runs().candidate(run_id, key)
    except NotFoundError:
        return False
    return True


def _as_review(candidate: Candidate) -> CandidateReview:
    """A candidate of which nobody has said anything."""
    return CandidateReview(key=candidate.key, smiles=candidate.smiles, name=candidate.name, rank=candidate.rank)


def _address(run_id: str, show: str, key: str, part: str = "", *, kept: str = "") -> str:
    """``kept``: the candidate of which the page says what was just kept."""
    fields = {name: value for name, value in (("show", "" if show == "all" else show), ("key", key), ("kept", kept)) if value}
    return f"/runs/{run_id}/review{'?' if fields else ''}{urlencode(fields)}{part}"


def _shown_of(form: Any) -> tuple[str, str]:
    """Which candidates are shown, and the key of the one that the form is about."""
    show = text_of(form, "show")
    return (show if show in SHOWN else "all"), text_of(form, "key")[:200]


@router.post("/runs/{run_id}/review")
def _decide(request: Request, run_id: str, form: Form, door: Door) -> Response:
    """Keep the decision and go on to the next candidate; a comment stays where it is."""
    show, key = _shown_of(form)
    run_id = door.runs().find(run_id).run_id
    me, verdict = acting(request, door), text_of(form, "verdict")
    said = {"reason": text_of(form, "reason"), "comment": text_of(form, "comment")}
    review = door.feedback.review(run_id)
    _, following = _neighbours(review, [c for c in review.candidates if _fits(c, show, me)], review.of(key))
    try:
        door.feedback.add(run_id, key, verdict, said["comment"][: LONGEST + 1], me, reason=said["reason"])
    except MolwrightError as error:
        if isinstance(error, NotFoundError):
            raise
        return _review_page(request, door, run_id, show, key, fault=str(error), status=status_of(error), given=said)
    noted(request, verdict, _rank(review, key), run_id)
    stays = verdict == "comment" or not following
    return RedirectResponse(_address(run_id, show, key if stays else following, "#candidate", kept=key), 303)


@router.post("/runs/{run_id}/review/withdraw")
def _withdraw(request: Request, run_id: str, form: Form, door: Door) -> Response:
    """Take back something that one has said."""
    show, key = _shown_of(form)
    run_id = door.runs().find(run_id).run_id
    try:
        door.feedback.withdraw(run_id, text_of(form, "entry"), acting(request, door))
    except MolwrightError as error:
        return _review_page(request, door, run_id, show, key, fault=str(error), status=status_of(error))
    return RedirectResponse(_address(run_id, show, key, "#decide"), 303)


@router.post("/runs/{run_id}/review/measure")
def _measure(request: Request, run_id: str, form: Form, door: Door) -> Response:
    """Keep a measured value of the candidate."""
    show, key = _shown_of(form)
    run_id = door.runs().find(run_id).run_id
    given = {name: text_of(form, name)[:LONGEST] for name in FIELDS}
    try:
        door.measurements.add(run_id, key, GivenValue(**given), acting(request, door))
    except MolwrightError as error:
        return _review_page(request, door, run_id, show, key, fault=str(error), status=status_of(error), given=given)
    noted(request, f"a measured {given['property'].replace('_', ' ')}", _rank(door.feedback.review(run_id), key), run_id)
    return RedirectResponse(_address(run_id, show, key, "#measured"), 303)


@router.post("/runs/{run_id}/review/import")
def _import(request: Request, run_id: str, form: Form, door: Door) -> Response:
    """Keep the measured values of a file, and say what of it was not kept."""
    show, key = _shown_of(form)
    run_id = door.runs().find(run_id).run_id
    upload = next(iter(uploads_of(form, "file")), None)
    try:
        if upload is None:
            raise UsageError("choose a file of structures with measured values")
        read = door.measurements.read_upload(run_id, upload, acting(request, door))
    except MolwrightError as error:
        return _review_page(request, door, run_id, show, key, fault=str(error), status=status_of(error))
    return _review_page(request, door, run_id, show, key, read=read)


@router.post("/runs/{run_id}/review/name")
def _choose_name(request: Request, run_id: str, form: Form, door: Door) -> Response:
    """Review under another name in this browser."""
    show, key = _shown_of(form)
    run_id = door.runs().find(run_id).run_id
    name = text_of(form, "name")
    if not person_of(request).local:
        raise NotAllowedError("an account reviews under its own name")
    try:
        name = door.feedback.author(name) if name else ""
    except MolwrightError as error:
        return _review_page(request, door, run_id, show, key, fault=str(error), status=status_of(error))
    return remember(RedirectResponse(_address(run_id, show, key, "#decide"), 303), name)


@router.get("/runs/{run_id}/measurements.csv")
def _export(run_id: str, door: Door, name: Annotated[str, Query(alias="property", max_length=100)] = "") -> Response:
    """The measured values of the run as a file; of one property it is a training file."""
    run_id = door.runs().find(run_id).run_id
    shown = f'attachment; filename="molwright-{run_id}-measured.csv"'
    return Response(door.measurements.table(name, run_id), media_type="text/csv; charset=utf-8", headers={"content-disposition": shown})


@router.get("/runs/{run_id}/next-round")
def _plan(request: Request, run_id: str, door: Door, anywhere: Literal["", "yes"] = "") -> Response:
    """What the next round would be started from, with its spec as a form."""
    return _round_page(request, door, run_id, resemble=not anywhere)


def _round_page(
    request: Request, door: Services, run_id: str, *, resemble: bool, spec: DesignSpec | None = None, fault: str = "", status: int = 200
) -> Response:
    record = door.runs().find(run_id)
    plan = door.rounds.plan(record.run_id, resemble=resemble)
    values: dict[str, Any] = {
        "record": record,
        "plan": plan,
        "resemble": resemble,
        "reading": reading_of(door, spec or plan.spec),
        "fault": fault,
        "units": units_of(door),
        "action": f"/runs/{record.run_id}/next-round",
        **LIMITS,
    }
    return page(request, "next_round.html.j2", status=status, **values)


@router.post("/runs/{run_id}/next-round")
def _start(request: Request, run_id: str, form: Form, door: Door) -> Response:
    """Put the next round into the queue with the spec as the form has it, and show its run."""
    run_id = door.runs().find(run_id).run_id
    spec = door.goals.read(text_of(form, "spec"), "the form")
    try:
        spec = door.goals.check(edited(spec, form))
        accepted = text_of(form, "accept_unread") == "yes"
        if (against := door.goals.objections(spec)) and not accepted:
            return _round_page(
                request,
                door,
                run_id,
                resemble=True,
                spec=spec,
                fault="; ".join(against) + ". Say below that you go on all the same.",
                status=409,
            )
        new_id = door.rounds.start(run_id, spec, approve=True, accept_unread=accepted, author=acting(request, door))
    except MolwrightError as error:
        return _round_page(request, door, run_id, resemble=True, spec=spec, fault=str(error), status=status_of(error))
    return RedirectResponse(f"/runs/{new_id}", 303)
