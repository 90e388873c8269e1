"""Participles right behind a noun, which say more of it and do not take it away: 'smelling of pear', 'hindered by a tert-butyl', 'releasing an amine'."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice

#: Participles in -ing that take away what stands before them.
_TAKING = frozenset(["lacking", "missing", "needing", "wanting", "removing", "avoiding", "excluding", "replacing", "losing", "turning", "changing", "containing"])  # fmt: skip
#: Processes in -ing that a group before them only takes part in: 'amide coupling in the last step', 'epoxide ring opening by amines'.
_PROCESSES = frozenset(
    [
        "coupling", "bonding", "binding", "opening", "closing", "curing", "crosslinking", "quenching", "processing", "etching", "coating", "scavenging", "stripping", "splitting", "cracking", "blending", "mapping", "staining",
        "forming", "making", "chaining", "trapping", "sensing", "monitoring", "poisoning", "stacking", "labelling", "labeling", "cleaning", "washing", "bleaching", "tanning", "dyeing", "printing", "screening", "rearranging", "swapping",
        "folding", "branching", "flooring", "roofing", "tubing", "sheeting", "lining", "bedding", "clothing", "piping", "wiring", "casing", "housing", "packaging", "decking", "webbing", "padding", "wadding", "cladding", "glazing", "upholstering", "annealing", "doping", "plating", "welding", "casting", "moulding", "molding", "spinning", "priming", "capping", "docking", "profiling", "scaling", "loading", "leaching", "blooming", "fouling", "ageing", "aging", "hardening",
    ]
)  # fmt: skip
#: Participles behind a noun that say more of it.
_SAID = frozenset(["derived", "obtained", "made", "prepared", "hindered", "flanked", "bridged", "linked", "shielded", "surrounded", "decorated", "capped", "based", "built", "known", "used", "sourced", "isolated", "related", "tethered", "bonded", "attached", "fused", "sold", "found", "caged", "tagged", "labelled", "labeled", "equipped", "functionalised", "functionalized", "substituted", "modified", "appended", "endowed", "furnished", "annulated", "conjugated"])  # fmt: skip


#: Participles in -ing behind which 'of' says what the noun before them is like.
_OF = frozenset(["smelling", "tasting", "reminding", "reminiscing", "consisting", "reeking", "redolent"])


def said_behind(lattice: Lattice, j: int) -> bool:
    """Whether a participle with its preposition at piece ``j`` says more of the noun before it: 'smelling of pear', 'hindered by a tert-butyl'."""
    word = lattice.lower(j)
    if word.endswith("ing") and lattice.lower(j + 1) == "of" and word not in _OF:
        return False  # 'the peroxide curing of EPDM'
    participle = word in _SAID or (len(word) > 5 and word.endswith("ing") and word not in _TAKING and word not in _PROCESSES)
    return (
        participle
        and lattice.lower(j + 1) in ("of", "by", "in", "on", "for", "from", "with", "at", "as", "to", "off", "through", "via")
        and not lattice.has(j, "negation", "negation_after")
    )


def giving(lattice: Lattice, j: int) -> bool:
    """Whether a participle in -ing with its object at piece ``j`` says more of the noun before it: 'releasing an amine'."""
    word = lattice.lower(j)
    object_follows = lattice.lower(j + 1) in ("a", "an", "the", "no")
    return (
        len(word) > 5
        and word.endswith("ing")
        and word not in _TAKING
        and object_follows
        and not lattice.has(j, "negation", "negation_after", "open", "edit_remove")
    )


def compared(lattice: Lattice, j: int) -> bool:
    """Whether a comparison of an unknown kind follows a noun: 'a dithiophosphinic acid | softer than Cyanex 272'."""
    word = lattice.lower(j)
    return len(word) > 4 and word.endswith("er") and lattice.lower(j + 1) == "than" and not lattice.has(j, "negation")
