"""A small language model on this machine: its package, its server's environment, and the server."""
