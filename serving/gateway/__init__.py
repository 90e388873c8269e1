"""The gateway: one guarded OpenAI-compatible address in front of the fleet."""
