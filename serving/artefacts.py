"""Files that run a host's part of the fleet elsewhere: systemd units, a Compose file, the gateway's and the pool's configuration.

On every host the model servers listen on the loopback address (in Compose: in the gateway's own network namespace), and the gateway is
the only port that is open.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from core.errors import UsageError
from serving.commands import LOOPBACK, ServeCommand, serve_command
from serving.planner.plan import FleetPlan
from serving.topology import Deployment, Host, Topology

PREFIX = PurePosixPath("/opt/molwright")
SETTINGS = PurePosixPath("/etc/molwright")
STATE = PurePosixPath("/var/lib/molwright")
VLLM_IMAGE = "vllm/vllm-openai:v0.32.0"
FLEET_KEY = "MOLWRIGHT_FLEET_KEY"


def host_files(topology: Topology, plan: FleetPlan, host_name: str, prefix: PurePosixPath = PREFIX) -> dict[str, str]:
    """All files of one host, by name: units, Compose file, gateway.toml, pool.toml.

    Raises UsageError for a host that does not exist, a deployment of it that the plan refuses, or a card of it without a UUID.
    """
    host = topology.host(host_name)
    deployments = topology.deployments_on(host.name)
    if not deployments:
        raise UsageError(f"nothing is deployed on {host.name}")
    for deployment in deployments:
        if deployment.name in plan.refused:
            reasons = next(d for d in plan.deployments if d.name == deployment.name).findings
            why = "; ".join(f"{f.field}: {f.message}" for f in reasons if f.level == "refused")
            raise UsageError(f"{deployment.name} cannot work ({why}); no files are written for {host.name}")
        for card in topology.cards_of(deployment):
            if not card.uuid:
                raise UsageError(f"[[cards]] {card.name}: uuid is missing; `nvidia-smi -L` on {host.name} prints it")
    files = {unit_name(d): model_unit(topology, d, prefix) for d in deployments}
    files["molwright-gateway.service"] = gateway_unit(list(files), prefix)
    files["molwright-fleet.target"] = fleet_target(host)
    files["compose.yaml"] = compose_file(topology, host, deployments)
    files["gateway.toml"] = gateway_file(host, deployments)
    files["pool.toml"] = pool_file(topology)
    return files


def unit_name(deployment: Deployment) -> str:
    """Name of a deployment's unit."""
    return f"molwright-vllm-{deployment.name}.service"


def systemd_word(word: str) -> str:
    """One word of an ExecStart= line or of an Environment= assignment, quoted; ``%`` and ``$`` are taken literally."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if not text or any(c in text for c in " \t'\"\\;{}[]") else text


def model_unit(topology: Topology, deployment: Deployment, prefix: PurePosixPath = PREFIX) -> str:
    """The systemd unit of one model server.

    The whole control group is stopped and restarted together (a server whose API process alone is killed leaves an engine that holds
    the card), with waits that grow to five minutes (RestartSteps= needs systemd 254; older ones wait ten seconds each time).
    """
    command = serve_command(topology, deployment, str(prefix / "vllm" / "bin" / "vllm"))
    title = f"molwright model server {deployment.name} ({deployment.model.name})"
    return _service(title, command, ["PartOf=molwright-fleet.target", "StartLimitIntervalSec=0"], ["HF_HOME=" + str(STATE / "huggingface")])


def gateway_unit(servers: list[str], prefix: PurePosixPath = PREFIX) -> str:
    """The systemd unit of a host's gateway. It is stopped before ``servers``, their units, so that calls under way can end."""
    arguments = [str(prefix / "app" / "bin" / "molwright"), "gateway", "--config", str(SETTINGS / "gateway.toml")]
    command = ServeCommand(environment={}, arguments=arguments)
    order = ["After=" + " ".join(servers)] if servers else []
    return _service("molwright gateway", command, ["PartOf=molwright-fleet.target", "StartLimitIntervalSec=0", *order], [])


def fleet_target(host: Host) -> str:
    """The target that starts and stops everything of a host."""
    return f"[Unit]\nDescription=molwright fleet on {systemd_word(host.name)}\n\n[Install]\nWantedBy=multi-user.target\n"


