"""LangGraph state machines, one file a graph."""
