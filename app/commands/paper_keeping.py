"""``molwright literature add``, ``fetch``, ``list``, ``show``, ``mentions``, ``values``, ``remove`` and what else keeps papers in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.commands.door import services
from app.console import emit_json, err, out
from app.tables import TextTable, columns, print_table
from core.errors import UsageError

if TYPE_CHECKING:
    from core.papers import ReportedValue, StoredDocument
    from tools.literature.ingest import Tally

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Collection = Annotated[str, typer.Option("--collection", "-c", help="Which of the team's collections.")]
Longest = Annotated[int, typer.Option(min=100, max=20_000, help="Longest passage, characters.")]
Overlap = Annotated[int, typer.Option(min=0, help="What a passage repeats of the one before, characters.")]
NoChemistry = Annotated[bool, typer.Option("--no-chemistry", help="Do not look for substances and numbers.")]
#: Exit codes: something given could not be read; something stored is not as it was.
_UNREADABLE, _DIFFERS = 2, 6
#: Failures that are listed on the terminal; --json lists all.
_SHOWN = 50


def add_to(group: typer.Typer) -> None:
    """Add the commands of this file to the group ``literature``."""
    group.command("add")(add)
    group.command("list")(list_papers)
    group.command("show")(show)
    group.command("remove")(remove)
    group.command("reindex")(reindex)
    group.command("stats")(stats)
    group.command("export")(export)
    group.command("verify")(verify)
    group.command("approve")(approve)
    group.command("fetch")(fetch)
    group.command("mentions")(mentions)
    group.command("values")(values)


def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or archives (.zip, .tar.gz).")],
    collection: Collection = "papers",
    longest: Longest = 1000,
    overlap: Overlap = 0,
    no_chemistry: NoChemistry = False,
    as_json: AsJson = False,
) -> None:
    """Add papers: PDF, JATS, TEI, HTML, Markdown, text, BibTeX, RIS, CSL-JSON, JSONL. The same again goes on where it stopped. Exit code 2 if a file could not be read."""
    papers = services(context).paper_keeping
    with _bar("adding", papers.files(paths)) as show_progress:
        tally = papers.add(
            paths,
            collection=collection,
            longest=longest,
            overlap=overlap,
            chemistry=not no_chemistry,
            progress=lambda t, name: show_progress(t.files, _said(t)),
        )
    _report(tally, as_json)


def list_papers(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="Words of title, journal or DOI.")] = "",
    collection: Collection = "",
    retracted: Annotated[bool, typer.Option("--retracted", help="Only retracted papers.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    """List stored papers, the newest first."""
    papers = services(context).paper_keeping
    found, total = papers.listed(words, collection=collection, retracted=True if retracted else None, limit=limit, offset=offset)
    if as_json:
        return emit_json({"total": total, "documents": [papers.to_json(d) for d in found]})
    table = TextTable(columns("id", "title", "year", "DOI", "what", "passages", "values", numbers=("year", "passages", "values")))
    for d in found:
        of = d.document
        what = ("RETRACTED, " if of.retracted else "") + d.level + ("" if d.indexed else ", not indexed")
        table.add(of.document_id[:10], of.title, str(of.year or ""), of.doi or "", what, str(d.passages), str(d.values))
    print_table(table, out)
    err.print(f"{len(found)} of {total}")


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Id, its beginning, or DOI.")],
    text: Annotated[bool, typer.Option("--text", help="Print all of its text instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show a paper: what is known of it, its passages, the substances and the numbers in it."""
    papers = services(context).paper_keeping
    stored = papers.find(name)
    if text:
        return out.print(escape(papers.text(stored.document.document_id)), highlight=False)
    passages, mentioned, reported = papers.parts(stored.document.document_id)
    if as_json:
        parts: dict[str, list[Any]] = {"passages": passages, "mentions": mentioned}
        return emit_json(
            {
                **papers.to_json(stored),
                **{k: [asdict(p) for p in v] for k, v in parts.items()},
                "values": [papers.value_json(*v) for v in reported],
            }
        )
    _print_head(stored)
    for p in passages:
        place = ", ".join(filter(None, (p.section, f"page {p.page}" if p.page else "", f"characters {p.start} to {p.end}", p.kind)))
        out.print(escape(f"\n[{place}]\n{p.text}"), highlight=False)
    resolved = sorted({f"{m.name or m.written}" + (f"  {m.smiles}" if m.smiles else "") for m in mentioned})
    if resolved:
        out.print(escape("\nSubstances:\n  " + "\n  ".join(resolved)), highlight=False)
    for value_id, _, v in reported:
        out.print(escape(f"\n{value_id}  {_number(v)}\n  “{v.quote}”"))