def _service(title: str, command: ServeCommand, unit: list[str], environment: list[str]) -> str:
    variables = [f"{k}={v}" for k, v in command.environment.items()] + environment
    lines = [
        "[Unit]",
        f"Description={title.replace('%', '%%')}",
        "Wants=network-online.target",
        "After=network-online.target",
        *unit,
        "",
        "[Service]",
        "Type=exec",
        "User=molwright",
        "Group=molwright",
        *(f"Environment={systemd_word(v).replace('$$', '$')}" for v in variables),
        "ExecStart=" + " ".join(systemd_word(a) for a in command.arguments),
        "KillMode=control-group",
        "TimeoutStopSec=60",
        "Restart=always",
        "RestartSec=10",
        "RestartSteps=5",
        "RestartMaxDelaySec=300",
        "StateDirectory=molwright",
        f"WorkingDirectory={STATE}",
        "NoNewPrivileges=yes",
        "ProtectSystem=full",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "",
        "[Install]",
        "WantedBy=molwright-fleet.target",
    ]
    return "\n".join(lines) + "\n"


def compose_file(topology: Topology, host: Host, deployments: list[Deployment]) -> str:
    """The Compose file of one host.

    The model servers share the gateway's network namespace, so that their loopback addresses are reached by it and by nothing else;
    the gateway publishes the one port. ``MOLWRIGHT_IMAGE`` has to name an image of the application.
    """
    services: dict[str, object] = {"gateway": _gateway_service(host)}
    for deployment in deployments:
        services[deployment.name] = _model_service(topology, deployment)
    return "# Written by `molwright fleet units`.\n" + to_yaml({"name": "molwright-fleet", "services": services})


def _gateway_service(host: Host) -> dict[str, object]:
    return {
        "image": "${MOLWRIGHT_IMAGE:?name an image of the application}",
        "command": ["molwright", "gateway", "--config", str(SETTINGS / "gateway.toml")],
        "restart": "unless-stopped",
        "ports": [f"{host.gateway_port}:{host.gateway_port}"],
        "volumes": [f"./gateway.toml:{SETTINGS}/gateway.toml:ro", f"{STATE}/gateway:{STATE}/gateway"],
    }


def _model_service(topology: Topology, deployment: Deployment) -> dict[str, object]:
    command = serve_command(topology, deployment)
    folders = [p for p in (deployment.model.name, *(a.path for a in deployment.adapters)) if p.startswith("/")]
    probe = f"import urllib.request as u; u.urlopen('http://{LOOPBACK}:{deployment.port}/health', timeout=5)"
    device = {"driver": "nvidia", "device_ids": [c.uuid for c in topology.cards_of(deployment)], "capabilities": ["gpu"]}
    return {
        "image": f"${{VLLM_IMAGE:-{VLLM_IMAGE}}}",
        "entrypoint": ["vllm"],
        "command": [_literal(a) for a in command.arguments[1:]],
        "environment": {k: _literal(v) for k, v in command.environment.items()},
        "network_mode": "service:gateway",
        "depends_on": {"gateway": {"condition": "service_started", "restart": True}},
        "restart": "unless-stopped",
        "shm_size": "8gb",
        "volumes": [
            f"${{HF_HOME:-{STATE}/huggingface}}:/root/.cache/huggingface",
            *(f"{folder}:{folder}:ro" for folder in dict.fromkeys(folders)),
        ],
        "healthcheck": {"test": ["CMD", "python3", "-c", probe], "interval": "30s", "timeout": "10s", "retries": 3, "start_period": "30m"},
        "deploy": {"resources": {"reservations": {"devices": [device]}}},
    }


def _literal(text: str) -> str:
    """``$`` written so that Compose puts nothing in its place."""
    return text.replace("$", "$$")


def to_yaml(value: object, depth: int = 0) -> str:
    """Tables, lists, texts, numbers and truth values as YAML; texts are quoted as in JSON, which YAML reads alike."""
    pad = "  " * depth
    if isinstance(value, dict):
        return "".join(
            f"{pad}{key}:\n{to_yaml(v, depth + 1)}" if isinstance(v, dict | list) and v else f"{pad}{key}: {_scalar(v)}\n"
            for key, v in value.items()
        )
    if isinstance(value, list):
        return "".join(
            f"{pad}- {to_yaml(v, depth + 1).lstrip()}" if isinstance(v, dict | list) else f"{pad}- {_scalar(v)}\n" for v in value
        )
    return f"{pad}{_scalar(value)}\n"


