"""``molwright gateway``: one guarded address in front of the model servers; its keys. ``molwright fleet bench``: load tests."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.markup import escape

from app.commands.door import services
from app.console import emit_json, err, out, write_text
from app.tables import TextTable, columns, print_table
from core.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from serving.bench import BenchResult, Distribution, LevelChange
    from serving.gateway.keys import KeyStore

Config = Annotated[Path, typer.Option("--config", help="The gateway's TOML file, with the tables gateway and pool.", metavar="FILE")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DEFAULT_CONFIG = Path("gateway.toml")


def register(app: typer.Typer) -> None:
    """Add the commands of this file to ``app``; ``bench`` joins the group ``fleet`` where that is registered already."""
    group = typer.Typer(help="One OpenAI-compatible address in front of the model servers.", invoke_without_command=True)
    group.callback()(gateway)
    keys = typer.Typer(help="API keys of the gateway's users.", no_args_is_help=True)
    keys.command("add")(add_key)
    keys.command("list")(list_keys)
    keys.command("remove")(remove_key)
    group.add_typer(keys, name="keys")
    app.add_typer(group, name="gateway")
    fleets = [g.typer_instance for g in app.registered_groups if g.name == "fleet" and g.typer_instance is not None]
    fleet = fleets[0] if fleets else typer.Typer(help="The vLLM servers of the team.", no_args_is_help=True)
    if not fleets:
        app.add_typer(fleet, name="fleet")
    fleet.command("bench")(bench)


def gateway(context: typer.Context, config: Config = DEFAULT_CONFIG) -> None:
    """Run the gateway until it is stopped; calls under way get the configured time to end."""
    from serving.gateway.config import read_gateway_file
    from serving.gateway.server import serve

    if context.invoked_subcommand is not None:
        context.obj = config
        return
    file = read_gateway_file(config)
    if file.gateway.require_keys and not file.gateway.keys_file.exists():
        err.print(f"[yellow]note:[/yellow] no keys yet: molwright gateway --config {escape(str(config))} keys add NAME")
    err.print(f"gateway on http://{file.gateway.host}:{file.gateway.port}/v1 for {escape(', '.join(file.pool.models()))}")
    serve(file)


def add_key(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The user: letters, digits, dot, dash, underscore.")],
    requests_per_minute: Annotated[int, typer.Option(min=1, help="Requests a minute.")] = 600,
    max_concurrency: Annotated[int, typer.Option(min=1, help="Requests at once.")] = 64,
    config: Annotated[Path | None, typer.Option("--config", help="The gateway's TOML file.", metavar="FILE")] = None,
) -> None:
    """Make a key and print it, this once."""
    store = _store(config or context.obj)
    key = store.add(name, services(context).clock().isoformat(), requests_per_minute=requests_per_minute, max_concurrency=max_concurrency)
    print(key)
    err.print(f"the key of {escape(name)}; it is stored as a hash and cannot be shown again")


def list_keys(
    context: typer.Context,
    as_json: AsJson = False,
    config: Annotated[Path | None, typer.Option("--config", help="The gateway's TOML file.", metavar="FILE")] = None,
) -> None:
    """List the users that have a key, and their limits."""
    keys = _store(config or context.obj).keys()
    if as_json:
        return emit_json([k.model_dump(mode="json", exclude={"sha256"}) for k in keys])
    table = TextTable(columns("user", "requests a minute", "at once", "made", numbers=("requests a minute", "at once", "made")))
    for key in keys:
        table.add(key.name, str(key.requests_per_minute), str(key.max_concurrency), key.created_at[:19])
    print_table(table, out)


def remove_key(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The user.")],
    config: Annotated[Path | None, typer.Option("--config", help="The gateway's TOML file.", metavar="FILE")] = None,
) -> None:
    """Take a user's key away; a running gateway notices at the next request."""
    _store(config or context.obj).remove(name)
    err.print(f"the key of {escape(name)} no longer works")


