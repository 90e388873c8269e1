"""One file a group of commands; each registers itself on the application of ``app/cli.py``."""
