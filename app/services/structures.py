"""Single structures, without a run: how one could be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.candidate import Route
from core.errors import RefusedError
from core.settings import Settings
from core.spec import CandidateClass

if TYPE_CHECKING:
    from tools.synthesis.inventory import Inventory


class StructureService:
    """Answers for one structure at a time. Every structure passes the guard first."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def route(self, smiles: str, blocks: Inventory | None = None, *, aizynth: bool = False) -> Route:
        """A route of one to three named reactions from building blocks, or one of status 'none known'.

        ``smiles``: the structure; two '*' for a polymer repeat unit. ``blocks``: the user's list. ``aizynth``: ask AiZynthFinder, which
        the settings name. Raises StructureError for what cannot be read, RefusedError if the guard blocks the structure or a material
        that it needs, ConfigurationError where AiZynthFinder is missing.
        """
        from tools.safety.guard import screen_materials, screen_structure
        from tools.structures.standardise import standardise
        from tools.synthesis.inventory import library_of
        from tools.synthesis.routes import find_route
        from tools.synthesis.routes.aizynth import AizynthFinder

        kind: CandidateClass = "polymer" if smiles.count("*") == 2 else "molecule"
        structure = standardise(smiles, kind)
        verdict = screen_structure(structure.smiles, kind)
        if verdict.verdict == "block":
            raise RefusedError("the safety guard blocks this structure. " + "; ".join(f"{h.id}: {h.reason}" for h in verdict.rules))
        library = library_of(blocks)
        if aizynth:
            found = AizynthFinder(self.settings.routes.aizynth_command).find(structure.smiles, library)
        else:
            found = find_route(structure.smiles, kind, library)
        found = screen_materials(found)
        if any(m.verdict == "block" for m in found.starting_materials):
            raise RefusedError("the route that was found needs a material that the safety guard blocks")
        return found