def _scalar(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def gateway_file(host: Host, deployments: list[Deployment], keys_file: str = str(STATE / "gateway" / "keys.json")) -> str:
    """The configuration of one host's gateway: its own servers, nothing else."""
    lines = ["# Written by `molwright fleet units`.", "[gateway]", 'host = "0.0.0.0"', f"port = {host.gateway_port}"]
    lines += [f"keys_file = {_scalar(keys_file)}", ""]
    for d in deployments:
        endpoint = {
            "name": d.name,
            "base_url": f"http://{LOOPBACK}:{d.port}/v1",
            "model": d.request_name,
            "adapters": [a.name for a in d.adapters],
            "max_concurrency": d.max_concurrency,
            "canary": "embedding" if d.kind == "embed" else "completion",
            "context": d.context,
            **({"adapt": d.adapt} if d.adapt else {}),
            **_switch([d]),
        }
        lines += ["[[pool.endpoints]]", *(f"{k} = {_scalar(v)}" for k, v in endpoint.items()), ""]
    return "\n".join([*lines, *_roles(deployments)]) + "\n"


def pool_file(topology: Topology) -> str:
    """The pool of the application: each host's gateway as an endpoint of every model that it serves."""
    lines = [f"# Written by `molwright fleet units`. The gateways' key is read from {FLEET_KEY}."]
    for host in topology.hosts:
        merged: dict[str, list[Deployment]] = {}
        for d in topology.deployments_on(host.name):
            merged.setdefault(d.request_name, []).append(d)
        for model, servers in merged.items():
            endpoint = {
                "name": f"{host.name}-{servers[0].name}",
                "base_url": f"http://{host.address}:{host.gateway_port}/v1",
                "model": model,
                "adapters": list(dict.fromkeys(a.name for d in servers for a in d.adapters)),
                "api_key_env": FLEET_KEY,
                "weight": float(len(servers)),
                "max_concurrency": sum(d.max_concurrency for d in servers),
                "canary": "embedding" if servers[0].kind == "embed" else "completion",
                "context": min(d.context for d in servers),
                **_switch(servers),
            }
            lines += ["[[pool.endpoints]]", *(f"{k} = {_scalar(v)}" for k, v in endpoint.items()), ""]
    return "\n".join([*lines, *_roles(topology.deployments)]) + "\n"


def _switch(servers: list[Deployment]) -> dict[str, str]:
    """Whether the model of ``servers`` thinks, where their file or their parser of reasoning says so."""
    said = [d.thinking or ("on" if d.reasoning_parser else "") for d in servers]
    return {"thinking": said[0]} if said[0] and len(set(said)) == 1 else {}


def _roles(deployments: list[Deployment]) -> list[str]:
    """Each role's model (the first that names the role), and the others that name it as its fallbacks."""
    models: dict[str, list[str]] = {}
    for d in deployments:
        for name, roles in ((d.request_name, d.roles), *((a.name, a.roles) for a in d.adapters if not a.kinds)):
            for role in roles:
                if name not in models.setdefault(role, []):
                    models[role].append(name)
    fallbacks: dict[str, list[str]] = {}
    for first, *others in models.values():
        for other in others:
            if other not in fallbacks.setdefault(first, []):
                fallbacks[first].append(other)
    kinds: dict[str, dict[str, str]] = {}
    for a in (a for d in deployments for a in d.adapters):
        for named_kind in a.kinds:
            for role in a.roles:
                kinds.setdefault(named_kind, {}).setdefault(role, a.name)
    lines = []
    for kind, named in kinds.items():
        lines += [f"[pool.kinds.{kind}]", *(f"{_scalar(role)} = {_scalar(name)}" for role, name in named.items()), ""]
    lines += ["[pool.roles]", *(f"{_scalar(role)} = {_scalar(names[0])}" for role, names in models.items()), ""]
    return [*lines, "[pool.fallbacks]", *(f"{_scalar(m)} = {_scalar(o)}" for m, o in fallbacks.items() if o)]
