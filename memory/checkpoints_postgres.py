"""A checkpoint saver on PostgreSQL that keeps the last checkpoint of a thread only.

LangGraph writes the whole state after every step and keeps all of them, to go back to; nothing here goes back, and a run goes on from the
last. None of the graphs has a subgraph or a DeltaChannel, which would need earlier ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langgraph.checkpoint.postgres import PostgresSaver

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata


class LastOnPostgres(PostgresSaver):
    """A checkpoint is committed before the earlier ones go, so that a thread has one at any time."""

    def put(
        self, config: RunnableConfig, checkpoint: Checkpoint, metadata: CheckpointMetadata, new_versions: ChannelVersions
    ) -> RunnableConfig:
        """Save a checkpoint and drop the thread's earlier ones with what was written for them."""
        saved = super().put(config, checkpoint, metadata, new_versions)
        self.prune([saved["configurable"]["thread_id"]])
        return saved
