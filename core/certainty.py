"""Why a value is uncertain, in words: what it rests on, how far off such values are, and what is known that is near."""

from __future__ import annotations

from core.candidate import COMPUTED, ESTIMATED, MOVED, PropertyValue

#: Nearest structures less similar than this (Tanimoto) say little of a structure; from the other one on they say much.
FAR, NEAR = 0.4, 0.7


def uncertainty_words(value: PropertyValue) -> str:
    """What makes ``value`` uncertain, in sentences; '' for one that is computed from the structure without error, or that could not be had."""
    if value.number is None or value.exact or value.sigma is None:
        return ""
    said = [_source(value), _width(value), _domain(value), _nearest(value)]
    return " ".join(sentence for sentence in said if sentence)


def _source(value: PropertyValue) -> str:
    if value.basis == "measured":
        return "It is a measurement, no prediction: its error is that of measurements of this kind."
    if value.basis == MOVED:
        return "It was measured in another solvent and moved to this one by the model's difference between the two, which adds the model's error."
    if value.basis == COMPUTED:
        return f"It was computed for this structure by {value.method}."
    if value.basis == ESTIMATED:
        return "It was not computed for this structure: it is estimated from the structures of the run that were."
    if value.basis is not None:
        return f"The model ({value.method}) was trained on this structure, so that its value is a fit and its spread none of a prediction."
    return f"It is predicted from the structure alone, by {value.method}."


def _width(value: PropertyValue) -> str:
    unit = f" {value.unit}" if value.unit else ""
    if value.outcome:
        return f"The number itself says how likely it is that the outcome is {value.outcome}."
    if value.lower is None or value.upper is None:
        return f"Its standard deviation is {value.sigma:.3g}{unit}."
    whence = " Such intervals come from the model's errors on structures that it had not seen." if value.basis is None else ""
    skew = ""
    if value.quartiles is not None and value.number is not None:
        below, above = value.number - value.lower, value.upper - value.number
        skew = " The true value lies rather further above than below." if above > 1.3 * below else skew
        skew = " The true value lies rather further below than above." if below > 1.3 * above else skew
    return f"Nine of ten such values lie between {value.lower:.4g} and {value.upper:.4g}{unit} (standard deviation {value.sigma:.2g}{unit}).{whence}{skew}"


def _domain(value: PropertyValue) -> str:
    if value.basis is not None or value.in_domain is None:
        return ""
    if value.in_domain:
        return "The structure lies inside the model's domain: it resembles what the model was trained on."
    return "The structure lies outside the model's domain: the model has seen little like it, so that the error may be larger than is said."


def _nearest(value: PropertyValue) -> str:
    if value.nearest is None or value.similarity is None:
        return ""
    unit = f" {value.unit}" if value.unit else ""
    measured = f", measured {value.nearest_value:.4g}{unit}" if value.nearest_value is not None else ""
    if value.similarity >= 0.995 and value.basis == "measured":
        return ""
    told = f"The nearest structure that the model was trained on is {value.nearest} (similarity {value.similarity:.2f}{measured})"
    if value.similarity < FAR:
        return f"{told}, which is not very near: that makes it uncertain."
    return f"{told}, which is near." if value.similarity >= NEAR else f"{told}."
