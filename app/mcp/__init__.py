"""The MCP server: what a language model's client may ask of molwright, over stdio and HTTP."""
