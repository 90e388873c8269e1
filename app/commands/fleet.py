"""``molwright fleet``: what fits on which card, the files that run it elsewhere, and running it here."""

from __future__ import annotations

import sys
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out, write_text
from app.tables import TextTable, columns, print_table
from core.errors import UsageError

if TYPE_CHECKING:
    from serving.planner.plan import DeploymentPlan, FleetPlan
    from serving.topology import Host, Topology

File = Annotated[Path, typer.Argument(help="The topology: hosts, cards, deployments (deploy/fleet/five-cards.toml is an example).")]
Python = Annotated[
    str, typer.Option("--vllm-python", help="Interpreter of an environment with vLLM, whose own parser then checks the options.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``."""
    group = typer.Typer(help="Plan, run and watch the vLLM servers of a team.", no_args_is_help=True)
    group.command("plan")(plan)
    group.command("units")(units)
    group.command("up")(up)
    group.command("down")(down)
    group.command("status")(status)
    group.command("logs")(logs)
    app.add_typer(group, name="fleet")


def plan(
    file: File,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    vllm_python: Python = "",
) -> None:
    """What each server takes of its cards, how fast it can be at best, its command. Exit code 1 if one of them cannot work."""
    from serving.planner.plan import plan_fleet
    from serving.topology import load_topology

    result = plan_fleet(load_topology(file), vllm_python)
    if as_json:
        emit_json(result.model_dump(mode="json"))
    else:
        _show(result)
    if result.refused:
        raise typer.Exit(1)


def units(
    file: File,
    host: Annotated[str, typer.Option("--host", help="Name of the host in the file.")],
    target: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
    vllm_python: Python = "",
) -> None:
    """Write one host's systemd units, Compose file, gateway.toml, and the application's pool.toml."""
    from serving.artefacts import host_files
    from serving.planner.plan import plan_fleet
    from serving.topology import load_topology

    topology = load_topology(file)
    files = host_files(topology, plan_fleet(topology, vllm_python), host)
    for name, text in files.items():
        write_text(target / name, text)
        err.print(f"wrote {escape(str(target / name))}")


HostName = Annotated[str, typer.Option("--host", help="Name of this host in the file; may be left out where there is one only.")]


def up(
    context: typer.Context,
    file: File,
    host: HostName = "",
    only: Annotated[list[str] | None, typer.Option("--only", help="Start this deployment only; may be given more than once.")] = None,
    vllm: Annotated[str, typer.Option(help="The vllm program.")] = "vllm",
    gateway: Annotated[bool, typer.Option(help="Run the host's gateway too.")] = True,
) -> None:
    """Start this host's servers and their gateway, and keep them running until Ctrl-C or `molwright fleet down`."""
    from serving.artefacts import gateway_file, host_files
    from serving.commands import serve_command
    from serving.planner.plan import plan_fleet
    from serving.supervisor import ServerSpec, Supervisor
    from serving.topology import load_topology

    topology = load_topology(file)
    here, folder = _here(context, topology, host)
    host_files(topology, plan_fleet(topology), here.name)
    deployments = [d for d in topology.deployments_on(here.name) if not only or d.name in only]
    if unknown := set(only or ()) - {d.name for d in deployments}:
        raise UsageError(f"{', '.join(sorted(unknown))}: not deployed on {here.name}")
    specs = []
    for deployment in deployments:
        command = serve_command(topology, deployment, vllm)
        specs.append(ServerSpec(name=deployment.name, arguments=command.arguments, environment=command.environment, port=deployment.port))
    config = folder / "gateway.toml"
    write_text(config, gateway_file(here, deployments, keys_file="keys.json"))
    if gateway:
        words = [sys.executable, "-m", "app.cli", "gateway", "--config", str(config)]
        specs.append(ServerSpec(name="gateway", arguments=words, port=here.gateway_port, any_answer=True))
    err.print(f"{len(specs)} processes; logs and state: {escape(str(folder))}")
    err.print(f"a key for the gateway: molwright gateway --config {escape(str(config))} keys add NAME")
    Supervisor(specs, folder).run()


def down(context: typer.Context, file: File, host: HostName = "") -> None:
    """End this host's servers, all their processes, and what supervises them."""
    from serving.supervisor import stop
    from serving.topology import load_topology

    ended = stop(_here(context, load_topology(file), host)[1])
    err.print(f"ended: {', '.join(ended) or 'nothing was running'}")


def status(
    context: typer.Context,
    file: File,
    host: HostName = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """How this host's servers are. Exit code 1 unless all are healthy."""
    from serving.supervisor import read_status, supervised
    from serving.topology import load_topology

    found = read_status(_here(context, load_topology(file), host)[1])
    if found is None:
        raise UsageError("nothing was started here: molwright fleet up")
    alive = supervised(found)
    if as_json:
        emit_json({**found.model_dump(mode="json"), "supervised": alive})
    else:
        table = TextTable(columns("server", "state", "pid", "port", "restarts", "last reason", numbers=("pid", "port", "restarts")))
        for s in found.servers:
            table.add(s.name, s.state if alive else "not supervised", str(s.pid or ""), str(s.port), str(s.restarts), s.reason)
        print_table(table, out)
    if not alive or any(s.state != "healthy" for s in found.servers):
        raise typer.Exit(1)


def logs(
    context: typer.Context,
    file: File,
    name: Annotated[str, typer.Argument(help="The deployment.")],
    host: HostName = "",
    lines: Annotated[int, typer.Option(min=1, help="How many of the last lines.")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on printing what comes.")] = False,
) -> None:
    """Print what a server has written."""
    from serving.topology import load_topology

    topology = load_topology(file)
    here, folder = _here(context, topology, host)
    if name not in {"gateway", *(d.name for d in topology.deployments_on(here.name))}:
        raise UsageError(f"{name} is not deployed on {here.name}")
    path = folder / f"{name}.log"
    if not path.exists():
        raise UsageError(f"{name} has no log yet: molwright fleet up")
    with path.open(encoding="utf-8", errors="replace") as stream:
        typer.echo("".join(deque(stream, maxlen=lines)), nl=False)
        while follow:
            typer.echo(stream.read(), nl=False)
            time.sleep(0.5)


def _here(context: typer.Context, topology: Topology, host: str) -> tuple[Host, Path]:
    """The host that is meant, and the folder of its state. Raises UsageError where it is not clear which host this is."""
    if not host and len(topology.hosts) > 1:
        raise UsageError(f"which host is this? --host {' or --host '.join(h.name for h in topology.hosts)}")
    here = topology.host(host or topology.hosts[0].name)
    return here, services(context).settings.home / "fleet" / topology.name / here.name


def _show(result: FleetPlan) -> None:
    table = TextTable(_PLAN)
    for d in result.deployments:
        table.add(*_row(d))
    print_table(table, out)
    free = TextTable(columns("card", "host", "shows, GiB", "given out, GiB", "servers", numbers=("shows, GiB", "given out, GiB")))
    for card in result.cards:
        free.add(f"{card.name}: {card.model}", card.host, f"{card.usable:.1f}", f"{card.given:.1f}", ", ".join(card.deployments))
    print_table(free, out)
    for d in result.deployments:
        for finding in d.findings:
            style = "red" if finding.level == "refused" else "yellow"
            out.print(f"[{style}]{finding.level}[/{style}] {escape(f'{d.name}, {finding.field}: {finding.message}')}")
    for d in result.deployments:
        if not d.refused:
            out.print(f"\n[bold]{escape(d.name)}[/bold] on {escape(d.host)}")
            out.print(escape(d.command), highlight=False)
    err.print(f"GiB on each card. Options were checked by {escape(result.flags_checked_by)}.")
    for note in result.unproven:
        err.print(f"[yellow]unproven:[/yellow] {escape(note)}")


_PLAN = columns(
    "deployment", "cards", "model", "weights, GiB", "beside, GiB", "KV left, GiB", "requests of full length", "room, GiB", "tokens/s, at most",
    numbers=("weights, GiB", "beside, GiB", "KV left, GiB", "room, GiB"),
)  # fmt: skip


def _row(d: DeploymentPlan) -> list[str]:
    name = f"{d.name} (refused)" if d.refused else d.name
    if d.memory is None:
        return [name, ", ".join(d.cards), d.model, "", "", "", "", "", ""]
    m, s = d.memory, d.speed
    speed = f"{s.one_request:.0f} alone, {s.all_requests:.0f} in all" if s else ""
    beside = m.fixed - m.weights
    numbers = [
        f"{m.weights:.1f}",
        f"{beside:.1f}",
        f"{m.kv_available:.1f}",
        f"{m.full_requests:.1f} ({m.kv_tokens} tokens)",
        f"{m.room:+.1f}",
    ]
    return [name, ", ".join(d.cards), f"{d.model} {d.quantization}", *numbers, speed]
