"""``molwright score``: molwright as the scorer of another program, in JSON lines or as REINVENT's external process."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.door import AcceptUnread, services, unread_shown
from core.errors import UsageError

if TYPE_CHECKING:
    from app.services.scoring import Scores

#: The name of the scores in REINVENT's payload.
PREDICTIONS = "predictions"


def register(app: typer.Typer) -> None:
    """Add the command of this file to ``app``."""
    app.command()(score)


def score(
    context: typer.Context,
    goal: Annotated[
        str, typer.Option("--goal", help="Score against this goal: the probability that it is met times how desirable, 0 to 1.")
    ] = "",
    property_name: Annotated[list[str] | None, typer.Option("--property", help="Give this property; again for another.")] = None,
    reinvent: Annotated[
        bool,
        typer.Option(
            "--reinvent", help='REINVENT\'s external process: SMILES on stdin, {"version": 1, "payload": {"predictions": [...]}} on stdout.'
        ),
    ] = False,
    accept_unread: AcceptUnread = False,
) -> None:
    """Score structures for another program: a JSON line in, a JSON line out, until the input ends; see docs/costly.md."""
    door = services(context)
    with unread_shown(door):
        scorer = door.scoring(goal, property_name or (), despite_objections=accept_unread)
    if reinvent:
        structures = [line.split()[0] for line in sys.stdin if line.strip()]
        found = scorer.of(structures)
        payload = {name: [_number(s.values[name]) for s in found] for name in scorer.names}
        first, *others = payload
        typer.echo(json.dumps({"version": 1, "payload": {PREDICTIONS: payload[first], **{name: payload[name] for name in others}}}))
        return
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            typer.echo(json.dumps(_answer(line, number, scorer.names, lambda smiles: scorer.of([smiles])[0])))
            sys.stdout.flush()


def _answer(line: str, number: int, names: tuple[str, ...], ask: Any) -> dict[str, Any]:
    """The reply to one line of the protocol. UsageError for a line that is none of it."""
    try:
        asked = json.loads(line)
        smiles = asked["smiles"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f'line {number}: {line.strip()[:80]!r} is not of the form {{"id": 1, "smiles": "CCO"}}') from error
    said: Scores = ask(str(smiles))
    value = said.values[names[0]]
    reply: dict[str, Any] = {"id": asked.get("id"), "value": value}
    if value is None:
        reply["error"] = said.reasons.get(names[0]) or "it is not known"
    return {**reply, "values": said.values} if len(names) > 1 else reply


def _number(value: float | None) -> float:
    """REINVENT takes NaN for what failed."""
    return float("nan") if value is None else value
