"""How a clause stands to its content, and what comes of building it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.reading.statements import Statement


@dataclass(frozen=True)
class Stance:
    """How a clause stands to its content: denied or not, a wish only, and with which evidence that it is asked for.

    ``framed``: something in the clause says so ('with', 'required', a negation). ``strong``: that something speaks of parts; ``holding``: of
    parts that may be whole compounds ('containing'). ``late``: words behind the content decide, ``free``: the suffix '-free'; ``listed``: it stands between signs, as an
    item of a terse list; ``transporting``: the verb may as well say what the thing takes up or carries away ('carry hydrogen'), ``removing``: what it keeps away
    from something else ('excluding oxygen'); ``disallowed``: a permission behind the content is denied ('no ester is allowed'); ``suffixed``: the content ends with '-containing', '-protected'.
    """

    denied: bool = False
    soft: bool = False
    framed: bool = False
    strong: bool = False
    holding: bool = False
    late: bool = False
    listed: bool = False
    free: bool = False
    transporting: bool = False
    removing: bool = False
    disallowed: bool = False
    suffixed: bool = False


@dataclass(frozen=True)
class Refusal:
    """The words were understood, and why they ask for nothing that can be checked."""

    reason: str


#: Statements, a refusal, or None: the words fit, but mean nothing together.
Built = list[Statement] | Refusal | None
