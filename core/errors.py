"""Every error that molwright raises on purpose.

    MolwrightError                     exit 1   a fault
    ├── UsageError                     exit 2   an argument cannot be used
    │   ├── GoalError                  exit 2   the goal cannot be understood; quotes the phrase
    │   │   ├── ContradictionError     exit 2   two parts of the goal exclude each other
    │   │   └── UnitError              exit 2   a unit that does not fit its property
    │   ├── StructureError             exit 2   a structure that cannot be read; gives the position where known
    │   ├── SpecError                  exit 2   a spec that names something that does not exist
    │   ├── NotFoundError              exit 2   a run, candidate or file that does not exist
    │   ├── StatusError                exit 2   a run whose status does not allow what was asked
    │   ├── SignInError                exit 2   a name, password or token that lets nobody in
    │   ├── NotAllowedError            exit 2   this person may not do that
    │   └── QuotaError                 exit 2   more at once than this person may have
    ├── RefusedError                   exit 3   the safety guard blocked the goal
    ├── ApprovalNeeded                 exit 5   the run waits for a person
    ├── UnreadGoal                     exit 5   a goal of which too little was read to answer it at once
    ├── RunStopped                     exit 5   the run was paused or cancelled from another door
    ├── ReplayDiffers                  exit 6   a replay is not identical to its record
    ├── StoreError                     exit 1   the database cannot be read or written
    │   ├── LeaseLost                  exit 1   another process owns the run now
    │   └── RunBusy                    exit 1   the run is being executed by another process
    ├── LiteratureError                exit 1   the literature store cannot be read or written
    ├── PredictorError                 exit 1   weights missing, damaged or of another version
    ├── ServingError                   exit 1   no model server gave an answer; says what went wrong and when to try again
    └── ConfigurationError             exit 1   settings that contradict each other or name a missing part

Errors are exceptions. They never become report text, and a failed run is never presented as a finished one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.spec import DesignSpec


class MolwrightError(Exception):
    """Base of all errors raised on purpose; ``exit_code`` is what the command line returns."""

    exit_code: int = 1


class UsageError(MolwrightError):
    """An argument that cannot be used."""

    exit_code = 2


class GoalError(UsageError):
    """A goal that cannot be understood. ``phrase`` is the part of the goal that is at fault."""

    def __init__(self, message: str, *, phrase: str = "") -> None:
        super().__init__(f'{message} (in: "{phrase}")' if phrase and phrase not in message else message)
        self.phrase = phrase


class ContradictionError(GoalError):
    """Two parts of a goal that no candidate can meet together."""


class UnitError(GoalError):
    """A unit that does not fit the property it is given for."""


class StructureError(UsageError):
    """A structure that cannot be read or used. ``position`` is the 0-based character in the input, where known."""

    def __init__(self, message: str, *, smiles: str = "", position: int | None = None) -> None:
        shown = smiles if len(smiles) <= 120 else f"{smiles[:117]}... ({len(smiles)} characters)"
        where = f" at character {position + 1}" if position is not None else ""
        super().__init__(f"{message}{where}: {shown!r}" if smiles else f"{message}{where}")
        self.smiles = shown
        self.position = position


class SpecError(UsageError):
    """A spec that names a property, group or structure that does not exist, or a value out of range."""


class NotFoundError(UsageError):
    """A run, candidate or file that does not exist."""


class StatusError(UsageError):
    """A run whose status does not allow what was asked."""


class SignInError(UsageError):
    """A name with its password, a session or a token that lets nobody in. The message never says which of them is wrong."""


class NotAllowedError(UsageError):
    """This person may not do that: the role lacks the right, or the run is somebody else's."""


class QuotaError(UsageError):
    """More at once, or more often, than this person may. ``retry_after``: seconds after which another try makes sense, where known."""

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class RefusedError(MolwrightError):
    """The safety guard blocked the goal, or stopped it where nothing waits for a person. ``rules`` are the identifiers of the rules that fired."""

    exit_code = 3

    def __init__(self, message: str, *, rules: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.rules = rules


class ApprovalNeeded(MolwrightError):
    """The run is stored and waits for a person to approve its spec. ``objections``: why one has to look at it first, where that is known."""

    exit_code = 5

    def __init__(self, run_id: str, objections: tuple[str, ...] = ()) -> None:
        why = f" ({'; '.join(objections)})" if objections else ""
        how = " --accept-unread" if objections else ""
        super().__init__(f"run {run_id} waits for approval{why}: molwright approve {run_id}{how}  (or: molwright reject {run_id})")
        self.run_id = run_id
        self.objections = objections


class UnreadGoal(MolwrightError):
    """A goal that was not read well enough to answer at once, where no run is stored that could wait for a person.

    Attributes:
        spec: what was read of the goal.
        objections: why a person has to look at it first.
    """

    exit_code = 5

    def __init__(self, spec: DesignSpec, marked: str, objections: tuple[str, ...]) -> None:
        super().__init__(
            f"{'; '.join(objections)}. Not read are the words between [? and ?]: {marked}. Reword the goal, or go on with what was read:"
            " --accept-unread"
        )
        self.spec = spec
        self.objections = objections


class RunStopped(MolwrightError):
    """The run was paused or cancelled from another door while it was being executed, or its worker was told to leave; ``status`` says which."""

    exit_code = 5

    def __init__(self, run_id: str, status: str) -> None:
        further = f"; go on with it: molwright resume {run_id}" if status == "paused" else ""
        what = "put back into the queue" if status == "queued" else status
        super().__init__(f"run {run_id} was {what}{further}")
        self.run_id = run_id
        self.status = status


class ReplayDiffers(MolwrightError):
    """A replay that is not identical to its record."""

    exit_code = 6


class StoreError(MolwrightError):
    """The database cannot be read or written."""


class LeaseLost(StoreError):
    """Another process has taken the run over; what this one was about to write is discarded."""


class RunBusy(StoreError):
    """The run is being executed by another live process."""


class LiteratureError(MolwrightError):
    """The literature store cannot be read or written."""


class PredictorError(MolwrightError):
    """A predictor's weights are missing, damaged or of another version."""


class ServingError(MolwrightError):
    """No model server gave an answer.

    ``kind`` names what went wrong (``serving/pool/failures.py`` lists them), ``status`` is the HTTP status that says the
    same, ``retry_after`` the seconds after which another try makes sense, where known. ``public`` is the message without
    the words of a server, which may hold what is not for callers; the message itself unless given.
    """

    def __init__(self, message: str, *, kind: str, status: int = 502, retry_after: float | None = None, public: str = "") -> None:
        super().__init__(message)
        self.public = public or message
        self.kind = kind
        self.status = status
        self.retry_after = retry_after


class ConfigurationError(MolwrightError):
    """Settings that contradict each other or name a missing part."""
