"""What is told apart or recovered by the thing designed is no part of it: 'CO2 over methane', 'H2/N2', 'gold from chloride liquor', 'uranium out of brine'."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.reading.origins import phrase_end

if TYPE_CHECKING:
    from agent.reading.mentions import Lattice

#: What is said of such words where they are listed as unchecked.
SEPARATED = "what is separated or recovered is not computed; name the groups or properties that do it"
_GAS = (
    r"(?:CO2|CH4|N2|O2|H2|He|Ar|CO|H2S|SO2|NH3|H2O|C2H4|C2H6|C3H6|C3H8|SF6|air|water|ethanol|carbon dioxide|carbon monoxide|methane|nitrogen|oxygen|hydrogen|helium|argon"
    r"|ethane|ethene|ethylene|propane|propene|propylene|ammonia|hydrogen sulfide|sulfur dioxide|krypton|xenon|xylenes?|benzene|toluene|cyclohexane)"
)
_PAIR = re.compile(
    rf"(?<![\w-]){_GAS}(?: ?/ ?| over | vs\.? | versus | from | against ){_GAS}(?=\s*(?:[,.;:!?)]|$)| - | in | for | with | at | from )"
)
_METAL = (
    r"(?:gold|silver|platinum|palladium|rhodium|iridium|ruthenium|osmium|rhenium|copper|nickel|cobalt|zinc|lithium|uranium|thorium|plutonium|americium|curium|neptunium|mercury|cadmium|lead"
    r"|chromium|vanadium|molybdenum|tungsten|indium|gallium|germanium|scandium|yttrium|lanthanum|cerium|neodymium|dysprosium|europium|terbium|praseodymium|iron|manganese|aluminium|aluminum"
    r"|rare[- ]earths?(?: metals?| elements?)?|lanthanides?|actinides?|precious metals?|noble metals?|heavy metals?|boron|iodine|bromine|phosphate|phosphorus|arsenic|selenium|caesium|cesium|strontium)"
)
_RECOVERED = re.compile(
    rf"(?:(?:^|(?<=[.;:!?] ))|(?<![\w-])(?:recover(?:s|y of|ing)?|extract(?:s|ion of|ing)?|strip(?:s|ping)?|win(?:s|ning)?|separat(?:e|es|ing|ion of)|scaveng(?:e|es|ing)|captur(?:e|es|ing)|leach(?:es|ing)?) )"
    rf"{_METAL}(?:\([IVX]+\))?(?:(?:,| and|/) ?{_METAL})* (?:from|out of)(?= )",
    re.IGNORECASE,
)


def mark_separations(lattice: Lattice, starts: dict[int, int], ends: dict[int, int]) -> None:
    """Make one unchecked phrase of each. Before the lattice is indexed."""
    for match in _PAIR.finditer(lattice.plain):
        if match.start() in starts and match.end() in ends:
            lattice.pass_over(starts[match.start()], ends[match.end()], SEPARATED)
    for match in _RECOVERED.finditer(lattice.plain):
        if match.start() in starts and match.end() in ends:
            lattice.pass_over(starts[match.start()], phrase_end(lattice, ends[match.end()]), SEPARATED)
