"""The shared words of molwright: specs, candidates, property values, reports, traces, errors, settings.

Nothing in this package imports another molwright package, RDKit or a framework. Every other room speaks these words.
"""
