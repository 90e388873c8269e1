"""Pages as HTML: one environment of templates, and what every page needs."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.services import cores, reports
from app.services.event_words import KINDS, stage_words
from app.web.guard import TOKEN, form_token
from app.web.person import is_https
from core.candidate import Candidate, format_probability, format_value
from core.in_papers import number_text
from core.papers import ReportedValue
from core.spec import Objective, use_in_words
from core.timeline import LOOP

TEMPLATES = Path(__file__).parent / "templates"
#: The pages in the header of every page, in their order: address and words. A page beneath an address belongs to it.
ROOMS: tuple[tuple[str, str], ...] = (
    ("/", "New goal"),
    ("/templates", "Saved specifications"),
    ("/runs", "Runs"),
    ("/structures", "Structures"),
    ("/libraries", "Libraries"),
    ("/lists", "Lists"),
    ("/literature", "Literature"),
    ("/models", "Models"),
    ("/fleet", "Fleet"),
    ("/evaluations", "Evaluations"),
)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(percent=format_probability, value=format_value, moment=_moment, curve=_curve)
    environment.filters.update(status=status_words, use_in_words=use_in_words, rejection=_rejection)
    environment.filters.update(pretty=_pretty, duration=_duration, stage=stage_words, kind_of_event=lambda kind: KINDS.get(kind, kind))
    environment.filters["shown_as"] = reports.shown_value
    environment.filters.update(as_words=_as_words, without_word=lambda text, word: text.removeprefix(word))
    environment.tests["telling"] = reports.is_telling
    environment.tests["short_list"] = _is_short_list
    environment.filters["reported_number"] = _reported_number
    environment.globals["mark"] = _mark
    environment.globals["search_steps"] = LOOP  # what happens in a generation of the search
    return environment


def _curve(objective: Objective) -> Markup:
    """A small picture of how desirable the values of an objective are."""
    return Markup(reports.curve(objective))  # a drawing of ours, which escapes its texts


#: What a person calls a status, where it is not its own name.
STATUSES = {
    "queued": "in the queue",
    "waiting": "waits for approval",
    "success": "finished",
    "no_candidate": "finished, none meets all",
    "pausing": "will pause",
    "cancelling": "will end",
}


def status_words(status: str) -> str:
    """A run's status as a person says it."""
    return STATUSES.get(status, status.replace("_", " "))


def _rejection(candidate: Candidate) -> str:
    """Why a structure was rejected: the words of the requirement that it misses, else the reason that was stated."""
    missed = next((r.text for r in candidate.requirements if candidate.rejected_by == f"requirement:{r.id}"), "")
    reason = candidate.rejected_reason
    if not missed:
        return reason or candidate.rejected_by
    return f"it misses “{missed}”{f' ({reason})' if reason not in ('', missed) else ''}"


def _pretty(value: object) -> str:
    """A JSON value over several lines; a text as it is."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _is_short_list(value: object) -> bool:
    """Whether a value is a list of short texts and numbers, which is read as it stands."""
    return (
        isinstance(value, list)
        and 0 < len(value) <= 50
        and all(isinstance(v, (int, float)) or (isinstance(v, str) and len(v) <= 300) for v in value)
    )


def _as_words(value: object) -> str:
    """A text or number that code wrote, as a person reads it: 'property:glass_transition_temperature > 300' without what is for the code."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    found = re.fullmatch(r"(?:[a-z_]+:)?([a-z][a-z0-9]*(?:_[a-z0-9]+)*)((?: .*)?)", text)
    return found[1].replace("_", " ") + found[2] if found and len(text) <= 300 else text


def _duration(seconds: float | None) -> str:
    """'0.42 s', '2 min 5 s', '3 h 12 min'; 'unknown' for None."""
    if seconds is None:
        return "unknown"
    if seconds < 99.5:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 100:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _reported_number(value: ReportedValue) -> str:
    """A number that a paper reports, with its unit."""
    return number_text(value.relation, value.value, value.upper, value.spread, value.unit)


def _mark(state: str) -> Markup:
    """The ring of an atom with this mark, for a legend."""
    return Markup(cores.legend(state))  # a drawing of ours


def _moment(at: str) -> str:
    """'2026-11-29 19:04 UTC' for an ISO 8601 time; '' for none."""
    return f"{at[:16].replace('T', ' ')} UTC" if at else ""


def fragment(template: str, **values: Any) -> str:
    """A part of a page."""
    return _environment().get_template(template).render(**values)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A whole page, or the part that htmx asked for; its forms carry the secret that the browser's cookie gets."""
    token = form_token(request)
    person = getattr(request.state, "person", None)  # None where nobody has signed in
    boosted = request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"
    values = {"token": token, "token_name": TOKEN, "path": request.url.path, "part": boosted, "rooms": ROOMS, "person": person, **values}
    text = fragment(template, **values)
    response = HTMLResponse(text, status)
    if request.cookies.get(TOKEN) != token:
        https = is_https(request, request.app.state.services.settings.server.https)
        response.set_cookie(TOKEN, token, httponly=True, samesite="strict", secure=https)
    return response
