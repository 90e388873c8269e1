"""Connects the interfaces of ``core`` with the parts that the settings ask for. The only place that knows both sides."""

from __future__ import annotations

import getpass
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from agent.models import ModelSession, RolePlan
    from core.interfaces import Embedder, Executor, LiteratureStore, Recorder, RunRecord, RunStore
    from core.scorers import Scorer
    from core.settings import Settings
    from evals.store import EvalStore
    from memory.passages.embedded import EmbeddedPassages
    from memory.passages.milvus import MilvusPassages
    from memory.sql.figures import FigureStore
    from memory.sql.papers import SqlPapers
    from memory.sql.people import SqlPeople
    from memory.sql.registry import RegistryStore
    from memory.sql.replays import ReplayStore
    from tools.calculators.costly.pool import Callers
    from tools.literature.fetching.services import Service
    from tools.literature.ingest import PassageIndex
    from tools.workspace import Workspace

ROOMS = ("core", "agent", "tools", "graphs", "prompts", "memory", "serving", "evals", "learn", "app")


def check_names() -> None:
    """Raise ConfigurationError if another installed package shadows one of our top-level names."""
    ours = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        spec = importlib.util.find_spec(room)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is None or origin.parent.parent != ours:
            raise ConfigurationError(f"the package {room!r} is taken by another distribution ({origin}); use molwright's own environment")


def now() -> datetime:
    """The current time, UTC."""
    return datetime.now(UTC)


def user_name(settings: Settings) -> str:
    """Who is at work: the setting, else the login name."""
    if settings.user.name:
        return settings.user.name
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def owner_name() -> str:
    """Identity of this execution as the owner of a run; tells other processes on this host whether it is still alive."""
    from memory.sql.owners import new_owner

    return new_owner()


