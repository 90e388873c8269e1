"""The verdict on a whole spec: on its words and on every structure that it names."""

from __future__ import annotations

from core.candidate import SafetyVerdict
from core.requirements import ReferenceSetRequirement, Requirement
from core.spec import DesignSpec
from tools.catalogue.kinds import kind_of
from tools.safety.guard import goal_verdict, structure_verdict, verdict_of


def spec_verdict(spec: DesignSpec) -> SafetyVerdict:
    """The most severe verdict over the goal, its translation, the words of the requirements, the reference and the scaffolds.

    A regulated structure may be named in order to be avoided, so motifs are not screened as structures: a designed
    structure is screened by itself.
    """
    goals = [text for text in (spec.goal, spec.translation) if text]
    words = " ; ".join([*goals, spec.family, *(_text(r) for r in spec.requirements), *(r.phrase for r in spec.requirements)])
    verdicts = [goal_verdict(text) for text in (*goals, words)]
    references = [spec.reference.smiles] if spec.reference else []
    references += [smiles for requirement in spec.requirements for smiles in kind_of(requirement).structures(requirement)]
    references += [smiles for objective in spec.objectives if objective.shape != "minimise" for smiles in objective.references]
    verdicts += [structure_verdict(smiles, "polymer" if "*" in smiles else "molecule") for smiles in dict.fromkeys(references)]
    return verdict_of([hit for verdict in verdicts for hit in verdict.rules])


def _text(requirement: Requirement) -> str:
    """The text of a requirement; of a reference set to keep away from without its references, which may be named to be avoided."""
    text, kind = requirement.text, kind_of(requirement)
    if isinstance(requirement, ReferenceSetRequirement) and not kind.structures(requirement):
        for name in (requirement.name, *requirement.references):
            text = text.replace(name, "") if name else text
    return text
