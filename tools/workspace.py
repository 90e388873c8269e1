"""What judging and proposing structures rests on, in one immutable object that is made once a process or request and passed in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from core.candidate import PropertyValue
from core.scorers import Scorer
from core.spec import CandidateClass, EstimationConditions
from tools.calculators.collection import Calculators, installed_calculators, with_user_models
from tools.calculators.own_lists import own_lists, with_own_lists
from tools.calculators.own_lists import read_folder as read_lists
from tools.calculators.own_lists import stamp_of as stamp_of_lists
from tools.calculators.user_models import UserModels
from tools.catalogue.catalogue import Catalogue
from tools.predictors.user_models.folder import Stamp, read_folder, stamp_of
from tools.proposers.registry import added, load

if TYPE_CHECKING:
    from core.interfaces import Executor
    from tools.proposers.base import Proposer


@dataclass(frozen=True, eq=False)
class Workspace:
    """The properties that goals may name, and what computes them.

    Two workspaces can be at work in one process at the same time. A workspace can be handed to another process.

    Attributes:
        calculators: what computes property values.
        problems: what is wrong with the user's own models that cannot be used, by name.
        models_folder: where the user's own models were looked for; None: nowhere.
        base: this workspace without the user's own models; None: it has none.
        lists_folder: where the team's own lists were looked for; None: nowhere.
        list_problems: what is wrong with the team's own lists that cannot be used, by name.
        bare: this workspace without own models and own lists; None: it has neither.
    """

    calculators: Calculators
    problems: Mapping[str, str] = field(default_factory=dict)
    models_folder: Path | None = None
    base: Workspace | None = None
    lists_folder: Path | None = None
    list_problems: Mapping[str, str] = field(default_factory=dict)
    bare: Workspace | None = None

    @property
    def catalogue(self) -> Catalogue:
        """Every property, by name and by word."""
        return self.calculators.catalogue

    @property
    def proposers(self) -> Mapping[str, Proposer]:
        """What proposes structures, by name: those that ship, imported when first asked for, and those of plug-ins."""
        return load()

    @property
    def user_models(self) -> UserModels | None:
        """The user's own models, if there are any."""
        return self.calculators.user_models

    def model_versions(self) -> dict[str, str]:
        """Version of each of the user's own models, by name."""
        return self.user_models.versions() if self.user_models else {}

    def list_versions(self) -> dict[str, str]:
        """Version of each of the team's own lists, by name."""
        return {one.name: one.version for one in own_lists(self.calculators)}

    def estimate(
        self,
        structures: Sequence[str],
        candidate_class: CandidateClass,
        names: Sequence[str],
        conditions: EstimationConditions,
        *,
        executor: Executor | None = None,
    ) -> list[dict[str, PropertyValue]]:
        """The properties ``names`` of every structure (SMILES), one dict a structure; see :meth:`Calculators.estimate`."""
        return self.calculators.estimate(structures, candidate_class, names, conditions, executor=executor)

    def with_scorers(self, scorers: tuple[Scorer, ...]) -> Workspace:
        """A workspace with these programs among the calculators, without own models and lists. ConfigurationError where a name is taken."""
        bare = self.bare or self.base or self
        return _with_scorers(bare, scorers) if scorers else bare

    def with_own_lists(self, folder: Path, only: Collection[str] | None = None) -> Workspace:
        """A workspace with the lists in ``folder`` (those called as in ``only``, if given) in place of those that this one has, without own models.

        The same folder in the same state gives the same workspace again. A list that cannot be used is named in ``list_problems`` and left out.
        """
        return _with_own_lists(self.bare or self.base or self, folder, stamp_of_lists(folder), None if only is None else frozenset(only))

    def with_user_models(self, folder: Path, only: Collection[str] | None = None) -> Workspace:
        """A workspace with the models in ``folder`` (those named in ``only``, if given) in place of those that this one has.

        The same folder in the same state gives the same workspace again. A model that cannot be used is named in ``problems`` and left
        out. A folder that does not exist holds no models.
        """
        return _with_user_models(self.base or self, folder, stamp_of(folder), None if only is None else frozenset(only))


@lru_cache(maxsize=32)
def _with_scorers(base: Workspace, scorers: tuple[Scorer, ...]) -> Workspace:
    from tools.calculators.costly.scorer import with_scorers  # it runs programs, and takes long to import

    return Workspace(with_scorers(base.calculators, scorers))


@lru_cache(maxsize=32)
def _with_user_models(base: Workspace, folder: Path, stamp: Stamp, only: frozenset[str] | None) -> Workspace:
    cards, problems = read_folder(folder, base.catalogue, only)
    made = Workspace(with_user_models(base.calculators, folder, cards), problems, folder, base)
    return replace(made, lists_folder=base.lists_folder, list_problems=base.list_problems, bare=base.bare)


@lru_cache(maxsize=32)
def _with_own_lists(bare: Workspace, folder: Path, stamp: Stamp, only: frozenset[str] | None) -> Workspace:
    texts, problems = read_lists(folder, bare.catalogue, only)
    return Workspace(with_own_lists(bare.calculators, texts), lists_folder=folder, list_problems=problems, bare=bare)


@cache
def builtin() -> Workspace:
    """The workspace of what molwright ships and other installed packages add. ConfigurationError naming a plug-in that is broken."""
    added()
    return Workspace(installed_calculators())