def _print_head(stored: StoredDocument) -> None:
    of = stored.document
    rows = {
        "title": of.title, "authors": "; ".join(of.authors), "year": of.year, "DOI": of.doi, "journal": of.journal, "licence": of.licence,
        "retracted": {True: "YES", False: "no", None: "unknown"}[of.retracted], "from": of.source, "collection": of.collection,
        "what is there": stored.level, "pages": stored.pages, "added": stored.added_at, "indexed": "yes" if stored.indexed else "no",
        "notes": "; ".join(stored.notes) or None, "id": of.document_id,
    }  # fmt: skip
    for label, value in rows.items():
        out.print(escape(f"{label:14} {'unknown' if value in (None, '') else value}"), highlight=False)


def remove(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Ids, their beginnings, or DOIs.")] = None,
    collection: Annotated[str, typer.Option("--collection", "-c", help="All papers of this collection.")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete papers with their passages, substances and numbers, from the database and from the search index."""
    if bool(names) == bool(collection):
        raise UsageError("name the papers to delete, or a --collection")
    papers = services(context).paper_keeping
    count = (
        papers.listed(collection=collection, limit=1)[1] if collection else len({papers.find(n).document.document_id for n in names or []})
    )
    if not yes and not typer.confirm(f"Delete {count} papers?", err=True):
        raise typer.Exit(1)
    gone = papers.remove(names or [], collection)
    emit_json({"removed": gone}) if as_json else err.print(f"{gone} papers deleted")


def reindex(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Ids or DOIs; none: all papers.")] = None,
    longest: Annotated[int | None, typer.Option(min=100, max=20_000, help="Cut passages anew, at most this long, characters.")] = None,
    overlap: Overlap = 0,
    chemistry: Annotated[bool, typer.Option("--chemistry", help="Look for substances and numbers again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the search index anew from what is stored; cut the papers into other passages where asked."""
    papers = services(context).paper_keeping
    if overlap and longest is None:
        raise UsageError("--overlap needs --longest")
    with _bar("cutting", 1) as show_progress:
        tally = papers.reindex(
            names or [],
            longest=longest,
            overlap=overlap,
            chemistry=chemistry,
            step=lambda done, total: show_progress(done, f"{done} of {total}", total),
        )
    emit_json({"passages": tally.passages}) if as_json else err.print(f"{tally.passages} passages indexed")


def stats(context: typer.Context, as_json: AsJson = False) -> None:
    """Count what is stored, and list what could not be added."""
    papers = services(context).paper_keeping
    count, failures = papers.stats(), papers.failures(_SHOWN)
    if as_json:
        return emit_json({**asdict(count), "failures": [{"name": n, "reason": r} for n, r in failures]})
    for label, value in asdict(count).items():
        shown = ", ".join(f"{k} {v:,}" for k, v in value.items()) if isinstance(value, dict) else f"{value:,}"
        out.print(escape(f"{label.replace('_', ' '):14} {shown}"), highlight=False)
    for name, reason in failures:
        err.print(escape(f"not added: {name}: {reason}"))


def export(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="A file: .jsonl papers, .json references (CSL-JSON), .csv reported values.")],
    collection: Collection = "",
    approved: Annotated[
        bool, typer.Option("--approved", help="Of reported values, only those that a person released for training.")
    ] = False,
) -> None:
    """Write papers, references or reported values to a file."""
    count = services(context).paper_keeping.export(target, collection=collection, approved=approved)
    err.print(escape(f"{count} written to {target}"))


