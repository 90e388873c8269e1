"""A model's prose, tidied and checked: what may stand in a report."""

from __future__ import annotations

from collections.abc import Sequence

from agent.roles.fact_check.check import Checked, check_text
from agent.roles.fact_check.facts import Facts, candidate_facts
from agent.roles.fact_check.readable import on_topic, readable, tidy
from core.candidate import Candidate
from core.spec import DesignSpec
from tools.catalogue.catalogue import Catalogue

#: Longest reason for one candidate, characters.
LONGEST_REASON = 600


def checked_prose(text: str, facts: Facts, longest: int, topic: str, *, catalogue: Catalogue) -> Checked:
    """``text`` of at most ``longest`` characters without what ``facts`` do not hold; nothing of it if it is noise or not on the ``topic``."""
    tidied = tidy(text, longest)
    if not readable(tidied, [*facts.subjects, *facts.names], catalogue=catalogue) or not on_topic(tidied, topic, catalogue=catalogue):
        return Checked("", 0, ())
    return check_text(tidied, facts, catalogue=catalogue, bearing=True)


def checked_rationale(candidate: Candidate, shortlist: Sequence[Candidate], spec: DesignSpec, *, catalogue: Catalogue) -> str:
    """What a model said when it proposed ``candidate``, checked like everything else it says; '' if nothing of it holds.

    Checking the result again gives the result, so that a step that runs a second time after a crash stores the same.
    """
    facts = candidate_facts(candidate, shortlist, spec, [], catalogue=catalogue)
    text = candidate.origin.rationale
    for _ in range(8):
        checked = checked_prose(text, facts, LONGEST_REASON, spec.goal, catalogue=catalogue)
        if not checked.enough or checked.text == text:
            return checked.text if checked.enough else ""
        text = checked.text
    return ""
