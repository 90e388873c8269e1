"""``molwright people``: the accounts of a server, their tokens, projects, and the audit log. Whoever may read the store may do all of it."""

from __future__ import annotations

import getpass
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out
from app.services.people import TOKEN_DAYS, PeopleService
from app.tables import TextTable, columns, print_table
from core.errors import UsageError
from core.people import ROLES, Account, Project

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="The name of the account.")]
RoleName = Annotated[str, typer.Argument(help=f"{', '.join(ROLES)}.")]
ProjectName = Annotated[str, typer.Argument(help="The name of the project.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(help="The accounts of a server: people, roles, tokens, projects, quotas, audit log.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_people)
    group.command("role")(role)
    group.command("quota")(quota)
    group.command("password")(password)
    group.command("disable")(disable)
    group.command("enable")(enable)
    group.command("remove")(remove)
    group.command("audit")(audit)
    tokens = typer.Typer(help="API tokens: made, listed, revoked.", no_args_is_help=True)
    tokens.command("add")(add_token)
    tokens.command("list")(list_tokens)
    tokens.command("revoke")(revoke)
    group.add_typer(tokens, name="token")
    projects = typer.Typer(help="Projects: people who share runs.", no_args_is_help=True)
    projects.command("add")(add_project)
    projects.command("list")(list_projects)
    projects.command("join")(join)
    projects.command("leave")(leave)
    projects.command("remove")(remove_project)
    group.add_typer(projects, name="project")
    app.add_typer(group, name="people")


def _people(context: typer.Context) -> PeopleService:
    return services(context).people


def _said(context: typer.Context, action: str, target: str, text: str) -> None:
    """Write what was done into the audit log, and say it."""
    door = services(context)
    door.people.note(door.local_person.name, action, target, "command line")
    err.print(escape(text))


def _asked_password() -> str:
    """A password from the terminal, typed twice, or the first line of standard input. UsageError for two that differ."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password, of at least 12 characters: ")
    if getpass.getpass("The same again: ") != first:
        raise UsageError("the password was not typed the same way twice; nothing was changed")
    return first


def _table(accounts: list[Account]) -> None:
    table = TextTable(columns("name", "role", "runs at once", "made", "signed in last", "state", numbers=("runs at once",)))
    for a in accounts:
        limit = "as set" if a.quota is None else str(a.quota)
        table.add(a.name, a.role, limit, a.created_at[:10], a.seen_at[:16] or "never", "disabled" if a.disabled_at else "in use")
    print_table(table, out)


def add(
    context: typer.Context,
    name: Name,
    role: Annotated[str, typer.Option("--role", help=f"{', '.join(ROLES)}.")] = "chemist",
) -> None:
    """Make an account. The password is asked at the terminal, or read from the first line of standard input."""
    from app.services.people import checked_role

    checked_role(role)  # before somebody types a password
    _people(context).add(name, role, _asked_password())
    _said(context, "Make an account", f"{name} as {role}", f"{name} has an account now, with the role {role}")


def list_people(context: typer.Context, as_json: AsJson = False) -> None:
    """List the accounts."""
    found = _people(context).accounts()
    if as_json:
        return emit_json([asdict(a) for a in found])
    if not found:
        err.print("there are no accounts; make the first: molwright people add NAME --role admin")
    _table(found)


def role(context: typer.Context, name: Name, role: RoleName) -> None:
    """Give an account another role, at once."""
    _people(context).set_role(name, role)
    _said(context, "Change the role of an account", f"{name}: {role}", f"{name} has the role {role} now")


def quota(
    context: typer.Context,
    name: Name,
    runs: Annotated[str, typer.Argument(help="How many runs may be under way at once, or 'usual' for the setting server.runs_per_person.")],
) -> None:
    """Say how many runs somebody may have under way at once."""
    if runs != "usual" and not (runs.isascii() and runs.isdigit()):
        raise UsageError(f"a number of runs, or 'usual', not {runs!r}")
    _people(context).set_quota(name, None if runs == "usual" else int(runs[:9]))
    _said(context, "Change the quota of an account", f"{name}: {runs}", f"{name} may have {runs} runs under way at once")


def password(context: typer.Context, name: Name) -> None:
    """Give an account another password; whoever is signed in to it has to sign in again."""
    people = _people(context)
    people.account(name)  # before somebody types a password
    people.set_password(name, _asked_password())
    _said(context, "Give an account another password", name, f"{name} has another password now")


def disable(context: typer.Context, name: Name) -> None:
    """Let nobody in by this account any more, at once. Its runs stay."""
    _people(context).disable(name)
    _said(context, "Disable an account", name, f"{name} is disabled")


def enable(context: typer.Context, name: Name) -> None:
    """Let them in again."""
    _people(context).enable(name)
    _said(context, "Enable an account", name, f"{name} can be used again")


def remove(context: typer.Context, name: Name) -> None:
    """Remove an account with its tokens. Its runs stay, without an owner: `molwright runs give` gives them to somebody else."""
    _people(context).remove(name)
    _said(context, "Remove an account", name, f"{name} is removed")


def audit(
    context: typer.Context,
    text: Annotated[str, typer.Option(help="Only entries with this in what was done, or to what.")] = "",
    person: Annotated[str, typer.Option(help="Only what this person did.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Show what was changed, by whom, when and from where, and what was refused."""
    entries, total = _people(context).audit(text, person, limit)
    if as_json:
        return emit_json({"entries": [asdict(e) for e in entries], "total": total})
    table = TextTable(columns("#", "when", "who", "what", "to what", "from", "outcome", marks=("#",)))
    for e in entries:
        table.add(str(e.number), e.at[:19], e.person, e.action, e.target, e.origin, e.outcome)
    print_table(table, out)
    if total > len(entries):
        err.print(f"{len(entries)} of {total}; --limit shows more")


def add_token(
    context: typer.Context,
    name: Name,
    label: Annotated[str, typer.Option(help="What it is for.")] = "made on the command line",
    days: Annotated[int, typer.Option(min=1, help="How many days it lasts.")] = TOKEN_DAYS,
) -> None:
    """Make an API token of somebody's. It is printed this once, on standard output, and not stored."""
    made = _people(context).add_token(name, label, days)
    typer.echo(made.secret)
    text = f"token {made.token.token_id} of {name}, until {made.token.expires_at[:10]}; it is not shown again"
    _said(context, "Make an API token", f"token {made.token.token_id} of {name}", text)


def list_tokens(
    context: typer.Context, name: Annotated[str, typer.Argument(help="Whose; everybody's unless given.")] = "", as_json: AsJson = False
) -> None:
    """List API tokens, without their secrets."""
    found = _people(context).tokens(name)
    if as_json:
        return emit_json([asdict(t) for t in found])
    table = TextTable(columns("id", "whose", "for", "made", "lasts until", "last used"))
    for t in found:
        table.add(t.token_id, t.person, t.label, t.created_at[:10], t.expires_at[:10], t.used_at[:16] or "never")
    print_table(table, out)


def revoke(context: typer.Context, token: Annotated[str, typer.Argument(help="The token's id.")]) -> None:
    """Revoke an API token, at once."""
    found = _people(context).revoke(token)
    _said(context, "Revoke an API token", f"token {token} of {found.person}", f"token {token} of {found.person} is revoked")


def add_project(
    context: typer.Context,
    project: ProjectName,
    members: Annotated[list[str] | None, typer.Option("--member", help="Somebody to take in; may be given several times.")] = None,
) -> None:
    """Make a project."""
    people = _people(context)
    for member in members or []:
        people.account(member)
    people.add_project(project)
    for member in members or []:
        people.set_member(project, member, member=True)
    _said(context, "Make a project", project, f"the project {project} has {len(members or [])} members")


def list_projects(context: typer.Context, as_json: AsJson = False) -> None:
    """List the projects with their members."""
    found: list[Project] = _people(context).projects()
    if as_json:
        return emit_json([asdict(p) for p in found])
    table = TextTable(columns("project", "members", "made"))
    for p in found:
        table.add(p.name, ", ".join(p.members) or "none", p.created_at[:10])
    print_table(table, out)


def join(context: typer.Context, project: ProjectName, name: Name) -> None:
    """Make somebody a member of a project."""
    _people(context).set_member(project, name, member=True)
    _said(context, "Take somebody into a project", f"{project}: {name}", f"{name} is in {project}")


def leave(context: typer.Context, project: ProjectName, name: Name) -> None:
    """Take somebody out of a project."""
    _people(context).set_member(project, name, member=False)
    _said(context, "Take somebody out of a project", f"{project}: {name}", f"{name} is not in {project}")


def remove_project(context: typer.Context, project: ProjectName) -> None:
    """Remove a project; runs that were shared with it are private again."""
    _people(context).remove_project(project)
    _said(context, "Remove a project", project, f"the project {project} is removed")