def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Tell whether texts, passages, substances, numbers and index still agree; exit code 6 if not."""
    papers = services(context).paper_keeping
    with _bar("checking", 1) as show_progress:
        found = papers.verify(lambda done, total: show_progress(done, f"{done} of {total}", total))
    if as_json:
        emit_json({"sound": not found, "problems": found})
    else:
        for problem in found:
            out.print(escape(problem))
        err.print(f"{len(found)} problems" if found else "everything agrees")
    if found:
        raise typer.Exit(_DIFFERS)


def approve(
    context: typer.Context,
    values: Annotated[list[str], typer.Argument(help="Ids of reported values (DOCUMENT/NUMBER), as `show` lists them.")],
    back: Annotated[bool, typer.Option("--back", help="Take it back.")] = False,
) -> None:
    """Release reported values for training models, in your name. Without it nothing is trained on them."""
    person = services(context).paper_keeping.approve(values, taken_back=back)
    err.print(escape(f"{len(values)} values {'no longer released' if back else f'released by {person}'}"))


def fetch(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="What to look for, in the service's own syntax.")] = "",
    service: Annotated[str, typer.Option("--from", help="openalex, arxiv, europepmc or crossref.")] = "openalex",
    doi: Annotated[list[str] | None, typer.Option("--doi", help="A DOI; may be given several times.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many papers of the query.")] = 50,
    collection: Collection = "papers",
    full_text: Annotated[bool, typer.Option("--full-text", help="The whole text where it is open (europepmc).")] = False,
    as_json: AsJson = False,
) -> None:
    """Add references with abstracts from a public service, by query or DOI. Exit code 2 if one could not be read, 1 without a network."""
    papers = services(context).paper_keeping
    with _bar("fetching", limit) as show_progress:
        tally = papers.fetch(
            service, query, doi or [], limit=limit, collection=collection, full_text=full_text,
            progress=lambda t, name: show_progress(t.added + t.updated + t.duplicate + t.failed, _said(t)),
        )  # fmt: skip
    _report(tally, as_json)


def mentions(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="Name, abbreviation, SMILES, repeat unit with two '*', or InChIKey.")],
    motif: Annotated[bool, typer.Option("--motif", help="A group by name or SMARTS: substances that hold it.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many passages.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the passages that mention a substance, however they call it."""
    found = services(context).paper_keeping.mentions(what, motif=motif, limit=limit)
    if as_json:
        return emit_json([{"document": asdict(d), "passage": asdict(p), "mention": asdict(m)} for d, p, m in found])
    for document, passage, mention in found:
        page = f", page {passage.page}" if passage.page else ""
        flag = "RETRACTED: " if document.retracted else ""
        out.print(escape(f"{flag}{document.title} ({document.year or 'year unknown'}){page}: “{mention.written}”  {document.document_id}"))
        out.print(escape(f"    {passage.text}\n"))
    err.print(f"{len(found)} passages")


def values(
    context: typer.Context,
    property: Annotated[str, typer.Option("--property", help="As melting_point, absorption_maximum, solubility.")] = "",
    of: Annotated[str, typer.Option("--of", help="Name, SMILES or InChIKey of the substance.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """List reported values with the sentence that says them. They were read by rules and may be wrong: look at the sentence."""
    papers = services(context).paper_keeping
    found = papers.values(property=property, of=of, limit=limit)
    if as_json:
        return emit_json([papers.value_json(*row) for row in found])
    for value_id, document, v in found:
        out.print(
            escape(
                f"{value_id}  {_number(v)}\n    “{v.quote}”\n    {document.title} ({document.year or 'year unknown'}) {document.doi or ''}"
            )
        )
    err.print(f"{len(found)} values")


def _number(v: ReportedValue) -> str:
    upper = f" to {v.upper:g}" if v.upper is not None else ""
    spread = f" ± {v.spread:g}" if v.spread is not None else ""
    said = "; ".join(v.conditions)
    released = f"  [released by {v.approved_by}]" if v.approved_by else ""
    return f"{v.property} {v.relation} {v.value:g}{upper}{spread} {v.unit}  {v.substance or 'substance unknown'}{f'  ({said})' if said else ''}{released}"


def _report(tally: Tally, as_json: bool) -> None:
    if as_json:
        emit_json(
            {
                **{name: getattr(tally, name) for name in ("added", "updated", "duplicate", "failed", "files", "before", "passages")},
                "failures": [{"name": o.name, "reason": o.reason} for o in tally.outcomes],
            }
        )
    else:
        err.print(_said(tally))
        for outcome in tally.outcomes[:_SHOWN]:
            err.print(escape(f"not added: {outcome.name}: {outcome.reason}"))
        if len(tally.outcomes) > _SHOWN:
            err.print(f"and {len(tally.outcomes) - _SHOWN} more; `molwright literature stats` lists them")
    if tally.failed:
        raise typer.Exit(_UNREADABLE)


def _said(tally: Tally) -> str:
    before = f", {tally.before} files were there" if tally.before else ""
    return f"{tally.added} added, {tally.updated} updated, {tally.duplicate} already there, {tally.failed} failed{before}"


@contextmanager
def _bar(name: str, total: int) -> Iterator[Callable[..., None]]:
    """A callback for the number of files or papers done, a text, and another total; shown on stderr where that is a terminal."""
    if not err.is_terminal:
        yield lambda *_: None
        return
    shown: Any = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}  {task.fields[text]}"))
    with Progress(*shown, TimeElapsedColumn(), console=err, transient=True) as bar:
        task = bar.add_task(name, total=total, text="")
        yield lambda done, text="", of=total: bar.update(task, completed=done, text=text, total=of)