def prepare_home(settings: Settings) -> Path:
    """The home folder, made if it is missing. Raises StoreError if it cannot be made."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder MOLWRIGHT_HOME={settings.home} cannot be made: {error.strerror or error}") from error
    return settings.home


def open_store(settings: Settings, *, clock: Callable[[], datetime] = now) -> RunStore:
    """The run store; ``clock`` gives the time of heartbeats and leases."""
    from memory.sql.store import SqlRunStore

    prepare_home(settings)
    return SqlRunStore(settings.sql_url(), lease_seconds=settings.store.lease_seconds, clock=clock)


def store_missing(settings: Settings) -> bool:
    """Whether the run store is the file in the home folder and has not been made yet."""
    return not settings.store.url and not (settings.home / "molwright.db").exists()


def literature_missing(settings: Settings) -> bool:
    """Whether the literature store is a local one that has not been made yet."""
    address = settings.milvus_address()
    return "://" not in address and not Path(address).expanduser().exists()


@contextmanager
def read_literature(settings: Settings) -> Iterator[LiteratureStore]:
    """The literature store to be searched: of a local one that is not there yet, what it would hold, without making it."""
    if not literature_missing(settings):
        with open_literature(settings) as store:
            yield store
        return
    from tools.literature.notes import ShippedNotes

    yield ShippedNotes()


@contextmanager
def open_literature(settings: Settings, address: str = "") -> Iterator[LiteratureStore]:
    """The literature store with the starter corpus in it, for the length of the block; that at ``address``, if one is given."""
    from memory.literature import MilvusLiteratureStore
    from tools.literature.corpus import ensure_corpus
    from tools.literature.embedder import default_embedder

    prepare_home(settings)
    store = MilvusLiteratureStore(
        address or settings.milvus_address(), token=settings.literature.token.get_secret_value(), embedder=default_embedder()
    )
    try:
        ensure_corpus(store)
        yield store
    finally:
        store.close()


def open_papers(settings: Settings, *, clock: Callable[[], datetime] = now) -> SqlPapers:
    """The papers, in the database of the runs; ``clock`` gives the time of adding."""
    from memory.sql.papers import SqlPapers

    prepare_home(settings)
    return SqlPapers(settings.sql_url(), clock=clock)


@contextmanager
def open_passage_index(settings: Settings) -> Iterator[PassageIndex]:
    """What searches the passages of the papers, with the embedder that the settings name. Raises as :func:`open_passages` does."""
    from tools.literature.passage_index import EmbeddedIndex

    embedder = open_embedder(settings)
    with open_passages(settings, embedder.name if embedder else "") as store:
        yield EmbeddedIndex(store, embedder)


def indexed_ids(index: PassageIndex) -> list[str]:
    """The ids of the documents that an index has."""
    return [document.document_id for document in index.documents()]


@contextmanager
def open_literature_service(settings: Settings, name: str, *, full_text: bool = False) -> Iterator[Service]:
    """The public service ``name``, for the length of the block. UsageError for one that is not known."""
    from tools.literature.fetching.polite import PoliteClient
    from tools.literature.fetching.services import INTERVALS, open_service

    client = PoliteClient(name, INTERVALS.get(name, 1.0), settings.literature.mailto)
    try:
        yield open_service(name, client, key=settings.literature.openalex_key.get_secret_value(), full_text=full_text)
    finally:
        client.close()


def embeddings_folder(settings: Settings) -> Path:
    """Where the fetched embedding model is kept."""
    from tools.literature.minilm.model import MiniLm

    return settings.home / "embeddings" / MiniLm.name


def open_embedder(settings: Settings) -> Embedder | None:
    """What turns papers and questions into vectors, by the settings; None where they are searched by words alone.

    Raises ConfigurationError for settings that name no usable embedder, LiteratureError where its server does not answer.
    """
    wanted = settings.literature.embeddings
    if "://" in wanted:
        from tools.literature.endpoint import EndpointEmbedder

        if not settings.literature.embedding_model:
            raise ConfigurationError("literature.embedding_model: name the model of the server in literature.embeddings")
        return EndpointEmbedder(wanted, settings.literature.embedding_model, settings.literature.embedding_key.get_secret_value())
    if wanted not in ("", "none"):
        raise ConfigurationError(f"literature.embeddings: {wanted!r} is neither empty nor 'none' nor the address of a server")
    from tools.literature.minilm.fetch import fetched
    from tools.literature.minilm.model import MiniLm

    folder = embeddings_folder(settings)
    return MiniLm(folder) if not wanted and fetched(folder) else None


@contextmanager
def open_passages(settings: Settings, space: str = "") -> Iterator[EmbeddedPassages | MilvusPassages]:
    """The store of the team's papers, for the length of the block; ``space`` names the embedder of the vectors that are added or asked with."""
    from memory.passages.embedded import EmbeddedPassages
    from memory.passages.milvus import MilvusPassages
    from tools.literature.analysis import sentence_words

    folder = prepare_home(settings) / "papers"
    server = settings.literature.uri
    token = settings.literature.token.get_secret_value()
    store = (
        MilvusPassages(server, folder, sentence_words, space=space, token=token)
        if "://" in server
        else EmbeddedPassages(folder, sentence_words, space=space)
    )
    try:
        yield store
    finally:
        store.close()


def user_models_folder(settings: Settings) -> Path:
    """Where the user's own models are kept."""
    return settings.home / "models"


def own_lists_folder(settings: Settings) -> Path:
    """Where the team's own lists of substances are kept."""
    return settings.home / "lists"


def open_workspace(settings: Settings) -> Workspace:
    """What this process or request computes with: what ships, what other packages add, the scorers of the settings, the team's own lists, and the user's own models."""
    from tools.workspace import builtin

    return _with_own(builtin().with_scorers(tuple(settings.scorers.values())), settings)


def _with_own(workspace: Workspace, settings: Settings) -> Workspace:
    return workspace.with_own_lists(own_lists_folder(settings)).with_user_models(user_models_folder(settings))


def run_workspace(settings: Settings, scorers: Sequence[Scorer]) -> Workspace:
    """As :func:`open_workspace`, with the ``scorers`` that a run was started with in place of those of the settings, which give their commands."""
    from tools.workspace import builtin

    here = {name: scorer.command for name, scorer in settings.scorers.items()}
    given = tuple(scorer.model_copy(update={"command": here.get(scorer.name, "")}) for scorer in scorers)
    return _with_own(builtin().with_scorers(given), settings)