def bench(
    context: typer.Context,
    base_url: Annotated[str, typer.Argument(help="Address up to and with /v1: a server's or the gateway's.")],
    model: Annotated[str, typer.Argument(help="The model.")],
    concurrency: Annotated[str, typer.Option(help="Calls at once, a level each, by commas.")] = "1,2,4,8,16",
    requests: Annotated[int, typer.Option(min=1, help="Calls of each level.")] = 32,
    prompt_words: Annotated[int, typer.Option(min=1, help="Words of a prompt.")] = 128,
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of an answer.")] = 64,
    api_key_env: Annotated[str, typer.Option(help="Environment variable that holds the API key.")] = "",
    against: Annotated[Path | None, typer.Option(help="An earlier result (JSON) to compare with.", metavar="FILE")] = None,
    save: Annotated[
        Path | None, typer.Option(help="Where the result is stored; default: bench/ in MOLWRIGHT_HOME.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure throughput and latency at rising concurrency. Exit code 1 if no call succeeded."""
    from serving.bench import BenchConfig, compare, run_bench, to_json

    try:
        levels = [int(part) for part in concurrency.split(",")]
        if min(levels) < 1:
            raise ValueError
    except ValueError:
        raise UsageError(f"--concurrency needs numbers by commas, not {concurrency!r}") from None
    config = BenchConfig(
        base_url=base_url,
        model=model,
        api_key_env=api_key_env,
        concurrency=levels,
        requests=requests,
        prompt_words=prompt_words,
        max_tokens=max_tokens,
    )
    earlier = _read_result(against) if against else None
    door = services(context)
    created = door.clock()
    result = asyncio.run(run_bench(config, created.isoformat()))
    path = save or door.settings.home / "bench" / f"{created:%Y%m%dT%H%M%S}.json"
    write_text(path, to_json(result))
    changes = compare(earlier, result) if earlier else []
    if as_json:
        emit_json({**result.model_dump(mode="json"), "file": str(path), "compared": [c.model_dump(mode="json") for c in changes]})
    else:
        _show(result, changes)
        err.print(f"stored in {escape(str(path))}")
    if not any(level.succeeded for level in result.levels):
        raise typer.Exit(1)


def _read_result(path: Path) -> BenchResult:
    from serving.bench import BenchResult

    try:
        return BenchResult.model_validate_json(path.read_bytes())
    except OSError as error:
        raise NotFoundError(f"{path}: {error.strerror or error}") from error
    except ValidationError as error:
        raise UsageError(f"{path} is not a stored load test") from error


def _show(result: BenchResult, changes: list[LevelChange]) -> None:
    def ms(d: Distribution | None) -> str:
        return f"{d.p50 * 1e3:.1f} / {d.p95 * 1e3:.1f} / {d.p99 * 1e3:.1f}" if d else "-"

    numbers = ("at once", "requests/s", "tokens/s", "first token, ms", "inter-token, ms", "total, ms")
    table = TextTable(columns(*numbers, "errors", numbers=numbers), caption="milliseconds are p50 / p95 / p99")
    for level in result.levels:
        errors = ", ".join(f"{n} × {e}" for e, n in level.errors.items()) or "0"
        rates = (f"{level.requests_per_second:.2f}", f"{level.output_tokens_per_second:.1f}")
        latencies = (ms(level.first_token_s), ms(level.inter_token_s), ms(level.total_s))
        table.add(str(level.concurrency), *rates, *latencies, errors)
    print_table(table, out)
    for change in changes:
        parts = [("tokens/s", change.throughput), ("first token p50", change.first_token_p50), ("total p95", change.total_p95)]
        shown = ", ".join(f"{name} × {value:.2f}" for name, value in parts if value is not None)
        out.print(f"at {change.concurrency}: {shown}; errors {change.errors:+d}")


def _store(config: Path | None) -> KeyStore:
    from serving.gateway.config import read_gateway_file
    from serving.gateway.keys import KeyStore

    return KeyStore(read_gateway_file(config or DEFAULT_CONFIG).gateway.keys_file)
