"""How language models are called: by a plan, within a budget, in recorded exchanges with checked replies.

Roles use :class:`ModelSession` and do not know the servers.
"""

from agent.models.asking import Outcome, Place, Turn
from agent.models.exchange import Backend, CallFailed, ChatAnswer, ChatRequest, Message, NoBackend, RawCall
from agent.models.plan import ROLES, ModelBudget, ModelPrice, RoleModel, RolePlan
from agent.models.replies import ToolCall
from agent.models.schema import ToolSchema, strict_schema
from agent.models.session import NO_MODELS, ModelSession, tool_result
from agent.models.tokens import estimate_request, estimate_tokens

__all__ = [
    "NO_MODELS",
    "ROLES",
    "Backend",
    "CallFailed",
    "ChatAnswer",
    "ChatRequest",
    "Message",
    "ModelBudget",
    "ModelPrice",
    "ModelSession",
    "NoBackend",
    "Outcome",
    "Place",
    "RawCall",
    "RoleModel",
    "RolePlan",
    "ToolCall",
    "ToolSchema",
    "Turn",
    "estimate_request",
    "estimate_tokens",
    "strict_schema",
    "tool_result",
]