def workspace_of(settings: Settings, run: RunRecord) -> Workspace:
    """What the goal of ``run`` could name: that of :func:`open_workspace`, but with the scorers that the run was started with, if it had some."""
    scorers = run.given.scorers
    return run_workspace(settings, scorers) if scorers else open_workspace(settings)


def open_executor(settings: Settings) -> Executor:
    """What spreads property computation over processes."""
    from tools.execution import ProcessExecutor, SerialExecutor

    return ProcessExecutor(settings.workers.processes) if settings.workers.processes > 1 else SerialExecutor()


def open_callers(settings: Settings) -> Callers:
    """What calls costly calculators for a run, side by side, and keeps their answers in the home folder; to be closed."""
    from memory.calls import CallFiles
    from tools.calculators.costly.pool import CallPool

    return CallPool(settings.workers.processes, CallFiles(prepare_home(settings) / "calls"))


def plan_of(settings: Settings) -> RolePlan | None:
    """Which reasoning roles use which language model, by the settings and the registry; None if no server is configured. Raises ConfigurationError."""
    if not settings.models.configured and not served_here(settings):
        return None
    from agent.models.endpoints import configured_plan, with_promoted
    from core.registry import in_force

    plan = configured_plan(settings)
    if plan is None or store_missing(settings):
        return plan
    registry = open_registry(settings)
    try:
        promoted = in_force(registry.history())
    finally:
        registry.close()
    return with_promoted(settings, plan, promoted) if promoted else plan


def served_here(settings: Settings) -> bool:
    """Whether ``molwright models local`` has written where its server is; whether that still runs is asked where a model is used."""
    return (settings.home / "fleet" / "local" / "this-machine" / "pool.toml").exists()


def stored_plan(options: dict[str, Any]) -> RolePlan | None:
    """The plan in a run's options; None for a run without models."""
    if not options.get("models"):
        return None
    from agent.models import plan

    return plan.stored_plan(options)


def open_models(settings: Settings, plan: RolePlan | None, recorder: Recorder) -> ModelSession:
    """The language models of a run with this plan; to be closed. Without a plan none are asked; what tools read is recorded all the same."""
    from agent.models import ModelSession, NoBackend
    from agent.models.plan import RolePlan

    if plan is None:
        return ModelSession(RolePlan(), NoBackend("no language model is configured"), recorder)
    from agent.models.endpoints import open_backend

    return ModelSession(plan, open_backend(settings, plan), recorder)


def open_people(settings: Settings, *, clock: Callable[[], datetime] = now) -> SqlPeople:
    """The accounts, projects and the audit log, in the database of the runs; ``clock`` gives the time."""
    from memory.sql.people import SqlPeople

    prepare_home(settings)
    return SqlPeople(settings.sql_url(), clock=clock)


def open_figures(settings: Settings) -> FigureStore:
    """Sums over the stored runs, for monitoring."""
    from memory.sql.figures import FigureStore

    prepare_home(settings)
    return FigureStore(settings.sql_url())


def open_replays(settings: Settings, *, clock: Callable[[], datetime] = now) -> ReplayStore:
    """Replays that were asked for, in the database of the runs; ``clock`` gives the times that are kept."""
    from memory.sql.replays import ReplayStore

    prepare_home(settings)
    return ReplayStore(settings.sql_url(), clock=clock)


def open_registry(settings: Settings) -> RegistryStore:
    """Which language models, adapters and prompts were promoted: the run store's database."""
    from memory.sql.registry import RegistryStore

    prepare_home(settings)
    return RegistryStore(settings.sql_url())


def open_eval_store(settings: Settings) -> EvalStore:
    """Where evaluation results are kept: the run store's database."""
    from evals.store import EvalStore

    prepare_home(settings)
    return EvalStore(settings.sql_url())
