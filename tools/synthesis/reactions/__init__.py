"""Named reactions: their templates and how they are run."""
