"""Assistant: answers questions in a conversation."""
