"""Speed and memory, measured by commands that anyone can run. No test depends on a time."""
