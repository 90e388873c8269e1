"""Which form of each role a run uses. This is the one place that decides it.

The settings (``MOLWRIGHT_MODELS__ROLES``, the servers) become the run's plan (:mod:`agent.models.plan`), which is stored with the run. A role
that the plan gives a language model is model-backed, every other one is built-in. A model-backed form is made on top of the built-in form
of its role and gives way to it wherever the model brings nothing usable: no server answers, the reply cannot be used, the budget is spent.
The session records why; the report says it under "Which language model did what".

A replay makes the same choice from the stored plan, with a session that has nobody to ask.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.models import ModelSession
from agent.roles.assistant.built_in import BuiltInAssistant
from agent.roles.assistant.model import ModelBackedAssistant
from agent.roles.assistant.protocol import Assistant
from agent.roles.critic.built_in import BuiltInCritic
from agent.roles.critic.model import ModelBackedCritic
from agent.roles.critic.protocol import Critic
from agent.roles.interpreter.built_in import BuiltInInterpreter
from agent.roles.interpreter.model import ModelBackedInterpreter
from agent.roles.interpreter.protocol import Interpreter
from agent.roles.proposer.built_in import BuiltInProposer
from agent.roles.proposer.model import ModelBackedProposer
from agent.roles.proposer.protocol import Proposer
from agent.roles.reporter.built_in import BuiltInReporter
from agent.roles.reporter.model import ModelBackedReporter
from agent.roles.reporter.protocol import Reporter
from agent.roles.researcher.built_in import BuiltInResearcher
from agent.roles.researcher.model import ModelBackedResearcher
from agent.roles.researcher.protocol import OpenStore, OpenTeamPapers, Researcher, no_papers
from core.interfaces import Recorder
from tools.search import policy as search_policy
from tools.search.policy import SearchPolicy
from tools.workspace import Workspace


@dataclass(frozen=True)
class Roles:
    """One form of each role, as a run uses them."""

    interpreter: Interpreter
    researcher: Researcher
    proposer: Proposer
    critic: Critic
    reporter: Reporter
    assistant: Assistant


def built_in_roles(
    recorder: Recorder, open_store: OpenStore, workspace: Workspace, policy: SearchPolicy, open_papers: OpenTeamPapers = no_papers
) -> Roles:
    """The built-in form of every role. They record what they read outside; ``open_store`` opens the notes, ``open_papers`` the papers."""
    return Roles(
        interpreter=BuiltInInterpreter(recorder, workspace),
        researcher=BuiltInResearcher(recorder, open_store, workspace, open_papers),
        proposer=BuiltInProposer(recorder, workspace, policy),
        critic=BuiltInCritic(),
        reporter=BuiltInReporter(workspace),
        assistant=BuiltInAssistant(workspace.catalogue),
    )


def choose(
    models: ModelSession,
    recorder: Recorder,
    open_store: OpenStore,
    workspace: Workspace,
    policy: SearchPolicy = search_policy.DEFAULT,
    open_papers: OpenTeamPapers = no_papers,
) -> Roles:
    """The forms that the plan of ``models`` asks for: the built-in ones, and a model-backed one on top where the role has a model.

    ``workspace`` holds the properties, calculators and proposers that they work with; ``policy`` says how the proposers share a batch.
    """
    built_in = built_in_roles(recorder, open_store, workspace, policy, open_papers)
    built_in_assistant = BuiltInAssistant(workspace.catalogue)
    uses = models.uses
    return Roles(
        interpreter=ModelBackedInterpreter(models, built_in.interpreter, workspace) if uses("interpreter") else built_in.interpreter,
        researcher=ModelBackedResearcher(models, built_in.researcher, open_store, workspace) if uses("researcher") else built_in.researcher,
        proposer=ModelBackedProposer(models, recorder, built_in.proposer, open_store, workspace, policy)
        if uses("proposer")
        else built_in.proposer,
        critic=ModelBackedCritic(models, built_in.critic, workspace) if uses("critic") else built_in.critic,
        reporter=ModelBackedReporter(models, built_in.reporter, workspace) if uses("reporter") else built_in.reporter,
        assistant=ModelBackedAssistant(models, built_in_assistant, workspace.catalogue) if uses("assistant") else built_in.assistant,
    )
