"""What the team's own papers say of a structure, as a report keeps it: the words, where they stand, and the numbers that are reported."""

from typing import Literal

from pydantic import Field

from core.model import Model, new_list

#: What was reported of: the structure itself, or what a polymer is made from.
Of = Literal["the structure", "a monomer"]


def number_text(relation: str, value: float, upper: float | None, spread: float | None, unit: str) -> str:
    """A reported number as people read it: '388 °C', '> 300 °C', '380 to 390 °C', '388 ± 3 °C'; a number alone where ``unit`` is empty."""
    number = f"{value:.6g}"
    if upper is not None:
        number = f"{number} to {upper:.6g}"
    elif spread is not None:
        number = f"{number} ± {spread:.6g}"
    return f"{'' if relation == '=' else f'{relation} '}{number} {unit}".rstrip()


class PaperPlace(Model):
    """Words of a paper of the team's collection, with where they stand."""

    document_id: str = Field(description="Id of the paper in the collection.")
    passage_id: str = Field(default="", description="Id of the passage that holds the words; empty where it is not known.")
    title: str = Field(description="Title of the paper.")
    year: int | None = Field(default=None, description="Year of publication.")
    doi: str = Field(default="", description="DOI, without resolver address.")
    page: int | None = Field(default=None, ge=1, description="Page, from 1; None where there are no pages.")
    section: str = Field(default="", description="Heading of the section.")
    quote: str = Field(description="The words, white space apart as they stand in the paper.")
    retracted: bool | None = Field(default=None, description="Whether the paper was retracted; None: unknown.")

    @property
    def reference(self) -> str:
        """The paper in short with the page: 'Films of high Tg (2010), p. 4'; with 'RETRACTED: ' before it where it was."""
        title = self.title or self.doi or self.document_id
        year = f" ({self.year})" if self.year else ""
        return f"{'RETRACTED: ' if self.retracted else ''}{title}{year}{f', p. {self.page}' if self.page else ''}"


class PaperMention(Model):
    """A substance that a paper names."""

    of: Of = Field(description="Whether it is the structure itself or what a polymer is made from.")
    name: str = Field(description="The substance as it is called here.")
    written: str = Field(description="What stands in the paper.")
    place: PaperPlace = Field(description="Where it stands.")


class PaperValue(Model):
    """A number that a paper reports of the structure. It is shown beside what is predicted, and no score is made with it."""

    id: str = Field(description="Its id in the collection, as DOCUMENT/NUMBER.")
    property_name: str = Field(alias="property", description="Name of the property.")
    relation: str = Field(description="'=', '<', '>' or '~', as said.")
    value: float = Field(description="The number in ``unit``; of a range its lower end.")
    upper: float | None = Field(default=None, description="Upper end of a range.")
    spread: float | None = Field(default=None, description="What stands behind '±', in ``unit``.")
    unit: str = Field(default="", description="Unit as written; empty for a number without one.")
    standard: float | None = Field(default=None, description="``value`` in ``standard_unit``; None where there is no conversion.")
    standard_unit: str = Field(default="", description="The unit that such numbers are compared in.")
    conditions: list[str] = Field(default_factory=new_list, description="How it was measured, in the paper's words.")
    place: PaperPlace = Field(description="Where it stands.")
    approved_by: str = Field(default="", description="Who approved it for training; empty for nobody.")

    @property
    def shown(self) -> str:
        """:func:`number_text` of it, with the value in the standard unit behind it where that is another."""
        other = f" ({self.standard:.4g} {self.standard_unit})" if self.standard is not None and self.standard_unit != self.unit else ""
        return number_text(self.relation, self.value, self.upper, self.spread, self.unit) + other

    @property
    def said(self) -> str:
        """The number with its paper: '388 °C (Films of high Tg (2010), p. 4)', with the conditions that are said."""
        how = f", {'; '.join(self.conditions)}" if self.conditions else ""
        return f"{self.shown}{how} ({self.place.reference})"


class InPapers(Model):
    """What the team's papers say of a structure: where it or its monomers are named, and the numbers that are reported of it."""

    mentions: list[PaperMention] = Field(
        default_factory=new_list, description="The first places, the structure itself before its monomers."
    )
    values: list[PaperValue] = Field(default_factory=new_list, description="Reported numbers of the structure itself.")

    @property
    def known(self) -> list[PaperMention]:
        """The places that name the structure itself; [] where none does."""
        return [m for m in self.mentions if m.of == "the structure"]

    def of(self, property_name: str) -> list[PaperValue]:
        """The reported numbers of one property; [] for none."""
        return [v for v in self.values if v.property_name == property_name]
