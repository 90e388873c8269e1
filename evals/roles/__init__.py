"""What each role of a language model adds to a design run, and whether a report is ever worse with a model: without a server, by scripted models."""
