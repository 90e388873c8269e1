"""A small collection of papers as text, for the tests of pages."""

from __future__ import annotations

FILMS = (
    "# Films of high glass transition\n\n## Results\nThe polyimide PMDA-ODA had a glass transition temperature of 385 °C. <script>alert(1)</script>\n\n"
    "## Methods\nFilms were cast from solution and dried.\n"
)
MORE = "# More films\n\n## Results\nThe glass transition temperature of PMDA-ODA was 412 °C in our hands.\n"
_OTHERS = [
    "polymer",
    "membrane",
    "solvent",
    "crystal",
    "protein",
    "enzyme",
    "lattice",
    "spectrum",
    "chromatography",
    "titration",
    "electrode",
    "catalyst",
]
QUESTION = "What is the glass transition temperature of the polyimide PMDA-ODA?"


def texts() -> dict[str, str]:
    """The papers by the name of their file: two on films, which disagree, and others that say nothing of them."""
    others = {f"{w}.md": f"# On the {w}\n\nWe studied the {w} by several methods." for w in _OTHERS}
    return {"films.md": FILMS, "more.md": MORE, **others}
