"""The plan of a fleet: what each deployment takes, how fast it can be, its command, and whether it can work at all."""

from __future__ import annotations

from pydantic import Field

from core.model import Model
from serving.commands import serve_command
from serving.planner.checks import Finding, check_before_memory, check_fleet, check_memory, refuse
from serving.planner.flags import check_commands
from serving.planner.memory import MemoryPlan, plan_memory, usable_gib
from serving.planner.speed import SpeedBounds, speed_bounds
from serving.planner.weights import count_parameters
from serving.topology import Deployment, Topology

UNPROVEN = (
    "Memory is computed, not measured on these cards; the overheads were fitted to public logs of other cards.",
    "Tokens per second are upper bounds from memory bandwidth; no card was measured.",
    "The commands were not run on a GPU; their options are those that vLLM 0.32 accepts, and most of them ran on its CPU build.",
)


class DeploymentPlan(Model):
    """The plan of one server."""

    name: str = Field(description="Name of the deployment.")
    host: str = Field(description="Its host.")
    cards: list[str] = Field(description="Its cards.")
    model: str = Field(description="What it serves.")
    served_name: str = Field(description="Name that requests use.")
    adapters: list[str] = Field(description="Names of its adapters.")
    roles: list[str] = Field(description="What it is used for, adapters included.")
    quantization: str = Field(description="Scheme of the weights.")
    parameters_billion: float = Field(description="Parameters, billions.")
    memory: MemoryPlan | None = Field(description="Memory of each of its cards; None where none can be planned.")
    speed: SpeedBounds | None = Field(description="Upper bounds; None for embeddings and where none can be planned.")
    environment: dict[str, str] = Field(description="Environment of its command.")
    arguments: list[str] = Field(description="Its command, one word each.")
    command: str = Field(description="Its command as one could type it.")
    findings: list[Finding] = Field(description="What cannot work or should be known.")

    @property
    def refused(self) -> bool:
        """Whether it cannot work."""
        return any(f.level == "refused" for f in self.findings)


class CardPlan(Model):
    """What is planned for one card, GiB."""

    name: str = Field(description="Name of the card.")
    model: str = Field(description="What it is sold as.")
    host: str = Field(description="Its host.")
    usable: float = Field(description="What it shows.")
    given: float = Field(description="What its servers may take.")
    deployments: list[str] = Field(description="Its servers.")


class FleetPlan(Model):
    """The plan of a fleet."""

    schema_version: int = Field(default=1, description="Version of this form.")
    fleet: str = Field(description="Name of the fleet.")
    cards: list[CardPlan] = Field(description="The cards.")
    deployments: list[DeploymentPlan] = Field(description="The servers, in the order of the file.")
    flags_checked_by: str = Field(description="Who was asked whether the options exist.")
    unproven: list[str] = Field(default=list(UNPROVEN), description="What this plan does not prove.")

    @property
    def refused(self) -> list[str]:
        """Names of the deployments that cannot work."""
        return [d.name for d in self.deployments if d.refused]


def plan_fleet(topology: Topology, vllm_python: str = "") -> FleetPlan:
    """Plan every deployment. Deterministic for a given topology and vLLM.

    ``vllm_python`` is the interpreter of an environment with vLLM, whose argument parser then checks the commands. Nothing is raised
    for a deployment that cannot work: its findings say so.
    """
    together = check_fleet(topology)
    plans = [_plan(topology, d, together.get(d.name, [])) for d in topology.deployments]
    said, asked = check_commands([p.arguments for p in plans], vllm_python)
    for plan, problems in zip(plans, said, strict=True):
        plan.findings.extend(refuse("flags", text) for text in problems)
    return FleetPlan(fleet=topology.name, cards=_cards(topology), deployments=plans, flags_checked_by=asked)


def _plan(topology: Topology, deployment: Deployment, together: list[Finding]) -> DeploymentPlan:
    d, card = deployment, topology.cards_of(deployment)[0]
    findings = [*check_before_memory(topology, d), *together]
    known = not any(f.field == "quantization" and "is not known" in f.message for f in findings)
    memory = plan_memory(d, card) if known else None
    if memory is not None:
        findings += check_memory(d, card, memory)
    command = serve_command(topology, d if known else d.model_copy(update={"quantization": ""}))
    return DeploymentPlan(
        name=d.name,
        host=topology.host_of(d).name,
        cards=d.cards,
        model=d.model.name,
        served_name=d.request_name,
        adapters=[a.name for a in d.adapters],
        roles=[*d.roles, *(role for a in d.adapters for role in a.roles)],
        quantization=d.quantization or "bf16",
        parameters_billion=round(count_parameters(d.model.figures).total / 1e9, 3),
        memory=memory,
        speed=speed_bounds(d, card) if memory is not None and d.kind == "generate" else None,
        environment=command.environment,
        arguments=command.arguments,
        command=command.shell(),
        findings=findings,
    )


def _cards(topology: Topology) -> list[CardPlan]:
    plans = []
    for card in topology.cards:
        servers = [d for d in topology.deployments if card.name in d.cards]
        given = sum(d.gpu_memory_utilization for d in servers) * usable_gib(card)
        names = [d.name for d in servers]
        plans.append(CardPlan(name=card.name, model=card.model, host=card.host, usable=usable_gib(card), given=given, deployments=names))
    return plans
