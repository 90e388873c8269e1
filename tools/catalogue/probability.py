"""Probability that a predicted value lies within bounds.

Prediction errors are more often small and more often large than a normal distribution says. Over all out-of-fold errors of the solubility,
melting point and flash point models, |error| < 0.5, 1, 1.645, 2 and 3 sigma hold for 0.41 to 0.46, 0.71 to 0.74, 0.90, 0.94 and 0.97 to
0.99; Student's t with five degrees of freedom, scaled to the same 90 % interval, says 0.43, 0.73, 0.90, 0.94 and 0.99 (a normal
distribution 0.38, 0.68, 0.90, 0.95 and 1.00). So sigma means the half-width of the 90 % interval over 1.645, and the shape is that of t.

Where more is known of a value, its quartiles (:class:`ErrorShape`), the errors have two arms of their own length about the value, which is their
middle, and each arm goes through its quartile; beyond the 90 % interval an arm falls as t does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from core.candidate import PropertyValue

#: Outside the method's domain the stated error is taken this much larger: a margin for what a calibration inside the domain cannot know. Not where the
#: shape of the errors is known: it was read off structures outside the domain too, and with the margin more of their probabilities were wrong.
OUT_OF_DOMAIN_INFLATION = 1.25


#: Degrees of freedom of the error distribution, and its scale in sigmas: 1.6449 / (95 % point of t with five degrees of freedom, 2.0150).
DEGREES, SCALE = 5, 0.8163
#: Normal scores of the 75 % and the 95 % point.
QUARTILE, END = 0.6744897501960817, 1.6448536269514722
#: A quartile is taken for no nearer to an end of its arm than this, in normal scores.
NEAR = 0.1
_NORMAL = NormalDist()


@dataclass(frozen=True)
class ErrorShape:
    """How the errors of one value are distributed, in its sigmas.

    Attributes:
        below, above: length of the arm on either side of the value, over the length that it has where errors are symmetric.
        bend_below, bend_above: the normal score that t alone would give the quartile of that arm; :data:`QUARTILE` where it is that of t.
    """

    below: float = 1.0
    above: float = 1.0
    bend_below: float = QUARTILE
    bend_above: float = QUARTILE

    @property
    def mirrored(self) -> ErrorShape:
        """The shape of the errors with their signs changed."""
        return ErrorShape(self.above, self.below, self.bend_above, self.bend_below)


#: Student's t with equal arms: what is taken where nothing more is known.
SYMMETRIC = ErrorShape()


def shape_of(value: PropertyValue) -> ErrorShape:
    """The shape of the errors of ``value``: from its interval and quartiles, symmetric where it has none."""
    number, quartiles = value.number, value.quartiles
    if quartiles is None or number is None or value.lower is None or value.upper is None or not value.sigma:
        return SYMMETRIC
    below, above = (number - value.lower) / END, (value.upper - number) / END
    if below <= 0 or above <= 0:
        return SYMMETRIC
    bends = (_bend(number - quartiles[0], below), _bend(quartiles[1] - number, above))
    return ErrorShape(below / value.sigma, above / value.sigma, *bends)


def _bend(quartile: float, arm: float) -> float:
    """The normal score that t gives an error of ``quartile`` on an arm of ``arm``, both in the unit of the value."""
    score = _NORMAL.inv_cdf(_student(max(quartile, 0.0) / arm))
    return min(max(score, NEAR), END - NEAR)


def error_cdf(z: float, shape: ErrorShape = SYMMETRIC) -> float:
    """P(error < z sigma): Student's t with five degrees of freedom, scaled, on the arms of ``shape``; takes infinities; accurate in the lower tail."""
    if shape is SYMMETRIC:
        return _student(z)
    if z > 0:
        return 1.0 - error_cdf(-z, shape.mirrored)
    p, bend = _student(z / shape.below), shape.bend_below
    if bend == QUARTILE or p <= 0.05 or p == 0.5:
        return p
    return _NORMAL.cdf(-_bent(-_NORMAL.inv_cdf(p), bend))


def _bent(score: float, bend: float) -> float:
    """The normal score, 0 to :data:`END`, of an error to which t gives ``score``: straight through the quartile."""
    return score * QUARTILE / bend if score < bend else QUARTILE + (score - bend) * (END - QUARTILE) / (END - bend)


def _student(z: float) -> float:
    """P(error < z sigma) of the symmetric shape.

    Closed form for odd degrees of freedom (Abramowitz, Stegun, Handbook of Mathematical Functions, 26.7.4).
    """
    t = z / SCALE
    if t > 0:
        return 1.0 - _student(-z)
    if t < -200.0:
        # The closed form cancels; the tail falls as t^-5 with the density's constant 8 / (3 pi sqrt 5).
        return 8.0 / (3.0 * math.pi * math.sqrt(5.0)) * 5.0**3 / 5.0 * abs(t) ** -5 if math.isfinite(t) else 0.0
    angle = math.atan(t / math.sqrt(5.0))
    cosine = math.cos(angle)
    return 0.5 + (angle + math.sin(angle) * (cosine + 2.0 / 3.0 * cosine**3)) / math.pi


def interval_probability(value: float, sigma: float, low: float, high: float, shape: ErrorShape = SYMMETRIC) -> float:
    """P(low <= X <= high) for the truth about a predicted ``value``; one event for a two-sided window.

    ``sigma`` > 0; bounds may be infinite. Computed from the tail in which the interval lies. 0 for an empty or zero-width interval.
    """
    if low >= high:
        return 0.0
    a, b = (low - value) / sigma, (high - value) / sigma
    if a > 0:
        a, b = -b, -a
        shape = shape if shape is SYMMETRIC else shape.mirrored
    return min(1.0, max(0.0, error_cdf(b, shape) - error_cdf(a, shape)))


def effective_sigma(value: PropertyValue) -> float | None:
    """One sigma of a predicted value, inflated where the structure is outside the method's domain and no quartiles are known; None if unknown or exact."""
    if value.sigma is None or value.sigma <= 0:
        return None
    return value.sigma * (OUT_OF_DOMAIN_INFLATION if value.in_domain is False and value.quartiles is None else 1.0)
