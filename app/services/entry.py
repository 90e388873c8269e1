"""All that a door may do, in one object: the services over one store, one clock and one set of settings."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from app import wiring

if TYPE_CHECKING:
    from app.services.archive import ArchiveService
    from app.services.asking import AskingService
    from app.services.clouds import CloudService
    from app.services.computations import ComputationService
    from app.services.conversations import ConversationService, Decide
    from app.services.cores import CoreService
    from app.services.evaluations import EvaluationService
    from app.services.feedback import FeedbackService
    from app.services.finding import FindingService
    from app.services.finding_memory import FindingMemory
    from app.services.fleet import FleetService
    from app.services.forecasts import ForecastService
    from app.services.goals import GoalService
    from app.services.health import HealthService
    from app.services.job_work import JobWorker
    from app.services.jobs import JobStore
    from app.services.kept_papers import KeptPapers
    from app.services.kept_parts import KeptParts
    from app.services.learning import LearningService
    from app.services.libraries import LibraryService
    from app.services.lists import ListService
    from app.services.literature import LiteratureService
    from app.services.local_models import LocalModelService
    from app.services.measurements import MeasurementService
    from app.services.models import ModelService
    from app.services.own_lists import OwnListService
    from app.services.paper_additions import PaperAdditionService
    from app.services.paper_keeping import PaperKeepingService
    from app.services.paper_talks import PaperTalkService
    from app.services.papers import PapersService
    from app.services.people import PeopleService
    from app.services.profiles import ProfileService
    from app.services.questions import QuestionService
    from app.services.replays import ReplayService
    from app.services.rounds import RoundService
    from app.services.runs import RunService
    from app.services.scoring import ScoringService
    from app.services.screens import ScreenService
    from app.services.sharing import SharingService
    from app.services.structure_tables import StructureTableService
    from app.services.structures import StructureService
    from app.services.suite_runs import SuiteRunService
    from app.services.templates import TemplateService
    from app.services.tracing import TraceService
    from app.services.trainings import TrainingService
    from app.services.what_if import ReweightingService
    from app.services.workers import WorkerService
    from core.events import ProgressSink
    from core.interfaces import RunStore
    from core.people import Person
    from core.settings import Settings
    from evals.store import EvalStore
    from memory.sql.replays import ReplayStore
    from tools.workspace import Workspace


class Services:
    """Made once by a door (a command, a request's application, a worker) and passed on. Nothing is opened before it is asked for.

    This is the only place that reads the environment's settings or opens the run store, each once, so two can be at work in one process.

    ``settings``: read from the environment and ``molwright.toml`` when they are first needed, unless given. ``clock``: the current time,
    UTC; what is stored and what leases are judged by comes from it.
    """

    def __init__(self, settings: Settings | None = None, *, clock: Callable[[], datetime] = wiring.now) -> None:
        self._given = settings
        self.clock = clock
        self.person: Person | None = None
        self.kept_papers: KeptPapers | None = None  # a server sets it
        self._whole: Services = self
        self._of_person: dict[Person, Services] = {}
        self._lock = threading.Lock()

    def seen_by(self, person: Person) -> Services:
        """These services as ``person`` has them: only runs that the person may see are there, and what is written carries the person's name.

        Whoever sits at this machine has all of them.
        """
        if person.local:
            return self._whole
        with self._lock:
            if person not in self._of_person:
                settings = self.settings.model_copy(update={"user": self.settings.user.model_copy(update={"name": person.name})})
                made = self._of_person[person] = Services(settings, clock=self.clock)
                made.person, made._whole = person, self._whole
            return self._of_person[person]

    def with_settings(self, settings: Settings) -> Services:
        """Services of the same clock with other settings: what a command adds to them for its own length."""
        return Services(settings, clock=self.clock)

    @property
    def local_person(self) -> Person:
        """Whoever sits at this machine."""
        from core.people import Person

        return Person(wiring.user_name(self.settings), "admin", local=True)

    @cached_property
    def settings(self) -> Settings:
        """What is configured. Raises ConfigurationError."""
        from core.settings import read_settings

        return self._given or read_settings()

    @cached_property
    def store(self) -> RunStore:
        """The run store. Raises StoreError if it cannot be opened."""
        if self.person is not None:
            return self._whole.store.seen_by(self.person, most=self.settings.server.runs_per_person)
        return wiring.open_store(self.settings, clock=self.clock)

    @property
    def workspace(self) -> Workspace:
        """The properties, calculators and proposers that this user has, as they are now."""
        return wiring.open_workspace(self.settings)

    def workspace_of(self, run_id: str) -> Workspace:
        """What goals of a run could name: with the scorers that it was started with. NotFoundError if there is no such run."""
        return wiring.workspace_of(self.settings, self.store.run(run_id))

    @property
    def goals(self) -> GoalService:
        """What goals and specs mean."""
        from app.services.goals import GoalService

        return GoalService(self.settings)

    @property
    def forecasts(self) -> ForecastService:
        """What may be expected of a run before it is run."""
        from app.services.forecasts import ForecastService

        return ForecastService(self.settings, lambda: self.store)

    @property
    def templates(self) -> TemplateService:
        """Specs that are kept under a name."""
        from app.services.templates import TemplateService

        return TemplateService(self.settings, clock=self.clock, person="" if self.person is None else self.person.name)

    @property
    def cores(self) -> CoreService:
        """Cores that a person marks atom by atom."""
        from app.services.cores import CoreService

        return CoreService()

    @property
    def lists(self) -> ListService:
        """What users give to a run: building blocks, known structures."""
        from app.services.lists import ListService

        return ListService()

    @property
    def own_lists(self) -> OwnListService:
        """Named, dated lists of substances that the team brought."""
        from app.services.own_lists import OwnListService

        return OwnListService(self.settings)

    def runs(self, progress: ProgressSink | None = None, leaving: Callable[[], bool] = lambda: False) -> RunService:
        """Design runs; ``progress`` hears what the runs that this process executes tell, ``leaving`` says whether it wants to end."""
        from app.services.read_once import letting_go
        from app.services.runs import RunService
        from core.events import silent

        person = "" if self.person is None else self.person.name
        return RunService(self.settings, self.store, letting_go(progress or silent), clock=self.clock, leaving=leaving, person=person)

    @property
    def workers(self) -> WorkerService:
        """The execution of queued runs, and of jobs between them."""
        from app.services.workers import WorkerService

        replay = lambda owner, leaving: self.replays.execute_next(owner, leaving)  # noqa: E731 - opened when it is first needed
        return WorkerService(self.runs, lambda: self.finding.prepare(), replay, self.job_worker.work_next)

    @cached_property
    def tracing(self) -> TraceService:
        """What a run's trace tells: timeline, events, lives of structures, the difference to another run."""
        from app.services.tracing import TraceService

        return TraceService(self.settings, lambda: self.store)

    @cached_property
    def replays(self) -> ReplayService:
        """Replays that are asked for and executed by a worker."""
        from app.services.replays import ReplayService

        return ReplayService(self.settings, self.runs, self._whole.replay_store)

    @cached_property
    def replay_store(self) -> ReplayStore:
        """The rows of the replays, opened once for everybody."""
        return wiring.open_replays(self.settings, clock=self.clock)

    @cached_property
    def eval_store(self) -> EvalStore:
        """The results of the suites, opened once for everybody."""
        return wiring.open_eval_store(self.settings)

    @cached_property
    def people(self) -> PeopleService:
        """Accounts, sessions, tokens, projects and the audit log. The same for everybody: doors ask who may use them."""
        from app.services.people import PeopleService

        if self._whole is not self:
            return self._whole.people
        return PeopleService(self.settings, wiring.open_people(self.settings, clock=self.clock), clock=self.clock)

    @property
    def sharing(self) -> SharingService:
        """Who may see a run."""
        from app.services.sharing import SharingService

        return SharingService(self.store, self.person)

    @property
    def jobs(self) -> JobStore:
        """Long work beside the requests."""
        from app.services.jobs import JobStore

        return JobStore(self.settings.home, self.clock, "" if self.person is None else self.person.name)

    @property
    def job_worker(self) -> JobWorker:
        """What executes jobs; each is made with what the user has when it is begun."""
        from app.services.job_work import JobWorker, Work
        from app.services.jobs import JobKind

        work: dict[JobKind, Work] = {
            "screen": lambda held: self.screens.work(held),
            "table": lambda held: self.structure_tables.work(held),
            "computation": lambda held: self.computations.work(held),
            "training": lambda held: self.trainings.work(held),
            "suite": lambda held: self.suite_runs.work(held),
        }
        return JobWorker(self.jobs, work, lambda: bool(self.store.queue()), self.settings.server.attempts)

    @property
    def archive(self) -> ArchiveService:
        """Runs put out of sight."""
        from app.services.archive import ArchiveService

        return ArchiveService(self.store, self.clock)

    @property
    def finding(self) -> FindingService:
        """Evaluated structures found again, in all runs."""
        from app.services.finding import FindingService

        return FindingService(self.store, self.workspace.catalogue, self._whole.finding_memory)

    @cached_property
    def finding_memory(self) -> FindingMemory:
        """What searches have read, kept once for everybody: each looks only at runs that whoever asks may see."""
        from app.services.finding_memory import FindingMemory

        return FindingMemory()

    @cached_property
    def kept_parts(self) -> KeptParts:
        """Parts of the pages of reports as they were rendered. Kept once for everybody: who sees a report may see its parts."""
        from app.services.kept_parts import KeptParts

        if self._whole is not self:
            return self._whole.kept_parts
        return KeptParts()

    @cached_property
    def reweighting(self) -> ReweightingService:
        """What other weights would do to the list of a finished run."""
        from app.services.what_if import ReweightingService

        if self._whole is not self:  # who has a report may have it reordered; the numbers are kept once for everybody
            return self._whole.reweighting
        return ReweightingService(self.settings, lambda: self.store)

    @cached_property
    def clouds(self) -> CloudService:
        """What the structures of a run come to while it goes on, drawn. Who sees a run may see its cloud; the points are kept once for everybody."""
        from app.services.clouds import CloudService

        if self._whole is not self:
            return self._whole.clouds
        return CloudService(lambda: self.store, lambda: self.workspace.catalogue)

    def conversations(self, decide: Decide, progress: ProgressSink | None = None) -> ConversationService:
        """Conversations; ``decide`` asks a person before anything is started."""
        from app.services.conversations import ConversationService
        from core.events import silent

        return ConversationService(self.settings, self.store, decide, progress or silent, clock=self.clock)

    @cached_property
    def asking(self) -> AskingService:
        """Questions about candidates, put to the assistant, which may start nothing."""
        from app.services.asking import AskingService

        return AskingService(self.settings, lambda: self.store, lambda: self.conversations(lambda wanted: False))

    @property
    def structures(self) -> StructureService:
        """Single structures: properties, check, route."""
        from app.services.structures import StructureService

        return StructureService(self.settings)

    def scoring(self, goal: str, properties: Sequence[str], *, despite_objections: bool = False) -> ScoringService:
        """Numbers for structures that another program asks about; raises as :class:`app.services.scoring.ScoringService` does."""
        from app.services.scoring import ScoringService

        return ScoringService(self.settings, self.goals, goal, properties, despite_objections=despite_objections)

    @property
    def profiles(self) -> ProfileService:
        """One structure looked at from every side."""
        from app.services.profiles import ProfileService

        return ProfileService(lambda: self.structures, lambda: self.finding)

    @property
    def structure_tables(self) -> StructureTableService:
        """The properties of every record of a file."""
        from app.services.structure_tables import StructureTableService

        return StructureTableService(self.settings, self.jobs, self.structures, self.libraries)

    @property
    def computations(self) -> ComputationService:
        """What costs seconds to hours, computed for one structure."""
        from app.services.computations import ComputationService

        return ComputationService(self.settings, self.jobs, self.structures)

    @property
    def screens(self) -> ScreenService:
        """Screens that a worker executes."""
        from app.services.screens import ScreenService

        return ScreenService(self.settings, self.jobs, self.libraries)

    @property
    def trainings(self) -> TrainingService:
        """Own models that a worker trains."""
        from app.services.trainings import TrainingService

        return TrainingService(self.settings, self.jobs, self.models)

    @cached_property
    def fleet(self) -> FleetService:
        """The model servers. The same for everybody."""
        from app.services.fleet import FleetService

        if self._whole is not self:
            return self._whole.fleet
        return FleetService(self.settings, self.clock)

    @property
    def libraries(self) -> LibraryService:
        """Libraries of structures held against a goal."""
        from app.services.libraries import LibraryService

        return LibraryService(self.settings, clock=self.clock)

    @property
    def literature(self) -> LiteratureService:
        """The literature store."""
        from app.services.literature import LiteratureService

        return LiteratureService(self.settings)

    @property
    def paper_keeping(self) -> PaperKeepingService:
        """The team's papers: added, kept in order, handed out."""
        from app.services.paper_keeping import PaperKeepingService

        return PaperKeepingService(self.settings, clock=self.clock)

    @property
    def papers(self) -> PapersService:
        """The team's own papers."""
        from app.services.papers import PapersService

        return PapersService(self.settings, self._whole.kept_papers)

    @property
    def questions(self) -> QuestionService:
        """Questions to the team's papers."""
        from app.services.questions import QuestionService

        return QuestionService(self.settings, lambda: self.store, clock=self.clock, kept=self._whole.kept_papers)

    @cached_property
    def paper_talks(self) -> PaperTalkService:
        """Questions to the team's papers that are answered beside a request."""
        from app.services.paper_talks import PaperTalkService

        return PaperTalkService(self.questions)

    @cached_property
    def paper_additions(self) -> PaperAdditionService:
        """Papers that come with a request."""
        from app.services.paper_additions import PaperAdditionService

        return PaperAdditionService(self.settings, lambda: self.paper_keeping)

    @property
    def feedback(self) -> FeedbackService:
        """What reviewers say of candidates, and whether they agree."""
        from app.services.feedback import FeedbackService

        return FeedbackService(self.settings, self.store, clock=self.clock)

    @property
    def measurements(self) -> MeasurementService:
        """Measured values of candidates."""
        from app.services.measurements import MeasurementService

        return MeasurementService(self.settings, self.store, clock=self.clock)

    @property
    def rounds(self) -> RoundService:
        """Runs that are started from the decisions on another one."""
        from app.services.rounds import RoundService

        return RoundService(self.store, self.runs(), self.goals, self.feedback, self.measurements, self.sharing)

    @property
    def health(self) -> HealthService:
        """What works and what is missing."""
        from app.services.health import HealthService

        return HealthService(self.settings, lambda: self.store)

    @property
    def learning(self) -> LearningService:
        """Training sets and adapters for language models."""
        from app.services.learning import LearningService

        return LearningService(self.settings, lambda: self.store)

    @property
    def local_models(self) -> LocalModelService:
        """A small language model on this machine."""
        from app.services.local_models import LocalModelService

        return LocalModelService(self.settings)

    @property
    def models(self) -> ModelService:
        """The predictors: those that ship and the user's own."""
        from app.services.models import ModelService

        return ModelService(self.settings)

    @cached_property
    def evaluations(self) -> EvaluationService:
        """Evaluation suites and their stored results."""
        from app.services.evaluations import EvaluationService

        return EvaluationService(self.settings, lambda: self.store, lambda: self._whole.eval_store, clock=self.clock)

    @property
    def suite_runs(self) -> SuiteRunService:
        """Evaluation suites that a worker runs."""
        from app.services.suite_runs import SuiteRunService

        return SuiteRunService(self.settings, self.jobs, self.evaluations, has_account=self.person is not None)
