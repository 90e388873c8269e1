"""What stands before a goal in a message, a ticket or a notebook, and says nothing of it: 'Hi Priya,', '@Lena', 'Ticket 4417 –', 'ELN 2024-118:'."""

from __future__ import annotations

import re

_NAMES = r"[A-Z][a-z]+(?:\s[A-Z][a-z]+)?"
_GREETING = rf"(?:hi|hello|hey|dear|morning|good (?:morning|afternoon|evening))\s(?:all|team|both|everyone|everybody|folks|there|again|colleagues|(?-i:{_NAMES}(?:(?:,|\sand|\s&)\s{_NAMES})*))"
_QUICK = r"(?:\s?(?:quick|short|small) (?:one|question|ask|request|favour|favor)(?: for you)?\s?[,:!-])?"
_LABEL = (
    r"(?:ticket|eln|lab notebook|notebook|task|job|project|request|order|work order|entry|experiment|exp|batch|ref|reference|case|item|query)"
    r"\.?\s(?:no\.?\s?|nr\.?\s?|#\s?)?[a-z]{0,5}[-/#]?\d[\w./-]{0,14}"
)
_ALONE = r"(?:re|subject|fwd|request|task|goal|brief|job|query|wanted|claims?(?: \d+)?|idea|ask|need|needs|wish|wishes|target|targets|target profile|tpp|to do|todo|question)"
#: 'No thanks:' behind a question answers that, and denies nothing of what stands behind the colon.
ANSWER = re.compile(r"(?<=\? )(?:no,? (?:thanks|thank you)|nope|no way|not at all|of course not|certainly not|no),? ?:", re.IGNORECASE)
#: One preamble at the beginning of a goal, with the sign that ends it.
PREAMBLE = re.compile(rf"^(?:@[a-z][\w.]*[,:]?(?=\s)|{_GREETING}\s?[,!:-]{_QUICK}|{_LABEL}(?::|\s-(?=\s))|{_ALONE}:)", re.IGNORECASE)
