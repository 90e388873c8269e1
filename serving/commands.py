"""The exact ``vllm serve`` command of a deployment."""

from __future__ import annotations

import json
import shlex

from pydantic import Field

from core.model import Model
from serving.tables import scheme
from serving.topology import Deployment, Topology

LOOPBACK = "127.0.0.1"
STRUCTURED_OUTPUTS = json.dumps({"backend": "xgrammar", "disable_any_whitespace": True}, separators=(",", ":"))
NOT_THINKING = json.dumps({"enable_thinking": False, "thinking": False}, separators=(",", ":"))

# Options that the plan sets itself; a topology file may not set them again.
MANAGED = frozenset(
    {
        "--host", "--port", "--model", "--served-model-name", "--revision", "--max-model-len", "--max-num-seqs", "--max-num-batched-tokens",
        "--gpu-memory-utilization", "--device-memory-utilization", "--tensor-parallel-size", "-tp", "--data-parallel-size", "-dp",
        "--pipeline-parallel-size", "-pp", "--enable-expert-parallel", "-ep", "--kv-cache-dtype", "--quantization", "-q", "--enforce-eager",
        "--runner", "--convert", "--enable-auto-tool-choice", "--tool-call-parser", "--tool-strict-level", "--reasoning-parser",
        "--structured-outputs-config", "--enable-lora", "--max-loras", "--max-lora-rank", "--lora-modules", "--uds", "--api-key",
        "--kv-cache-memory-bytes", "--config", "--default-chat-template-kwargs",
    }
)  # fmt: skip


class ServeCommand(Model):
    """A command with the environment that it needs."""

    environment: dict[str, str] = Field(description="Variables to set.")
    arguments: list[str] = Field(description="Program and arguments, one word each.")

    def shell(self) -> str:
        """The command as one could type it, an option a line."""
        words = [shlex.quote(a) for a in self.arguments]
        lines, current = [], [*(f"{k}={shlex.quote(v)}" for k, v in self.environment.items())]
        for word in words:
            if word.startswith("--") and current:
                lines.append(" ".join(current))
                current = []
            current.append(word)
        return " \\\n  ".join([*lines, " ".join(current)])


def serve_command(topology: Topology, deployment: Deployment, executable: str = "vllm") -> ServeCommand:
    """The command of one deployment: bound to the loopback address, cards by UUID.

    A card without a UUID is written ``UUID-OF-name``, which no driver accepts: fill it in before starting anything.
    """
    d = deployment
    words = [executable, "serve", d.model.name, "--host", LOOPBACK, "--port", str(d.port), "--served-model-name", d.request_name]
    words += ["--revision", d.model.revision] if d.model.revision else []
    words += ["--max-model-len", str(d.context), "--max-num-seqs", str(d.max_concurrency), "--max-num-batched-tokens", str(d.step_tokens)]
    words += ["--gpu-memory-utilization", f"{d.gpu_memory_utilization:g}"]
    words += ["--tensor-parallel-size", str(d.tensor_parallel)] if d.tensor_parallel > 1 else []
    words += ["--data-parallel-size", str(d.data_parallel)] if d.data_parallel > 1 else []
    words += ["--enable-expert-parallel"] if d.expert_parallel else []
    words += ["--kv-cache-dtype", "fp8"] if d.kv_cache == "fp8" else []
    if quantization := scheme(d.quantization).vllm_quantization:
        words += ["--quantization", quantization]
    words += ["--enforce-eager"] if d.enforce_eager else []
    words += _for_kind(d)
    words += d.flags
    return ServeCommand(environment=environment(topology, d), arguments=words)


def environment(topology: Topology, deployment: Deployment) -> dict[str, str]:
    """Which cards the server may see, and that it stays on this machine and reports to nobody."""
    return {
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
        "CUDA_VISIBLE_DEVICES": ",".join(c.uuid or f"UUID-OF-{c.name}" for c in topology.cards_of(deployment)),
        "VLLM_HOST_IP": LOOPBACK,
        "VLLM_NO_USAGE_STATS": "1",
    }


def _for_kind(d: Deployment) -> list[str]:
    if d.kind == "embed":
        return ["--runner", "pooling", "--convert", "embed"]
    words = ["--structured-outputs-config", STRUCTURED_OUTPUTS]
    if d.tool_parser:
        words += ["--enable-auto-tool-choice", "--tool-call-parser", d.tool_parser, "--tool-strict-level", d.strict_level]
    words += ["--reasoning-parser", d.reasoning_parser] if d.reasoning_parser else []
    words += ["--default-chat-template-kwargs", NOT_THINKING] if d.thinking == "off" else []
    if d.adapters:
        rank = max(a.rank for a in d.adapters)
        words += ["--enable-lora", "--max-loras", str(d.max_adapters or len(d.adapters)), "--max-lora-rank", str(rank)]
        words += ["--lora-modules", *(f"{a.name}={a.path}" for a in d.adapters)]
    return words
