"""Probability that a predicted value lies within bounds.

Prediction errors are more often small and more often large than a normal distribution says. Over all out-of-fold errors of the solubility,
melting point and flash point models, |error| < 0.5, 1, 1.645, 2 and 3 sigma hold for 0.41 to 0.46, 0.71 to 0.74, 0.90, 0.94 and 0.97 to
0.99; Student's t with five degrees of freedom, scaled to the same 90 % interval, says 0.43, 0.73, 0.90, 0.94 and 0.99 (a normal
distribution 0.38, 0.68, 0.90, 0.95 and 1.00). So sigma means the half-width of the 90 % interval over 1.645, and the shape is that of t.
"""

from __future__ import annotations

import math

from core.candidate import PropertyValue

#: Outside the method's domain the stated error is taken this much larger: a margin for what a calibration inside the domain cannot know.
OUT_OF_DOMAIN_INFLATION = 1.25


#: Degrees of freedom of the error distribution, and its scale in sigmas: 1.6449 / (95 % point of t with five degrees of freedom, 2.0150).
DEGREES, SCALE = 5, 0.8163


def error_cdf(z: float) -> float:
    """P(error < z sigma): Student's t with five degrees of freedom, scaled; takes infinities; accurate in the lower tail.

    Closed form for odd degrees of freedom (Abramowitz, Stegun, Handbook of Mathematical Functions, 26.7.4).
    """
    t = z / SCALE
    if t > 0:
        return 1.0 - error_cdf(-z)
    if t < -200.0:
        # The closed form cancels; the tail falls as t^-5 with the density's constant 8 / (3 pi sqrt 5).
        return 8.0 / (3.0 * math.pi * math.sqrt(5.0)) * 5.0**3 / 5.0 * abs(t) ** -5 if math.isfinite(t) else 0.0
    angle = math.atan(t / math.sqrt(5.0))
    cosine = math.cos(angle)
    return 0.5 + (angle + math.sin(angle) * (cosine + 2.0 / 3.0 * cosine**3)) / math.pi


def interval_probability(value: float, sigma: float, low: float, high: float) -> float:
    """P(low <= X <= high) for the truth about a predicted ``value``; one event for a two-sided window.

    ``sigma`` > 0; bounds may be infinite. Computed from the tail in which the interval lies. 0 for an empty or zero-width interval.
    """
    if low >= high:
        return 0.0
    a, b = (low - value) / sigma, (high - value) / sigma
    if a > 0:
        a, b = -b, -a
    return min(1.0, max(0.0, error_cdf(b) - error_cdf(a)))


def effective_sigma(value: PropertyValue) -> float | None:
    """One sigma of a predicted value, inflated where the structure is outside the method's domain; None if unknown or exact."""
    if value.sigma is None or value.sigma <= 0:
        return None
    return value.sigma * (OUT_OF_DOMAIN_INFLATION if value.in_domain is False else 1.0)
